"""A digest is shared as long as its data is the same, and waits for the end of its month or week; by a clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from simulation import listing, put

from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.process import AnalyticsProcess
from bot.domain.content import Content
from bot.domain.outbox import Kind, State
from bot.domain.schedule import next_due, parse_schedule
from bot.outbox.planner import PATIENCE, plan

TOKYO = "monthly last at 08:00 Asia/Tokyo"
"""Due on the 30th at 23:00 UTC where a month has 31 days."""
DUE = datetime(2026, 7, 30, 23, tzinfo=UTC)
IN_AUGUST = datetime(2026, 8, 3, 9, tzinfo=UTC)


class Planner:
    """The planner with data that a test adds to."""

    def __init__(self, kit, engine):
        self.kit = kit
        self.store = SqlHistory(engine)
        self.builds = AnalyticsProcess(self.store)
        self.missed = []

    def at(self, moment):
        """Plan and deliver what is due at a moment; returns the deliveries of digests."""
        self.kit.clock.now = moment
        ids = plan(self.kit.delivery_context, self.builds, self.kit.engine, lambda _: self.missed)
        lines = [self.kit.settle(id_) for id_ in ids]
        assert all(line.state is State.SENT for line in lines)
        return [line for line in lines if line.kind is Kind.DIGEST]

    def put(self, *days, size=300, meta=1.0, source="import"):
        put(self.store, *(listing(day, size, meta=meta, source=source) for day in days))

    def subscribe(self, schedule, channel="general", team="Acme", since=datetime(2026, 7, 20, tzinfo=UTC)):
        due = next_due(parse_schedule(schedule), since).at
        self.kit.subscribe(channel, team, schedule, due=due, by="ada")
        return due


@pytest.fixture
def planner(kit, engine):
    return Planner(kit, engine)


@pytest.mark.parametrize(
    ("schedule", "team"),
    [
        (TOKYO, "Acme"),
        (TOKYO, "Globex"),
        ("monthly last at 00:00 Pacific/Kiritimati", "Acme"),
        ("monthly last at 00:05 UTC", "Globex"),
        ("monthly last at 01:00 America/Los_Angeles", "Acme"),
        ("monthly at 09:00 UTC", "Acme"),
    ],
)
def test_channels_of_all_zones_and_workspaces_get_the_whole_month(schedule, team, planner):
    """One is due before July's last snapshot, the others at any time; whoever comes first, all get the same."""
    planner.put("2026-06-30", "2026-07-29", "2026-07-30")
    due = planner.subscribe(schedule, team=team)
    other = planner.subscribe("monthly at 09:00 Europe/Berlin", "research", "Globex" if team == "Acme" else "Acme")
    early = due < datetime(2026, 7, 31, 6, tzinfo=UTC)
    if early:
        assert planner.at(due) == []
        assert planner.at(datetime(2026, 7, 31, 5, 59, tzinfo=UTC)) == []
    planner.put("2026-07-31")
    ready = datetime(2026, 7, 31, 6, 5, tzinfo=UTC) if early else due
    lines = [line for moment in sorted({ready, other}) for line in planner.at(moment)]
    assert [line.period for line in lines] == ["2026-07", "2026-07"]
    assert len({line.edition for line in lines}) == 1
    (first,) = planner.kit.in_channel(team=team)
    (second,) = planner.kit.in_channel("research", "Globex" if team == "Acme" else "Acme")
    for shown in (first, second):
        assert "Digest for July 2026 · " in shown.text
        assert "2026-07-31 (UTC)" in shown.text
        assert "Sent late" not in str(shown.blocks)


def test_what_does_not_come_is_waited_for_no_longer_than_36_hours_and_named(planner):
    planner.put("2026-06-30", "2026-07-29")
    planner.subscribe(TOKYO)
    assert planner.at(DUE) == []
    assert planner.at(DUE + PATIENCE - timedelta(minutes=1)) == []
    (early,) = planner.at(DUE + PATIENCE)
    (shown,) = planner.kit.in_channel()
    assert "Digest for July 2026, through July 29" in shown.text
    assert "The last snapshot of July 2026 is from July 29, 2026." in planner.kit.in_threads()[0].text

    before = planner.kit.delivery_context.built_digests.get(early.edition)
    planner.put("2026-07-31", meta=1.2)
    planner.subscribe("monthly at 09:00 UTC", "research", "Globex")
    (whole,) = planner.at(IN_AUGUST)
    assert whole.edition != early.edition
    (shown,) = planner.kit.in_channel("research", "Globex")
    assert "Digest for July 2026 · " in shown.text
    content, _ = planner.kit.delivery_context.built_digests.get(early.edition)
    assert (content, _) == before, "the buttons of the earlier message show what that message is about"
    assert content.files != planner.kit.delivery_context.built_digests.get(whole.edition)[0].files


@pytest.mark.parametrize("end", ["a later snapshot", "a day given up"])
def test_it_does_not_wait_for_what_cannot_come(end, planner):
    planner.put("2026-06-30", "2026-07-30")
    planner.subscribe(TOKYO)
    assert planner.at(DUE) == []
    if end == "a later snapshot":
        planner.put("2026-08-01")
    else:
        planner.missed = [listing("2026-07-31", 1).taken_on]
    (_,) = planner.at(DUE + timedelta(hours=25, minutes=5))
    (shown,) = planner.kit.in_channel()
    assert "through July 30" in shown.text


def test_no_digest_is_told_only_as_long_as_there_is_no_data(planner):
    planner.put("2026-06-30")
    planner.subscribe("monthly at 09:00 UTC")
    planner.subscribe("monthly at 09:05 UTC", "research")
    planner.subscribe("monthly at 09:00 America/New_York", team="Globex")
    planner.at(IN_AUGUST)
    assert "There's no digest for July 2026" in planner.kit.in_channel()[0].text
    planner.put("2026-07-31")
    planner.at(IN_AUGUST + timedelta(minutes=5))
    planner.at(IN_AUGUST + timedelta(hours=4))
    for shown in (planner.kit.in_channel("research")[0], planner.kit.in_channel(team="Globex")[0]):
        assert "Digest for July 2026 · " in shown.text


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("weekly monday at 00:30 Asia/Tokyo", datetime(2026, 8, 2, 15, 30, tzinfo=UTC)),
        ("weekly monday at 00:00 Pacific/Auckland", datetime(2026, 8, 2, 12, tzinfo=UTC)),
    ],
)
def test_a_week_that_ends_later_elsewhere_is_waited_for(schedule, due, planner):
    planner.put("2026-07-26", "2026-07-31", "2026-08-01")
    assert planner.subscribe(schedule, since=datetime(2026, 7, 28, tzinfo=UTC)) == due
    assert planner.at(due) == []
    planner.put("2026-08-02")
    (line,) = planner.at(due + timedelta(hours=8))
    assert line.period == "2026-W31"
    assert "Digest for the week of July 27, 2026 · " in planner.kit.in_channel()[0].text


def test_one_that_waits_holds_back_none_and_what_was_due_before_comes_first(planner):
    """A bot that slept from May on: June is told at once, July when its last snapshot is there."""
    planner.put("2026-05-31", "2026-06-30", "2026-07-30")
    planner.subscribe(TOKYO, since=datetime(2026, 6, 15, tzinfo=UTC))
    planner.subscribe("monthly at 09:00 UTC", "research", since=datetime(2026, 6, 15, tzinfo=UTC))
    assert sorted(line.period for line in planner.at(DUE)) == ["2026-06", "2026-06"]
    assert planner.at(DUE + timedelta(hours=1)) == []
    planner.put("2026-07-31")
    assert [line.period for line in planner.at(DUE + timedelta(hours=7))] == ["2026-07"]
    (first, second) = planner.kit.in_channel()
    assert "Sent late" in str(first.blocks)
    assert "Sent late" not in str(second.blocks)


def test_a_larger_list_of_the_same_day_makes_another_digest(planner):
    planner.put("2026-06-30", "2026-07-31", size=280)
    planner.subscribe("monthly at 09:00 UTC")
    planner.subscribe("monthly at 10:00 UTC", "research")
    (small,) = planner.at(IN_AUGUST)
    planner.put("2026-07-31", size=300, source="hub")
    (large,) = planner.at(IN_AUGUST + timedelta(hours=1))
    assert small.edition != large.edition


def test_digests_built_before_keys_named_their_data_keep_their_buttons_and_are_not_used_again(planner):
    old = "2026-07 in top: license,creator,task"
    told = Content(
        "July until the 29th", [], files={"hfstats-digest-2026-07.csv": "dimension,name\n"}, details=[{"type": "section"}]
    )
    planner.kit.delivery_context.built_digests.save(old, told, None)
    planner.put("2026-06-30", "2026-07-31")
    planner.subscribe("monthly at 09:00 UTC")
    (line,) = planner.at(IN_AUGUST)
    assert line.edition != old
    content, picture = planner.kit.delivery_context.built_digests.get(old)
    assert (content.as_json(), picture) == (told.as_json(), None)
