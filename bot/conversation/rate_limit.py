"""How much one person may ask: so many questions a minute, counted in this process."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.domain.reply import Notice


class RateLimit:
    """Counts what each person of each workspace asks."""

    def __init__(self, per_minute: int) -> None:
        """Let everybody ask so many questions within any minute."""
        self._limit = RateLimitItemPerMinute(per_minute)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def ask(self, workspace: str, user: str) -> Notice | None:
        """Count one question; say when to come back, where there were too many."""
        if self._window.hit(self._limit, workspace, user):
            return None
        again = max(1, round(self._window.get_window_stats(self._limit, workspace, user).reset_time - time.time()))
        most = self._limit.amount
        questions = "question" if most == 1 else "questions"
        return Notice(f"You asked {most} {questions} within a minute, which is as many as I take; ask again in {again} s.")
