"""Recovery: puts right the working messages that a process left behind when it was killed."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, StoreError
from bot.delivery.failures import FAILURES, Sent, judged, said
from bot.render.blocks import interrupted
from bot.render.controls import VIEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from bot.delivery.work import Work
    from bot.store.unfinished import Unfinished

    ClientFor = Callable[[str], WebClient | None]
    """Gives the client of a workspace; ``None`` for one that the bot is no longer in."""

_log = logging.getLogger(__name__)

GIVEN_UP_AFTER = timedelta(minutes=3)
"""More than any answer takes: a minute to compute it, 20 s for its picture, and Slack's rate limits."""
_EVERY = 60.0
"""Seconds between two looks."""


def recover(unfinished: Unfinished, client_for: ClientFor, older_than: timedelta = GIVEN_UP_AFTER) -> int:
    """Turn each working message that nobody works on any more into an offer to ask again; return how many were turned.

    Safe in any number of processes: each message is handed to one of them. A workspace's failure is logged and keeps no other
    waiting.

    Raises:
        StoreError: when the database cannot be used.

    """
    return sum(_put_right(unfinished, work, client_for) for work in unfinished.take_over(older_than))


def start(unfinished: Unfinished, client_for: ClientFor) -> Callable[[], None]:
    """Recover now and every minute, in a thread of its own; returns what stops it."""
    stopped = Event()

    def run() -> None:
        while True:
            try:
                recover(unfinished, client_for)
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


def _put_right(unfinished: Unfinished, work: Work, client_for: ClientFor) -> bool:
    try:
        client = client_for(work.workspace)
        if client is None:
            return False
        blocks = interrupted(work.query, VIEW)
        client.chat_update(channel=work.channel, ts=work.ts, blocks=blocks, text="I was restarted while working on this.")
    except HfStatsError as error:
        _log.warning("a working message could not be put right: %s", error)
        _again(unfinished, work)
    except FAILURES as error:
        _log.warning("a working message could not be put right: %s", said(error))
        if judged(error) in {Sent.FAILED, Sent.LOST} or said(error) == "ratelimited":
            _again(unfinished, work)
    else:
        return True
    return False


def _again(unfinished: Unfinished, work: Work) -> None:
    """Leave it to a later turn; its time starts anew."""
    try:
        unfinished.begin(work)
    except StoreError as error:
        _log.warning("a working message is given up: %s", error)
