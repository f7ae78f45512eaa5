"""OAuth states that are signed and dated instead of stored, so that opening /slack/install writes nothing."""

from __future__ import annotations

import hashlib
import logging
import secrets
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import TTLCache
from itsdangerous import BadData, TimestampSigner
from slack_sdk.oauth import OAuthStateStore

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_USED = 10_000
"""Used states that a process remembers; more than occur within ten minutes."""


class SignedStates(OAuthStateStore):
    """Issues OAuth states that expire and are valid once.

    Bolt ties a state to the browser with a cookie. This process remembers used states until they expire. In other cases, such as
    another process, Slack rejects the code because it was used before.
    """

    def __init__(self, keys: Sequence[str], within: int) -> None:
        """``keys``: signing keys, newest first; older ones are still accepted. ``within``: lifetime in seconds."""
        self._signer = TimestampSigner(list(reversed(keys)), salt="hfstats oauth state", digest_method=hashlib.sha256)
        self._within = within
        self._used: TTLCache[str, bool] = TTLCache(MOST_USED, within)
        self._lock = Lock()

    @property
    def logger(self) -> logging.Logger:
        """Bolt's logger for the flow."""
        return logging.getLogger("slack_bolt.oauth")

    def issue(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002 - slack_sdk's own arguments
        """Return a new state of letters, digits, ``-``, ``_`` and ``.``."""
        return self._signer.sign(secrets.token_urlsafe(24)).decode()

    def consume(self, state: str) -> bool:
        """Return whether a state is valid and unused, and mark it as used. Never raises."""
        try:
            nonce = self._signer.unsign(state, max_age=self._within).decode()
        except (BadData, ValueError, AttributeError, TypeError, OverflowError):
            return False
        with self._lock:
            if nonce in self._used:
                return False
            self._used[nonce] = True
            return True
