"""Answer queries: a reply is an answer with its picture, or a notice with the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from bot.conversation.failures import notice_of
from bot.domain.reply import Reply, with_age

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer
    from analytics.digest.basis import Basis
    from analytics.digest.values import Digest
    from analytics.query import Query
    from analytics.report.values import Report
    from bot.domain.reply import Picture
    from bot.domain.store_summary import Entry, StoreSummary


class Answers(Protocol):
    """Answers questions, in the analytics processes or in this one."""

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Return a query's answer and picture; raises HfStatsError if there is no answer."""
        ...

    def summarize_store(self, known: str) -> StoreSummary | None:
        """Summarize the store; returns ``None`` if its edition is still ``known``."""
        ...


class Analytics(Answers, Protocol):
    """Answers questions and builds digests, in the analytics processes or in this one."""

    def basis(self, edition: str, within: str) -> Basis:
        """Return the data that a digest would rest on now."""
        ...

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest with its picture; raises HfStatsError if there is none."""
        ...

    def report(self, month: str, within: str, published: str = "") -> tuple[Report, dict[str, Picture]]:
        """Build a month's report with its pictures by chapter; raises HfStatsError if there is none."""
        ...

    def entries(self) -> tuple[Entry, ...]:
        """Return the questions that can be asked."""
        ...


class Router:
    """Answers queries, and turns errors into notices."""

    def __init__(self, answers: Answers, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Answer from ``answers``. ``clock`` returns the current time, timezone-aware."""
        self._answers = answers
        self._clock = clock

    def reply(self, query: Query) -> Reply:
        """Answer a query. Never raises: errors become a notice."""
        try:
            answer, picture = self._answers.answer(query)
        except Exception as error:  # noqa: BLE001 - logged with the reference ID in the notice
            return Reply(notice=notice_of(error, str(query), query.word))
        return Reply(answer=with_age(answer, query, self._clock().astimezone(UTC).date()), picture=picture)
