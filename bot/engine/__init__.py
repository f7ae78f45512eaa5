"""Who runs what is to be done by the clock or later. The ledger knows what; an engine only runs it, and may run it twice."""

from bot.engine.protocol import CLOCK, Engine, Work

__all__ = ["CLOCK", "Engine", "Work"]
