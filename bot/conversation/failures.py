"""Notices about errors: known errors are shown as they are, unexpected ones get a reference ID."""

from __future__ import annotations

import logging
import sys

from analytics.errors import HfStatsError, StoreError
from bot.analytics_pool.errors import UnansweredError
from bot.domain.reply import Notice
from bot.observability.logs import request_id

_log = logging.getLogger(__name__)

_FEWEST = 2
"""Suggestions of a refusal."""
_NO_DATABASE = "I can't reach my database right now. Ask again in a minute."


def notice_of(error: BaseException, text: str = "", topic: str = "") -> Notice:
    """Return the notice for an error, with a button that repeats ``text`` if that may help.

    ``topic`` is the question or command, whose help is offered where the error has fewer than two suggestions.
    Details of database errors are for the operator, so they are only logged.
    """
    if isinstance(error, StoreError):
        _log.warning("could not reach the database: %s", error)
        return Notice(_NO_DATABASE, suggestions=(text.strip(),) if text.strip() else ())
    if isinstance(error, HfStatsError) and not isinstance(error, UnansweredError):
        return Notice(str(error), suggestions=_with_help(error.suggestions, topic))
    return failure(error)


def _with_help(suggestions: tuple[str, ...], topic: str) -> tuple[str, ...]:
    if not topic or len(suggestions) >= _FEWEST:
        return suggestions
    return tuple(dict.fromkeys((*suggestions, f"help {topic}", "help")))


def failure(error: BaseException | None = None) -> Notice:
    """Log an exception, by default the current one, and return a notice with its reference ID.

    An UnansweredError was logged before, and its message is shown as it is.
    """
    error = error or sys.exception()
    if isinstance(error, UnansweredError):
        return Notice(str(error), suggestions=error.suggestions, reference=error.reference)
    under = request_id()
    _log.error("failure %s", under, exc_info=error or True)
    return Notice(
        f"Something went wrong on my side. The operator can find it in the log under the reference {under}.", reference=under
    )
