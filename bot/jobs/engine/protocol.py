"""The interface between engines, which schedule jobs, and the jobs themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.domain.outbox import RetryAt

CLOCK: dict[str, str] = {
    "plan": "* * * * *",
    "snapshot": "7,37 * * * *",
    "watch": "12,42 * * * *",
    "settle": "52 * * * *",
    "tidy": "23 */6 * * *",
    "history": "27 * * * *",
}
"""Cron expressions (UTC) by job. Each job checks for itself whether there is work."""

BEAT_SECONDS = 10.0
"""Seconds between two heartbeats of a worker."""


class JobRunner(Protocol):
    """The jobs, each safe to run again."""

    def alive(self) -> None:
        """Send a heartbeat to the parent process; never blocks."""
        ...

    def beat(self) -> None:
        """Store a heartbeat in the database; raises StoreError."""
        ...

    def end(self) -> None:
        """Record in the database that this process was stopped on purpose; raises StoreError."""
        ...

    def run(self, job: str) -> None:
        """Run one of :data:`CLOCK`."""
        ...

    def deliver(self, id_: int) -> RetryAt | None:
        """Send one delivery; returns when to retry it, or ``None`` if nothing is left to do."""
        ...

    def count(self, id_: int) -> RetryAt | None:
        """Import one dump of the whole Hub, which takes minutes; returns when to retry it, or ``None``."""
        ...

    def to_count(self, many: int) -> list[int]:
        """Return the ids of waiting dumps that aren't queued, and mark them as queued."""
        ...

    def count_all(self) -> None:
        """Import all waiting dumps one after another, until none is left or :meth:`stop`."""
        ...

    def stop(self) -> None:
        """Stop current imports; they are resumed later."""
        ...

    def due(self, defer: Callable[[Sequence[int]], None], *, afresh: bool = False) -> None:
        """Pass due deliveries that aren't queued to ``defer``; with ``afresh``, also those queued earlier."""
        ...


class Engine(Protocol):
    """Runs jobs until it is stopped."""

    def work(self) -> None:
        """Run scheduled jobs, send due deliveries and recover those of dead processes, until a termination signal."""
        ...
