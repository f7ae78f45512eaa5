"""The parent's handle of one analytics process. Importing this module doesn't import pandas or matplotlib."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import time
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING, Any

from bot.analytics_pool.parent_watch import end_with_parent

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class ProcessEndedError(Exception):
    """The process ended before it answered. The message is ``died`` or ``hung``."""


class Child:
    """A process with two pipes: one for requests and results, one for heartbeats.

    It shares no lock and no pipe with other processes, so killing it at any time can't affect them. The supervisor changes the
    public fields, under its lock.
    """

    def __init__(self, url: str, beat: float) -> None:
        """Start the process on the database ``url``. Once ready, it sends a heartbeat every ``beat`` seconds.

        Raises:
            OSError: when the system can't start another process.

        """
        # Not fork: this process has threads, and a lock held by one of them would never be released in the copy.
        context = multiprocessing.get_context("spawn")
        self._questions, questions = context.Pipe()
        self.beats, beats = context.Pipe(duplex=False)
        self._process = context.Process(target=_main, args=(url, questions, beats, beat), name="hfstats-analytics", daemon=True)
        try:
            self._process.start()
        finally:
            # Only the new process keeps these ends open, so reading here fails when it ends.
            questions.close()
            beats.close()
        self.started = time.monotonic()
        self.ready = False
        self.deadline: float | None = None
        """Of the current request, by the monotonic clock."""
        self.has_beaten = False
        self.missed_beats = 0
        """Consecutive missed heartbeats."""
        self.killed = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid or 0

    @property
    def sentinel(self) -> int:
        """A handle for :func:`multiprocessing.connection.wait`, ready when the process has ended."""
        return self._process.sentinel

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return bool(wait([self.sentinel], 0))

    def ask(self, function: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401 - what the function returns
        """Run a function in the process and wait for the result or the process's end.

        Raises what the function raises, and:
            ProcessEndedError: when the process ended first.

        """
        try:
            self._questions.send((function, arguments))
            answered = self._questions.recv_bytes()
        except (EOFError, OSError):
            raise ProcessEndedError("hung" if self.killed else "died") from None
        worked, value = pickle.loads(answered)  # noqa: S301 - from a process of our own
        if not worked:
            raise value
        return value

    def read_heartbeats(self) -> None:
        """Read the heartbeats received so far."""
        try:
            while self.beats.poll():
                self.beats.recv_bytes()
                self.has_beaten = True
        except (EOFError, OSError):  # the process ended
            return

    def kill(self) -> None:
        """Kill the process, even if it's stopped."""
        self.killed = True
        self._process.kill()

    def end(self, within: float) -> None:
        """Close the request pipe, which ends the process, and kill it after ``within`` seconds."""
        self._questions.close()
        self._process.join(within)
        self.kill()
        self._process.join()

    def exit_code(self) -> int | None:
        """Return the exit code of an ended process."""
        self._process.join()
        return self._process.exitcode


def _main(url: str, questions: Connection, beats: Connection, beat: float) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; this one ends with its parent
    from bot.analytics_pool import imports, process  # noqa: F401, PLC0415 - pandas and matplotlib belong to this process

    analytics = process.start(url)
    Thread(target=_beat, args=(beats, beat), name="beat", daemon=True).start()
    process.serve(analytics, questions)


def _beat(beats: Connection, interval: float) -> None:
    """Send heartbeats. This runs in its own thread, so that a slow answer doesn't look like a hung process."""
    while True:
        try:
            beats.send_bytes(b".")
        except OSError:  # the parent closed the pipe
            return
        time.sleep(interval)
