"""States of installations under way: signed and dated instead of stored, so that opening /slack/install leaves nothing behind."""

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
"""Used states that a process remembers; more than that are not used within ten minutes."""


class SignedStates(OAuthStateStore):
    """Issues states that expire and are good once, and keeps none of them.

    Bolt binds a state to the browser by a cookie. Which states were used is remembered by this process until they expire:
    after that, or at another process, Slack itself refuses a code that was used before.
    """

    def __init__(self, keys: Sequence[str], within: int) -> None:
        """``keys`` sign, newest first, and older ones still open; a state is good for ``within`` seconds."""
        self._signer = TimestampSigner(list(reversed(keys)), salt="hfstats oauth state", digest_method=hashlib.sha256)
        self._within = within
        self._used: TTLCache[str, bool] = TTLCache(MOST_USED, within)
        self._lock = Lock()

    @property
    def logger(self) -> logging.Logger:
        """Bolt's own logger of the flow."""
        return logging.getLogger("slack_bolt.oauth")

    def issue(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002 - slack_sdk's own arguments
        """Return a new state: letters, digits, ``-``, ``_`` and ``.``."""
        return self._signer.sign(secrets.token_urlsafe(24)).decode()

    def consume(self, state: str) -> bool:
        """Tell whether a state was issued here, has not expired and was not used before; it is used from now on. Never raises."""
        try:
            nonce = self._signer.unsign(state, max_age=self._within).decode()
        except (BadData, ValueError, AttributeError, TypeError, OverflowError):
            return False
        with self._lock:
            if nonce in self._used:
                return False
            self._used[nonce] = True
            return True
