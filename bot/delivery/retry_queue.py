"""A queue in memory for calls to retry after Slack or the database was unavailable."""

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
"""Shortest and longest delay between two attempts in seconds; each delay doubles the previous one."""
RECORDED_FOR = 120.0
"""Seconds after which a task with a row in the database is left to recovery, which takes over after three minutes."""
GIVE_UP_AFTER = 1800.0
"""Seconds; as long as a response URL is valid."""


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
    """Retries calls in its own thread, which runs only while there are tasks."""

    def __init__(self, pending_replies: PendingReplies | None = None) -> None:
        """``pending_replies`` stores tasks for the case that this process ends first."""
        self._pending_replies = pending_replies
        self._tasks: list[_Task] = []
        self._changed = Condition()
        self._thread: Thread | None = None

    @property
    def depth(self) -> int:
        """The number of tasks."""
        return len(self._tasks)

    def add(self, what: str, act: Callable[[], bool], work: PendingReply | None = None) -> None:
        """Add a call to retry until ``act`` returns ``True``; an exception counts as a failure.

        ``work`` is stored while the task is open, as soon as the database is available.
        """
        task = _Task(what, act, work, copy_context())
        task.recorded = self._record(work)
        with self._changed:
            self._tasks.append(task)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="retry-queue", daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self, work: PendingReply) -> None:
        """Delete a stored request, now or when the database is available, so that recovery doesn't replace its answer."""
        if self._pending_replies is None:
            return
        try:
            self._pending_replies.end(work)
        except BaseException as error:  # noqa: BLE001 - whatever the error, the row still exists
            _log.warning("could not delete a completed request's row: %s", type(error).__name__)
            self.add("deleting a request's row", lambda: self._delete(work))

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
            if first.context.run(self._attempt, first):
                with self._changed:
                    self._tasks.remove(first)

    def _attempt(self, task: _Task) -> bool:
        """Try a task once; returns ``True`` if it can be removed from the queue."""
        succeeded, age = False, time.monotonic() - task.since
        try:
            with database_wait.at_most(database_wait.LEAST):
                succeeded = task.act()
        except BaseException as error:  # noqa: BLE001 - retried, and logged as an error at the end
            _log.info("%s failed again: %s", task.what, type(error).__name__)
        if succeeded:
            if task.work:
                self.forget(task.work)
            return True
        task.recorded = task.recorded or self._record(task.work)
        if task.recorded and age > RECORDED_FOR:
            return True
        if age > GIVE_UP_AFTER:
            _log.error("gave up after %.0f s: %s", GIVE_UP_AFTER, task.what)
            return True
        task.wait = min(2 * task.wait, _LONGEST)
        task.due = time.monotonic() + task.wait
        return False

    def _record(self, work: PendingReply | None) -> bool:
        if work is None or self._pending_replies is None:
            return False
        try:
            self._pending_replies.begin(work)
        except BaseException as error:  # noqa: BLE001 - retried with the next attempt
            _log.info("could not store a request: %s", type(error).__name__)
            return False
        return True

    def _delete(self, work: PendingReply) -> bool:
        if self._pending_replies:
            self._pending_replies.end(work)
        return True
