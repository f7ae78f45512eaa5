"""Data warnings: a fault in a clean history is reported with the answers that it affects, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from handmade import stored

from analytics.domain import Listing, ListName, Model
from analytics.questions.data_warnings import latest
from analytics.questions.registry import ask, parse

TODAY = date(2026, 8, 22)
EVE = TODAY - timedelta(days=1)
MONTH_AGO = date(2026, 7, 31)


def models(*, day=0, many=300):
    """A list of which every count moves a little each day."""
    return [
        Model(
            f"maker-{n % 40}/model-{n}",
            (many - n) * 1000 + 7 * day,
            likes=n + 1,
            licenses=("mit",) if n % 3 else ("apache-2.0",),
            task="text-generation",
            downloads_all_time=10**7 + 1000 * day - n,
        )
        for n in range(many)
    ]


def history(tmp_path, *days):
    """A store with ``(date, models)``."""
    listings = [Listing(day, ListName.TOP, "hub", tuple(own)) for day, own in days]
    return stored(listings, tmp_path / "hfstats.db")


def notes(history, words="licenses"):
    return ask(parse(words), history).notes


def warnings_of(history):
    return [warning.sentence for warning in latest(history, ListName.TOP)]


def test_a_clean_history_has_no_warning(tmp_path):
    found = history(tmp_path, (MONTH_AGO, models()), (EVE, models(day=21)), (TODAY, models(day=22)))
    assert warnings_of(found) == []
    for words in ("licenses", "movers licenses", "licenses since 2026-07", "entries", "creator maker-1"):
        assert not [note for note in notes(found, words) if "Hub" in note or "known for" in note or "alone" in note]


def test_counts_that_did_not_move_since_the_day_before_are_reported(tmp_path):
    found = history(tmp_path, (MONTH_AGO, models()), (EVE, models(day=21)), (TODAY, models(day=21)))
    counts = "100.0% of the download counts on August 22, 2026 are the same as on August 21, 2026"
    said = f"{counts}, so the Hub may not have updated them."
    assert warnings_of(found) == [said]
    for words in ("licenses", "creators by downloads", "movers", "likes", "concentration"):
        assert said in notes(found, words)
    assert said not in notes(found, "licenses at 2026-08-21")


def test_counts_that_did_not_move_since_the_compared_date_are_reported_on_the_comparison(tmp_path):
    found = history(tmp_path, (MONTH_AGO, models()), (TODAY, models()))
    said = (
        "100.0% of the download counts on August 22, 2026 are the same as on July 31, 2026, so the Hub may not have updated them."
    )
    assert said in notes(found, "movers")
    assert said not in notes(found, "licenses")


def test_all_time_counts_that_fell_in_numbers_are_reported(tmp_path):
    recounted = [replace(m, downloads_all_time=5) if n < 9 else m for n, m in enumerate(models(day=22))]
    found = history(tmp_path, (EVE, models(day=21)), (TODAY, recounted))
    assert warnings_of(found) == [
        "All-time downloads of 9 of 300 models fell since August 21, 2026, so the Hub must have recounted them."
    ]


def test_a_single_all_time_count_that_fell_is_a_correction(tmp_path):
    corrected = [replace(m, downloads_all_time=5) if n < 5 else m for n, m in enumerate(models(day=22))]
    assert warnings_of(history(tmp_path, (EVE, models(day=21)), (TODAY, corrected))) == []


@pytest.mark.parametrize(("many", "severe"), [(290, False), (200, True)])
def test_a_list_that_came_in_part_is_reported_and_below_nine_tenths_held_back(tmp_path, many, severe):
    found = history(tmp_path, (TODAY, models(many=many)))
    (warning,) = latest(found, ListName.TOP)
    assert warning.sentence == f"The Hub returned {many} models instead of 300 on August 22, 2026."
    assert warning.severe is severe
    assert warning.sentence in notes(found)


def test_a_source_that_records_less_is_reported_on_the_comparison(tmp_path):
    unrecorded = [replace(m, licenses=None) if n % 4 == 0 else m for n, m in enumerate(models(day=22))]
    found = history(tmp_path, (MONTH_AGO, models()), (TODAY, unrecorded))
    said = "The license is known for 74.8% of downloads now and for 100.0% on July 31, 2026"
    for text in ("movers licenses as recorded", "licenses since 2026-07 as recorded"):
        assert any(note.startswith(said) for note in notes(found, text))
    for text in ("movers creators as recorded", "licenses as recorded", "movers licenses"):
        assert not any(note.startswith(said) for note in notes(found, text))


def test_one_model_that_moves_everything_is_reported_on_the_comparison(tmp_path):
    risen = [replace(m, downloads=m.downloads * 50) if n == 0 else m for n, m in enumerate(models(day=22))]
    found = history(tmp_path, (MONTH_AGO, models()), (TODAY, risen))
    (said,) = [note for note in notes(found, "movers") if " alone " in note]
    assert said.startswith("maker-0/model-0 alone raised total downloads by 32.")
    assert not [note for note in notes(found, "creators") if " alone " in note]


def test_a_gap_is_reported_on_what_goes_over_it(tmp_path):
    days = [date(2025, 11, n) for n in range(1, 8)]
    found = history(tmp_path, *((day, models(day=n)) for n, day in enumerate(days)), (TODAY, models(day=300)))
    assert "There are no snapshots between November 7, 2025 and August 22, 2026." in notes(found, "licenses since 2025-11")
