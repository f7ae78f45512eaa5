"""Doing things in Slack that may be done twice: now or, where Slack or the database is away, later."""

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
    """Do something that may be done twice without harm, now or, where Slack or the database is away, later.

    Returns whether it is done.

    Raises:
        SlackApiError: for a refusal that would be the same a moment later.

    """
    try:
        act()
    except (*FAILURES, StoreError) as error:
        request = CURRENT.get()
        if request is None or is_lasting(error):
            raise
        _log.warning("%s: %s", what, error_code(error))
        request.queued_for_retry = True
        request.lifecycle.retry_queue.take(what, lambda: _tried_again(what, act))
        return False
    return True


def _tried_again(what: str, act: Callable[[], object]) -> bool:
    """Tell whether it is not to be tried once more."""
    try:
        act()
    except FAILURES as error:
        if not is_lasting(error):
            raise
        _log.warning("%s: %s", what, error_code(error))
    return True


def succeeds(what: str, act: Callable[[], T]) -> T | None:
    """Return what ``act`` does, or ``None`` where it raises."""
    try:
        return act()
    except BaseException as error:  # noqa: BLE001 - the steps after this one are done all the same
        _log.warning("%s: %s", what, type(error).__name__)
        return None
