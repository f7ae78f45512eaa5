"""Which process this is, and whether another one is gone for certain."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Return what names this process among all of all machines, in at most 80 characters; ``""`` where nothing tells."""
    return _named(os.getpid())


def has_ended(process: str) -> bool:
    """Tell whether a process is known to have ended.

    Only one of this machine, of this container and of this system's start can be looked for; of any other it is not known.
    """
    where, _, which = this_process().rpartition(" ")
    theirs, _, other = process.rpartition(" ")
    if not which or not other or where != theirs:
        return False
    return _start_time(int(other.partition(":")[0])) != other.partition(":")[2]


@lru_cache(maxsize=1)
def _named(pid: int) -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = (_PROC / "self/ns/pid").readlink().name
    except OSError:
        return ""
    started = _start_time(pid)
    return f"{boot} {space.strip('pid:[]')} {pid}:{started}" if started else ""


def _start_time(pid: int) -> str:
    """Return when a process started, in ticks since the system did; ``""`` for one that ended."""
    try:
        told = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *fields = told.rpartition(")")[2].split()  # the name before it may hold anything
    return "" if state in "ZX" else fields[18]
