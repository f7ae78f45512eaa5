"""An answer as a data frame and as a Parquet file: the same numbers as its CSV, with types."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import handmade
import pandas as pd
import pytest

from analytics.export.frames import as_parquet, frame
from analytics.export.serialization import as_csv
from analytics.questions.registry import QUESTIONS, ask, parse
from analytics.sources import simulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.storage.sql_history import SqlHistory

EXAMPLES = [example for question in QUESTIONS for example in question.examples]
SIMULATED = {"openai-community/gpt2": "MiniLM-L6-sim", "all-MiniLM-L6-v2": "MiniLM-L6-sim"}
DOCS = Path(__file__).parents[3] / "docs" / "how-to" / "use-answers-in-a-notebook.md"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('frames') / 'hfstats.db'}"


@pytest.fixture(scope="module")
def year(url: str) -> Iterator[SqlHistory]:
    found = handmade.stored(
        list(simulation.listings(date(2026, 8, 22), months=11, daily=1)), Path(url.removeprefix("sqlite:///"))
    )
    yield found
    found._database.dispose()


@pytest.mark.parametrize("words", EXAMPLES)
def test_a_frame_and_its_file_say_what_the_csv_says(words: str, year: SqlHistory) -> None:
    for real, made in SIMULATED.items():
        words = words.replace(real, made)
    answer = ask(parse(words.replace("2026-01", "2026-05")), year)
    heading, *rows = list(csv.reader(io.StringIO(as_csv(answer))))
    found = frame(answer)
    assert list(found.columns) == heading
    assert len(found) == len(rows)
    read = pd.read_parquet(io.BytesIO(as_parquet(answer)))
    assert list(read.columns) == heading
    for column, at in zip(heading, range(len(heading)), strict=True):
        for cell, in_file, said in zip(found[column], read[column], (row[at] for row in rows), strict=True):
            for value in (cell, in_file):
                if pd.isna(value):
                    assert said == ""
                elif isinstance(value, pd.Timestamp):
                    assert str(value.date()) == said
                elif isinstance(value, str):
                    assert value == said.removeprefix("'")
                else:
                    assert float(value) == float(said)
    assert found.attrs["query"] == read.attrs["query"] == answer.query
    assert found.attrs["source"]["simulated"] is True


def test_columns_have_types(year: SqlHistory) -> None:
    shares = frame(ask(parse("creators since 2026-01"), year))
    assert {"date": "datetime64", "by": "category", "rank": "Int64", "value": "float64", "portion": "float64"}.items() <= {
        column: str(kind).partition("[")[0] for column, kind in shares.dtypes.items()
    }.items()
    shifts = frame(ask(parse("movers creators"), year))
    assert {str(shifts[column].dtype) for column in ("rank_before", "rank_after")} == {"Int64"}


def test_the_example_in_the_docs_runs(url: str, year: SqlHistory, monkeypatch: pytest.MonkeyPatch) -> None:
    assert year.lists()
    example = re.search(r"In a notebook\n\n.*?\n\n((?:    .*\n|\n)+)", DOCS.read_text(encoding="utf-8"))
    assert example
    code = "\n".join(line[4:] for line in example[1].splitlines()).replace("sqlite:///hfstats.db", url)
    drawn: list[pd.DataFrame] = []
    monkeypatch.setattr(pd.DataFrame, "plot", lambda self: drawn.append(self))  # noqa: PLW0108 - a builtin binds no self
    exec(compile(code.replace("2024-09", "2025-10"), str(DOCS), "exec"), names := {})
    names["history"]._database.dispose()
    (table,) = drawn
    assert len(table) >= 6
    assert table.sum(axis=1).to_list() == pytest.approx([1.0] * len(table))
