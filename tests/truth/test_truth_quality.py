"""Warnings about the real listings, and shifts where they don't record each license: computed with pandas from the files."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

from analytics.digest.builder import digest
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName, Measure
from analytics.query import Period, Query
from analytics.questions import shifts
from analytics.questions.data_warnings import of_day
from analytics.questions.question import View
from analytics.questions.registry import ask, parse

pytestmark = pytest.mark.shared

MONTHS = ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"]


def doubted(history, size):
    return {
        snapshot.taken_on: [warning.sentence for warning in of_day(snapshot, history)]
        for snapshot in history.snapshots(ListName.TOP)
        if snapshot.size == size
    }


def test_the_stall_of_august_is_reported_and_no_clean_day_is(history):
    told = {day: said for day, said in doubted(history, 300).items() if day >= date(2026, 8, 7)}
    assert len(told) == 16
    assert told.pop(date(2026, 8, 8)) == [
        "100.0% of the download counts on August 8, 2026 are the same as on August 7, 2026, so the Hub may not have updated them."
    ]
    assert not any(told.values())


def test_the_daily_top_30_has_warnings_on_the_days_that_repeat_the_counts_of_the_day_before(history, real):
    listed = {one.day: {row.id: row.downloads for row in one.rows} for one in real if one.list == "top" and len(one.rows) == 30}
    days = sorted(listed)
    repeated = set()
    for eve, day in pairwise(days):
        both = listed[eve].keys() & listed[day].keys()
        near = (date.fromisoformat(day) - date.fromisoformat(eve)).days <= 2
        if near and sum(listed[eve][model] == listed[day][model] for model in both) >= 0.9 * len(both):
            repeated.add(date.fromisoformat(day))
    told = {day for day, said in doubted(history, 30).items() if any("not have updated" in one for one in said)}
    assert told == repeated


@pytest.fixture(scope="module")
def top30(files):
    """The daily top 30 with the license that the file records, else that among the tags, else none."""
    (path,) = [path for path in files if path.name.startswith("top30_")]
    frame = pd.read_csv(path, keep_default_na=False, dtype={"license_recorded": str})
    if "2026-03-31" not in set(frame.snapshot_date):
        pytest.skip("needs all days of the file")
    tagged = frame.tags.str.extract(r"(?:^|;)license:([^;]+)")[0]
    frame["known"] = frame.license.where(frame.license_recorded.str.lower() != "false", tagged)
    return frame


def shares(frame, name):
    """Return a license's share of what is recorded, and its least and largest share of all."""
    known = frame.known.notna()
    value = frame.downloads[known & (frame.known == name)].sum()
    total, recorded = frame.downloads.sum(), frame.downloads[known].sum()
    return value / recorded, value / total, (value + total - recorded) / total


def test_april_tells_apache_up_and_mit_down(history, top30):
    license_ = digest(Edition.parse("2026-04"), history).sections[0]
    told = {shift.name: shift.points for shift in license_.shifts}
    assert told["apache-2.0"] == pytest.approx(0.019, abs=0.0015)
    assert told["mit"] == pytest.approx(-0.016, abs=0.0015)
    before, after = (top30[top30.snapshot_date == day] for day in MONTHS[:2])
    unknown = {*before.model_id[before.known.isna()], *after.model_id[after.known.isna()]}
    for name in ("apache-2.0", "mit", "other"):
        then, now = (shares(side[~side.model_id.isin(unknown)], name)[0] for side in (before, after))
        assert told[name] == pytest.approx(now - then, abs=1e-9)
    note = next(note for note in license_.notes if note.startswith("On April 30"))
    assert "adds 20.3 points of coverage by downloads" in note


@pytest.mark.parametrize(("then", "now"), [*pairwise(MONTHS)])
@pytest.mark.parametrize("name", ["apache-2.0", "mit"])
def test_no_month_tells_a_direction_that_what_is_not_recorded_could_turn_around(history, top30, then, now, name):
    told = {shift.name: shift for shift in digest(Edition.parse(now[:7]), history).sections[0].shifts}
    before, after = (shares(top30[top30.snapshot_date == day], name) for day in (then, now))
    low, high = after[1] - before[2], after[2] - before[1]
    if low > 0 or high < 0:
        assert told[name].points * low > 0
    else:
        assert name not in told or told[name].basis == "models recorded at both dates"


def test_movers_over_all_files_refuse_mit_and_bound_apache(history):
    told = {shift.name: shift for shift in ask(parse("movers licenses"), history).shifts}
    assert "mit" not in told
    assert 0 < told["apache-2.0"].low < told["apache-2.0"].high


@pytest.mark.parametrize("dimension", [Dimension.CREATOR, Dimension.NAMESPACE, Dimension.COUNTRY, Dimension.KIND, Dimension.TASK])
@pytest.mark.parametrize("by", list(Measure))
def test_what_every_source_records_is_told_as_it_is(history, dimension, by):
    view = View(Query(dimension.plural, by=by, at=Period(2026, 8, 22)), history, dimension)
    then = next(s for s in history.snapshots(ListName.TOP) if s.size == view.now.size and s.taken_on.isoformat() == "2026-08-09")
    compared = shifts.compare(view, then, by)
    assert (compared.coverage.now, compared.coverage.before) == (1.0, 1.0)
    assert {shift.basis for shift in compared.shifts} == {"all recorded models"}


@pytest.mark.parametrize("by", list(Measure))
def test_libraries_of_the_top_30_are_those_of_near_dates(history, by):
    answer = ask(parse(f"libraries by {by} at 2026-07-31"), history)
    assert answer.source.coverages[0].now > 0.9
    assert any("is filled in as recorded from" in note for note in answer.notes)
