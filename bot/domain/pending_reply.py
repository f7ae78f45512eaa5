"""Work: what was asked and is not answered yet, and the working message that stands for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PendingReply:
    """One request that has not ended: its working message and what it was to answer."""

    workspace: str
    channel: str
    ts: str
    """Of the working message or, with :data:`WITHOUT_MESSAGE` before it, any text of its own where there is none."""
    query: str
    user: str = ""
    """Who is to be told where the message cannot be put right."""
    thread: str = ""

    @property
    def has_message(self) -> bool:
        """Whether there is a working message."""
        return not self.ts.startswith(WITHOUT_MESSAGE)


WITHOUT_MESSAGE = "untold "
"""Begins the key of a request whose only trace is that somebody waits for an answer."""
