"""Looks whether a message is in a channel although nobody was told so: by the ledger's id, which it carries as metadata."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.domain.outbox import RetryAt
from bot.slack_api.errors import FAILURES, PostResult, classify_error, said

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.domain.outbox import Delivery

_EVENT = "hfstats_delivery"
_BACK = timedelta(minutes=5)
"""Room for clocks that differ."""
_SOON = timedelta(seconds=15)
ABSENT = frozenset({"channel_not_found", "not_in_channel", "is_archived"})


class Unseen(Exception):  # noqa: N818 - nothing went wrong: the bot has no right to look
    """The channel cannot be read."""


def metadata(delivery: Delivery) -> dict[str, Any]:
    """Return what a message carries unseen, to be found by."""
    return {"event_type": _EVENT, "event_payload": {"delivery": delivery.id, "mark": delivery.mark}}


def look(client: WebClient, delivery: Delivery, now: datetime) -> str | RetryAt | None:
    """Return the timestamp of the message that shows a delivery; ``None`` where there is none.

    Answers ``Again`` where Slack asks for patience: it lets apps outside its Marketplace read a history once a minute.

    Raises:
        Unseen: where the history may not be read.

    """
    since = (delivery.posting_at or now) - _BACK
    cursor = ""
    while True:
        try:
            page = client.conversations_history(
                channel=delivery.channel,
                oldest=f"{since.timestamp():.6f}",
                limit=200,
                include_all_metadata=True,
                cursor=cursor or None,
            )
        except FAILURES as error:
            wait = patience(error, now)
            if wait:
                return RetryAt(wait)
            if classify_error(error) in {PostResult.FAILED, PostResult.LOST}:
                return RetryAt(now + _SOON)
            raise Unseen from error
        for message in page["messages"]:
            carried = (message.get("metadata") or {}).get("event_payload") or {}
            if (carried.get("delivery"), carried.get("mark")) == (delivery.id, delivery.mark):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return None


def patience(error: Exception, now: datetime) -> datetime | None:
    """Return until when Slack asked to wait; ``None`` when the failure is another."""
    if not isinstance(error, SlackApiError) or said(error) not in {"ratelimited", "rate_limited"}:
        return None
    headers = getattr(error.response, "headers", None) or {}
    given = next((value for name, value in headers.items() if name.casefold() == "retry-after"), "1")
    seconds = float(given) if str(given).replace(".", "", 1).isdigit() else 1.0
    return now.astimezone(UTC) + timedelta(seconds=max(seconds, 0.1))
