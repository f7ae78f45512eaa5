"""Refuses requests that were received before: a signature is valid for five minutes, and for one request."""

from __future__ import annotations

from threading import Lock

from cachetools import TTLCache

WINDOW = 300.0
"""Seconds for which Slack's signatures are valid, either side of the clock."""
MOST = 100_000
"""Signatures in memory, some 35 MB. If an older one comes again, the database has it."""


class ReplayGuard:
    """Keeps the signatures of this process's last minutes. Other processes find a replay in the database, after the ack.

    Add verified signatures only: otherwise a stranger who guesses one could block Slack's request.
    """

    def __init__(self) -> None:
        """Start empty."""
        # A timestamp may be a window ahead of this machine's clock, and stays valid for one more.
        self._signatures: TTLCache[str, bool] = TTLCache(MOST, 2 * WINDOW)
        self._lock = Lock()

    def first(self, signature: str) -> bool:
        """Add a signature; return whether it is new."""
        with self._lock:
            is_new = signature not in self._signatures
            if is_new:
                self._signatures[signature] = True
            return is_new

    def forget(self, signature: str) -> None:
        """Remove a signature whose request was not accepted."""
        with self._lock:
            self._signatures.pop(signature, None)
