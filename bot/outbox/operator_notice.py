"""Notices to the operator, posted in the channel that the settings name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.blocks.escape import escape, unlinked
from bot.blocks.text_objects import section
from bot.domain.content import Content
from bot.domain.outbox import Kind, PlannedDelivery

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.messages.outbox import OutboxStore


def plan_notice(outbox: OutboxStore, where: str | None, text: str, now: datetime) -> None:
    """Plan a notice to ``where`` (``WORKSPACE/CHANNEL`` or a channel), unless it is ``None`` or the same text was posted before.

    Raises:
        StoreError: when the database can't be used.

    """
    if where:
        workspace, _, channel = where.rpartition("/")
        content = Content(unlinked(escape(text)), [section(escape(text))])
        period = hashlib.sha256(text.encode()).hexdigest()[:24]
        outbox.plan([PlannedDelivery(workspace, channel, Kind.NOTE, 0, period, now, content=content.as_json())])
