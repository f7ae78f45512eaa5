"""Planning of due digests: once, in order, each digest built once, with an adjustable clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.outbox import Kind, State
from bot.domain.schedule import next_due, parse_schedule
from bot.outbox.planner import plan
from playground.block_kit.blocks import check_blocks


def at(month, day, hour=9, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def planned(kit, builds):
    def run():
        return kit.digests(plan(kit.delivery_context, builds, kit.engine))

    return run


def lines(kit):
    """Return period and state of all digests, oldest first."""
    return [(line.period, line.state) for line in digests(kit)]


def digests(kit):
    """Return the deliveries of digests, oldest first, without their replies."""
    return [line for line in reversed(kit.delivery_context.outbox.find()) if line.kind is Kind.DIGEST]


def due_after(schedule, moment):
    return next_due(parse_schedule(schedule), moment).at


def test_nothing_is_due_before_its_time(kit, planned):
    kit.subscribe(due=at(8, 3))
    kit.clock.now = at(8, 3, 8, 59)
    assert planned() == []
    kit.clock.now = at(8, 3, 9, 0)
    assert len(planned()) == 1
    assert planned() == []
    assert lines(kit) == [("2026-07", State.PLANNED)]


def test_the_digest_of_the_month_before_comes_on_the_first_working_day(kit, planned):
    kit.subscribe(due=due_after("monthly at 09:00 UTC", at(7, 20)))
    kit.clock.now = at(8, 3)  # the first of August 2026 is a Saturday
    (id_,) = planned()
    assert kit.settle(id_).state is State.SENT
    (shown,) = kit.shown()
    assert "July 2026" in shown.text
    assert [block["type"] for block in shown.blocks].count("image") == 1


def test_three_months_asleep_are_caught_up_once_in_order_and_reported_as_late(kit, planned, builds):
    kit.subscribe(due=at(5, 1))
    kit.clock.now = at(8, 10)
    ids = plan(kit.delivery_context, builds, kit.engine)
    periods = ["2026-04", "2026-05", "2026-06", "2026-07"]
    assert [kit.delivery_context.outbox.get(id_).period for id_ in kit.digests(ids)] == periods
    for id_ in reversed(ids):  # whatever order they are tried in
        kit.deliver(id_)
    for _ in range(8):
        for id_ in ids:
            kit.settle(id_)
    shown = [message.text for message in kit.in_channel()]
    assert ["April" in shown[0], "May" in shown[1], "June" in shown[2], "July" in shown[3], len(shown)] == [True] * 4 + [4]
    assert all("Sent late" in str(message.blocks[0]) for message in kit.in_channel())
    assert [reply.thread_ts for reply in kit.in_threads()] == [message.ts for message in kit.in_channel()]
    assert planned() == []


def test_the_rest_of_a_digest_follows_once_in_its_thread(kit, builds):
    kit.subscribe(due=at(8, 3))
    kit.clock.now = at(8, 3)
    ids = plan(kit.delivery_context, builds, kit.engine)
    for id_ in (*reversed(ids), *ids, *ids):
        kit.settle(id_)
    (parent,), (reply,) = kit.in_channel(), kit.in_threads()
    assert reply.thread_ts == parent.ts
    told = str(reply.blocks)
    assert [heading in told for heading in ("*Licenses*", "*Creators*", "*Tasks*")] == [True] * 3
    assert "Leaders by downloads" in told
    assert "Leaders by downloads" not in str(parent.blocks)
    assert check_blocks(list(parent.blocks)) == check_blocks(list(reply.blocks)) == []


def test_channels_that_want_the_same_share_one_digest(kit, planned):
    for channel in kit.more_channels(5):
        kit.subscribe(channel, due=at(8, 3))
    kit.subscribe(team="Globex", due=at(8, 3))
    assert len(planned()) == 6
    assert len({line.edition for line in digests(kit)}) == 1


def test_of_planners_at_one_moment_each_thing_is_entered_once(kit, planned):
    for channel in kit.more_channels(20):
        kit.subscribe(channel, due=at(8, 3))
    entered, threads = [], [threading.Thread(target=lambda: entered.append(len(planned()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(entered) == 20
    assert len(digests(kit)) == 20
    assert len(kit.delivery_context.outbox.find()) == 40, "each with one reply"


def test_a_month_without_a_snapshot_is_reported_instead_of_a_digest(kit, planned):
    kit.subscribe(due=at(10, 1))
    kit.clock.now = at(10, 1)
    (id_,) = planned()
    kit.settle(id_)
    (shown,) = kit.shown()
    assert "There's no digest for September 2026" in shown.text
    assert "on schedule" in shown.text


def test_a_digest_that_cannot_be_built_now_is_left_due_and_others_go_on(kit, builds):
    class Failing:
        broken = True

        def basis(self, edition, within):
            return builds.basis(edition, within)

        def digest(self, edition, within, sections=()):
            if self.broken and sections == ("license",):
                raise OSError("the disk is full")
            return builds.digest(edition, within, sections)

    failing = Failing()
    kit.subscribe(due=at(8, 3))
    other = kit.subscribe("research", due=at(8, 3))
    kit.delivery_context.subscriptions.subscribe(
        other.workspace,
        other.channel,
        schedule=other.schedule,
        within="top",
        sections=("license",),
        by=other.created_by,
        next_due=at(8, 3),
        private=True,
    )
    assert len(kit.digests(plan(kit.delivery_context, failing, kit.engine))) == 1
    assert plan(kit.delivery_context, failing, kit.engine) == []
    failing.broken = False
    kit.clock.on(hours=5)
    (id_,) = kit.digests(plan(kit.delivery_context, failing, kit.engine))
    assert kit.settle(id_).state is State.SENT


def test_what_is_paused_owes_nothing_and_goes_on_with_the_next(kit, planned):
    mine = kit.subscribe(due=at(6, 1))
    kit.delivery_context.subscriptions.pause(mine.id)
    kit.clock.now = at(8, 10)
    assert planned() == []
    assert kit.delivery_context.subscriptions.resume(mine.id, due_after(mine.schedule, kit.clock()))
    assert planned() == []
    kit.clock.now = at(9, 1)
    assert len(planned()) == 1
    assert lines(kit) == [("2026-08", State.PLANNED)]


def test_unsubscribing_takes_back_what_was_planned_and_leaves_what_was_sent(kit, planned):
    mine = kit.subscribe(due=at(7, 1))
    kit.clock.now = at(8, 3)
    first, second = planned()
    kit.settle(first)
    assert kit.delivery_context.subscriptions.unsubscribe(mine.workspace, mine.channel).id == mine.id
    assert lines(kit) == [("2026-06", State.SENT)]
    assert {line.source for line in kit.delivery_context.outbox.find() if line.kind is Kind.REPLY} == {first}, second


def test_a_clock_that_steps_back_repeats_nothing(kit, planned):
    kit.subscribe(due=at(8, 3))
    kit.clock.now = at(8, 3, 9, 1)
    assert len(planned()) == 1
    kit.clock.now = at(7, 1)
    assert planned() == []
    kit.clock.now = at(8, 3, 9, 2)
    assert planned() == []
    assert len(digests(kit)) == 1


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", (3, 29)),
        ("Europe/Berlin", (10, 25)),
        ("America/New_York", (3, 8)),
        ("America/New_York", (11, 1)),
        ("Australia/Lord_Howe", (4, 5)),
        ("Australia/Lord_Howe", (10, 4)),
        ("America/Santiago", (4, 5)),
        ("America/Santiago", (9, 6)),
    ],
)
def test_a_weekly_digest_comes_once_a_week_across_a_change_of_the_clocks(kit, zone, change):
    """Looked at for five weeks around the change: every quarter of an hour of the first six of a day, then every two hours."""
    schedule = f"weekly at 02:30 {zone}"
    changes = at(*change, hour=0)
    kit.clock.now = changes - timedelta(days=18)
    mine = kit.subscribe(schedule=schedule, due=due_after(schedule, kit.clock()))
    while kit.clock() < changes + timedelta(days=17):
        kit.clock.on(minutes=15 if kit.clock().astimezone(ZoneInfo(zone)).hour < 6 else 120)
        found = kit.delivery_context.subscriptions.due(kit.clock())
        if found:
            due = parse_schedule(found[0].schedule)
            assert kit.clock() - found[0].next_due < timedelta(minutes=15)
            with kit.engine.begin() as connection:
                from bot.storage.channels.subscriptions import advance

                assert advance(connection, found[0], next_due(due, kit.clock()).at)
            kit.owe(source=mine.id, period=str(due_edition(found[0])))
    assert len(lines(kit)) == 5
    assert len({period for period, _ in lines(kit)}) == 5


def due_edition(subscription):
    from bot.domain.schedule import due_between

    eve = subscription.next_due - timedelta(microseconds=1)
    (due,) = due_between(parse_schedule(subscription.schedule), eve, subscription.next_due)
    return due.edition
