"""Answers as pandas data frames and Parquet files. Only the command line and notebooks load this module."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from analytics.export.tabular import table

if TYPE_CHECKING:
    from analytics.answer import Answer

_NAMES = frozenset({"by", "figure"})
"""Columns that become categories."""
_DATES = ("date", "at")
_RANKS = ("rank", "rank_before", "rank_after", "months")


def frame(answer: Answer) -> pd.DataFrame:
    """Return every number of the answer as a data frame with the columns of its CSV.

    ``date`` and ``at`` are ``datetime64``; ranks and ``months`` ``Int64``, with NA for no rank; measures ``category``;
    names ``str``; other columns ``float64``, except the values of figures, which are ``object``. ``attrs`` has the query, the
    headline and the source.
    """
    heading, rows = table(answer)
    data = pd.DataFrame(list(rows), columns=list(heading))
    for column in data.columns:
        if column in _DATES:
            data[column] = pd.to_datetime(data[column])
        elif column in _RANKS:
            data[column] = data[column].astype("Int64")
        elif column == "value" and "figure" not in data.columns:
            data[column] = data[column].astype("float64")
    for column in _NAMES & set(data.columns):
        data[column] = data[column].astype("category")
    data.attrs = {"query": answer.query, "headline": answer.headline, "source": _source(answer)}
    return data


def as_parquet(answer: Answer) -> bytes:
    """Return the data frame as a Parquet file; a column that mixes text and numbers becomes text."""
    data = frame(answer)
    if "figure" in data.columns and data["value"].dtype == object:
        data["value"] = data["value"].map(lambda value: None if value is None else str(value)).astype("str")
    out = io.BytesIO()
    data.to_parquet(out, engine="pyarrow", index=False)
    return out.getvalue()


def _source(answer: Answer) -> dict[str, object]:
    source = answer.source
    return {"list": source.list.value, "snapshot": source.snapshot.isoformat(), "simulated": source.simulated}
