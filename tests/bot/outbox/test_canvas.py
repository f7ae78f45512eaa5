"""The canvas that a reply links: one link at most, and a message without it after any error."""

from __future__ import annotations

import logging

import pytest
from outbox_kit import TEXT

from bot.domain.content import Content
from bot.domain.outbox import Kind, PlannedDelivery, PlannedReply, State
from bot.outbox.canvas import with_canvas
from playground.faults import Fault

CLOSING = Content("Conclusions", [TEXT], canvas="## 1. Licenses", canvas_title="August 2026")


@pytest.fixture
def reply(kit):
    """The id of a reply with a canvas, whose parent was posted."""
    where = (kit.workspace().id, kit.channel().id, Kind.REPORT, 1, "2026-08 1 0", kit.clock())
    parent = Content("August 2026", [TEXT]).as_json()
    planned = PlannedDelivery(*where, content=parent, replies=(PlannedReply(content=CLOSING.as_json()),))
    parent_id, id_ = kit.delivery_context.outbox.plan([planned])
    assert kit.settle(parent_id).state is State.SENT
    kit.clock.on(seconds=2)
    return id_


def canvases(kit):
    return list(kit.workspace().canvases.values())


def links(kit):
    return [block["text"]["text"] for message in kit.in_threads() for block in message.blocks if "/docs/" in str(block)]


def test_the_canvas_is_created_shared_and_linked(kit, reply):
    assert kit.settle(reply).state is State.SENT
    (canvas,) = canvases(kit)
    assert (canvas.title, canvas.markdown, canvas.access) == ("August 2026", "## 1. Licenses", {kit.channel().id: "read"})
    address = f"{kit.slack.service.base_url}/docs/{kit.workspace().id}/{canvas.id}"
    assert links(kit) == [f"<{address}|Read the whole report in a canvas>"]


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("canvases.create", Fault(error="missing_scope")),
        ("canvases.create", Fault(error="not_allowed_token_type")),
        ("canvases.create", Fault(error="canvas_disabled_user_team")),
        ("canvases.create", Fault(error="a_word_of_tomorrow")),
        ("canvases.create", Fault(retry_after=600)),
        ("canvases.create", Fault(status=503)),
        ("canvases.create", Fault(drop="after")),
        ("canvases.create", Fault(body='{"ok": true}', takes_effect=True)),
        ("canvases.access.set", Fault(error="restricted_action")),
        ("files.info", Fault(error="canvas_globally_disabled")),
    ],
)
def test_any_error_leaves_the_message_without_it(kit, reply, method, fault, caplog):
    kit.slack.faults.plan(method, fault)
    with caplog.at_level(logging.INFO, "bot.outbox"):
        assert kit.deliver(reply) is None
    assert kit.delivery_context.outbox.get(reply).state is State.SENT
    (message,) = kit.in_threads()
    assert (message.text, links(kit), len(kit.calls("canvases.create"))) == ("Conclusions", [], 1)
    assert [record.levelno for record in caplog.records if "goes without a canvas" in record.getMessage()] == [logging.INFO]


def test_a_plan_without_canvases_leaves_the_message_without_it(kit, reply):
    kit.slack.faults.free_plan = True
    assert kit.settle(reply).state is State.SENT
    assert (canvases(kit), links(kit)) == ([], [])


@pytest.mark.parametrize(
    "fault", [Fault(error="team_added_to_org"), Fault(status=503), Fault(drop="before"), Fault(drop="after")]
)
def test_a_delivery_that_is_tried_again_links_the_same_canvas(kit, reply, fault):
    kit.slack.faults.plan("chat.postMessage", fault)
    assert kit.settle(reply).state is State.SENT
    assert (len(canvases(kit)), len(links(kit))) == (1, 1)


def test_a_canvas_that_failed_is_not_tried_again(kit, reply):
    kit.slack.faults.plan("canvases.create", Fault(error="fatal_error", takes_effect=True))
    kit.slack.faults.plan("chat.postMessage", Fault(error="team_added_to_org"))
    assert kit.settle(reply).state is State.SENT
    assert (len(kit.calls("canvases.create")), links(kit)) == (1, [])


def test_where_slack_refuses_the_link_the_message_keeps_its_blocks(kit, reply):
    kit.slack.faults.plan("chat.postMessage", Fault(error="slack_connect_canvas_sharing_blocked"))
    assert kit.settle(reply).state is State.SENT
    (message,) = kit.in_threads()
    assert (links(kit), [block["text"]["text"] for block in message.blocks]) == ([], ["*Meta leads*"])


def test_of_two_processes_the_one_with_the_lease_links_its_canvas(kit, reply):
    outbox, client = kit.delivery_context.outbox, kit.client(kit.workspace().id)
    late = outbox.claim(reply, "late")
    kit.clock.on(seconds=61)
    current = outbox.claim(reply, "current")
    assert with_canvas(outbox, current, "current", client).content == outbox.get(reply).content
    assert with_canvas(outbox, late, "late", client) == late
    first, second = canvases(kit)
    stored = Content.from_json(outbox.get(reply).content)
    assert (stored.canvas, first.id in stored.canvas_url, second.id in stored.canvas_url) == ("", True, False)
