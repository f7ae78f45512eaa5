"""Who asks for N names gets N: in the chart, the text, Slack's table and the CSV file, or is told what the bound is."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import handmade
import pytest

from analytics.chart import MOST_BARS
from analytics.charts.drawing import build
from analytics.domain import NONE_DECLARED
from analytics.export.serialization import as_csv
from analytics.names.grouping import UNRANKED
from analytics.questions.registry import ask, parse
from analytics.sources import simulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.answer import Answer
    from analytics.storage.sql_history import SqlHistory


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlHistory]:
    """Two simulated months of 300 models."""
    days = list(simulation.listings(date(2026, 8, 22), months=2, daily=1))
    stored = handmade.stored(days, tmp_path_factory.mktemp("simulated") / "hfstats.db")
    yield stored
    stored._database.dispose()


def csv_names(answer: Answer) -> set[str]:
    heading, *rows = csv.reader(io.StringIO(as_csv(answer)))
    column = next(place for place, name in enumerate(heading) if name in {"model", "license", "creator", "task", "name"})
    return {row[column] for row in rows}


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("models by likes top 10", 10),
        ("models top 1", 1),
        ("models top 9", 9),
        ("models task text-generation top 12", 12),
        ("models top 30", 30),
        ("creators by downloads top 20", 20),
        ("creators top 8", 8),
        ("tasks by models top 11", 11),
    ],
)
def test_the_chart_and_the_file_have_as_many_names_as_asked(history: SqlHistory, question: str, number: int) -> None:
    answer = ask(parse(question), history)
    named = [name for name in answer.chart.categories if "other" not in name and name != NONE_DECLARED]
    assert len(named) == number
    assert answer.rankings[-1].shares[number - 1].name in csv_names(answer)
    assert len(csv_names(answer) - UNRANKED) <= number * len(answer.rankings)
    assert not any("You asked for" in note or "The chart shows" in note for note in answer.notes)
    assert build(answer.chart).height >= 675


@pytest.mark.parametrize(("question", "number"), [("models top 31", 31), ("models by likes top 50", 50), ("models top 299", 299)])
def test_a_chart_with_fewer_says_so_and_the_file_has_all(history: SqlHistory, question: str, number: int) -> None:
    answer = ask(parse(question), history)
    assert len(answer.chart.categories) == MOST_BARS
    assert answer.chart.subtitle.endswith(f"first {MOST_BARS} of {number}")
    assert f"The chart shows the first {MOST_BARS} of {number}. The CSV file has all of them." in answer.notes
    assert len(csv_names(answer)) == number


@pytest.mark.parametrize("question", ["licenses top 90", "models top 1000", "tasks top 99", "movers top 999", "entries top 500"])
def test_a_list_with_fewer_names_says_how_many_there_are(history: SqlHistory, question: str) -> None:
    answer = ask(parse(question), history)
    number = len({shift.name for shift in answer.shifts} or answer.rankings[-1].ranked)
    asked = int(question.rpartition(" ")[2])
    assert f"You asked for the top {asked:,}, but there are only {number}." in answer.notes


@pytest.mark.parametrize("question", ["licenses since 2026-07 top 9", "models since 2026-07 top 20", "movers top 15"])
def test_lines_say_how_many_of_the_names_they_show(history: SqlHistory, question: str) -> None:
    answer = ask(parse(question), history)
    assert " · first 7 of " in answer.chart.subtitle


@pytest.mark.parametrize("question", ["models", "licenses", "creators by likes", "movers", "entries", "models since 2026-07"])
def test_who_asks_for_no_number_hears_of_no_bound(history: SqlHistory, question: str) -> None:
    answer = ask(parse(question), history)
    assert "first" not in answer.chart.subtitle
    assert not any("You asked for" in note for note in answer.notes)


def test_the_models_of_one_name_are_in_the_file_if_a_number_is_asked_for(history: SqlHistory) -> None:
    answer = ask(parse("creator google top 12"), history)
    assert len(csv_names(answer)) == len(answer.models.shares if answer.models else ()) == 12
