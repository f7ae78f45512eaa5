"""What isn't declared or known competes with nobody: in the picture, the table, the sentences, CSV and JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from analytics.charts import style
from analytics.export.serialization import as_csv, as_json
from analytics.names.grouping import UNRANKED
from bot.blocks.table_rows import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer

WORDS = ("licenses", "tasks", "libraries", "families", "countries", "kinds")
MEASURED = [f"{word}{by}" for word in WORDS for by in ("", " by models", " by downloads", " by downloads top 1")]


@pytest.mark.parametrize("text", MEASURED)
def test_it_comes_last_without_a_rank(text: str, answer: Callable[[str], Answer]) -> None:
    found = answer(text)
    for entry in as_json(found)["rankings"]:
        ranks = [share["rank"] for share in entry["shares"]]
        assert entry["shares"][-1]["name"] in UNRANKED
        assert ranks[-1] is None
        assert None not in ranks[:-1]
    heading, *rows = csv.reader(io.StringIO(as_csv(found)))
    name = heading.index(found.rankings[-1].of)
    assert all((row[heading.index("rank")] == "") == (row[name] in UNRANKED) for row in rows)
    assert rows[-1][name] in UNRANKED
    shown = table(found, 20)
    assert shown
    assert shown.rows[-1][0] == "-"
    assert shown.rows[-1][1] in UNRANKED
    assert "-" not in [row[0] for row in shown.rows[:-1]]
    last = found.chart.categories[-1]
    assert last.casefold() in UNRANKED
    assert style.color(last) == style.NOTHING


@pytest.mark.parametrize("text", MEASURED)
def test_no_headline_is_about_it(text: str, answer: Callable[[str], Answer]) -> None:
    found = answer(text)
    for words in ("no declared", "no known", "unknown", *UNRANKED):
        assert words not in found.headline
    assert any("have no rank: " in note for note in found.notes)
    assert not any(word in suggestion for suggestion in found.next for word in UNRANKED)


@pytest.mark.parametrize("word", WORDS)
def test_movers_and_forecasts_leave_it_out(word: str, answer: Callable[[str], Answer]) -> None:
    movers = answer(f"movers {word} since 2026-05")
    assert not UNRANKED & {shift.name for shift in movers.shifts}
    assert not any(series.name.casefold() in UNRANKED for series in movers.chart.series)


@pytest.mark.parametrize("word", ["licenses", "tasks", "families", "countries", "kinds"])
def test_over_time_it_is_the_last_gray_band(word: str, answer: Callable[[str], Answer]) -> None:
    found = answer(f"{word} since 2026-05")
    ranked = [shift.is_ranked for shift in found.shifts if shift.by is found.shifts[-1].by]
    assert ranked == sorted(ranked, reverse=True)
    names = [series.name.casefold() in UNRANKED for series in found.chart.series]
    assert names == sorted(names)
    assert "no declared" not in found.headline
    assert "no known" not in found.headline


@pytest.mark.parametrize(
    "text", ["license none-declared", "task none-declared", "library none-declared", "country not-known", "kind not-known"]
)
def test_the_question_about_it_gives_a_share_and_no_rank(text: str, answer: Callable[[str], Answer]) -> None:
    word, _, typed = text.partition(" ")
    found = answer(f'{word} "{typed.replace("-", " ")}"')
    assert "1st" not in found.headline
    assert " of 2)" not in found.headline
    assert "%" in found.headline
    assert found.rankings[-1].shares[0].rank is None


@pytest.mark.parametrize("word", ["licenses", "tasks", "libraries", "countries", "kinds", "families"])
def test_concentration_says_what_it_leaves_out(word: str, answer: Callable[[str], Answer]) -> None:
    found = answer(f"concentration {word} by downloads")
    known = [share.value for share in found.rankings[0].ranked]
    whole = sum(known)
    assert found.statistics["hhi"] == pytest.approx(sum((value / whole) ** 2 for value in known))
    assert found.statistics["names"] == len(known)
    assert found.statistics["left_out"] == pytest.approx(1 - whole / found.rankings[0].recorded)
    assert found.statistics["top3_of_all"] == pytest.approx(sum(sorted(known)[-3:]) / found.rankings[0].recorded)
    assert any("aren't counted: " in note for note in found.notes)
    assert "The list is truncated at 12 models, so nothing further down is counted." in found.notes
