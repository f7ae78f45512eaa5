"""Create the canvas that a message links. It's an extra: after any error, the message is posted without it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.content import Content
from bot.slack_api.canvas import NoCanvasError, create_canvas

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.domain.outbox import Delivery
    from bot.storage.messages.outbox import OutboxStore

_log = logging.getLogger(__name__)

_SHARED_IN = ("C", "G")
"""First letters of the ids of channels. Slack gives a canvas to the people of a direct message only after it was sent to them."""


def with_canvas(outbox: OutboxStore, delivery: Delivery, owner: str, client: WebClient) -> Delivery:
    """Return a leased delivery after trying once to create the canvas of its message.

    A canvas is created at least once, and one is linked at most: the outcome, a link or none, is stored before the message is
    posted, and every later attempt posts what is stored. If the process ends in between, the next attempt creates a second
    canvas, and nobody sees the first.
    """
    content = Content.from_json(delivery.content) if delivery.content else None
    if content is None or not content.canvas:
        return delivery
    stored = replace(content, canvas="", canvas_title="", canvas_url=_url(delivery, content, client)).as_json()
    if not outbox.set_content(delivery.id, owner, stored):
        return delivery  # another process has the lease, so this one won't post
    return replace(delivery, content=stored)


def _url(delivery: Delivery, content: Content, client: WebClient) -> str:
    if not delivery.channel.startswith(_SHARED_IN):
        return ""
    try:
        return create_canvas(client, delivery.channel, content.canvas_title, content.canvas)
    except NoCanvasError as error:
        _log.info("delivery %s goes without a canvas: %s", delivery.id, error)
        return ""
