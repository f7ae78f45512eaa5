"""Work: a working message that stands in a conversation, and what it is to answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """One working message and what it was to answer."""

    workspace: str
    channel: str
    ts: str
    query: str
