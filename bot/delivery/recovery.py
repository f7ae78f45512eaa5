"""Recovery after a crash: replaces abandoned working messages and notifies users who got no reply."""

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
    """Returns a workspace's client; ``None`` if the app was uninstalled."""

_log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(minutes=3)
"""Longer than any answer takes: a minute to compute it, 20 s for its picture, and Slack's rate limits."""
_INTERRUPTED = "I was interrupted before I could answer you. Ask again."
_INTERVAL = 60.0
"""Seconds between two runs."""


def recover(pending_replies: PendingReplies, client_for: ClientFor, older_than: timedelta = GIVE_UP_AFTER) -> int:
    """Turn abandoned working messages into offers to ask again, and notify users who got no reply.

    Returns the number of recovered requests. Requests of a dead process on this machine are recovered at once, others when they
    are older than ``older_than``. Several processes can run this at the same time: each request is claimed by one of them. An
    error in one workspace is logged and doesn't affect the others.

    Raises:
        StoreError: if the database can't be used.

    """
    return sum(_recover(pending_replies, work, client_for) for work in pending_replies.take_over(older_than))


def start(pending_replies: PendingReplies, client_for: ClientFor) -> Callable[[], None]:
    """Run recovery now and every minute in its own thread; returns a function that stops it."""
    stopped = Event()

    def run() -> None:
        while True:
            try:
                recover(pending_replies, client_for)
            except StoreError as error:
                _log.warning("recovery failed: %s", error)
            except Exception:  # noqa: BLE001 - the thread must not end
                _log.exception("recovery failed")
            if stopped.wait(_INTERVAL):
                return

    thread = Thread(target=run, name="recovery", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join()

    return stop


def _recover(pending_replies: PendingReplies, work: PendingReply, client_for: ClientFor) -> bool:
    try:
        client = client_for(work.workspace)
        recovered = None if client is None else _notify(work, client)
    except HfStatsError as error:
        _log.warning("could not recover a request yet: %s", error)
        return False
    except FAILURES as error:
        _log.warning("could not recover a request yet: %s", error_code(error))
        return False
    pending_replies.end(work)  # only now, so that a failed one is claimed again
    return recovered is True


def _notify(work: PendingReply, client: WebClient) -> bool:
    """Turn the working message into an offer to ask again or, if that fails, notify the user.

    Returns ``False`` if neither is possible.

    Raises:
        SlackClientError, OSError: if a later attempt may succeed.

    """
    if work.has_message:
        try:
            blocks = restart_notice(work.query, VIEW)
            client.chat_update(channel=work.channel, ts=work.ts, blocks=blocks, text="I was restarted while working on this.")
        except FAILURES as error:
            if not is_lasting(error):
                raise
            _log.warning("could not replace a working message: %s", error_code(error))
            if error_code(error) == "message_not_found" or not work.user:
                return False
        else:
            return True
    notice = Notice(_INTERRUPTED, suggestions=(work.query,) if work.query.strip() else ())
    content: dict[str, Any] = {"blocks": notice_blocks(notice), "text": notice_fallback(notice)}
    here: dict[str, Any] = {"channel": work.channel, "user": work.user, "thread_ts": work.thread or None}
    for post, where in ((client.chat_postEphemeral, here), (client.chat_postMessage, {"channel": work.user})):
        try:
            post(**where, **content)
        except FAILURES as error:
            if not is_lasting(error):
                raise
            _log.warning("could not notify a user: %s", error_code(error))
        else:
            return True
    return False
