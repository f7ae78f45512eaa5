"""Deliveries through the strict Slack stand-in: each is posted once, or somebody is notified."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from urllib.error import URLError

import pytest
from outbox_kit import edition, images

from bot.domain.outbox import Delivery, RetryAt, State
from bot.outbox import lease_guard
from bot.outbox.delivery import ATTEMPTS, deliver
from bot.outbox.lease_guard import LeaseGuardedClient
from bot.storage.messages.outbox import LEASE
from playground.faults import Fault


def buttons(message):
    return {element["action_id"]: element["value"] for b in message.blocks if b["type"] == "actions" for element in b["elements"]}


# What arrives


def test_a_delivery_is_shown_once_with_its_mark(kit):
    line = kit.settle(kit.owe())
    (shown,) = kit.shown()
    assert (line.state, line.ts) == (State.SENT, shown.ts)
    assert shown.metadata == {"event_type": "hfstats_delivery", "event_payload": {"delivery": line.id, "mark": line.mark}}
    assert kit.deliver(line.id) is None
    assert len(kit.shown()) == 1


@pytest.mark.parametrize("channel", ["general", "research"])
def test_public_and_private_channels(kit, channel):
    assert kit.settle(kit.owe(channel)).state is State.SENT
    assert len(kit.shown(channel)) == 1


def test_a_direct_conversation(kit):
    direct = kit.workspace().direct(kit.workspace().user("ada").id)
    assert kit.settle(kit.owe(direct.id)).state is State.SENT
    assert len(kit.shown(direct.id)) == 1


def test_a_picture_is_uploaded_once_a_workspace_and_shown_in_every_channel(kit):
    key = edition(kit)
    channels = kit.more_channels(3)
    for place, channel in enumerate([*channels, "research"]):
        kit.settle(kit.owe(channel, source=place, edition=key))
    assert len(kit.calls("files.completeUploadExternal")) == 1
    files = {images(message)[0]["slack_file"]["id"] for channel in channels for message in kit.shown(channel)}
    assert len(files) == 1
    kit.settle(kit.owe(team="Globex", source=9, edition=key))
    assert len(kit.calls("files.completeUploadExternal")) == 2
    assert len(images(kit.shown(team="Globex")[0])) == 1


def test_many_at_one_moment_upload_one_picture(kit):
    key = edition(kit)
    ids = [kit.owe(channel, source=place, edition=key) for place, channel in enumerate(kit.more_channels(4))]
    threads = [threading.Thread(target=kit.deliver, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(kit.settle(id_).state is State.SENT for id_ in ids)
    assert len(kit.calls("files.completeUploadExternal")) == 1


def test_where_no_file_may_be_uploaded_the_digest_comes_without_its_picture(kit):
    kit.slack.faults.plan("files.getUploadURLExternal", Fault(error="missing_scope"), times=3)
    assert kit.settle(kit.owe(edition=edition(kit))).state is State.SENT
    (shown,) = kit.shown()
    assert images(shown) == []
    assert shown.blocks[0]["text"]["text"] == "*Meta leads*"


def test_an_upload_that_fails_for_the_moment_is_tried_again(kit):
    kit.slack.faults.plan("files.completeUploadExternal", Fault(status=500), times=2)
    kit.slack.faults.plan("files.getUploadURLExternal", Fault(retry_after=1))
    assert kit.settle(kit.owe(edition=edition(kit))).state is State.SENT
    assert [len(images(message)) for message in kit.shown()] == [1]


def test_a_picture_that_slack_refuses_is_left_out(kit):
    key = edition(kit)
    kit.slack.faults.plan("chat.postMessage", Fault(error="invalid_blocks"))
    assert kit.settle(kit.owe(edition=key)).state is State.SENT
    assert [images(message) for message in kit.shown()] == [[]]


def test_blocks_that_slack_refuses_become_text(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(error="invalid_blocks"))
    assert kit.settle(kit.owe()).state is State.SENT
    assert [(message.text, message.blocks) for message in kit.shown()] == [("It is August", ())]


def test_what_comes_late_says_when_it_was_due(kit):
    id_ = kit.owe()
    kit.clock.on(hours=3)
    kit.settle(id_)
    assert "Sent late" in str(kit.shown()[0].blocks[0])


# What Slack refuses


@pytest.mark.parametrize("code", ["is_archived", "channel_not_found", "not_in_channel", "restricted_action"])
def test_a_channel_that_takes_nothing_pauses_its_subscription_and_the_subscriber_is_notified(kit, code):
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    line = kit.settle(kit.owe(source=subscription.id))
    assert (line.state, line.error) == (State.FAILED, code)
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused == code
    (told,) = kit.told()
    assert "is paused" in told.text
    assert buttons(told) == {f"command:resume {subscription.id}": f"resume {subscription.id}"}
    assert len(kit.calls()) == 2  # it failed at once


def test_a_channel_that_was_really_archived(kit):
    subscription = kit.subscribe()
    kit.channel().archived = True
    assert kit.settle(kit.owe(source=subscription.id)).error == "is_archived"
    assert "the channel was archived" in kit.told()[0].text


def test_a_bot_that_was_really_removed(kit):
    subscription = kit.subscribe()
    kit.channel().members.discard(kit.workspace().bot)
    assert kit.settle(kit.owe(source=subscription.id)).error == "not_in_channel"
    assert "not a member of the channel anymore" in kit.told()[0].text


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "invalid_auth"])
def test_a_workspace_that_is_lost_fails_at_once_and_nobody_is_written_to(kit, code):
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    assert kit.settle(kit.owe(source=subscription.id)).error == code
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused == code
    assert kit.told() == []


def test_without_an_installation_nothing_is_tried(kit):
    kit.tokens[kit.workspace().id] = None
    assert kit.settle(kit.owe()).error == "no_installation"
    assert kit.slack.calls == []


def test_a_rate_limit_is_obeyed_for_the_whole_workspace_and_no_other(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(retry_after=30))
    first, second = kit.owe(), kit.owe("research", source=2)
    other = kit.owe(team="Globex", source=3)
    assert kit.deliver(first).at >= kit.clock() + timedelta(seconds=30)
    assert kit.deliver(second).at >= kit.clock() + timedelta(seconds=30)
    assert kit.deliver(other) is None
    assert len(kit.calls()) == 2
    assert kit.settle(first).state is kit.settle(second).state is State.SENT
    assert kit.delivery_context.outbox.get(first).attempts == 0


# What nobody knows


@pytest.mark.parametrize("fault", [Fault(drop="after"), Fault(status=500)], ids=["dropped", "500"])
def test_an_answer_that_was_lost_is_looked_up_before_anything_is_sent_again(kit, fault):
    kit.slack.faults.plan("chat.postMessage", fault)
    line = kit.settle(kit.owe())
    assert line.state is State.SENT
    assert [message.ts for message in kit.shown()] == [line.ts]
    assert len(kit.calls("conversations.history")) == 1
    assert len(kit.calls()) == (1 if fault.drop else 2)


def test_a_post_that_never_arrived_is_made_again(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(drop="before"), times=3)
    assert kit.settle(kit.owe()).state is State.SENT
    assert len(kit.shown()) == 1


def test_a_look_that_is_rate_limited_waits_and_posts_nothing(kit):
    kit.slack.faults.plan("chat.postMessage", Fault(drop="after"))
    kit.slack.faults.plan("conversations.history", Fault(retry_after=60), times=2)
    id_ = kit.owe()
    line = kit.settle(id_)
    assert line.state is State.SENT
    assert len(kit.shown()) == 1
    assert len(kit.calls("conversations.history")) == 3
    assert len(kit.calls()) == 1


@pytest.mark.parametrize("fault", [Fault(drop="after"), Fault(drop="before"), Fault(status=500)], ids=["after", "before", "500"])
def test_where_nobody_can_look_it_is_unsure_and_the_subscriber_decides(blind, fault):
    subscription = blind.subscribe()
    blind.slack.faults.plan("chat.postMessage", fault)
    line = blind.settle(blind.owe(source=subscription.id))
    assert (line.state, line.error) == (State.UNSURE, "lost")
    assert len(blind.shown()) == (fault.drop == "after")
    (told,) = blind.told()
    assert "may not have reached" in told.text
    assert buttons(told) == {f"command:again {line.id}": f"again {line.id}"}
    assert blind.settle(line.id).state is State.UNSURE
    assert blind.delivery_context.outbox.retry(line.id, subscription.workspace)
    assert blind.settle(line.id).state is State.SENT
    assert len(blind.shown()) == 1 + (fault.drop == "after")


def test_a_notice_whose_answer_was_lost_is_rather_there_twice_than_never(blind):
    subscription = blind.subscribe()
    blind.slack.faults.plan("chat.postMessage", Fault(status=500), times=2)
    line = blind.settle(blind.owe(source=subscription.id))
    assert line.state is State.UNSURE
    assert len(blind.told()) == 1


def test_another_bots_message_with_the_same_id_is_not_taken_for_ours(kit):
    id_ = kit.owe()
    theirs = {"event_type": "hfstats_delivery", "event_payload": {"delivery": id_, "mark": "another"}}
    kit.client(kit.workspace().id).chat_postMessage(channel=kit.channel().id, text="theirs", metadata=theirs)
    kit.slack.faults.plan("chat.postMessage", Fault(drop="before"))
    assert kit.settle(id_).state is State.SENT
    assert [message.text for message in kit.shown()] == ["theirs", "It is August"]


# Workers that die, and workers that sleep


def test_a_worker_that_died_before_it_posted(kit):
    id_ = kit.owe()
    kit.delivery_context.outbox.claim(id_, "the dead one")
    assert isinstance(kit.deliver(id_), RetryAt)
    assert kit.settle(id_).state is State.SENT
    assert len(kit.shown()) == 1
    assert kit.calls("conversations.history") == []


def test_a_worker_that_died_after_it_posted(kit):
    id_ = kit.owe()
    line = kit.delivery_context.outbox.claim(id_, "the dead one")
    kit.delivery_context.outbox.start_posting(id_, "the dead one")
    posted = post(kit, line)
    settled = kit.settle(id_)
    assert (settled.state, settled.ts) == (State.SENT, posted)
    assert len(kit.shown()) == 1


def post(kit, line):
    """Run what a worker does between two polls of the outbox."""
    from bot.outbox.find_posted import delivery_metadata

    client = kit.client(line.workspace)
    return client.chat_postMessage(channel=line.channel, text="It is August", metadata=delivery_metadata(line))["ts"]


def test_a_worker_that_slept_past_its_lease_does_not_post(kit):
    id_ = kit.owe()
    assert isinstance(kit.delivery_context.outbox.claim(id_, "the sleeper"), Delivery)
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert kit.settle(id_).state is State.SENT
    assert not kit.delivery_context.outbox.start_posting(id_, "the sleeper")
    assert len(kit.shown()) == 1


def test_of_two_that_posted_nevertheless_the_second_takes_its_message_back(kit):
    """Slack may let a request lie for longer than any lease: then two have posted, and one message has to go."""
    id_ = kit.owe()
    line = kit.delivery_context.outbox.claim(id_, "the slow one")
    kit.delivery_context.outbox.start_posting(id_, "the slow one")
    kit.clock.on(seconds=LEASE.total_seconds() + 1)
    assert kit.settle(id_).state is State.SENT  # it looked, and nothing was there yet
    late = post(kit, line)
    assert kit.delivery_context.outbox.sent(id_, late) != late
    kit.client(line.workspace).chat_delete(channel=line.channel, ts=late)
    assert len(kit.shown()) == 1


def test_a_request_that_comes_too_late_does_not_leave(kit):
    client, channel = kit.client(kit.workspace().id), kit.channel().id
    with lease_guard.until(lease_guard.now() - 1), pytest.raises((lease_guard.LeaseExpired, URLError)):
        client.chat_postMessage(channel=channel, text="too late")
    with lease_guard.until(lease_guard.now() + 30):
        client.chat_postMessage(channel=channel, text="in time")
    assert [message.text for message in kit.shown()] == ["in time"]


def test_a_request_that_was_held_up_is_sent_by_the_current_lease_owner(kit, monkeypatch):
    id_, real = kit.owe(), lease_guard.now
    moments = iter([real(), real() + 31.0])
    monkeypatch.setattr(lease_guard, "now", lambda: next(moments, real()))
    again = kit.deliver(id_)
    assert isinstance(again, RetryAt)
    assert kit.shown() == []
    assert kit.delivery_context.outbox.get(id_).posting_at is None
    assert kit.settle(id_).state is State.SENT


# What does not end by itself


def test_slack_out_of_reach_for_a_day_is_given_up_told_and_pauses_nothing(kit):
    subscription = kit.subscribe()
    id_ = kit.owe(source=subscription.id)
    began = kit.clock()
    out_of_reach = replace(kit.delivery_context, client_of=lambda _: LeaseGuardedClient("xoxb", "http://127.0.0.1:9/api/", 2))
    while (again := deliver(out_of_reach, id_)) is not None:
        kit.clock.now = max(kit.clock.now, again.at)
    line = kit.delivery_context.outbox.get(id_)
    assert (line.state, line.attempts) == (State.FAILED, ATTEMPTS - 1)
    assert kit.clock() - began > timedelta(hours=24)
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None
    (told,) = kit.told()
    assert "couldn't reach Slack" in told.text
    assert buttons(told) == {f"command:again {id_}": f"again {id_}"}
    assert kit.delivery_context.outbox.retry(id_, subscription.workspace)
    assert kit.settle(id_).state is State.SENT


def test_one_line_that_nobody_understands_does_not_stop_the_others(kit):
    bad = kit.owe(period="2026-06")
    from bot.storage.schema import DELIVERY

    with kit.engine.begin() as connection:
        connection.execute(DELIVERY.update().where(DELIVERY.c.id == bad).values(content="no JSON"))
    assert isinstance(kit.deliver(bad), RetryAt)
    assert kit.settle(kit.owe("research", source=2)).state is State.SENT
