"""The worker's part on a real database, with a strict Slack before it and a clock that a test sets."""

from outbox_kit import blind, builds, clock, engine, kit, operated, unread

__all__ = ["blind", "builds", "clock", "engine", "kit", "operated", "unread"]
