"""The ledger: what is owed is owed once, is one worker's at a time, and comes to an end."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.domain.outbox import Again, Delivery, Kind, Owed, State
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


def test_what_is_owed_is_entered_once_however_many_enter_it(kit):
    owed = Owed("T1", "C1", Kind.DIGEST, 1, "2026-07", kit.clock())
    entered = together(6, lambda _: kit.office.ledger.plan([owed]))
    assert sorted(map(len, entered)) == [0] * 5 + [1]
    (line,) = kit.office.ledger.find()
    assert (line.state, line.attempts, line.due_at) == (State.PLANNED, 0, kit.clock())


def test_each_line_has_a_mark_of_its_own(kit):
    ids = [kit.owe(period=f"2026-{month:02}") for month in range(1, 9)]
    assert len({kit.office.ledger.get(id_).mark for id_ in ids}) == 8


def test_an_id_is_never_given_out_again(kit):
    first = kit.subscribe()
    kit.office.subscriptions.unsubscribe(first.workspace, first.channel)
    second = kit.subscribe("research")
    assert second.id > first.id


def test_of_many_at_one_moment_one_gets_the_line(kit):
    id_ = kit.owe()
    claimed = together(6, lambda place: kit.office.ledger.claim(id_, f"owner {place}"))
    assert sum(isinstance(one, Delivery) for one in claimed) == 1
    assert sum(isinstance(one, Again) for one in claimed) == 5


def test_a_lease_that_ended_can_be_taken_over_and_its_holder_cannot_post(kit):
    ledger, id_ = kit.office.ledger, kit.owe()
    ledger.claim(id_, "first")
    assert ledger.claim(id_, "second") == Again(kit.clock() + LEASE)
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert not ledger.posting(id_, "first")
    assert isinstance(ledger.claim(id_, "second"), Delivery)
    assert not ledger.posting(id_, "first")
    assert ledger.posting(id_, "second")


def test_who_takes_over_sees_that_it_may_have_been_posted(kit):
    ledger, id_ = kit.office.ledger, kit.owe()
    ledger.claim(id_, "first")
    began = kit.clock()
    ledger.posting(id_, "first")
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert ledger.claim(id_, "second").posting_at == began


def test_posting_renews_the_lease(kit):
    ledger, id_ = kit.office.ledger, kit.owe()
    ledger.claim(id_, "first")
    kit.clock.on(seconds=LEASE.total_seconds() - 1)
    assert ledger.posting(id_, "first")
    kit.clock.on(seconds=LEASE.total_seconds() - 1)
    assert isinstance(ledger.claim(id_, "second"), Again)


def test_the_first_message_that_is_recorded_stays(kit):
    ledger, id_ = kit.office.ledger, kit.owe()
    ledger.claim(id_, "first")
    assert ledger.sent(id_, "1.1") == "1.1"
    assert ledger.sent(id_, "2.2") == "1.1"
    assert ledger.claim(id_, "second") is None
    assert ledger.get(id_).ts == "1.1"


def test_only_the_owner_settles_and_what_follows_happens_with_it_or_not_at_all(kit):
    ledger, id_, followed = kit.office.ledger, kit.owe(), []
    ledger.claim(id_, "first")
    assert not ledger.settle(id_, "another", State.FAILED, "is_archived", followed.append)
    assert followed == []

    def broken(_):
        raise RuntimeError("what follows fails")

    with pytest.raises(RuntimeError):
        ledger.settle(id_, "first", State.FAILED, "is_archived", broken)
    assert ledger.get(id_).state is State.SENDING
    assert ledger.settle(id_, "first", State.FAILED, "is_archived", followed.append)
    assert len(followed) == 1
    assert ledger.get(id_).error == "is_archived"


def test_what_is_put_back_waits_and_remembers_whether_it_may_be_there(kit):
    ledger, id_ = kit.office.ledger, kit.owe()
    later = kit.clock() + timedelta(seconds=30)
    ledger.claim(id_, "a")
    ledger.posting(id_, "a")
    ledger.put_back(id_, "a", later, "lost", maybe_there=True)
    assert ledger.claim(id_, "b") == Again(later)
    kit.clock.on(seconds=31)
    assert ledger.claim(id_, "b").posting_at
    ledger.put_back(id_, "b", kit.clock(), "500", counts=True)
    again = ledger.claim(id_, "c")
    assert (again.posting_at, again.attempts) == (None, 1)


def test_a_channel_gets_one_thing_at_a_time_in_order_and_a_second_apart(kit):
    ledger = kit.office.ledger
    first = kit.owe(period="2026-06")
    kit.clock.on(seconds=1)
    second, other = kit.owe(period="2026-07"), kit.owe("research", period="2026-07", source=2)
    assert isinstance(ledger.claim(second, "b"), Again)
    assert isinstance(ledger.claim(first, "a"), Delivery)
    assert isinstance(ledger.claim(second, "b"), Again)
    assert isinstance(ledger.claim(other, "c"), Delivery)
    ledger.sent(first, "1.1")
    assert isinstance(ledger.claim(second, "b"), Again)
    kit.clock.on(seconds=APART.total_seconds())
    assert isinstance(ledger.claim(second, "b"), Delivery)


def test_a_workspace_has_a_bound_and_others_do_not_feel_it(kit):
    ledger, channels = kit.office.ledger, kit.more_channels(AT_ONCE + 2)
    ids = [kit.owe(channel, source=place) for place, channel in enumerate(channels)]
    claimed = [ledger.claim(id_, "a") for id_ in ids]
    assert [isinstance(one, Delivery) for one in claimed] == [True] * AT_ONCE + [False] * 2
    assert isinstance(ledger.claim(kit.owe(team="Globex", source=99), "b"), Delivery)


def test_a_workspace_that_is_hushed_waits_and_others_do_not(kit):
    ledger, acme, globex = kit.office.ledger, kit.owe(), kit.owe(team="Globex", source=2)
    until = kit.clock() + timedelta(seconds=30)
    ledger.hush(kit.workspace().id, until)
    ledger.hush(kit.workspace().id, until - timedelta(seconds=20))  # a shorter word does not shorten it
    assert until <= ledger.claim(acme, "a").at <= until + timedelta(seconds=1)
    assert isinstance(ledger.claim(globex, "a"), Delivery)
    kit.clock.on(seconds=31)
    assert isinstance(ledger.claim(acme, "a"), Delivery)


def test_engines_are_told_once_in_turn_and_again_when_they_forget(kit):
    ledger, forgotten = kit.office.ledger, timedelta(minutes=5)
    channels = kit.more_channels(3)
    acme = [kit.owe(channel, source=place) for place, channel in enumerate(channels)]
    globex = kit.owe(team="Globex", source=9)
    assert ledger.due(2, forgotten) == [acme[0], globex]
    assert sorted(ledger.due(10, forgotten)) == acme[1:]
    assert ledger.due(10, forgotten) == []
    kit.clock.on(minutes=6)
    assert len(ledger.due(10, forgotten)) == 4
    ledger.untell()
    assert len(ledger.due(10, forgotten)) == 4


def test_what_is_being_sent_is_not_due_until_its_lease_ends(kit):
    ledger, id_ = kit.office.ledger, kit.owe()
    ledger.claim(id_, "a")
    assert ledger.due(10, timedelta(0)) == []
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert ledger.due(10, timedelta(0)) == [id_]


def test_what_was_unsure_or_failed_is_sent_again_on_somebodys_word_only(kit):
    ledger, id_, mine = kit.office.ledger, kit.owe(), kit.workspace().id
    assert not ledger.once_more(id_, mine)
    ledger.claim(id_, "a")
    ledger.settle(id_, "a", State.UNSURE, "lost")
    assert not ledger.once_more(id_, "T-another")
    assert ledger.failed()[0].id == id_
    assert ledger.once_more(id_, mine)
    assert ledger.get(id_).state is State.PLANNED
    assert ledger.counts() == {State.PLANNED: 1}


def test_what_was_settled_long_ago_goes_and_what_is_open_stays(kit):
    ledger, done, open_ = kit.office.ledger, kit.owe(period="2026-06"), kit.owe(period="2026-07")
    ledger.claim(done, "a")
    ledger.sent(done, "1.1")
    kit.clock.on(days=401)
    assert ledger.prune(timedelta(days=400)) == 1
    assert [line.id for line in ledger.find()] == [open_]
