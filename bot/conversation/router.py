"""From what somebody typed to a Reply. Known errors become notices, unknown ones a reference; no Slack, no HTTP."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Protocol

from analytics.errors import HfStatsError, StoreError
from analytics.language import grammar
from bot.analytics_pool.errors import UnansweredError
from bot.domain.reply import Notice, Picture, Reply
from bot.observability.logs import request_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analytics.answer import Answer
    from analytics.query import Form
    from bot.domain.store_summary import StoreSummary

_log = logging.getLogger(__name__)

_AWAY = "I can't reach my database right now. Ask again in a minute."


class Answers(Protocol):
    """Whatever answers questions: the pool of processes, or one analyst in this process."""

    def answer(self, text: str) -> tuple[Answer, Picture]:
        """Answer a question; raises HfStatsError for one that has no answer."""
        ...

    def overview(self, known: str) -> StoreSummary | None:
        """Look over the store; ``None`` when its edition is still ``known``."""
        ...


class Router:
    """Chooses between the chores, which are the bot's own commands, and the questions, which are the analysts'."""

    def __init__(
        self,
        answers: Answers,
        forms: Sequence[Form],
        commands: Mapping[str, Callable[[str], Notice]],
        is_service_command: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """``chores`` maps a first word to what answers the rest of the line; the empty word is what an empty line gets.

        ``errands`` tells whether a line is for somebody else to see to, and raises HfStatsError where it is and is wrong.
        """
        self._answers = answers
        self._is_service_command = is_service_command
        self._forms = forms
        self._commands = commands

    def at_once(self, text: str) -> Notice | None:
        """Return what can be said without looking at any data: a chore's answer, or what is wrong with the words.

        ``None`` for a question that :meth:`reply` will answer, and for an errand. Never raises.
        """
        try:
            word, _, rest = text.strip().partition(" ")
            command = self._commands.get(word.casefold().strip("?!.:"))
            if command:
                return command(rest.strip())
            if not self._is_service_command(text):
                grammar.parse(text, self._forms)
        except Exception as error:  # noqa: BLE001 - logged with its trace under the reference
            return notice_of(error, text)
        return None

    def takes(self, text: str) -> bool:
        """Tell whether a line is in the bot's own words: a chore, an errand, or a question as the strict grammar has it."""
        try:
            first = text.strip().partition(" ")[0].casefold().strip("?!.:")
            if first in self._commands or self._is_service_command(text):
                return True
        except HfStatsError:  # an errand with a mistake is still one
            return True
        try:
            grammar.parse(text, self._forms)
        except HfStatsError:
            return False
        return True

    def reply(self, text: str) -> Reply:
        """Answer one line. Never raises: what goes wrong is in the reply."""
        notice = self.at_once(text)
        if notice:
            return Reply(notice=notice)
        try:
            answer, picture = self._answers.answer(text)
        except Exception as error:  # noqa: BLE001 - as above
            return Reply(notice=notice_of(error, text))
        return Reply(answer=answer, picture=picture)


def notice_of(error: BaseException, text: str = "") -> Notice:
    """Say what went wrong to the person who asked ``text``, with a button that asks it again where that may help.

    What the database says is for the operator; a person is told no address and no command of the operator's.
    """
    if isinstance(error, StoreError):
        _log.warning("the database is away: %s", error)
        return Notice(_AWAY, suggestions=(text.strip(),) if text.strip() else ())
    if isinstance(error, HfStatsError) and not isinstance(error, UnansweredError):
        return Notice(str(error), suggestions=error.suggestions)
    return failure(error)


def failure(error: BaseException | None = None) -> Notice:
    """Log an exception (the one being handled, unless given), and say no more of it than the request's id, which stands there.

    An UnansweredError is in the log already, and says itself what to do.
    """
    error = error or sys.exception()
    if isinstance(error, UnansweredError):
        return Notice(str(error), suggestions=error.suggestions, reference=error.reference)
    under = request_id()
    _log.error("failure %s", under, exc_info=error or True)
    text = f"Something went wrong on my side. Whoever runs me finds it in the log under the reference {under}."
    return Notice(text, reference=under)
