"""What isn't declared or known competes with nobody: in the picture, the table, the sentences, CSV and JSON.

Where it could change a rank, an answer says so.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from analytics.answer import Ranking, Share
from analytics.charts import style
from analytics.domain import Dimension, Measure
from analytics.export.serialization import as_csv, as_json
from analytics.names.grouping import UNRANKED
from analytics.questions.ranking_notes import open_ranks, parts_of_models
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


def ranking(total: float, *values: float, unknown: float = 0.0, none: float = 0.0, rest: int = 0) -> Ranking:
    """A ranking of the names A, B, C … by downloads, ``total`` of them in the list."""
    recorded = sum(values) + unknown + none
    ranked = [Share(chr(65 + at), value, value / recorded, 1 + sum(v > value for v in values)) for at, value in enumerate(values)]
    apart = [Share("not known", unknown, unknown / recorded, None)] if unknown else []
    apart += [Share("none declared", none, none / recorded, None)] if none else []
    return Ranking(Measure.DOWNLOADS, "license", total, recorded, (*ranked, *apart), rest=rest)


@pytest.mark.parametrize(
    ("of", "name", "says"),
    [
        (ranking(100, 60, 40), "", ""),
        (ranking(100, 60, 20), "", ""),
        (ranking(100, 50, 30), "", "lead"),
        (ranking(100, 49, 30), "", "lead"),
        (ranking(100, 40, 40), "", ""),
        (ranking(100, 40), "", "lead"),
        (ranking(100, 60), "", ""),
        (ranking(100, 60, 25, 5), "A", ""),
        (ranking(100, 60, 25, 15), "B", ""),
        (ranking(100, 60, 20, 10), "B", "be 2nd"),
        (ranking(100, 42, 38, 10), "B", "be 2nd"),
        (ranking(100, 60, 20, 10), "C", "be 3rd"),
        (ranking(100, 60, 20, 10, rest=7), "C", ""),
        (ranking(100, 60, 20, 10), "another", ""),
        (ranking(100, 50, 30, unknown=20), "", "lead"),
        (ranking(100, 50, 30, none=20), "", ""),
        (ranking(10_000, 5_000, 4_996), "", ""),
    ],
)
def test_a_rank_is_open_where_what_is_not_known_is_as_large_as_the_gap(of: Ranking, name: str, says: str) -> None:
    (note,) = open_ranks([of], Dimension.LICENSE, raw=name) or ("",)
    unknown = of.total - of.recorded + sum(share.value for share in of.unranked if share.name == "not known")
    because = f"by downloads, because the license of {unknown / of.total:.1%} of downloads isn't known."
    assert note == (f"Another license could {says} {because}" if says else "")


@pytest.mark.parametrize(
    ("dimension", "task", "says"),
    [
        (
            Dimension.CREATOR,
            "fill-mask",
            "Another creator could lead by downloads, because the task of 40.0% of downloads isn't known.",
        ),
        (Dimension.LICENSE, "fill-mask", "Another license could lead by downloads, because the license or task of 40.0%"),
        (Dimension.COUNTRY, None, "Another country could lead by downloads, because the country of 40.0%"),
        (Dimension.FAMILY, None, "Another license family could lead by downloads, because the license family of 40.0%"),
        (Dimension.KIND, None, "Another kind of creator could lead by downloads, because the kind of creator of 40.0%"),
    ],
)
def test_what_is_not_known_has_its_name(dimension: Dimension, task: str | None, says: str) -> None:
    (note,) = open_ranks([ranking(100, 40, 20)], dimension, task)
    assert note.startswith(says)
    assert open_ranks([ranking(100, 40, 20)], Dimension.ACCESS) == ()


@pytest.mark.parametrize(
    ("by", "dimension", "values", "says"),
    [
        (Measure.MODELS, Dimension.LICENSE, (151.5, 148.5), "A model with two licenses counts half for each"),
        (Measure.MODELS, Dimension.FAMILY, (151.5, 148.5), "A model with two licenses counts half for each"),
        (Measure.MODELS, Dimension.LICENSE, (150, 149 + 1 / 3), "A model with two licenses counts half for each"),
        (Measure.MODELS, Dimension.LICENSE, (152, 148), ""),
        (Measure.MODELS, Dimension.TASK, (152, 148), ""),
        (Measure.DOWNLOADS, Dimension.LICENSE, (151.5, 148.5), ""),
    ],
)
def test_half_models_are_explained_where_they_are_shown(
    by: Measure, dimension: Dimension, values: tuple[float, ...], says: str
) -> None:
    shown = Ranking(by, dimension, 300.0, 300.0, tuple(Share(f"n{at}", v, v / 300, at + 1) for at, v in enumerate(values)))
    (note,) = parts_of_models([shown], dimension) or ("",)
    assert note.startswith(says)
    assert bool(note) is bool(says)
