"""The worker's jobs on a real database, with a strict Slack before them and a clock that a test sets."""

from outbox_kit import clock, engine, kit

__all__ = ["clock", "engine", "kit"]
