"""Markers in message metadata, by which a message can be found if Slack's answer to its post was lost."""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_sdk import WebClient

_log = logging.getLogger(__name__)

_EVENT = "hfstats_message"
_LOOK_BACK = 120.0
"""Seconds; more than a post takes, with a margin for clock differences."""
_OUTSIDE = frozenset({"channel_not_found", "not_in_channel"})
"""With these errors, posting would have failed too. User ids are an exception: they can be posted to but not read."""


class HistoryUnavailable(Exception):  # noqa: N818 - not an error: the bot lacks the scope
    """The conversation's history can't be read, so it isn't known whether the message was posted."""


def new_delivery_id() -> str:
    """Return a random marker of 16 hexadecimal digits."""
    return secrets.token_hex(8)


def mark_metadata(mark: str) -> dict[str, Any]:
    """Return message metadata with a marker; users don't see it."""
    return {"event_type": _EVENT, "event_payload": {"mark": mark}}


def find_marked(client: WebClient, channel: str, mark: str, thread: str | None = None) -> str | None:
    """Return the timestamp of the message with a marker; ``None`` if there is none.

    Needs the history scope for the conversation's type: ``im:history`` is required by the app, ``channels:history`` and
    ``groups:history`` are optional.

    Raises:
        HistoryUnavailable: if the history can't be read.

    """
    since: dict[str, Any] = {"oldest": str(time.time() - _LOOK_BACK), "limit": 200, "include_all_metadata": True}
    try:
        if thread:
            page = client.conversations_replies(channel=channel, ts=thread, **since)
        else:
            page = client.conversations_history(channel=channel, **since)
    except FAILURES as error:
        if error_code(error) in _OUTSIDE and not channel.startswith(("U", "W")):
            return None
        _log.info("could not look for a lost message: %s", error_code(error))
        raise HistoryUnavailable from error
    matches = (
        message for message in page["messages"] if message.get("metadata", {}).get("event_payload", {}).get("mark") == mark
    )
    return next((str(message["ts"]) for message in matches), None)
