"""Verify that Slack sent a request, before any of it is parsed.

Slack signs ``v0:<timestamp>:<raw body>`` with HMAC-SHA256 and the app's signing secret; see
https://docs.slack.dev/authentication/verifying-requests-from-slack/. slack_sdk's verifier raises for timestamps that aren't
integers and bodies that aren't UTF-8; these functions return ``True`` or ``False`` for any input.
"""

from __future__ import annotations

import hmac
import re
import time
from typing import TYPE_CHECKING

from slack_bolt.middleware import Middleware
from slack_bolt.response import BoltResponse

from bot.slack_api.response_url import is_slacks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.request import BoltRequest

TIMESTAMP = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"
TOLERANCE = 300
"""Allowed difference of a timestamp in seconds, in both directions."""

_DIGITS = re.compile(r"[0-9]{1,12}")
_V0 = re.compile(r"v0=[0-9a-f]{64}")
_MARK = "hfstats_verified"


def is_well_formed(timestamp: object, signature: object) -> bool:
    """Return whether two header values have Slack's form and a timestamp within five minutes, without the body.

    Never raises. Duplicate headers arrive joined by a comma and don't match.
    """
    if not isinstance(timestamp, str) or not isinstance(signature, str):
        return False
    if not _DIGITS.fullmatch(timestamp) or not _V0.fullmatch(signature):
        return False
    return abs(time.time() - int(timestamp)) <= TOLERANCE


def is_signed_by_slack(secret: str | None, timestamp: object, signature: object, body: bytes) -> bool:
    """Return whether Slack signed the raw bytes of a body within the last five minutes.

    Never raises. Returns ``False`` without a secret, because anyone could sign with an empty one.
    """
    if not secret or not secret.strip() or not is_well_formed(timestamp, signature):
        return False
    signed = f"v0:{timestamp}:".encode("ascii") + body
    expected = hmac.digest(secret.encode("utf-8", "surrogatepass"), signed, "sha256").hex()
    return hmac.compare_digest(f"v0={expected}", str(signature))


def verified_context() -> dict[str, object]:
    """Return the initial context of a Bolt request whose body has been verified with :func:`is_signed_by_slack`."""
    return {_MARK: True}


def is_verified(context: Mapping[str, object]) -> bool:
    """Return whether the request of a Bolt context has been verified."""
    return context.get(_MARK) is True


class VerifiedOnly(Middleware):
    """Bolt middleware that rejects requests not sent by Slack. Runs before Bolt looks up a token.

    Over HTTP, the web server verifies the raw bytes and marks the request; an unmarked request is verified here. Over Socket
    Mode, Slack issued the connection's URL. Response URLs that aren't Slack's are removed, because Bolt would post to them when
    the app isn't installed.
    """

    def __init__(self, signing_secret: str | None) -> None:
        """``signing_secret``: the app's; without one, only marked requests and Socket Mode are accepted."""
        self._secret = signing_secret

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002, ARG002 - Bolt's own names
        """Mark and pass on Slack's requests; answer others with 401."""
        if not is_verified(req.context):
            if req.mode != "socket_mode" and not self._signed(req):
                return BoltResponse(status=401)
            req.context[_MARK] = True
        if not is_slacks(req.context.response_url, req.context.client.base_url):
            req.context.pop("response_url", None)
        return next()

    def _signed(self, req: BoltRequest) -> bool:
        timestamp, signature = (_single_value(req.headers.get(name.lower())) for name in (TIMESTAMP, SIGNATURE))
        return is_signed_by_slack(self._secret, timestamp, signature, req.raw_body.encode("utf-8", "surrogatepass"))


def _single_value(values: object) -> object:
    return values[0] if isinstance(values, list | tuple) and len(values) == 1 else None
