"""The outbox: each delivery is planned once, leased by one worker at a time, and settled."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.domain.outbox import Delivery, Kind, PlannedDelivery, RetryAt, State
from bot.storage.messages.outbox import APART, AT_ONCE, LEASE


def together(many, work):
    """Call ``work`` in so many threads at the same moment; returns what each said."""
    said, ready = [], threading.Barrier(many)

    def run(place):
        ready.wait()
        said.append(work(place))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_a_due_delivery_is_planned_once_by_any_number_of_processes(kit):
    owed = PlannedDelivery("T1", "C1", Kind.DIGEST, 1, "2026-07", kit.clock())
    entered = together(6, lambda _: kit.delivery_context.outbox.plan([owed]))
    assert sorted(map(len, entered)) == [0] * 5 + [1]
    (line,) = kit.delivery_context.outbox.find()
    assert (line.state, line.attempts, line.due_at) == (State.PLANNED, 0, kit.clock())


def test_each_line_has_a_mark_of_its_own(kit):
    ids = [kit.owe(period=f"2026-{month:02}") for month in range(1, 9)]
    assert len({kit.delivery_context.outbox.get(id_).mark for id_ in ids}) == 8


def test_an_id_is_never_given_out_again(kit):
    first = kit.subscribe()
    kit.delivery_context.subscriptions.unsubscribe(first.workspace, first.channel)
    second = kit.subscribe("research")
    assert second.id > first.id


def test_of_many_at_one_moment_one_gets_the_line(kit):
    id_ = kit.owe()
    claimed = together(6, lambda place: kit.delivery_context.outbox.claim(id_, f"owner {place}"))
    assert sum(isinstance(one, Delivery) for one in claimed) == 1
    assert sum(isinstance(one, RetryAt) for one in claimed) == 5


def test_a_lease_that_ended_can_be_taken_over_and_its_holder_cannot_post(kit):
    outbox, id_ = kit.delivery_context.outbox, kit.owe()
    outbox.claim(id_, "first")
    assert outbox.claim(id_, "second") == RetryAt(kit.clock() + LEASE)
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert not outbox.start_posting(id_, "first")
    assert isinstance(outbox.claim(id_, "second"), Delivery)
    assert not outbox.start_posting(id_, "first")
    assert outbox.start_posting(id_, "second")


def test_who_takes_over_sees_that_it_may_have_been_posted(kit):
    outbox, id_ = kit.delivery_context.outbox, kit.owe()
    outbox.claim(id_, "first")
    began = kit.clock()
    outbox.start_posting(id_, "first")
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert outbox.claim(id_, "second").posting_at == began


def test_posting_renews_the_lease(kit):
    outbox, id_ = kit.delivery_context.outbox, kit.owe()
    outbox.claim(id_, "first")
    kit.clock.on(seconds=LEASE.total_seconds() - 1)
    assert outbox.start_posting(id_, "first")
    kit.clock.on(seconds=LEASE.total_seconds() - 1)
    assert isinstance(outbox.claim(id_, "second"), RetryAt)


def test_the_first_message_that_is_recorded_stays(kit):
    outbox, id_ = kit.delivery_context.outbox, kit.owe()
    outbox.claim(id_, "first")
    assert outbox.sent(id_, "1.1") == "1.1"
    assert outbox.sent(id_, "2.2") == "1.1"
    assert outbox.claim(id_, "second") is None
    assert outbox.get(id_).ts == "1.1"


def test_only_the_owner_settles_and_what_follows_happens_with_it_or_not_at_all(kit):
    outbox, id_, followed = kit.delivery_context.outbox, kit.owe(), []
    outbox.claim(id_, "first")
    assert not outbox.settle(id_, "another", State.FAILED, "is_archived", followed.append)
    assert followed == []

    def broken(_):
        raise RuntimeError("what follows fails")

    with pytest.raises(RuntimeError):
        outbox.settle(id_, "first", State.FAILED, "is_archived", broken)
    assert outbox.get(id_).state is State.SENDING
    assert outbox.settle(id_, "first", State.FAILED, "is_archived", followed.append)
    assert len(followed) == 1
    assert outbox.get(id_).error == "is_archived"


def test_what_is_put_back_waits_and_remembers_whether_it_may_be_there(kit):
    outbox, id_ = kit.delivery_context.outbox, kit.owe()
    later = kit.clock() + timedelta(seconds=30)
    outbox.claim(id_, "a")
    outbox.start_posting(id_, "a")
    outbox.reschedule(id_, "a", later, "lost", maybe_there=True)
    assert outbox.claim(id_, "b") == RetryAt(later)
    kit.clock.on(seconds=31)
    assert outbox.claim(id_, "b").posting_at
    outbox.reschedule(id_, "b", kit.clock(), "500", counts=True)
    again = outbox.claim(id_, "c")
    assert (again.posting_at, again.attempts) == (None, 1)


def test_a_channel_gets_one_thing_at_a_time_in_order_and_a_second_apart(kit):
    outbox = kit.delivery_context.outbox
    first = kit.owe(period="2026-06")
    kit.clock.on(seconds=1)
    second, other = kit.owe(period="2026-07"), kit.owe("research", period="2026-07", source=2)
    assert isinstance(outbox.claim(second, "b"), RetryAt)
    assert isinstance(outbox.claim(first, "a"), Delivery)
    assert isinstance(outbox.claim(second, "b"), RetryAt)
    assert isinstance(outbox.claim(other, "c"), Delivery)
    outbox.sent(first, "1.1")
    assert isinstance(outbox.claim(second, "b"), RetryAt)
    kit.clock.on(seconds=APART.total_seconds())
    assert isinstance(outbox.claim(second, "b"), Delivery)


def test_a_workspace_has_a_bound_and_others_do_not_feel_it(kit):
    outbox, channels = kit.delivery_context.outbox, kit.more_channels(AT_ONCE + 2)
    ids = [kit.owe(channel, source=place) for place, channel in enumerate(channels)]
    claimed = [outbox.claim(id_, "a") for id_ in ids]
    assert [isinstance(one, Delivery) for one in claimed] == [True] * AT_ONCE + [False] * 2
    assert isinstance(outbox.claim(kit.owe(team="Globex", source=99), "b"), Delivery)


def test_a_workspace_that_is_hushed_waits_and_others_do_not(kit):
    outbox, acme, globex = kit.delivery_context.outbox, kit.owe(), kit.owe(team="Globex", source=2)
    until = kit.clock() + timedelta(seconds=30)
    outbox.pause_workspace(kit.workspace().id, until)
    outbox.pause_workspace(kit.workspace().id, until - timedelta(seconds=20))  # a shorter word does not shorten it
    assert until <= outbox.claim(acme, "a").at <= until + timedelta(seconds=1)
    assert isinstance(outbox.claim(globex, "a"), Delivery)
    kit.clock.on(seconds=31)
    assert isinstance(outbox.claim(acme, "a"), Delivery)


def test_engines_are_notified_once_in_turn_and_again_when_they_forget(kit):
    outbox, forgotten = kit.delivery_context.outbox, timedelta(minutes=5)
    channels = kit.more_channels(3)
    acme = [kit.owe(channel, source=place) for place, channel in enumerate(channels)]
    globex = kit.owe(team="Globex", source=9)
    assert outbox.due(2, forgotten) == [acme[0], globex]
    assert sorted(outbox.due(10, forgotten)) == acme[1:]
    assert outbox.due(10, forgotten) == []
    kit.clock.on(minutes=6)
    assert len(outbox.due(10, forgotten)) == 4
    outbox.mark_unqueued()
    assert len(outbox.due(10, forgotten)) == 4


def test_what_is_being_sent_is_not_due_until_its_lease_ends(kit):
    outbox, id_ = kit.delivery_context.outbox, kit.owe()
    outbox.claim(id_, "a")
    assert outbox.due(10, timedelta(0)) == []
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert outbox.due(10, timedelta(0)) == [id_]


def test_what_was_unsure_or_failed_is_sent_again_on_somebodys_word_only(kit):
    outbox, id_, mine = kit.delivery_context.outbox, kit.owe(), kit.workspace().id
    assert not outbox.retry(id_, mine)
    outbox.claim(id_, "a")
    outbox.settle(id_, "a", State.UNSURE, "lost")
    assert not outbox.retry(id_, "T-another")
    assert outbox.failed()[0].id == id_
    assert outbox.retry(id_, mine)
    assert outbox.get(id_).state is State.PLANNED
    assert outbox.counts() == {State.PLANNED: 1}


def test_what_was_settled_long_ago_goes_and_what_is_open_stays(kit):
    outbox, done, open_ = kit.delivery_context.outbox, kit.owe(period="2026-06"), kit.owe(period="2026-07")
    outbox.claim(done, "a")
    outbox.sent(done, "1.1")
    kit.clock.on(days=401)
    assert outbox.prune(timedelta(days=400)) == 1
    assert [line.id for line in outbox.find()] == [open_]
