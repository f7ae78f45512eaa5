"""What a digest says and what it holds back, on a history that a reader can add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import handmade
import pytest

from analytics.answer import Basis
from analytics.charts.drawing import draw
from analytics.digest.builder import digest, latest
from analytics.digest.edition import Edition
from analytics.domain import LIST_SIZE, Dimension, Listing, ListName, Model
from analytics.errors import NoDataError, QueryError
from analytics.statistics import quality

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from analytics.digest.values import Digest
    from analytics.storage.sql_history import SqlHistory


def month(text: str) -> Edition:
    return Edition.parse(text)


def models(many: int, downloads: int = 1000, owner: str = "lab") -> tuple[Model, ...]:
    """Models that differ in nothing but their name, the first with most downloads."""
    return tuple(
        Model(f"{owner}/m{n}", downloads - n if downloads > many else downloads, n, ("mit",), "fill-mask", "timm")
        for n in range(many)
    )


def listing(day: date, found: tuple[Model, ...], source: str = "handmade") -> Listing:
    return Listing(day, ListName.TOP, source, found)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> SqlHistory:
    """The handmade months as a file had them: from the Hub, a list of twelve would be cut short."""
    found = [replace(listing, source="handmade") for listing in handmade.listings()]
    return handmade.stored(found, tmp_path_factory.mktemp("digests") / "made.db")


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., SqlHistory]:
    def store(*listings: Listing) -> SqlHistory:
        return handmade.stored(list(listings), tmp_path / "made.db")

    return store


# Editions


@pytest.mark.parametrize(
    ("text", "first", "last", "name"),
    [
        ("2026-07", date(2026, 7, 1), date(2026, 7, 31), "July 2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2026-W30", date(2026, 7, 20), date(2026, 7, 26), "the week of July 20, 2026"),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), "the week of December 28, 2026"),
        (" 2020-w01 ", date(2019, 12, 30), date(2020, 1, 5), "the week of December 30, 2019"),
    ],
)
def test_an_edition_is_a_month_or_an_iso_week(text: str, first: date, last: date, name: str) -> None:
    found = month(text)
    assert (found.first, found.last, found.name) == (first, last, name)
    assert Edition.parse(str(found)) == found
    assert found.before.after == found == found.after.before
    assert found.first in found
    assert found.last in found
    assert found.before.last not in found


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2025-W53", "2026-W00", "july", "2026-7", "0000-01", "20 26-07"]
)
def test_what_is_no_edition_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(QueryError, match="2026-07"):
        month(text)


# What it says


@pytest.mark.parametrize("edition", ["2025-11", "2026-05", "2026-06", "2026-07", "2026-08"])
def test_every_month_reads_as_it_did(edition: str, history: SqlHistory, golden: Callable[[str, Any], None]) -> None:
    told = digest(month(edition), history)
    golden(f"digest_{edition}", in_words(told))
    assert draw(told.chart).startswith(b"\x89PNG")


def in_words(told: Digest) -> dict[str, Any]:
    return {
        "headline": told.headline,
        "highlights": [str(line) for line in told.highlights],
        "warnings": told.warnings,
        "sections": {
            section.dimension: {
                "since": section.since and section.since.isoformat(),
                "lines": section.lines,
                "notes": section.notes,
                "entered": section.entered,
                "left": section.left,
            }
            for section in told.sections
        },
        "likes": told.likes,
        "notes": told.notes,
        "title": told.chart.title,
        "alt": told.chart.alt,
    }


def test_sections_come_as_they_were_asked_for(history: SqlHistory) -> None:
    told = digest(month("2026-07"), history, dimensions=(Dimension.TASK, Dimension.LICENSE))
    assert [section.dimension for section in told.sections] == ["task", "license"]
    assert [title for title, _ in told.chart.groups] == ["Tasks", "Licenses"]


def test_the_latest_edition_is_the_month_of_the_last_snapshot(history: SqlHistory) -> None:
    assert latest(history, ListName.TOP) == month("2026-08")


def test_without_any_snapshot_there_is_no_latest(stored: Callable[..., SqlHistory]) -> None:
    with pytest.raises(NoDataError, match="no snapshot"):
        latest(stored(), ListName.TOP)


# What it holds back, and what it says instead


def test_a_first_month_shifts_nothing(stored: Callable[..., SqlHistory]) -> None:
    told = digest(month("2026-07"), stored(listing(date(2026, 7, 31), models(30))))
    assert told.notes == ("This is the first digest, so there's no earlier snapshot to compare with.",)
    assert not any(section.shifts or section.since for section in told.sections)
    assert told.headline == "MIT leads with 100.0% of downloads in July 2026"
    assert draw(told.chart)


def test_a_month_without_a_snapshot_says_which_is_the_last(history: SqlHistory) -> None:
    with pytest.raises(
        NoDataError, match=r"There's no digest for April 2026 because .*\. The latest one is from August 22, 2026\."
    ):
        digest(month("2026-04"), history)


def test_a_list_that_changed_its_size_is_not_compared_with(stored: Callable[..., SqlHistory]) -> None:
    small, large = listing(date(2026, 6, 30), models(30)), listing(date(2026, 7, 31), models(300))
    told = digest(month("2026-07"), stored(small, large))
    assert told.notes == (
        "The list changed: it had 30 models on June 30, 2026 and 300 on July 31, 2026.",
        "No earlier snapshot is comparable.",
    )
    assert not any(section.shifts for section in told.sections)


def test_behind_a_list_of_another_size_the_last_like_it_is_compared_with(stored: Callable[..., SqlHistory]) -> None:
    days = (date(2026, 5, 31), 300), (date(2026, 6, 30), 30), (date(2026, 7, 31), 300)
    told = digest(month("2026-07"), stored(*(listing(day, models(many)) for day, many in days)))
    assert told.notes[0] == "The list changed: it had 30 models on June 30, 2026 and 300 on July 31, 2026."
    assert told.notes[1] == "There's no comparable snapshot from June 2026, so this compares with May 31, 2026."
    assert {section.since for section in told.sections} == {date(2026, 5, 31)}


def test_a_small_list_at_the_months_end_does_not_stand_in_for_the_large_one_before(stored: Callable[..., SqlHistory]) -> None:
    days = (date(2026, 6, 30), 300), (date(2026, 7, 29), 300), (date(2026, 7, 31), 30)
    history = stored(*(listing(day, models(many)) for day, many in days))
    told = digest(month("2026-07"), history)
    assert (told.source.snapshot, told.source.models, told.source.since) == (date(2026, 7, 29), 300, date(2026, 6, 30))
    assert told.basis.last == told.source.snapshot
    assert told.title == "Digest for July 2026, through July 29"
    assert told.notes[0] == (
        "This uses the list of 300 models from July 29, 2026, the largest of July 2026. The last one, from July 31, 2026, has 30."
    )


def test_the_weeks_last_list_is_chosen_as_the_months_is(stored: Callable[..., SqlHistory]) -> None:
    days = (date(2026, 7, 19), 300), (date(2026, 7, 24), 300), (date(2026, 7, 26), 30)
    told = digest(month("2026-W30"), stored(*(listing(day, models(many)) for day, many in days)))
    assert (told.source.snapshot, told.basis.last) == (date(2026, 7, 24), date(2026, 7, 24))


def test_a_list_that_the_hub_cut_short_is_reported(stored: Callable[..., SqlHistory]) -> None:
    told = digest(month("2026-07"), stored(listing(date(2026, 7, 31), models(LIST_SIZE - 10), "hub")))
    assert "The Hub returned 290 models instead of 300 on July 31, 2026." in told.notes


def test_on_a_list_that_is_much_too_short_nothing_is_published(stored: Callable[..., SqlHistory]) -> None:
    history = stored(listing(date(2026, 7, 31), models(LIST_SIZE // 2), "hub"))
    with pytest.raises(NoDataError, match=r"The digest for July 2026 is on hold\. The Hub returned 150 models instead of 300"):
        digest(month("2026-07"), history)


def test_counts_of_the_day_before_are_reported(stored: Callable[..., SqlHistory]) -> None:
    days = date(2026, 6, 30), date(2026, 7, 30), date(2026, 7, 31)
    first, second, third = (listing(day, models(30, 1000 + 50 * (place > 0))) for place, day in enumerate(days))
    told = digest(month("2026-07"), stored(first, second, third))
    assert (
        "100.0% of the download counts on July 31, 2026 are the same as on July 30, 2026, so the Hub may not have updated them."
    ) in told.notes


def test_a_license_that_is_recorded_of_fewer_models_is_compared_among_those(stored: Callable[..., SqlHistory]) -> None:
    all_of_them = models(30)
    some = tuple(replace(model, licenses=None) if n < 6 else model for n, model in enumerate(all_of_them))
    kept = stored(listing(date(2026, 6, 30), all_of_them), listing(date(2026, 7, 31), some))
    told = digest(month("2026-07"), kept, as_recorded=True)
    license_, *others = told.sections
    assert license_.notes[0].startswith("The license is known for 79.8% of downloads now and for 100.0% on June 30, 2026")
    assert license_.notes[0].endswith("Changes leave out 6 models whose license isn't known on every date.")
    assert {shift.basis for shift in license_.shifts} == {Basis.BOTH}
    assert {shift.basis for shift in digest(month("2026-07"), kept).sections[0].shifts} == {Basis.ALL}
    assert all(section.shifts for section in others)


def test_a_license_that_no_source_records_is_reported(stored: Callable[..., SqlHistory]) -> None:
    bare = tuple(replace(model, licenses=None) for model in models(30))
    told = digest(month("2026-07"), stored(listing(date(2026, 7, 31), bare)))
    assert told.sections[0].rankings == ()
    assert "doesn't record licenses" in told.sections[0].notes[0]
    assert draw(told.chart)


def test_a_shift_that_many_models_share_says_over_how_many(stored: Callable[..., SqlHistory]) -> None:
    before = (*models(20, 1000, "one"), *models(20, 1000, "other"))
    after = (*models(20, 2000, "one"), *models(20, 1000, "other"))
    told = digest(month("2026-07"), stored(listing(date(2026, 6, 30), before), listing(date(2026, 7, 31), after)))
    assert any("one rose" in line and "spread over 20 models" in line for line in told.sections[1].lines), told.sections[1].lines


def test_a_quiet_month_says_that_nothing_moved(stored: Callable[..., SqlHistory]) -> None:
    still = [listing(day, models(30)) for day in (date(2026, 6, 30), date(2026, 7, 31))]
    told = digest(month("2026-07"), stored(*still))
    assert told.headline == "No share changed by half a percentage point in July 2026; MIT leads with 100.0% of downloads"
    assert (
        "100.0% of the download counts on July 31, 2026 are the same as on June 30, 2026, so the Hub may not have updated them."
    ) in told.notes


def test_a_week_is_compared_with_the_week_before(stored: Callable[..., SqlHistory]) -> None:
    days = [listing(date(2026, 7, day), models(30, 1000 * day)) for day in (12, 19, 26)]
    told = digest(month("2026-W30"), stored(*days))
    assert {section.since for section in told.sections} == {date(2026, 7, 19)}
    assert told.notes == ()


# Quality by itself


def test_one_model_that_moves_the_total_is_named() -> None:
    before = models(10)
    after = (replace(before[0], downloads=before[0].downloads * 5), *before[1:])
    (warning,) = quality.dominant(before, after)
    assert warning.sentence.startswith("lab/m0 alone raised total downloads by ")
    assert quality.dominant(before, before) == ()
    assert quality.dominant((), after) == ()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ((500, 500), (600, 500), ""),
        ((500, 500), (601, 500), "lab/m0 alone raised total downloads by 10.1% of the earlier total."),
        ((500, 500), (1516, 500), "lab/m0 alone raised total downloads by 101.6% of the earlier total."),
        ((500, 500), (399, 500), "lab/m0 alone lowered total downloads by 10.1% of the earlier total."),
        ((500, 500), (500, 500, 250), "lab/m2 alone raised total downloads by 25.0% of the earlier total."),
        ((500, 400, 100), (500, 400), ""),
        ((400, 400, 200), (400, 400), "lab/m2 alone lowered total downloads by 20.0% of the earlier total."),
        ((500, 500), (560, 560), ""),
    ],
)
def test_what_one_model_adds_is_of_the_earlier_total(before: tuple[int, ...], after: tuple[int, ...], says: str) -> None:
    sides = [[Model(f"lab/m{at}", downloads) for at, downloads in enumerate(side)] for side in (before, after)]
    assert [warning.sentence for warning in quality.dominant(*sides)] == ([says] if says else [])


@pytest.mark.parametrize(
    ("downloads", "says"),
    [
        ((100, 100, 100), ""),
        ((101, 100, 100), "lab/m0 alone has 33.6% of the downloads of the trending list."),
        ((100, 300, 100), "lab/m1 alone has 60.0% of the downloads of the trending list."),
        ((100,), ""),
        ((), ""),
        ((0, 0), ""),
        ((100, 0), "lab/m0 alone has 100.0% of the downloads of the trending list."),
    ],
)
def test_a_list_that_one_model_carries_is_flagged(downloads: tuple[int, ...], says: str) -> None:
    listed = [Model(f"lab/m{at}", number) for at, number in enumerate(downloads)]
    assert [warning.sentence for warning in quality.carrying("the trending list", listed)] == ([says] if says else [])
