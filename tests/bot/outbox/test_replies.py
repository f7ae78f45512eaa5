"""Replies in a delivery's thread: after their parent, in order, each once; and their quiet end without a parent."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from outbox_kit import PNG, edition, images

from bot.domain.content import Content
from bot.domain.outbox import NO_PARENT, Kind, PlannedDelivery, PlannedReply, RetryAt, State
from bot.outbox.find_posted import delivery_metadata
from bot.storage.channels.channel_ids import ChannelIds
from bot.storage.messages.outbox import LEASE
from bot.storage.schema import DELIVERY
from playground.channel_ids import share_private_channel
from playground.faults import Fault


def content(text):
    return Content(text, [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]).as_json()


def plan(kit, *replies, channel="general", source=1, period="2026-07", parent="parent"):
    """Plan a digest with replies, given as text or as :class:`PlannedReply`; returns the ids, the parent's first."""
    planned = tuple(reply if isinstance(reply, PlannedReply) else PlannedReply(content=content(reply)) for reply in replies)
    place = (kit.workspace().id, kit.channel(channel).id)
    delivery = PlannedDelivery(*place, Kind.DIGEST, source, period, kit.clock(), content=content(parent), replies=planned)
    return kit.delivery_context.outbox.plan([delivery])


def settle_all(kit, turns=200):
    """Deliver whatever is due, and move the clock, until nothing is open."""
    outbox = kit.delivery_context.outbox
    for _ in range(turns):
        waiting = [line for line in reversed(outbox.find()) if line.state in (State.PLANNED, State.SENDING)]
        if not waiting:
            return
        # The last one first, which is the order in which a wait would be easiest to miss.
        again = [moment.at for line in reversed(waiting) if isinstance(moment := kit.deliver(line.id), RetryAt)]
        kit.clock.now = max(kit.clock.now, min(again, default=kit.clock.now)) + timedelta(milliseconds=1)
    raise AssertionError([(line.id, line.state, line.error) for line in outbox.find()])


def states(kit, ids):
    return [kit.delivery_context.outbox.get(id_).state for id_ in ids]


def thread(kit, channel="general"):
    """What is in the channel, and in the thread of its only message."""
    shown = kit.shown(channel)
    top = [message.text for message in shown if not message.is_reply]
    (parent,) = {message.thread_ts for message in shown if message.is_reply} or {None}
    assert parent is None or parent == next(message.ts for message in shown if not message.is_reply)
    return top, [message.text for message in shown if message.is_reply]


def test_replies_follow_their_parent_in_order(kit):
    ids = plan(kit, *"abcdefghijk")
    settle_all(kit)
    assert thread(kit) == (["parent"], list("abcdefghijk"))
    assert states(kit, ids) == [State.SENT] * 12
    lines = [kit.delivery_context.outbox.get(id_) for id_ in ids[1:]]
    assert [line.period for line in lines] == [str(place) for place in range(1, 12)]
    assert {line.source for line in lines} == {ids[0]}
    posted = [message for message in kit.shown() if message.is_reply]
    assert [message.metadata for message in posted] == [delivery_metadata(line) for line in lines]


def test_a_thread_is_planned_with_its_parent_or_not_at_all(kit):
    assert len(plan(kit, "a", "b")) == 3
    assert plan(kit, "c", "d") == []
    assert len(kit.delivery_context.outbox.find()) == 3


def test_each_reply_has_its_own_picture(kit):
    edition(kit, "2026-07 in top/1")
    kit.delivery_context.built_digests.save("2026-07 in top/2", Content("two", [], alt="two"), PNG + b"2")
    plan(kit, PlannedReply("2026-07 in top/1"), "no picture", PlannedReply("2026-07 in top/2"))
    settle_all(kit)
    assert [len(images(message)) for message in kit.shown()] == [0, 1, 0, 1]
    names = [file.name for file in kit.workspace().files.values()]
    assert names == ["hfstats-2026-07-in-top-1.png", "hfstats-2026-07-in-top-2.png"]
    assert kit.delivery_context.built_digests.prune(timedelta(seconds=-60)) == 0, "replies still refer to them"


def test_another_delivery_to_the_channel_comes_after_the_thread(kit):
    plan(kit, "a", "b")
    kit.clock.on(seconds=1)
    kit.owe(source=2, text="next")
    settle_all(kit)
    assert [message.text for message in kit.shown()] == ["parent", "a", "b", "next"]


@pytest.mark.parametrize("fault", [Fault(drop="after"), Fault(drop="before"), Fault(status=500, takes_effect=True)])
@pytest.mark.parametrize("call", range(3))
def test_a_lost_answer_is_looked_up_where_the_message_would_be(kit, call, fault):
    for place in range(3):
        kit.slack.faults.plan("chat.postMessage", fault if place == call else Fault(delay=0))
    ids = plan(kit, "a", "b")
    settle_all(kit)
    assert states(kit, ids) == [State.SENT] * 3
    assert thread(kit) == (["parent"], ["a", "b"])
    looked = {call.method for call in kit.slack.calls if call.method.startswith("conversations.")}
    assert looked == {"conversations.history" if call == 0 else "conversations.replies"}


def test_a_look_into_a_long_thread_reads_every_page(kit):
    first, reply = plan(kit, "a")
    kit.settle(first)
    before = kit.clock.seconds() + 1
    kit.slack.faults.plan("chat.postMessage", Fault(drop="after"))
    kit.clock.on(seconds=2)
    assert isinstance(kit.deliver(reply), RetryAt)
    (posted,) = [message for message in kit.shown() if message.is_reply]
    for place in range(450):
        kit.workspace().put(replace(posted, ts=f"{before:.0f}.{place:06d}", text="chat", metadata=None))
    assert kit.settle(reply).ts == posted.ts
    assert len(kit.calls("conversations.replies")) == 3
    assert len(kit.calls()) == 2


def test_rate_limits_hold_up_the_thread_and_lose_nothing(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(retry_after=20), times=3)
    kit.slack.faults.plan("conversations.replies", Fault(retry_after=60), times=2)
    plan(kit, "a", "b")
    kit.slack.faults.plan("chat.postMessage", Fault(drop="after"))
    settle_all(kit)
    assert thread(kit) == (["parent"], ["a", "b"])


def test_two_workers_post_a_thread_once(kit):
    ids = plan(kit, "a", "b", "c")
    for _ in range(60):
        workers = [threading.Thread(target=lambda: [kit.deliver(id_) for id_ in ids]) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        kit.clock.on(seconds=1.1)
    assert states(kit, ids) == [State.SENT] * 4
    assert thread(kit) == (["parent"], ["a", "b", "c"])


KILLED = """
import os, signal, sys
from datetime import datetime
from analytics.storage import database
from bot.outbox import delivery
from bot.outbox.delivery import DeliveryContext, deliver
from bot.outbox.lease_guard import LeaseGuardedClient
from bot.storage.channels.alerts import AlertStore
from bot.storage.channels.predictions import BetStore
from bot.storage.channels.subscriptions import SubscriptionStore
from bot.storage.messages.built_digests import BuiltDigests
from bot.storage.messages.outbox import OutboxStore

url, api, token, now, id_, when, step = sys.argv[1:]
clock = lambda: datetime.fromisoformat(now)
owner = OutboxStore if hasattr(OutboxStore, step) else LeaseGuardedClient
call = getattr(owner, step)

def killed(*arguments, **named):
    if when == "after":
        call(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, step, killed)
engine = database.engine(url)
stores = OutboxStore(engine, clock), BuiltDigests(engine), SubscriptionStore(engine), AlertStore(engine), BetStore(engine)
deliver(DeliveryContext(*stores, lambda _: LeaseGuardedClient(token, api, 5), clock=clock), int(id_))
"""


@pytest.mark.parametrize("step", ["start_posting", "chat_postMessage", "sent"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_at_any_step_of_a_reply_loses_and_doubles_nothing(kit, when, step):
    first, reply, _ = plan(kit, "a", "b")
    kit.settle(first)
    kit.clock.on(seconds=2)
    token, url = kit.slack.bot_token("Acme"), kit.engine.url.render_as_string(hide_password=False)
    arguments = (url, kit.slack.api_url, token, kit.clock().isoformat(), str(reply), when, step)
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), *arguments], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    settle_all(kit)
    assert thread(kit) == (["parent"], ["a", "b"])


def test_of_two_that_posted_a_reply_the_second_takes_its_message_back(kit):
    first, reply = plan(kit, "a")
    kit.settle(first)
    kit.clock.on(seconds=2)
    line = kit.delivery_context.outbox.claim(reply, "the slow one")
    assert line.thread_ts == kit.shown()[0].ts
    kit.delivery_context.outbox.start_posting(reply, "the slow one")
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert kit.settle(reply).state is State.SENT
    late = kit.client(line.workspace).chat_postMessage(channel=line.channel, text="a", thread_ts=line.thread_ts)["ts"]
    assert kit.delivery_context.outbox.sent(reply, late) != late


# Without a parent


def test_replies_of_a_failed_parent_end_without_a_word_and_come_back_with_it(kit):
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error="restricted_action"))
    ids = plan(kit, "a", "b", source=subscription.id)
    settle_all(kit)
    assert states(kit, ids) == [State.FAILED] * 3
    assert [kit.delivery_context.outbox.get(id_).error for id_ in ids[1:]] == [NO_PARENT] * 2
    assert len(kit.told()) == 1, "the parent's notice"
    assert len(kit.delivery_context.outbox.in_workspace(subscription.workspace, kit.clock() - timedelta(days=1))) == 1
    assert kit.delivery_context.outbox.retry(ids[0], subscription.workspace)
    settle_all(kit)
    assert thread(kit) == (["parent"], ["a", "b"])


def test_replies_of_an_unsure_parent_wait_for_the_subscribers_word(blind):
    subscription = blind.subscribe()
    blind.slack.faults.plan("chat.postMessage", Fault(drop="before"))
    ids = plan(blind, "a", source=subscription.id)
    settle_all(blind)
    assert states(blind, ids) == [State.UNSURE, State.FAILED]
    assert blind.delivery_context.outbox.retry(ids[0], subscription.workspace)
    settle_all(blind)
    assert thread(blind) == (["parent"], ["a"])


def test_an_unsure_reply_is_the_subscribers_to_decide_and_the_next_one_goes_on(blind):
    subscription = blind.subscribe()
    first, second, third = plan(blind, "a", "b", source=subscription.id)
    blind.settle(first)
    blind.slack.faults.plan("chat.postMessage", Fault(drop="after"))
    settle_all(blind)
    assert states(blind, [first, second, third]) == [State.SENT, State.UNSURE, State.SENT]
    (told,) = blind.told()
    assert "A message in one of my threads may not have reached" in told.text


def test_replies_wait_as_long_as_their_parent_is_retried(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(error="service_unavailable"), times=5)
    first, reply = plan(kit, "a")
    for _ in range(5):
        again, asked = kit.deliver(first), kit.deliver(reply)
        assert asked.at >= again.at, "it doesn't ask every second meanwhile"
        kit.clock.now = again.at + timedelta(milliseconds=1)
    settle_all(kit)
    assert thread(kit) == (["parent"], ["a"])


def test_replies_of_an_unsubscribed_channel_end(kit):
    subscription = kit.subscribe()
    ids = plan(kit, "a", source=subscription.id)
    kit.delivery_context.subscriptions.unsubscribe(subscription.workspace, subscription.channel)
    assert kit.delivery_context.outbox.get(ids[0]) is None
    settle_all(kit)
    assert kit.delivery_context.outbox.get(ids[1]) is None
    assert kit.shown() == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_deleted_parent_ends_its_thread_without_a_word(kit, after):
    subscription = kit.subscribe()
    ids = plan(kit, "a", "b", source=subscription.id)
    for id_ in ids[: after + 1]:
        kit.settle(id_)
    parent = kit.shown()[0]
    kit.client(kit.workspace().id).chat_delete(channel=parent.channel, ts=parent.ts)
    kit.slack.faults.plan("chat.postMessage", Fault(drop="after"))
    settle_all(kit)
    ended = [kit.delivery_context.outbox.get(id_) for id_ in ids[after + 1 :]]
    assert {(line.state, line.error) for line in ended} == {(State.FAILED, "thread_not_found")}
    assert len(kit.shown()) == after
    assert kit.told() == []
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None


@pytest.mark.parametrize("code", ["cannot_reply_to_message", "restricted_action_thread_locked", "is_archived", "not_in_channel"])
def test_a_reply_that_slack_refuses_pauses_nothing(kit, code):
    subscription = kit.subscribe()
    first, reply = plan(kit, "a", source=subscription.id)
    kit.settle(first)
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    line = kit.settle(reply)
    assert (line.state, line.error, line.attempts) == (State.FAILED, code, 0)
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None
    assert kit.told() == []


# The rows


def test_a_thread_follows_its_channels_new_id(kit):
    subscription = kit.subscribe("research")
    ids = plan(kit, "a", "b", channel="research", source=subscription.id)
    kit.settle(ids[0])
    old, new, _ = share_private_channel(kit.slack, "research")
    ChannelIds(kit.engine, kit.clock).change(subscription.workspace, old, new)
    settle_all(kit)
    assert thread(kit, "research") == (["parent"], ["a", "b"])


def test_a_thread_whose_channel_changed_before_the_event_is_sent_after_all(kit):
    subscription = kit.subscribe("research")
    plan(kit, "a", "b", channel="research", source=subscription.id)
    old, new, _ = share_private_channel(kit.slack, "research")
    settle_all(kit)
    ChannelIds(kit.engine, kit.clock).change(subscription.workspace, old, new)
    settle_all(kit)
    assert thread(kit, "research") == (["parent"], ["a", "b"])


def test_a_thread_is_pruned_with_its_parent(kit):
    plan(kit, "a", "b")
    settle_all(kit)
    kit.clock.on(days=90)
    assert kit.delivery_context.outbox.prune(timedelta(days=60)) == 3
    with kit.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(DELIVERY)) == 0
