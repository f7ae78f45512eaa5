"""An open request with its conversations and working messages, and the outcomes of requests."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.pending_reply import PendingReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.delivery.conversation import Conversation
    from bot.delivery.lifecycle import RequestLifecycle


class Outcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    """The answer was delivered."""
    REFUSED = "refused"
    """The user got a notice instead: invalid input, a limit, or no database."""
    FAILED = "failed"
    """An unexpected error; the user has its reference ID."""
    DONE = "done"
    """The request needed no reply: a form changed, App Home opened, a link unfurled."""
    DUPLICATE = "duplicate"
    """The same request was received before."""
    STOPPED = "stopped"
    """The process shut down first, and the user was notified."""
    HANDED_OVER = "handed_over"
    """The user couldn't be notified yet."""


@dataclass(eq=False)
class OpenRequest:
    """A request after its acceptance."""

    lifecycle: RequestLifecycle
    place: Callable[[], Conversation | None] = lambda: None
    """Creates a conversation if the listener created none; returns ``None`` if there is no user to notify."""
    text: str = ""
    """The request's text, if known before it is parsed."""
    conversations: list[Conversation] = field(default_factory=list)
    recorded: list[PendingReply] = field(default_factory=list)
    duplicate: bool = False
    queued_for_retry: bool = False
    begun: bool = False
    ended: bool = False

    @property
    def question(self) -> str:
        """The text that repeats the request; ``""`` if unknown."""
        asked = (conversation.question for conversation in self.conversations if conversation.question)
        return self.text or next(asked, "")

    def conversation(self) -> Conversation | None:
        """Return a conversation with the user; ``None`` if there is none."""
        return self.conversations[-1] if self.conversations else self.place()

    def opened(self, conversation: Conversation) -> None:
        """Register a conversation of the request."""
        self.conversations.append(conversation)

    def posted(self, conversation: Conversation, text: str) -> None:
        """Store a working message, so that recovery can replace it if this process dies."""
        if conversation.working is None:
            return
        work = PendingReply(conversation.workspace, *conversation.working, text, conversation.user, conversation.thread or "")
        self.recorded.append(work)  # whether or not the next line raises, the row may exist
        self.lifecycle.record(work)


CURRENT: ContextVar[OpenRequest | None] = ContextVar("current_request", default=None)
