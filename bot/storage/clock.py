"""The time as the tables hold it: UTC without a zone, as slack_sdk's own tables do."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC).replace(tzinfo=None)
