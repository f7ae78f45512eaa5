"""The interface by which conversations report to the request that they belong to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.delivery.conversation import Conversation


class Tracker(Protocol):
    """Registers a request's conversations and working messages. Methods never raise."""

    def opened(self, conversation: Conversation) -> None:
        """Register a conversation of the request."""

    def posted(self, conversation: Conversation, text: str) -> None:
        """Register a conversation's working message."""


TRACKER: ContextVar[Tracker | None] = ContextVar("tracker", default=None)
"""The current request's tracker."""
