"""Changed channel ids: all of a channel's rows follow, whether the event or a delivery comes first."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from analytics.storage.database import writing
from bot.domain.content import Content
from bot.domain.outbox import Kind, PlannedDelivery, State
from bot.domain.pending_reply import PendingReply
from bot.domain.request import SourceMessage
from bot.storage.channels.channel_ids import ChannelIds
from bot.storage.messages.answered_messages import AnsweredMessages
from bot.storage.messages.pending_replies import PendingReplies
from playground.channel_ids import share_private_channel


@pytest.fixture
def ids(kit):
    return ChannelIds(kit.engine, kit.clock)


def watch_in(kit, channel, rule="creator meta below 10%"):
    by = kit.workspace().user("ada").id
    return kit.delivery_context.watches.add(kit.workspace().id, channel, rule, by, crossed=False, looked_at=None)


def bet_in(kit, channel, name="Meta", person="ada"):
    return kit.delivery_context.bets.place(
        kit.workspace().id,
        channel,
        kit.workspace().user(person).id,
        question="creators by downloads",
        month="2026-12",
        name=name,
        percent=60,
    )[0]


def test_everything_that_is_kept_for_a_channel_follows(kit, ids):
    subscription = kit.subscribe("research")
    workspace, old = subscription.workspace, subscription.channel
    watch, bet = watch_in(kit, old), bet_in(kit, old)
    sent = kit.settle(kit.owe("research", source=subscription.id, period="2026-06"))
    planned = kit.owe("research", source=subscription.id)
    PendingReplies(kit.engine).begin(PendingReply(workspace, old, "1.2", "licenses", "U1", ""))
    other = kit.subscribe("general")
    old, new, _ = share_private_channel(kit.slack, "research")
    assert ids.change(workspace, old, new) == 6
    context = kit.delivery_context
    assert context.subscriptions.in_channel(workspace, new).id == subscription.id
    assert context.subscriptions.in_channel(workspace, old) is None
    assert [one.id for one in context.watches.in_channel(workspace, new)] == [watch.id]
    assert [one.id for one in context.bets.in_channel(workspace, new)] == [bet.id]
    assert context.outbox.get(sent.id).channel == new
    assert [work.channel for work in PendingReplies(kit.engine).take_over(timedelta(0))] == [new]
    assert kit.settle(planned).state is State.SENT
    assert len(kit.shown("research")) == 2
    assert context.subscriptions.get(workspace, other.id).channel == other.channel
    assert ids.change(workspace, old, new) == 0


def test_what_waits_to_be_sent_names_the_new_id(kit, ids):
    workspace, old = kit.workspace().id, kit.channel("research").id
    note = Content(f"The digest for <#{old}> is paused", [{"type": "section", "text": {"type": "mrkdwn", "text": f"<#{old}>"}}])
    person = kit.workspace().user("ada").id
    kit.delivery_context.outbox.plan(
        [PlannedDelivery(workspace, person, Kind.NOTE, 1, "paused:x", kit.clock(), content=note.as_json())]
    )
    old, new, _ = share_private_channel(kit.slack, "research")
    ids.change(workspace, old, new)
    (told,) = kit.told()
    assert told.text == f"The digest for <#{new}> is paused"
    assert old not in str(told.blocks)


def test_a_digest_that_came_between_the_change_and_its_event_is_sent_after_all(kit, ids):
    subscription = kit.subscribe("research")
    id_ = kit.owe("research", source=subscription.id)
    old, new, _ = share_private_channel(kit.slack, "research")
    assert kit.settle(id_).error == "channel_not_found"
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused == "channel_not_found"
    ids.change(subscription.workspace, old, new)
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None
    assert kit.settle(id_).state is State.SENT
    assert len(kit.shown("research")) == 1
    assert kit.told() == [], "there is nothing left to tell"


def test_a_delivery_under_way_meets_the_change(kit, ids, monkeypatch):
    """The event is recorded after the row was claimed and before Slack refuses the old id."""
    subscription = kit.subscribe("research")
    id_ = kit.owe("research", source=subscription.id)
    claim = kit.delivery_context.outbox.claim

    def claimed(*given):
        line = claim(*given)
        if kit.channel("research").id == subscription.channel:
            old, new, _ = share_private_channel(kit.slack, "research")
            ids.change(subscription.workspace, old, new)
        return line

    monkeypatch.setattr(kit.delivery_context.outbox, "claim", claimed)
    assert kit.settle(id_).state is State.SENT
    assert len(kit.shown("research")) == 1
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None


def test_what_somebody_paused_stays_paused(kit, ids):
    subscription = kit.subscribe("research")
    kit.delivery_context.subscriptions.pause(subscription.id)
    old, new, _ = share_private_channel(kit.slack, "research")
    ids.change(subscription.workspace, old, new)
    assert kit.delivery_context.subscriptions.in_channel(subscription.workspace, new).paused == "asked"


def test_what_the_new_id_has_already_stays(kit, ids):
    """Somebody subscribed again under the new id before the event was seen."""
    before = kit.subscribe("research")
    watch_in(kit, before.channel)
    kept = watch_in(kit, before.channel, "creator google below 10%")
    bet_in(kit, before.channel, "Google")
    planned = kit.owe("research", source=before.id)
    old, new, _ = share_private_channel(kit.slack, "research")
    after, watch, bet = kit.subscribe("research"), watch_in(kit, new), bet_in(kit, new, "Meta")
    ids.change(before.workspace, old, new)
    context = kit.delivery_context
    assert [one.id for one in context.subscriptions.of(before.workspace)] == [after.id]
    assert {one.id for one in context.watches.in_channel(before.workspace, new)} == {watch.id, kept.id}
    assert [one.id for one in context.bets.in_channel(before.workspace, new)] == [bet.id]
    assert context.outbox.get(planned) is None


def test_a_message_with_the_same_timestamp_in_both_stays_answered_once(kit, ids):
    workspace = kit.workspace().id
    messages = AnsweredMessages(kit.engine)
    for channel in ("C1", "C2"):
        assert messages.claim(SourceMessage(workspace, channel, "1.1"), "1.1", "licenses")
    messages.answered(SourceMessage(workspace, "C2", "1.1"), "1.2")
    ids.change(workspace, "C1", "C2")
    assert messages.answer_of(SourceMessage(workspace, "C2", "1.1")) == "1.2"
    assert messages.answer_of(SourceMessage(workspace, "C1", "1.1")) is None


def test_another_workspace_with_the_same_channel_keeps_its_own(kit, ids):
    """A shared channel has one id in both workspaces, and each is told for itself."""
    subscription = kit.subscribe("research")
    channel = subscription.channel
    kit.delivery_context.subscriptions.subscribe(
        "T_OTHER",
        channel,
        schedule="monthly at 09:00 UTC",
        within="top",
        sections=("task",),
        by="U",
        next_due=kit.clock(),
        private=True,
    )
    ids.change(subscription.workspace, channel, "C_NEW")
    assert kit.delivery_context.subscriptions.in_channel("T_OTHER", channel)
    assert kit.delivery_context.subscriptions.in_channel(subscription.workspace, "C_NEW")


@pytest.mark.parametrize(("old", "new"), [("", "C1"), ("C1", ""), ("C1", "C1")])
def test_an_event_without_both_ids_changes_nothing(kit, ids, old, new):
    kit.subscribe()
    assert ids.change(kit.workspace().id, old, new) == 0


def test_many_processes_may_be_notified_at_once(kit, ids):
    subscription = kit.subscribe("research")
    threads = [
        threading.Thread(target=ids.change, args=(subscription.workspace, subscription.channel, "C_NEW")) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kit.delivery_context.subscriptions.in_channel(subscription.workspace, "C_NEW").id == subscription.id
    with writing(kit.engine):
        pass  # nothing holds the database
