"""What talking to Slack may raise, what each failure means for the way that was tried, and what of it may be logged."""

from __future__ import annotations

from enum import Enum, auto
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILURES = (SlackClientError, OSError, HTTPException)
"""What slack_sdk raises: its own errors, and those of the connection."""


class PostResult(Enum):
    """What became of something that was sent to Slack."""

    DONE = auto()
    """It is there."""
    UNFIT = auto()
    """Slack takes messages this way, but not these blocks."""
    SHUT = auto()
    """Nothing can be said this way, whatever it is."""
    FAILED = auto()
    """Slack failed, or was not reached. It is not there; the same may work a moment later."""
    LOST = auto()
    """The connection broke when all was sent: it may be there, and it may not."""


_UNFIT = frozenset(
    {
        "block_mismatch",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "only_one_table_allowed",
        "slack_file_not_found",
    }
)
_MOMENTARY = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
LASTING = frozenset(
    {"missing_scope", "not_allowed_token_type", "no_permission", "file_uploads_disabled", "storage_limit_reached"}
)
"""What stays as it is until somebody changes the app, the token or the workspace."""


def said(error: Exception) -> str:
    """Return Slack's error code, or the kind of the failure: never a body, which may hold what somebody wrote."""
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__


def classify_error(error: Exception) -> PostResult:
    """Tell what a failure means. ``error`` is one of :data:`FAILURES`."""
    if isinstance(error, SlackApiError):
        response: Mapping[str, object] = error.response
        return meaning(str(response.get("error") or ""), int(getattr(response, "status_code", 0) or _status(error)))
    if isinstance(error, URLError):  # raised before the request was out
        return PostResult.FAILED
    return PostResult.LOST if isinstance(error, OSError | HTTPException) else PostResult.SHUT


def meaning(code: str, status: int) -> PostResult:
    """Tell what an error code, or an answer without one, means."""
    if code in _UNFIT:
        return PostResult.UNFIT
    return PostResult.FAILED if status >= 500 or code in _MOMENTARY else PostResult.SHUT


def _status(error: SlackApiError) -> int:
    """Return the HTTP status of an answer that was no JSON, which slack_sdk gives as a plain mapping."""
    return int(error.response.get("status") or 0) if isinstance(error.response, dict) else 0
