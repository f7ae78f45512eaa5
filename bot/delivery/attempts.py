"""Idempotent calls to Slack that are queued for a retry when Slack or the database is unavailable."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from analytics.errors import StoreError
from bot.delivery.open_request import CURRENT
from bot.slack_api.errors import FAILURES, error_code, is_lasting

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
T = TypeVar("T")


def attempt(what: str, act: Callable[[], object]) -> bool:
    """Run an idempotent call, and queue it for a retry after a temporary failure.

    ``what`` describes the failure in the log. Returns ``False`` if the call was queued.

    Raises:
        SlackApiError: for a permanent error.

    """
    try:
        act()
    except (*FAILURES, StoreError) as error:
        request = CURRENT.get()
        if request is None or is_lasting(error):
            raise
        _log.warning("%s: %s", what, error_code(error))
        request.queued_for_retry = True
        request.lifecycle.retry_queue.add(what, lambda: _retry(what, act))
        return False
    return True


def _retry(what: str, act: Callable[[], object]) -> bool:
    """Run a queued call; returns ``True`` if no other attempt is needed."""
    try:
        act()
    except FAILURES as error:
        if not is_lasting(error):
            raise
        _log.warning("%s: %s", what, error_code(error))
    return True


def succeeds(what: str, act: Callable[[], T]) -> T | None:
    """Return the result of ``act``; ``None`` if it raises, which is logged with ``what``."""
    try:
        return act()
    except BaseException as error:  # noqa: BLE001 - the caller's next steps must run
        _log.warning("%s: %s", what, type(error).__name__)
        return None
