"""Requests that were received before: a signature is good for five minutes, and for one request."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

WINDOW = 300.0
"""Seconds for which Slack's signatures are good, either side of the clock."""
MOST = 100_000
"""Signatures that a process remembers, some 25 MB; an older one that comes again is found in the database."""


class ReplayGuard:
    """Remembers the signatures of this process's last minutes. Other processes find out by the database, after the ack.

    Only signatures that were verified belong here: a stranger who guesses one must not stand in the way of Slack's request.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._until: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def first(self, signature: str) -> bool:
        """Tell whether this is the first request with this signature, and remember it."""
        now = time.monotonic()
        with self._lock:
            while self._until and next(iter(self._until.values())) < now:
                self._until.popitem(last=False)
            if signature in self._until:
                return False
            if len(self._until) >= MOST:
                self._until.popitem(last=False)
            # A timestamp may lie a window ahead of this machine's clock, and stays good for one more.
            self._until[signature] = now + 2 * WINDOW
            return True

    def forget(self, signature: str) -> None:
        """Take back one that was not good."""
        with self._lock:
            self._until.pop(signature, None)
