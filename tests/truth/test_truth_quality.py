"""Warnings about the real listings: the days on which the Hub stalled, and no others."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from analytics.domain import ListName
from analytics.questions.data_warnings import of_day

pytestmark = pytest.mark.shared


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
