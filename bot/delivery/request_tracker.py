"""What follows a request through everything that it does in Slack."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.delivery.conversation import Conversation


class Tracker(Protocol):
    """Follows one request, so that no working message of it is left standing. Its methods never raise."""

    def opened(self, conversation: Conversation) -> None:
        """Take note of a place where the request may speak."""

    def posted(self, conversation: Conversation, text: str) -> None:
        """Take note of a working message that stands there now."""


TRACKER: ContextVar[Tracker | None] = ContextVar("tracker", default=None)
"""What follows the request that is being worked on."""
