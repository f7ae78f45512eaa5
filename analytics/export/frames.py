"""An answer as a data frame, for notebooks and Parquet files. Nothing that answers in Slack loads this module."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd

from analytics.export.tabular import table

if TYPE_CHECKING:
    from analytics.answer import Answer

_NAMES = frozenset({"by", "figure"})
"""Columns of few different words, beside the one that is called after what is ranked."""
_DATES = ("date", "at")
_RANKS = ("rank", "rank_before", "rank_after", "months")


def frame(answer: Answer) -> pd.DataFrame:
    """Return every number of the answer, a row each, in the columns that its CSV has.

    ``date`` and ``at`` are ``datetime64``, ranks and ``months`` ``Int64`` (missing where a name had no rank), measures and names
    of a ranking ``category`` and ``str``, all else ``float64``; the values of figures are whatever each is. ``attrs`` has the
    question, its finding and its source.
    """
    heading, rows = table(answer)
    found = pd.DataFrame(list(rows), columns=list(heading))
    for column in found.columns:
        if column in _DATES:
            found[column] = pd.to_datetime(found[column])
        elif column in _RANKS:
            found[column] = found[column].astype("Int64")
        elif column == "value" and "figure" not in found.columns:
            found[column] = found[column].astype("float64")
    for column in _NAMES & set(found.columns):
        found[column] = found[column].astype("category")
    found.attrs = {"query": answer.query, "headline": answer.headline, "source": _source(answer)}
    return found


def as_parquet(answer: Answer) -> bytes:
    """Return the frame as a Parquet file; figures that are words and numbers in one column, as words."""
    found = frame(answer)
    if "figure" in found.columns and found["value"].dtype == object:
        found["value"] = found["value"].map(lambda value: None if value is None else str(value)).astype("str")
    out = io.BytesIO()
    found.to_parquet(out, engine="pyarrow", index=False)
    return out.getvalue()


def _source(answer: Answer) -> dict[str, object]:
    source = answer.source
    return {"list": source.list.value, "snapshot": source.snapshot.isoformat(), "simulated": source.simulated}
