"""The current time as stored in the tables: naive UTC, as in slack_sdk's tables."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
