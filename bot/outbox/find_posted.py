"""Find a posted message whose answer was lost: by the outbox's id, which it carries as metadata."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.outbox import RetryAt
from bot.slack_api.errors import FAILURES, PostResult, classify_error, requested_wait

if TYPE_CHECKING:
    from datetime import datetime

    from slack_sdk import WebClient

    from bot.domain.outbox import Delivery

_EVENT = "hfstats_delivery"
_BACK = timedelta(minutes=5)
"""Room for clocks that differ."""
_SOON = timedelta(seconds=15)
_GROWTH = 10
"""The next look comes after this part of the time since the post, at least: a long outage isn't looked at every few seconds."""


class HistoryUnavailable(Exception):  # noqa: N818 - nothing went wrong: the bot has no right to look
    """The channel cannot be read."""


def delivery_metadata(delivery: Delivery) -> dict[str, Any]:
    """Return what a message carries unseen, to be found by."""
    return {"event_type": _EVENT, "event_payload": {"delivery": delivery.id, "mark": delivery.mark}}


def find_message(client: WebClient, delivery: Delivery, now: datetime) -> str | RetryAt | None:
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
            wait = requested_wait(error, now)
            if wait:
                return RetryAt(now + wait)
            if classify_error(error) in {PostResult.TEMPORARY_FAILURE, PostResult.UNCONFIRMED}:
                return _soon(delivery, now)
            raise HistoryUnavailable from error
        messages = page.get("messages")
        if not isinstance(messages, list):
            return _soon(delivery, now)
        for message in messages:
            carried = (message.get("metadata") or {}).get("event_payload") or {}
            if (carried.get("delivery"), carried.get("mark")) == (delivery.id, delivery.mark):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return None


def _soon(delivery: Delivery, now: datetime) -> RetryAt:
    since = now - (delivery.posting_at or now)
    return RetryAt(now + max(_SOON, since / _GROWTH))
