"""What is expensive to build and never changed: built by the first test process that needs it, and used by all."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

folder: Path | None = None
"""A folder of this run's that all its processes share; conftest.py sets it."""


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Keep the other test processes of this run out."""
    with (_shared() / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_once(name: str, build: Callable[[Path], object]) -> Path:
    """Return the path of a file in the shared folder; ``build`` writes it, once a run."""
    path = _shared() / name
    with exclusive(name):
        if not path.exists():
            draft = path.with_name(f"draft-{name}")
            build(draft)
            draft.rename(path)
    return path


def _shared() -> Path:
    """Return the folder, rather than whichever the process happens to run in."""
    if folder is None:
        raise LookupError("build_once.folder isn't set, which tests/conftest.py does")
    return folder
