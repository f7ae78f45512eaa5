"""What is expensive to build and never changed: built by the first test process that needs it, and used by all."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

folder = Path()
"""A folder of this run's that all its processes share; conftest.py sets it."""


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Keep the other test processes of this run out."""
    with (folder / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_once(name: str, build: Callable[[Path], object]) -> Path:
    """Return the path of a file in the shared folder; ``build`` writes it, once a run."""
    path = folder / name
    with exclusive(name):
        if not path.exists():
            draft = folder / f"draft-{name}"
            build(draft)
            draft.rename(path)
    return path
