"""Requests that haven't been answered yet, with their progress messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """An unanswered request and its progress message."""

    workspace: str
    channel: str
    ts: str
    """The progress message's timestamp or, if there is none, a unique text that starts with :data:`UNTOLD`."""
    query: str
    user: str = ""
    """The person to notify if the message can't be updated."""
    thread: str = ""

    @property
    def stands(self) -> bool:
        """Whether there is a progress message."""
        return not self.ts.startswith(UNTOLD)


UNTOLD = "untold "
"""Prefix of ``ts`` for a request without a progress message."""
