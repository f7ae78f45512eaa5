"""Verify that Slack sent a request, before anything of it is parsed.

Slack signs ``v0:<timestamp>:<raw body>`` with HMAC-SHA256 and the app's signing secret; see
https://docs.slack.dev/authentication/verifying-requests-from-slack/. slack_sdk's verifier raises for a timestamp that is no
integer and for a body that is not UTF-8; what is here answers yes or no, whatever it is given.
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
"""Seconds that a timestamp may be off, either way."""

_DIGITS = re.compile(r"[0-9]{1,12}")
_V0 = re.compile(r"v0=[0-9a-f]{64}")
_MARK = "hfstats_verified"


def is_well_formed(timestamp: object, signature: object) -> bool:
    """Tell whether two header values may be Slack's, without the body: of Slack's form, and no older than five minutes.

    Never raises. Values of a header that was sent twice come joined by a comma, and are not of the form.
    """
    if not isinstance(timestamp, str) or not isinstance(signature, str):
        return False
    if not _DIGITS.fullmatch(timestamp) or not _V0.fullmatch(signature):
        return False
    return abs(time.time() - int(timestamp)) <= TOLERANCE


def is_signed_by_slack(secret: str | None, timestamp: object, signature: object, body: bytes) -> bool:
    """Tell whether Slack signed the raw bytes of a body within the last five minutes.

    Never raises. Without a secret nothing is Slack's: anybody can sign with an empty one.
    """
    if not secret or not secret.strip() or not is_well_formed(timestamp, signature):
        return False
    signed = f"v0:{timestamp}:".encode("ascii") + body
    expected = hmac.digest(secret.encode("utf-8", "surrogatepass"), signed, "sha256").hex()
    return hmac.compare_digest(f"v0={expected}", str(signature))


def verified_context() -> dict[str, object]:
    """Return the context to begin a Bolt request with whose body :func:`is_signed_by_slack` vouches for."""
    return {_MARK: True}


def is_verified(context: Mapping[str, object]) -> bool:
    """Tell whether Slack is known to have sent the request that a Bolt context belongs to."""
    return context.get(_MARK) is True


class VerifiedOnly(Middleware):
    """Lets nothing into Bolt that Slack did not send. Runs before the app looks for a token.

    Over HTTP a request is marked by whoever verified its raw bytes; one without the mark is verified here. Over Socket Mode
    every envelope comes through a connection that Slack gave out. A response URL that is not Slack's is taken away: Bolt
    itself would post to it where an app is not installed.
    """

    def __init__(self, signing_secret: str | None) -> None:
        """Take the app's signing secret; without one, only marked requests and Socket Mode come in."""
        self._secret = signing_secret

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002, ARG002 - Bolt's own names
        """Go on with a request of Slack's, marked; answer any other with 401 and nothing else."""
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
