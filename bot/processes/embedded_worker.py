"""The worker process that ``hfstats serve`` runs, for deployments with a single command."""

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
"""Seconds before a worker that exited is restarted."""
_ENDS_WITHIN = 25.0
_SILENT_AFTER = 60.0
"""Seconds without a heartbeat after which a worker is replaced. It sends one every ten seconds."""
_LOOK = 0.5
"""Seconds between two checks of whether the worker ended."""


class _Process(Protocol):
    pid: int
    beats: int
    """The read end of the heartbeat pipe, which works even when the database is unavailable."""

    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def close_pipes(self) -> None:
        """Close this process's pipe ends."""


@contextmanager
def worker(settings: Settings) -> Iterator[None]:
    """Run a worker until the block ends, and restart it when it exits or hangs."""
    stopped, starting = Event(), Lock()
    running = [_start(settings)]

    def watch() -> None:
        while not stopped.is_set():
            code = _outcome(running[-1], stopped)
            if not stopped.is_set():
                if code is None:
                    _log.error("worker %s is not responding; killing and restarting it", running[-1].pid)
                    running[-1].kill()
                    running[-1].wait()
                else:
                    _log.error("the worker exited (%s); restarting it in %.0f s", code, _AGAIN)
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
        for process in running:
            process.close_pipes()


def _outcome(worker: _Process, stopped: Event) -> int | None:
    """Wait until the worker ends and return its exit code; ``None`` if it hangs."""
    silent = 0.0  # counted in checks, so that a suspended machine doesn't count as silence
    while not stopped.is_set():
        try:
            return worker.wait(0)
        except subprocess.TimeoutExpired:
            pass
        ready = select.select([worker.beats], [], [], _LOOK)[0]
        if ready and os.read(worker.beats, 4096):
            silent = 0.0
        elif ready:  # the worker closed its end, because it's ending
            stopped.wait(_LOOK)
        silent += _LOOK
        if silent > _SILENT_AFTER:
            return None
    return 0


def _start(settings: Settings) -> _Process:
    """Fork if this process has a single thread, to share the memory of loaded modules; otherwise run a new interpreter."""
    return _Forked(settings) if sys.platform == "linux" and _threads() == 1 else _Executed()


def _threads() -> int:
    """Return the number of threads, including those that Python didn't start.

    A lock held by another thread would never be released in a forked process.
    """
    return len(list(Path("/proc/self/task").iterdir()))


class _Executed(subprocess.Popen[bytes]):
    """A worker in a new interpreter. Its standard input closes when this process ends, and the worker then exits."""

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
    """A worker forked from this process, sharing unchanged memory."""

    def __init__(self, settings: Settings) -> None:
        theirs, self._ours = os.pipe()
        self.beats, beating = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        # Keep loaded objects out of garbage collection, which would write to shared memory pages.
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
            except ChildProcessError:  # another thread got the exit status
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
    """Run as the worker and exit. Never returns, because the caller continues in the parent process."""
    code = 1
    try:
        from bot.processes.worker import end_with_parent, heartbeat_writer, work  # noqa: PLC0415 - needed only in this process

        end_with_parent(parent)
        work(settings, heartbeat_writer(beating))
        code = 0
    except HfStatsError as error:
        _log.error("the worker could not start: %s", error)
    except SystemExit as ended:  # stopped while waiting
        code = int(ended.code or 0)
    except BaseException:
        _log.exception("the worker crashed")
        raise
    finally:
        logging.shutdown()
        os._exit(code)
