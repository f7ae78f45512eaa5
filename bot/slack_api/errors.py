"""Classify errors of Slack calls: their effect on a message, and what may be logged or shown."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.outbox import error_word
from bot.slack_api.error_words import Treatment, treatment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILURES = (SlackClientError, OSError, HTTPException)
"""Exceptions that slack_sdk raises: its own, and those of the connection."""
LONGEST_WAIT = timedelta(hours=1)
"""Maximum wait before the next attempt, even for a longer ``Retry-After``."""
_STATUS = "HTTP "
_TOO_MANY, _TIMED_OUT = 429, 408
_MAY_HAVE_WORKED = frozenset({"fatal_error", "internal_error"})
"""Slack says of both: "It's possible some aspect of the operation succeeded before the error was raised."."""
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})


class PostResult(Enum):
    """The result of posting or changing a message."""

    DELIVERED = auto()
    BLOCKS_REFUSED = auto()
    """Slack refused these blocks. Other blocks may work with the same method."""
    UNAVAILABLE = auto()
    """The method can't be used here, whatever the blocks."""
    TEMPORARY_FAILURE = auto()
    """Slack failed or wasn't reached. Nothing was posted; a retry may work."""
    UNCONFIRMED = auto()
    """Slack's answer was lost or unreadable. The message may have been posted."""


def error_code(error: Exception) -> str:
    """Return Slack's error code, else the HTTP status or the exception's type; never a response body."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    return _word(error) or f"{_STATUS}{_status(error)}"


def is_answer(code: str) -> bool:
    """Return whether a code from :func:`error_code` came in a response, from Slack or a proxy."""
    return bool(error_word(code)) or code.startswith(_STATUS)


def classify_error(error: Exception) -> PostResult:
    """Return the result for an error, one of :data:`FAILURES`."""
    if isinstance(error, SlackApiError):
        return classify_answer(_word(error), _status(error))
    if isinstance(error, URLError):  # raised before the request was out
        return PostResult.TEMPORARY_FAILURE
    return PostResult.UNCONFIRMED if isinstance(error, OSError | HTTPException) else PostResult.UNAVAILABLE


def classify_answer(word: str, status: int) -> PostResult:
    """Return the result for a response with Slack's error code, ``""`` if there is none, and the HTTP status."""
    treatment = treatment_of(word)
    if treatment in {Treatment.FORM, Treatment.PICTURE}:
        return PostResult.BLOCKS_REFUSED
    if status >= 500 or treatment is Treatment.RETRY:
        return PostResult.UNCONFIRMED if not word and 200 <= status < 300 else PostResult.TEMPORARY_FAILURE
    return PostResult.UNAVAILABLE


def is_lasting(error: Exception) -> bool:
    """Return whether an error is permanent: the same call would fail again."""
    return isinstance(error, FAILURES) and classify_error(error) in {PostResult.UNAVAILABLE, PostResult.BLOCKS_REFUSED}


def may_be_posted(error: Exception) -> bool:
    """Return whether a message may have been posted although the call failed."""
    if not isinstance(error, SlackApiError):
        reason = getattr(error, "reason", None)  # nobody was there to take the request
        return not isinstance(reason, ConnectionRefusedError | TimeoutError) and type(reason).__name__ != "gaierror"
    word, status = _word(error), _status(error)
    if word and status < 500:
        return word in _MAY_HAVE_WORKED
    return word != "service_unavailable" and (status < 400 or status == _TIMED_OUT or status >= 500)


def requested_wait(error: Exception, now: datetime) -> timedelta | None:
    """Return the wait that Slack asks for with ``Retry-After``, one hour at most; ``None`` if there is none."""
    if not isinstance(error, SlackApiError) or not (_status(error) == _TOO_MANY or _word(error) in _RATE_LIMITED):
        return None
    return retry_after(getattr(error.response, "headers", None) or {}, now)


def retry_after(headers: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Parse ``Retry-After``, in seconds or as a date; ``None`` if missing or invalid."""
    found = next((value for name, value in headers.items() if str(name).casefold() == "retry-after"), None)
    text = str(found[0] if isinstance(found, list) and found else found).strip()
    with suppress(ValueError, OverflowError):
        return min(max(timedelta(seconds=float(text)), timedelta(seconds=0.1)), LONGEST_WAIT)
    with suppress(ValueError, TypeError):
        date = parsedate_to_datetime(text)
        return min(max(date.replace(tzinfo=date.tzinfo or UTC) - now, timedelta(seconds=1)), LONGEST_WAIT)
    return None


def _word(error: SlackApiError) -> str:
    """Return the error word of an answer, whatever JSON, or none, it is."""
    try:
        return error_word(error.response.get("error"))
    except (AttributeError, ValueError):
        return ""


def _status(error: SlackApiError) -> int:
    """Return the HTTP status; slack_sdk gives some answers as plain mappings."""
    response = error.response
    found = response.get("status") if isinstance(response, dict) else getattr(response, "status_code", None)
    return found if isinstance(found, int) else 0
