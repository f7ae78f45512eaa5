"""From a query to a Reply: an answer with its picture, or a notice that says why there is none. No Slack, no HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.conversation.failures import notice_of
from bot.domain.reply import Reply

if TYPE_CHECKING:
    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from analytics.query import Query
    from bot.domain.reply import Picture
    from bot.domain.store_summary import Entry, StoreSummary


class Answers(Protocol):
    """Whatever answers questions: the pool of processes, or one analytics process in this one."""

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Answer a question; raises HfStatsError for one that has no answer."""
        ...

    def overview(self, known: str) -> StoreSummary | None:
        """Look over the store; ``None`` when its edition is still ``known``."""
        ...


class Analytics(Answers, Protocol):
    """Whatever answers questions and builds digests: the pool of processes, or one analytics process in this one."""

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest."""
        ...

    def entries(self) -> tuple[Entry, ...]:
        """Return what can be asked."""
        ...


class Router:
    """Asks whatever answers questions, and turns its errors into notices."""

    def __init__(self, answers: Answers) -> None:
        """Answer from ``answers``."""
        self._answers = answers

    def reply(self, query: Query) -> Reply:
        """Answer a question. Never raises: what goes wrong is in the reply."""
        try:
            answer, picture = self._answers.answer(query)
        except Exception as error:  # noqa: BLE001 - logged with its trace under the reference in the notice
            return Reply(notice=notice_of(error, str(query), query.word))
        return Reply(answer=answer, picture=picture)
