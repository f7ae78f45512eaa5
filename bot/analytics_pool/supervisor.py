"""Start analytics processes, give each one request at a time, and replace those that died or hang."""

from __future__ import annotations

import atexit
import logging
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.connection import wait
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from bot.analytics_pool.child import Child, ProcessEndedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

_log = logging.getLogger(__name__)

_LONGEST_PAUSE = 30.0
"""Longest wait between attempts to start a process that ends before it's ready, in seconds."""
_ENDS_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds, and limits on missed heartbeats."""

    answer: float = 20.0
    """For one question, from when a process starts on it."""
    digest: float = 60.0
    queue: float = 120.0
    """For waiting until a process is free."""
    start: float = 60.0
    """For a process to become ready."""
    beat: float = 1.0
    """Between two heartbeats. Limits are checked at the same interval, so a process may be killed this much late."""
    silent: int = 6
    """Consecutive heartbeats that a process may miss before it's replaced."""
    responding: int = 3
    """Consecutive heartbeats that a process may miss and still count as responding."""


class BusyError(Exception):
    """No process was free in time, or the pool is closing."""


class Supervisor:
    """Manages the processes from a thread. One lock guards their fields and the list of free processes."""

    def __init__(self, start: Callable[[], Child], processes: int, limits: Limits) -> None:
        """Configure the supervisor. ``start`` starts a process; nothing runs before the first request."""
        self._start = start
        self._processes = processes
        self._limits = limits
        self._changed = Condition()
        self._children: list[Child] = []
        self._free: list[Child] = []
        self._thread: Thread | None = None
        self._closed = False
        self._failed_starts = 0
        self._start_again = 0.0
        self._ticked = 0.0
        self.replaced: Counter[str] = Counter(died=0, hung=0)
        """The number of replaced processes by reason."""

    def ask(self, function: str, arguments: tuple[object, ...], seconds: float) -> Any:  # noqa: ANN401 - the function's own
        """Run a function in a free process; raises what the function raises.

        ``seconds`` is the limit from when a process starts on it.

        Raises:
            BusyError: when no process was free in time.
            ProcessEndedError: when the process died or was killed at its time limit.

        """
        child = self._acquire(seconds)
        try:
            answer = child.ask(function, arguments)
        except ProcessEndedError:
            raise
        except BaseException:
            self._release(child)
            raise
        self._release(child)
        return answer

    def wait_until_ready(self) -> bool:
        """Start all processes and wait until they're ready; ``False`` if one ended early or took too long."""
        with self._changed:
            self._run()
            self._changed.wait_for(lambda: self._failed_starts or self._ready() == self._processes, self._limits.start)
            return self._ready() == self._processes

    def responding(self) -> int:
        """Return the number of processes that are ready and send heartbeats. Doesn't block."""
        with self._changed:
            return sum(
                child.ready and child.missed_beats <= self._limits.responding and not child.killed for child in self._children
            )

    def pids(self) -> list[int]:
        """Return the process ids of ready processes."""
        with self._changed:
            return [child.pid for child in self._children if child.ready]

    def close(self) -> None:
        """Finish current requests, reject waiting ones and end the processes."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            # The thread still kills processes over their limit, and ends when none is left.
            self._changed.wait_for(lambda: not any(child.deadline for child in self._children))
            children, self._children, self._free = self._children, [], []
        for child in children:
            child.end(_ENDS_WITHIN if child.ready else 0.0)
        if self._thread:
            self._thread.join()
            atexit.unregister(self._kill)

    def _ready(self) -> int:
        return sum(child.ready for child in self._children)

    def _acquire(self, seconds: float) -> Child:
        """Wait for a free process and give it a deadline."""
        with self._changed:
            self._run()
            until = time.monotonic() + self._limits.queue
            while not self._closed:
                if self._free:
                    child = self._free.pop()
                    if child.ended:  # not noticed by the thread yet
                        continue
                    child.deadline = time.monotonic() + seconds
                    return child
                if not self._changed.wait(until - time.monotonic()) and time.monotonic() >= until:
                    break
        raise BusyError

    def _release(self, child: Child) -> None:
        with self._changed:
            child.deadline = None
            if not child.killed and child in self._children:
                self._free.append(child)
            self._changed.notify_all()

    def _run(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = Thread(target=self._watch, name="analytics", daemon=True)
            self._thread.start()
            # Must run before multiprocessing joins its processes at exit, because a stopped process would block that forever.
            atexit.register(self._kill)

    def _kill(self) -> None:
        self._closed = True
        for child in self._children:
            child.kill()

    # Runs in the supervisor's thread

    def _watch(self) -> None:
        while not self._closed or self._children:
            try:
                self._start_missing()
                self._wait_for_events()
            except Exception:  # noqa: BLE001 - without this thread, no request would have a deadline
                _log.exception("supervising the analytics processes failed")
                time.sleep(self._limits.beat)

    def _start_missing(self) -> None:
        """Start missing processes."""
        while not self._closed and len(self._children) < self._processes and time.monotonic() >= self._start_again:
            try:
                child = self._start()
            except OSError as error:
                _log.error("could not start an analytics process: %s", error)
                self._failed()
                return
            if not self._add(child):
                child.end(0.0)

    def _add(self, child: Child) -> bool:
        """Add a process; ``False`` if the pool was closed in the meantime, so that the caller must end it."""
        with self._changed:
            if self._closed:
                return False
            self._children.append(child)
            return True

    def _wait_for_events(self) -> None:
        """Wait for a heartbeat, a process's end or the next check; then check each process."""
        heard: list[Connection | int] = [child.beats for child in self._children]
        ends = [child.sentinel for child in self._children]
        ended = set(wait([*heard, *ends], self._limits.beat)) & set(ends)
        now = time.monotonic()
        tick = now - self._ticked >= self._limits.beat
        if tick:
            self._ticked = now
        with self._changed:
            for child in list(self._children):
                child.read_heartbeats()
                self._check_child(child, now, tick=tick)
                if child.sentinel in ended:
                    self._remove_ended(child)

    def _check_child(self, child: Child, now: float, *, tick: bool) -> None:
        """Update a process's state from its heartbeats, and kill it if it hangs."""
        if child.has_beaten:
            child.missed_beats = 0
            if not child.ready:
                child.ready, self._failed_starts = True, 0
                self._free.append(child)
                self._changed.notify_all()
        elif tick:
            # Count heartbeats instead of seconds, so that a suspended machine doesn't count as silence.
            child.missed_beats += 1
        if tick:
            child.has_beaten = False
        late = child.deadline is not None and now > child.deadline
        slow = not child.ready and now > child.started + self._limits.start
        if (late or slow or (child.ready and child.missed_beats > self._limits.silent)) and not child.killed:
            if child in self._free:
                self._free.remove(child)
            child.kill()

    def _remove_ended(self, child: Child) -> None:
        """Remove an ended process; the next check starts another one."""
        self._children.remove(child)
        if child in self._free:
            self._free.remove(child)
        if not child.ready:
            self._failed()
        self._changed.notify_all()
        if self._closed:
            return
        why = "hung" if child.killed else "died"
        self.replaced[why] += 1
        _log.warning("an analytics process %s (exit code %s); starting another", why, child.exit_code())

    def _failed(self) -> None:
        self._failed_starts += 1
        self._start_again = time.monotonic() + min(_LONGEST_PAUSE, 0.5 * 2 ** min(self._failed_starts, 10))
