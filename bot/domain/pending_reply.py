"""Requests that haven't been answered yet, with their progress messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PendingReply:
    """An unanswered request and its progress message."""

    workspace: str
    channel: str
    ts: str
    """The progress message's timestamp or, if there is none, a unique text that starts with :data:`WITHOUT_MESSAGE`."""
    query: str
    user: str = ""
    """The person to notify if the message can't be updated."""
    thread: str = ""

    @property
    def has_message(self) -> bool:
        """Whether there is a progress message."""
        return not self.ts.startswith(WITHOUT_MESSAGE)


WITHOUT_MESSAGE = "untold "
"""Prefix of ``ts`` for a request without a progress message."""
