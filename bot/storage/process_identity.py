"""Identify processes across machines, and check whether another one has ended."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Return an id of this process that is unique across machines, at most 80 characters; ``""`` if unavailable."""
    return _named(os.getpid())


def has_ended(process: str) -> bool:
    """Return whether a process is known to have ended.

    ``False`` for processes of other machines, containers and boots, which can't be checked.
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
    """Return a process's start time in clock ticks since boot; ``""`` if it has ended."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()  # the name before it may contain any character
    return "" if state in "ZX" else fields[18]
