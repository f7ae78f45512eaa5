"""The rate limit for questions, per user and minute, counted in this process."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.domain.reply import Notice


class RateLimit:
    """Counts the questions of each user."""

    def __init__(self, per_minute: int) -> None:
        """Allow ``per_minute`` questions in any minute."""
        self._limit = RateLimitItemPerMinute(per_minute)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def ask(self, workspace: str, user: str) -> Notice | None:
        """Count a question; returns a notice if it exceeds the limit."""
        if self._window.hit(self._limit, workspace, user):
            return None
        again = max(1, round(self._window.get_window_stats(self._limit, workspace, user).reset_time - time.time()))
        most = self._limit.amount
        questions = "question" if most == 1 else "questions"
        seconds = "second" if again == 1 else "seconds"
        return Notice(f"You've reached the limit of {most} {questions} a minute. Ask again in {again} {seconds}.")
