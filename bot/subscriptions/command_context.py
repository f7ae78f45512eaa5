"""The context that commands run in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.content import Content
from bot.subscriptions.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form
    from bot.conversation.router import Analytics
    from bot.delivery.conversation import Conversation
    from bot.outbox.delivery import DeliveryContext
    from bot.slack_api.people import People

CommandReply: TypeAlias = tuple[Content, bytes | None]
"""A command's reply, with the PNG of its picture if it has one."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The stores and analytics that commands use, and the conversation that they run in."""

    delivery: DeliveryContext
    analytics: Analytics
    forms: Sequence[Form]
    people: People
    conversation: Conversation

    @property
    def visibility(self) -> Visibility:
        """Which of the workspace's subscriptions and alerts the user may see and change."""
        return Visibility(self.delivery, self.people, self.conversation)
