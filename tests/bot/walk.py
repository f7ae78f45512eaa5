"""Trace the files that a request passes through, in order of first call, with the number of re-entries."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ROOT = Path(__file__).parents[2]
GROUND = (
    "analytics/answer",
    "analytics/domain",
    "analytics/errors",
    "analytics/formatting",
    "analytics/names",
    "analytics/notes",
    "analytics/query",
    "analytics/storage",
    "analytics/typed_text",
    "bot/domain",
    "bot/observability",
    "bot/settings",
    "bot/slack_api",
    "bot/storage",
)
"""What every room stands on: values, names, stores, logs. A walk through it is no detour."""


def room_of(path: str) -> str:
    """Return the package that a file stands in, two levels deep."""
    return "/".join(path.removesuffix(".py").split("/")[:2])


@dataclass
class Walk:
    """The files that were called, one entry for each change from one to another, thread by thread."""

    files: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    """By file and function."""

    def restart(self) -> None:
        """Forget what was noted."""
        self.files.clear()
        self.calls.clear()

    @property
    def rooms(self) -> list[str]:
        """The rooms in order of first entry."""
        return list(dict.fromkeys(room_of(file) for file in self.files))

    @property
    def modules(self) -> list[str]:
        """The files in order of first entry."""
        return list(dict.fromkeys(self.files))

    @property
    def entries(self) -> Counter[str]:
        """How often each room was entered from another one."""
        rooms = [room_of(file) for file in self.files]
        return Counter(room for before, room in zip(["", *rooms], rooms, strict=False) if room != before)


@contextmanager
def walked(*threads: str) -> Iterator[Walk]:
    """Note the calls of every thread that starts within; ``threads`` are the beginnings of the names of those that count."""
    walk, lock = Walk(), threading.Lock()

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or not threading.current_thread().name.startswith(threads):
            return
        file = frame.f_code.co_filename
        if not file.startswith(f"{ROOT}/bot/") and not file.startswith(f"{ROOT}/analytics/"):
            return
        path = file.removeprefix(f"{ROOT}/")
        if path.startswith(GROUND) or frame.f_code.co_name in {"<module>", "<lambda>", "<genexpr>"}:
            return
        with lock:
            walk.calls[f"{path}:{frame.f_code.co_name}"] += 1
            if not walk.files or walk.files[-1] != path:
                walk.files.append(path)

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield walk
    finally:
        threading.setprofile(None)
        sys.setprofile(None)
