"""A worker beside the process that talks to Slack: for a deployment that is one command."""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Protocol

from analytics.errors import HfStatsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Settings

_log = logging.getLogger(__name__)

_AGAIN = 5.0
"""Seconds before one that ended by itself is started again."""
_ENDS_WITHIN = 25.0
_SILENT_AFTER = 60.0
"""Seconds without a heartbeat, of which there is one in ten, after which a worker is killed and replaced."""
_LOOK = 0.5
"""Seconds between two looks at whether it ended."""


class _Process(Protocol):
    pid: int
    beats: int
    """The end of a pipe that the worker's heartbeats come out of: no database is needed to see whether it works."""

    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def close_pipes(self) -> None:
        """Close this process's ends of the pipes that say whether it lives, and whether the worker does."""


@contextmanager
def worker(settings: Settings) -> Iterator[None]:
    """Run what ``hfstats worker`` runs until the block ends; one that ends by itself is started again."""
    stopped, starting = Event(), Lock()
    running = [_start(settings)]

    def watch() -> None:
        while not stopped.is_set():
            code = _outcome(running[-1], stopped)
            if not stopped.is_set():
                if code is None:
                    _log.error("the worker (%s) does not respond; killing it and starting another", running[-1].pid)
                    running[-1].kill()
                    running[-1].wait()
                else:
                    _log.error("the worker ended by itself (%s); starting another in %.0f s", code, _AGAIN)
                    stopped.wait(_AGAIN)
                with starting:
                    if not stopped.is_set():
                        running.append(_start(settings))

    watching = Thread(target=watch, name="worker", daemon=True)
    watching.start()
    try:
        yield
    finally:
        with starting:
            stopped.set()
        running[-1].terminate()
        try:
            running[-1].wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            running[-1].kill()
        watching.join(2 * _LOOK)
        for one in running:
            one.close_pipes()


def _outcome(worker: _Process, stopped: Event) -> int | None:
    """Wait for the end of a worker and return its exit code; ``None`` when it lives and does not work."""
    silent = 0.0  # counted in looks: while this process does not run either, nobody can be heard
    while not stopped.is_set():
        try:
            return worker.wait(0)
        except subprocess.TimeoutExpired:
            pass
        ready = select.select([worker.beats], [], [], _LOOK)[0]
        if ready and os.read(worker.beats, 4096):
            silent = 0.0
        elif ready:  # it closed its end: it is ending
            stopped.wait(_LOOK)
        silent += _LOOK
        if silent > _SILENT_AFTER:
            return None
    return 0


def _start(settings: Settings) -> _Process:
    """Fork where nothing else runs in this process yet, so that both share what is loaded; else start from the beginning."""
    return _Forked(settings) if sys.platform == "linux" and _threads() == 1 else _Executed()


def _threads() -> int:
    """Count this process's threads, also those that Python did not start.

    One of them might hold a lock, and a copy of this process would never see it free.
    """
    return len(list(Path("/proc/self/task").iterdir()))


class _Executed(subprocess.Popen[bytes]):
    """A process of its own. Its standard input closes with this process, however that ends, and the worker with it."""

    def __init__(self) -> None:
        self.beats, theirs = os.pipe()
        command = [sys.executable, "-m", "bot", "worker", "--with-parent", "--beats", str(theirs)]
        super().__init__(command, stdin=subprocess.PIPE, pass_fds=[theirs])
        os.close(theirs)

    def close_pipes(self) -> None:
        os.close(self.beats)
        if self.stdin:
            self.stdin.close()


class _Forked:
    """A copy of this process that turns worker: the memory that neither changes is there once."""

    def __init__(self, settings: Settings) -> None:
        theirs, self._ours = os.pipe()
        self.beats, beating = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        # What is loaded stays as long as the process; collecting would write to the pages that both share.
        gc.collect()
        gc.freeze()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._ours)
            os.close(self.beats)
            _become_worker(settings, theirs, beating)
        os.close(theirs)
        os.close(beating)

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                pid, status = os.waitpid(self.pid, 0 if until is None else os.WNOHANG)
            except ChildProcessError:  # the other thread that waits for it was told first
                return 0
            if pid:
                return os.waitstatus_to_exitcode(status)
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("worker", timeout or 0)
            time.sleep(0.05)

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def close_pipes(self) -> None:
        os.close(self._ours)
        os.close(self.beats)

    def _send(self, what: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, what)


def _become_worker(settings: Settings, parent: int, beating: int) -> None:
    """Work until stopped; never returns, for this process is not the one that the caller goes on in."""
    code = 1
    try:
        from bot.processes.worker import end_with_parent, heartbeat_writer, work  # noqa: PLC0415 - by this process only

        end_with_parent(parent)
        work(settings, heartbeat_writer(beating))
        code = 0
    except HfStatsError as error:
        _log.error("the worker cannot work: %s", error)
    except SystemExit as ended:  # told to end while it waited
        code = int(ended.code or 0)
    except BaseException:
        _log.exception("the worker ended")
        raise
    finally:
        logging.shutdown()
        os._exit(code)
