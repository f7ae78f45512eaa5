"""Find a message whose post wasn't confirmed, by the delivery's id in its metadata, in the channel or in its thread."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.outbox import RetryAt
from bot.slack_api.errors import FAILURES, PostResult, classify_error, error_code, requested_wait

if TYPE_CHECKING:
    from datetime import datetime

    from slack_sdk import WebClient

    from bot.domain.outbox import Delivery

_EVENT = "hfstats_delivery"
_BACK = timedelta(minutes=5)
"""Margin for clock differences."""
_SOON = timedelta(seconds=15)
_GROWTH = 10
"""The next search waits for at least this fraction of the time since the post, for fewer searches in long outages."""


class HistoryUnavailable(Exception):  # noqa: N818 - not an error: the bot lacks the scope
    """The channel's history can't be read."""


def delivery_metadata(delivery: Delivery) -> dict[str, Any]:
    """Return the message metadata that identifies a delivery."""
    return {"event_type": _EVENT, "event_payload": {"delivery": delivery.id, "mark": delivery.mark}}


def find_message(client: WebClient, delivery: Delivery, now: datetime) -> str | RetryAt | None:
    """Return the timestamp of a delivery's message; ``None`` if there is none.

    Returns when to retry if Slack limits the rate: for apps outside the Marketplace, it allows one history request a minute.

    Raises:
        HistoryUnavailable: if the history can't be read.

    """
    since = (delivery.posting_at or now) - _BACK
    if delivery.thread_ts:
        read = partial(client.conversations_replies, channel=delivery.channel, ts=delivery.thread_ts)
    else:
        read = partial(client.conversations_history, channel=delivery.channel)
    cursor = ""
    while True:
        try:
            page = read(oldest=f"{since.timestamp():.6f}", limit=200, include_all_metadata=True, cursor=cursor or None)
        except FAILURES as error:
            return _unread(error, delivery, now)
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


def _unread(error: Exception, delivery: Delivery, now: datetime) -> RetryAt | None:
    """Return when to look again after an error; ``None`` if there's nothing to look at because the thread is gone."""
    wait = requested_wait(error, now)
    if wait:
        return RetryAt(now + wait)
    if classify_error(error) in {PostResult.TEMPORARY_FAILURE, PostResult.UNCONFIRMED}:
        return _soon(delivery, now)
    if delivery.thread_ts and error_code(error) == "thread_not_found":
        return None
    raise HistoryUnavailable from error


def _soon(delivery: Delivery, now: datetime) -> RetryAt:
    since = now - (delivery.posting_at or now)
    return RetryAt(now + max(_SOON, since / _GROWTH))
