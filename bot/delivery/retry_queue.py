"""What could not be done at once, because Slack or the database was away: it is done later, or left to the next process."""

from __future__ import annotations

import logging
import time
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import TYPE_CHECKING

from analytics.storage import database_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.pending_reply import PendingReply
    from bot.storage.messages.pending_replies import PendingReplies

_log = logging.getLogger(__name__)

_FIRST, _LONGEST = 0.5, 30.0
"""Seconds between two attempts, at first and in the end; each wait is twice the one before."""
RECORDED_FOR = 120.0
"""Seconds after which what stands in the database is left to recovery, which takes it over after three minutes."""
GIVEN_UP_AFTER = 1800.0
"""Seconds; a response URL is good as long."""


@dataclass(slots=True)
class _Task:
    what: str
    act: Callable[[], bool]
    work: PendingReply | None
    context: Context
    since: float = field(default_factory=time.monotonic)
    recorded: bool = False
    wait: float = _FIRST
    due: float = field(default_factory=lambda: time.monotonic() + _FIRST)


class RetryQueue:
    """Tries again in a thread of its own, which runs while there is something to try."""

    def __init__(self, pending_replies: PendingReplies | None = None) -> None:
        """``unfinished`` keeps what a process that ends has not done yet."""
        self._pending_replies = pending_replies
        self._tasks: list[_Task] = []
        self._changed = Condition()
        self._thread: Thread | None = None

    @property
    def depth(self) -> int:
        """How much is still to be done."""
        return len(self._tasks)

    def take(self, what: str, act: Callable[[], bool], work: PendingReply | None = None) -> None:
        """Do something later: ``act`` returns whether it is done, and what it raises means that it is not.

        ``work`` is recorded, where the database can be used, and forgotten when it is done.
        """
        task = _Task(what, act, work, copy_context())
        task.recorded = self._record(work)
        with self._changed:
            self._tasks.append(task)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="handover", daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self, work: PendingReply) -> None:
        """Take a request out of the record, now or when the database can be used; an answer is not to be replaced later."""
        if self._pending_replies is None:
            return
        try:
            self._pending_replies.end(work)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the row is still there
            _log.warning("a request that ended is still in the record: %s", type(error).__name__)
            self.take("forgetting a request", lambda: self._ended(work))

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._tasks:
                    self._thread = None
                    return
                first = min(self._tasks, key=lambda task: task.due)
                left = first.due - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
            if first.context.run(self._attempted, first):
                with self._changed:
                    self._tasks.remove(first)

    def _attempted(self, task: _Task) -> bool:
        """Try once; tell whether nothing is left to do here."""
        done, age = False, time.monotonic() - task.since
        try:
            with database_wait.at_most(database_wait.LEAST):
                done = task.act()
        except BaseException as error:  # noqa: BLE001 - tried again, and told of in the end
            _log.info("%s failed once more: %s", task.what, type(error).__name__)
        if done:
            if task.work:
                self.forget(task.work)
            return True
        task.recorded = task.recorded or self._record(task.work)
        if task.recorded and age > RECORDED_FOR:
            return True
        if age > GIVEN_UP_AFTER:
            _log.error("%s was given up", task.what)
            return True
        task.wait = min(2 * task.wait, _LONGEST)
        task.due = time.monotonic() + task.wait
        return False

    def _record(self, work: PendingReply | None) -> bool:
        if work is None or self._pending_replies is None:
            return False
        try:
            self._pending_replies.begin(work)
        except BaseException as error:  # noqa: BLE001 - tried again with the next attempt
            _log.info("not recorded: %s", type(error).__name__)
            return False
        return True

    def _ended(self, work: PendingReply) -> bool:
        if self._pending_replies:
            self._pending_replies.end(work)
        return True
