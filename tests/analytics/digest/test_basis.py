"""The key of a digest: it changes with the data that the digest rests on, and with nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.digest import basis as module
from analytics.digest.basis import basis
from analytics.digest.builder import DIMENSIONS, digest
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName, Snapshot

JULY = Edition.parse("2026-07")


class Snapshots:
    """The snapshots of a history, which is all that a basis reads."""

    def __init__(self, *days, within=ListName.TOP, size=300, source="hub"):
        self.rows = [
            Snapshot(number, date.fromisoformat(day), within, source, size, simulated=False) for number, day in enumerate(days)
        ]

    def plus(self, day, within=ListName.TOP, size=300):
        more = Snapshots()
        more.rows = [*self.rows, Snapshot(len(self.rows), date.fromisoformat(day), within, "more", size, simulated=False)]
        return more

    def snapshots(self, within):
        return tuple(sorted((s for s in self.rows if s.list is within), key=lambda s: (s.taken_on, s.size, -s.id)))


def key(snapshots, edition=JULY, within=ListName.TOP, sections=("license",)):
    return basis(edition, snapshots, within).key(sections)


@pytest.mark.parametrize("day", ["2019-01-01", "2026-06-30", "2026-07-01", "2026-07-30", "2026-07-31"])
def test_a_snapshot_that_a_digest_can_rest_on_changes_its_key(day):
    known = Snapshots("2026-06-30", "2026-07-30")
    assert key(known) != key(known.plus(day))


@pytest.mark.parametrize(("day", "within"), [("2026-08-01", ListName.TOP), ("2026-07-31", ListName.TRENDING)])
def test_what_a_digest_does_not_rest_on_leaves_its_key(day, within):
    known = Snapshots("2026-06-30", "2026-07-30")
    assert key(known) == key(known.plus(day, within))


def test_a_missing_digest_has_another_key_with_each_snapshot():
    none, later = Snapshots("2026-06-30"), Snapshots("2026-06-30", "2026-08-01")
    assert len({key(Snapshots()), key(none), key(later), key(none.plus("2026-07-31"))}) == 4


def test_sections_list_edition_and_method_are_in_the_key(monkeypatch):
    known = Snapshots("2026-06-30", "2026-07-30")
    keys = {
        key(known),
        key(known, sections=("license", "task")),
        key(known, within=ListName.BOTH),
        key(known, Edition.parse("2026-06")),
    }
    monkeypatch.setattr(module, "METHOD", module.METHOD + 1)
    assert len(keys | {key(known)}) == 5


@given(st.sampled_from(list(ListName)), st.dates(date(1000, 1, 1), date(9998, 12, 31)), st.booleans())
def test_every_key_fits_its_column(within, day, weekly):
    edition = Edition.week(day) if weekly else Edition.month(day)
    sections = [dimension.value for dimension in (*DIMENSIONS, Dimension.LIBRARY)]
    for known in (Snapshots(), Snapshots(edition.first.isoformat(), within=within)):
        assert len(f"{key(known, edition, within, sections)} · sample") <= 120


@pytest.mark.parametrize(
    ("days", "complete"),
    [
        (["2026-07-30"], False),
        (["2026-07-31"], True),
        (["2026-07-30", "2026-08-02"], True),
        (["2026-06-30"], False),
        ([], False),
    ],
)
def test_an_edition_is_complete_with_its_last_day_or_a_later_one(days, complete):
    assert basis(JULY, Snapshots(*days), ListName.TOP).complete is complete


def test_the_last_day_of_a_key_is_that_of_the_list_that_the_digest_is_about():
    small = Snapshots("2026-06-30", "2026-07-29").plus("2026-07-31", size=30)
    assert basis(JULY, small, ListName.TOP).last == date(2026, 7, 29)
    assert basis(JULY, small.plus("2026-07-31"), ListName.TOP).last == date(2026, 7, 31)
    assert key(small) != key(small.plus("2026-07-31"))


@pytest.mark.parametrize(
    ("edition", "title"), [("2026-07", "Digest for July 2026"), ("2026-08", "Digest for August 2026, through August 22")]
)
def test_a_title_says_how_far_the_data_goes(edition, title, history):
    made = digest(Edition.parse(edition), history)
    assert made.title == title
    assert made.basis == basis(Edition.parse(edition), history, ListName.TOP)
