"""A request that has not ended: where it may speak, what it left standing in Slack, and how it will have ended."""

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
    """The answer arrived."""
    REFUSED = "refused"
    """The person was told why there is none: a mistake, a limit, a database that is away."""
    FAILED = "failed"
    """Something that nobody foresaw; the person has the reference."""
    DONE = "done"
    """There was nobody to tell anything: a form was changed, the Home shown, a link looked at."""
    DUPLICATE = "duplicate"
    """It was received before."""
    STOPPED = "stopped"
    """The process ended before it did, and the person was told."""
    HANDED_OVER = "handed_over"
    """The person could not be told yet."""


@dataclass(eq=False)
class OpenRequest:
    """One request, from its acceptance on."""

    lifecycle: RequestLifecycle
    place: Callable[[], Conversation | None] = lambda: None
    """Makes the place where the person can be told something, where the listener made none; ``None`` where there is nobody."""
    text: str = ""
    """What was asked, where that is known before anything is read."""
    conversations: list[Conversation] = field(default_factory=list)
    recorded: list[PendingReply] = field(default_factory=list)
    duplicate: bool = False
    queued_for_retry: bool = False
    begun: bool = False
    ended: bool = False

    @property
    def question(self) -> str:
        """The words that ask the same again; ``""`` where none are known."""
        asked = (conversation.question for conversation in self.conversations if conversation.question)
        return self.text or next(asked, "")

    def conversation(self) -> Conversation | None:
        """Return where the person can be told something; ``None`` where there is nobody."""
        return self.conversations[-1] if self.conversations else self.place()

    def opened(self, conversation: Conversation) -> None:
        """Take note of a place where the request may speak."""
        self.conversations.append(conversation)

    def posted(self, conversation: Conversation, text: str) -> None:
        """Record a working message, so that it is put right even when this process dies."""
        if conversation.working is None:
            return
        work = PendingReply(conversation.workspace, *conversation.working, text, conversation.user, conversation.thread or "")
        self.recorded.append(work)  # whatever comes of the next step, the row may be there
        self.lifecycle.record(work)


CURRENT: ContextVar[OpenRequest | None] = ContextVar("current_request", default=None)
