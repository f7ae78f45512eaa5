"""The worker's jobs on a real database, with a strict Slack stand-in and an adjustable clock."""

from outbox_kit import blind, builds, clock, engine, kit

__all__ = ["blind", "builds", "clock", "engine", "kit"]
