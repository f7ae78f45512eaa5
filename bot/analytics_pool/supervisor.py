"""Starts the analytics processes, lends each to one question at a time, and replaces those that died or hang."""

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
"""Seconds between two tries to start a process that ends before it is ready."""
_ENDS_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long anything may take, in seconds."""

    answer: float = 20.0
    """From when a process begins with a question."""
    digest: float = 60.0
    queue: float = 120.0
    """That a question waits until a process is free."""
    start: float = 60.0
    """That a process takes until it is ready."""
    beat: float = 1.0
    """Between two signs of life. Limits are looked at as often, so a process may be killed this much late."""
    silent: int = 6
    """Beats in a row that a process may miss; one that is stopped is replaced after as many, whatever it does."""
    responding: int = 3
    """Beats in a row that a process may miss and still count as responding."""


class BusyError(Exception):
    """No process was free in time, or none will be since the pool is closing."""


class Supervisor:
    """A thread that watches the processes. All their fields, and the list of those that are free, change under one lock."""

    def __init__(self, start: Callable[[], Child], processes: int, limits: Limits) -> None:
        """Start nothing yet; ``start`` makes a process."""
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
        """Processes that were replaced, by why."""

    def ask(self, function: str, arguments: tuple[object, ...], seconds: float) -> Any:  # noqa: ANN401 - the function's own
        """Have a process run a function; raises what the function raises.

        ``seconds`` count from when a process begins with it.

        Raises:
            BusyError: when none was free in time.
            ProcessEndedError: when the process died or was killed since its time was over.

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
        """Start every process and wait for all; ``False`` when one ended before it was ready or took too long."""
        with self._changed:
            self._run()
            self._changed.wait_for(lambda: self._failed_starts or self._ready() == self._processes, self._limits.start)
            return self._ready() == self._processes

    def responding(self) -> int:
        """Count the processes that are ready and showed a sign of life lately. Waits for nothing."""
        with self._changed:
            return sum(one.ready and one.missed_beats <= self._limits.responding and not one.killed for one in self._children)

    def pids(self) -> list[int]:
        """Return the process ids of those that are ready."""
        with self._changed:
            return [one.pid for one in self._children if one.ready]

    def close(self) -> None:
        """Finish what is being answered, refuse what waits, and end the processes."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            # The thread still ends what takes too long; it ends itself when nothing is left to watch.
            self._changed.wait_for(lambda: not any(one.deadline for one in self._children))
            children, self._children, self._free = self._children, [], []
        for one in children:
            one.end(_ENDS_WITHIN if one.ready else 0.0)
        if self._thread:
            self._thread.join()
            atexit.unregister(self._kill)

    def _ready(self) -> int:
        return sum(one.ready for one in self._children)

    def _acquire(self, seconds: float) -> Child:
        """Wait for a free process and give it a deadline."""
        with self._changed:
            self._run()
            until = time.monotonic() + self._limits.queue
            while not self._closed:
                if self._free:
                    child = self._free.pop()
                    if child.ended:  # the thread has not seen it yet
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
            # Before multiprocessing waits for its processes at the end of this one: a stopped one would never end.
            atexit.register(self._kill)

    def _kill(self) -> None:
        self._closed = True
        for one in self._children:
            one.kill()

    # The thread

    def _watch(self) -> None:
        while not self._closed or self._children:
            try:
                self._start_missing()
                self._wait_for_events()
            except Exception:  # noqa: BLE001 - a thread that ends here would leave every question without its deadline
                _log.exception("the analytics processes could not be looked after")
                time.sleep(self._limits.beat)

    def _start_missing(self) -> None:
        """Start what is missing."""
        while not self._closed and len(self._children) < self._processes and time.monotonic() >= self._start_again:
            try:
                child = self._start()
            except OSError as error:
                _log.error("an analytics process could not be started: %s", error)
                self._failed()
                return
            if not self._add(child):
                child.end(0.0)

    def _add(self, child: Child) -> bool:
        """Watch a process from now on; ``False`` when the pool was closed in the meantime and nobody else would end it."""
        with self._changed:
            if self._closed:
                return False
            self._children.append(child)
            return True

    def _wait_for_events(self) -> None:
        """Wait for a sign of life, an end or the next look; then see to each process."""
        heard: list[Connection | int] = [one.beats for one in self._children]
        ends = [one.sentinel for one in self._children]
        ended = set(wait([*heard, *ends], self._limits.beat)) & set(ends)
        now = time.monotonic()
        tick = now - self._ticked >= self._limits.beat
        if tick:
            self._ticked = now
        with self._changed:
            for one in list(self._children):
                one.read_heartbeats()
                self._check_child(one, now, tick=tick)
                if one.sentinel in ended:
                    self._remove_ended(one)

    def _check_child(self, one: Child, now: float, *, tick: bool) -> None:
        """Note what was heard of a process, and kill it if it hangs."""
        if one.has_beaten:
            one.missed_beats = 0
            if not one.ready:
                one.ready, self._failed_starts = True, 0
                self._free.append(one)
                self._changed.notify_all()
        elif tick:
            # Not seconds: when the whole machine stands still, so do these.
            one.missed_beats += 1
        if tick:
            one.has_beaten = False
        late = one.deadline is not None and now > one.deadline
        slow = not one.ready and now > one.started + self._limits.start
        if (late or slow or (one.ready and one.missed_beats > self._limits.silent)) and not one.killed:
            if one in self._free:
                self._free.remove(one)
            one.kill()

    def _remove_ended(self, one: Child) -> None:
        """Forget a process that ended; the next look starts another."""
        self._children.remove(one)
        if one in self._free:
            self._free.remove(one)
        if not one.ready:
            self._failed()
        self._changed.notify_all()
        if self._closed:
            return
        why = "hung" if one.killed else "died"
        self.replaced[why] += 1
        _log.warning("an analytics process %s (exit code %s); starting another", why, one.exit_code())

    def _failed(self) -> None:
        self._failed_starts += 1
        self._start_again = time.monotonic() + min(_LONGEST_PAUSE, 0.5 * 2 ** min(self._failed_starts, 10))
