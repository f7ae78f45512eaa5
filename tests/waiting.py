"""Waiting for what other threads and processes do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT = 40.0
"""Seconds: far more than anything takes."""
T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = WAIT) -> T:
    """Return what ``condition`` returns as soon as that is something; fail when it stays nothing."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found
