"""Recipients of a notice about a paused subscription whose creator cannot be reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.outbox import Kind, State
from playground.faults import Fault


def deactivate(kit, name, team="Acme"):
    workspace = kit.workspace(team)
    user = workspace.user(name)
    workspace.users[user.id] = replace(user, deleted=True)


def deliver_all(kit):
    while open_ := [one for one in kit.delivery_context.outbox.find() if one.state in (State.PLANNED, State.SENDING)]:
        for one in open_:
            kit.settle(one.id, turns=200)


def refuse_digest(kit, code="restricted_action"):
    """Let one digest of Ada's subscription be refused, and then Slack take everything again."""
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    kit.settle(kit.owe(source=subscription.id))
    return subscription


def test_the_channel_is_told_when_the_subscriber_is_deactivated(operated):
    refuse_digest(operated)
    deactivate(operated, "ada")
    deliver_all(operated)
    (told,) = operated.shown()
    assert "is paused" in told.text
    assert f"couldn't reach <@{operated.workspace().user('ada').id}>" in str(told.blocks)
    assert "Resume" in str(told.blocks)
    assert operated.operator_told() == []


def test_the_installer_is_told_when_the_channel_takes_nothing_either(operated):
    subscription = operated.subscribe()
    operated.channel().archived = True
    operated.settle(operated.owe(source=subscription.id))
    deactivate(operated, "ada")
    deliver_all(operated)
    (told,) = operated.shown(operated.workspace().direct(operated.workspace().user("grace").id).id)
    assert "the channel was archived" in told.text
    assert "you installed hfstats" in str(told.blocks)
    assert "Resume" not in str(told.blocks), "what may be refused to the installer isn't offered"


def test_the_operator_is_told_when_nobody_in_the_workspace_can_be(operated):
    subscription = operated.subscribe()
    operated.channel().archived = True
    operated.settle(operated.owe(source=subscription.id))
    deactivate(operated, "ada")
    deactivate(operated, "grace")
    deliver_all(operated)
    (told,) = operated.operator_told()
    assert "the channel was archived" in told.text
    assert subscription.channel in told.text
    assert f"<#{subscription.channel}>" not in told.text, "a channel of another workspace can't be linked"


def test_without_a_record_of_the_installer_the_operator_is_next(operated):
    operated.delivery_context = replace(operated.delivery_context, installer_of=lambda _: None)
    subscription = operated.subscribe()
    operated.channel().archived = True
    operated.settle(operated.owe(source=subscription.id))
    deactivate(operated, "ada")
    deliver_all(operated)
    assert len(operated.operator_told()) == 1


@pytest.mark.parametrize(
    "code", ["user_disabled", "user_not_found", "cannot_dm_bot", "messages_tab_disabled", "user_not_visible"]
)
def test_slack_may_say_so_by_the_post_alone(unread, code):
    """Without ``users:read`` only the post tells that somebody is gone."""
    refuse_digest(unread)
    unread.slack.faults.plan("chat.postMessage", Fault(error=code))
    deliver_all(unread)
    (told,) = unread.shown()
    assert "is paused" in told.text


def test_who_is_there_is_notified_alone(operated):
    refuse_digest(operated)
    deliver_all(operated)
    assert operated.shown() == []
    assert len(operated.told()) == 1


@pytest.mark.parametrize("fault", [Fault(error="service_unavailable"), Fault(body="<html>")], ids=["word", "page"])
def test_a_notice_is_not_passed_on_for_a_moment(operated, fault):
    refuse_digest(operated)
    operated.slack.faults.plan("chat.postMessage", fault, times=3)
    deliver_all(operated)
    assert operated.shown() == []
    assert len(operated.told()) == 1


def test_nobody_is_notified_for_ever(operated):
    """With nobody left to tell, the chain ends."""
    operated.delivery_context = replace(operated.delivery_context, operator=None, installer_of=lambda _: None)
    subscription = operated.subscribe()
    operated.channel().archived = True
    operated.settle(operated.owe(source=subscription.id))
    deactivate(operated, "ada")
    deliver_all(operated)
    notes = [one for one in operated.delivery_context.outbox.find() if one.kind is Kind.NOTE]
    assert [one.state for one in notes] == [State.FAILED, State.FAILED]
