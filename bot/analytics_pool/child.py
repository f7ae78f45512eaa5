"""One analytics process, as the process that started it sees it. Nothing here loads what the analytics process loads."""

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
    """The process ended before it answered. The text is ``died`` or ``hung``."""


class Child:
    """A process with two pipes of its own: questions and answers go through one, the other says that it still runs.

    No lock and no pipe is shared with another process, so that one can be killed in the middle of anything and harm no other.
    The public fields belong to the supervisor, which changes them under its lock.
    """

    def __init__(self, url: str, beat: float) -> None:
        """Start it on the database ``url``; it sends a beat every ``beat`` seconds once it is ready.

        Raises:
            OSError: when the system starts no more processes.

        """
        # Not fork: this process has threads, and a fork of one that holds a lock never gets it back.
        context = multiprocessing.get_context("spawn")
        self._questions, questions = context.Pipe()
        self.beats, beats = context.Pipe(duplex=False)
        self._process = context.Process(target=_main, args=(url, questions, beats, beat), name="hfstats-analytics", daemon=True)
        try:
            self._process.start()
        finally:
            # Only the new process holds these now: when it ends, whoever reads from it here sees that.
            questions.close()
            beats.close()
        self.started = time.monotonic()
        self.ready = False
        self.deadline: float | None = None
        """Of the question that it works on, by the monotonic clock."""
        self.has_beaten = False
        self.missed_beats = 0
        """Beats in a row that did not come."""
        self.killed = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid or 0

    @property
    def sentinel(self) -> int:
        """What :func:`multiprocessing.connection.wait` takes, ready when the process has ended."""
        return self._process.sentinel

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return bool(wait([self.sentinel], 0))

    def ask(self, function: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401 - what the function returns
        """Have it run a function, and wait for as long as that takes or the process lives.

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
        """Take the beats that came."""
        try:
            while self.beats.poll():
                self.beats.recv_bytes()
                self.has_beaten = True
        except (EOFError, OSError):  # it ended
            return

    def kill(self) -> None:
        """End it, whatever it does; a stopped process ends, too."""
        self.killed = True
        self._process.kill()

    def end(self, within: float) -> None:
        """Let it end by itself, which it does when it is asked nothing more; after ``within`` seconds it is killed."""
        self._questions.close()
        self._process.join(within)
        self.kill()
        self._process.join()

    def exit_code(self) -> int | None:
        """Return how a process ended that has ended."""
        self._process.join()
        return self._process.exitcode


def _main(url: str, questions: Connection, beats: Connection, beat: float) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; this one ends with its parent
    from bot.analytics_pool import imports, process  # noqa: F401, PLC0415 - pandas and matplotlib belong to this process

    analyst = process.start(url)
    Thread(target=_beat, args=(beats, beat), name="beat", daemon=True).start()
    process.serve(analyst, questions)


def _beat(beats: Connection, every: float) -> None:
    """Say that this process runs. A thread of its own does, so that a long answer is not taken for a hung process."""
    while True:
        try:
            beats.send_bytes(b".")
        except OSError:  # nobody listens any more
            return
        time.sleep(every)
