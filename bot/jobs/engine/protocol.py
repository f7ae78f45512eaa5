"""Engine: what both implementations offer, and Work: what both run. Neither knows how the other half is made."""

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
}
"""The jobs that run by the clock, as cron writes it (UTC). Each finds out itself whether there is anything to do."""

BEAT_SECONDS = 10.0
"""Between two heartbeats of a worker."""


class JobRunner(Protocol):
    """The jobs, each safe to run again."""

    def alive(self) -> None:
        """Tell the process that started this one that it works; waits for nothing."""
        ...

    def beat(self) -> None:
        """Write into the database that this process works; raises StoreError."""
        ...

    def end(self) -> None:
        """Write into the database that this process ends as it was told to; raises StoreError."""
        ...

    def run(self, job: str) -> None:
        """Run one of :data:`CLOCK`."""
        ...

    def deliver(self, id_: int) -> RetryAt | None:
        """Deliver one line of the ledger; ``Again`` when it is to be tried later."""
        ...

    def count(self, id_: int) -> RetryAt | None:
        """Count one dump of the whole Hub, which takes minutes; ``Again`` when it is to be tried later."""
        ...

    def to_count(self, many: int) -> list[int]:
        """Return dumps that wait and that no engine knows of, and mark them as known."""
        ...

    def count_all(self) -> None:
        """Count every dump that waits, one after the other, until none is left or :meth:`stop`."""
        ...

    def stop(self) -> None:
        """Leave the dumps that are being counted to a later turn."""
        ...

    def due(self, defer: Callable[[Sequence[int]], None], *, afresh: bool = False) -> None:
        """Give every line that is due and that no engine knows of to ``defer``; with ``afresh``, those that were told as well."""
        ...


class Engine(Protocol):
    """Runs jobs until it is stopped."""

    def work(self) -> None:
        """Run by the clock, deliver what is due, and take up what a process that died left behind; until a termination signal."""
        ...
