"""Marks: by a mark in its metadata, a posted message can be found again when Slack's answer to the post was lost."""

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
"""Seconds; more than a post takes, and room for clocks that differ."""
_OUTSIDE = frozenset({"channel_not_found", "not_in_channel"})
"""Who is told this could not have posted there either. A person's id is one to post to, though never one to read."""


class HistoryUnavailable(Exception):  # noqa: N818 - nothing went wrong: the bot has no right to look
    """The conversation's messages cannot be read, so whether the post is there cannot be told."""


def new_delivery_id() -> str:
    """Return a mark that no other message has."""
    return secrets.token_hex(8)


def marked(mark: str) -> dict[str, Any]:
    """Return the metadata that carries a mark; readers of the conversation do not see it."""
    return {"event_type": _EVENT, "event_payload": {"mark": mark}}


def find(client: WebClient, channel: str, mark: str, thread: str | None = None) -> str | None:
    """Return the timestamp of the message with this mark; ``None`` where there is none.

    Needs the history scope of the conversation's kind: ``im:history`` is among the bot's own, ``channels:history`` and
    ``groups:history`` are for whoever wants to grant them.

    Raises:
        Unseen: when the conversation's messages cannot be read.

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
        _log.info("a lost message cannot be looked for: %s", error_code(error))
        raise HistoryUnavailable from error
    found = (one for one in page["messages"] if one.get("metadata", {}).get("event_payload", {}).get("mark") == mark)
    return next((str(one["ts"]) for one in found), None)
