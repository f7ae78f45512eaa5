"""What talking to Slack may raise, and what of it may be logged."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError, SlackClientError

FAILURES = (SlackClientError, OSError)
"""What slack_sdk raises: its own errors, and those of the connection."""


def said(error: Exception) -> str:
    """Return Slack's error code, or the kind of the failure: never a body, which may hold what somebody wrote."""
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
