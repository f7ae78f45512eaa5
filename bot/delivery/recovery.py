"""Recovery: puts right what a process left behind when it was killed: working messages, and people who heard nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from analytics.errors import HfStatsError, StoreError
from bot.blocks.controls import VIEW
from bot.blocks.messages import notice_blocks, notice_fallback, restart_notice
from bot.domain.reply import Notice
from bot.slack_api.errors import FAILURES, error_code, is_lasting

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from bot.domain.pending_reply import PendingReply
    from bot.storage.messages.pending_replies import PendingReplies

    ClientFor = Callable[[str], WebClient | None]
    """Gives the client of a workspace; ``None`` for one that the bot is no longer in."""

_log = logging.getLogger(__name__)

GIVEN_UP_AFTER = timedelta(minutes=3)
"""More than any answer takes: a minute to compute it, 20 s for its picture, and Slack's rate limits."""
_LATE = "I was interrupted before I could answer you. Ask again."
_EVERY = 60.0
"""Seconds between two looks."""


def recover(pending_replies: PendingReplies, client_for: ClientFor, older_than: timedelta = GIVEN_UP_AFTER) -> int:
    """Turn each working message that nobody works on any more into an offer to ask again, and tell those who heard nothing.

    Returns how many were put right. What was left by a process of this machine that is gone is put right at once, the rest when
    it is old.

    Safe in any number of processes: each message is handed to one of them. A workspace's failure is logged and keeps no other
    waiting.

    Raises:
        StoreError: when the database cannot be used.

    """
    return sum(_put_right(pending_replies, work, client_for) for work in pending_replies.take_over(older_than))


def start(pending_replies: PendingReplies, client_for: ClientFor) -> Callable[[], None]:
    """Recover now and every minute, in a thread of its own; returns what stops it."""
    stopped = Event()

    def run() -> None:
        while True:
            try:
                recover(pending_replies, client_for)
            except StoreError as error:
                _log.warning("working messages could not be looked after: %s", error)
            except Exception:  # noqa: BLE001 - a thread that ends here would be missed by nobody
                _log.exception("working messages could not be looked after")
            if stopped.wait(_EVERY):
                return

    thread = Thread(target=run, name="recovery", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join()

    return stop


def _put_right(pending_replies: PendingReplies, work: PendingReply, client_for: ClientFor) -> bool:
    try:
        client = client_for(work.workspace)
        done = None if client is None else _told(work, client)
    except HfStatsError as error:
        _log.warning("a request could not be put right yet: %s", error)
        return False
    except FAILURES as error:
        _log.warning("a request could not be put right yet: %s", error_code(error))
        return False
    pending_replies.end(work)  # only now: one that is not put right is handed out again
    return done is True


def _told(work: PendingReply, client: WebClient) -> bool:
    """Turn the working message into an offer to ask again or, where that cannot be done, tell the person.

    Returns whether either was done; ``False`` where neither will ever be.

    Raises:
        SlackClientError, OSError: where it may be done later.

    """
    if work.has_message:
        try:
            blocks = restart_notice(work.query, VIEW)
            client.chat_update(channel=work.channel, ts=work.ts, blocks=blocks, text="I was restarted while working on this.")
        except FAILURES as error:
            if not is_lasting(error):
                raise
            _log.warning("a working message cannot be put right: %s", error_code(error))
            if error_code(error) == "message_not_found" or not work.user:
                return False
        else:
            return True
    notice = Notice(_LATE, suggestions=(work.query,) if work.query.strip() else ())
    content: dict[str, Any] = {"blocks": notice_blocks(notice), "text": notice_fallback(notice)}
    here: dict[str, Any] = {"channel": work.channel, "user": work.user, "thread_ts": work.thread or None}
    for post, where in ((client.chat_postEphemeral, here), (client.chat_postMessage, {"channel": work.user})):
        try:
            post(**where, **content)
        except FAILURES as error:
            if not is_lasting(error):
                raise
            _log.warning("somebody cannot be told: %s", error_code(error))
        else:
            return True
    return False
