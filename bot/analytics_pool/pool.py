"""A few warm processes that ask and draw, so that the process that talks to Slack never waits for either."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from analytics.errors import HfStatsError
from bot.analytics_pool.child import Child, ProcessEndedError
from bot.analytics_pool.errors import UnansweredError
from bot.analytics_pool.supervisor import BusyError, Limits, Supervisor
from bot.observability.logs import request_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from analytics.query import Query
    from bot.domain.reply import Picture
    from bot.domain.store_summary import Entry, StoreSummary

_log = logging.getLogger(__name__)

_ATTEMPTS = 2
_LONGEST_NAME = 150


class Pool:
    """The analytics processes.

    A process that dies, or that takes longer than its limit, is replaced, and what it was asked is asked once more. Every
    method but :meth:`warm` and :meth:`close` may raise an UnansweredError, which says what to do.
    """

    def __init__(self, database_url: str, processes: int = 1, limits: Limits | None = None) -> None:
        """Start nothing yet; the first question, or :meth:`warm`, does."""
        self._limits = limits or Limits()
        self._processes = processes
        self._supervisor = Supervisor(partial(Child, database_url, self._limits.beat), processes, self._limits)

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Answer a question.

        Raises:
            HfStatsError: for names or dates that have no answer.

        """
        text = str(query)
        short = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
        answer: tuple[Answer, Picture] = self._ask(f"“{short}”", "answer", query, again=(text,))
        return answer

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build the digest of a month or week; ``""`` is the month of the latest snapshot, no sections are all.

        Raises:
            HfStatsError: for an edition that has none, saying why.

        """
        what, again = (f"the digest of {edition}", f"digest {edition}") if edition else ("the digest", "digest")
        digest: tuple[Digest, Picture] = self._ask(
            what, "digest", edition, within, sections, again=(again,), seconds=self._limits.digest
        )
        return digest

    def overview(self, known: str = "") -> StoreSummary | None:
        """Look over the store; ``None`` when nothing came or went since the edition that is ``known``.

        Raises:
            HfStatsError: when the database cannot be read.

        """
        overview: StoreSummary | None = self._ask("the overview of the data", "overview", known)
        return overview

    def entries(self) -> tuple[Entry, ...]:
        """Return what can be asked."""
        entries: tuple[Entry, ...] = self._ask("the list of questions", "entries")
        return entries

    def warm(self) -> None:
        """Start every process, so that the first to ask does not wait for imports.

        Raises:
            HfStatsError: when one of them does not start.

        """
        if not self._supervisor.wait_until_ready():
            raise HfStatsError("The analytics processes do not start; the lines above say why.")

    def check(self) -> None:
        """Look whether a process responds, without asking it anything.

        Raises:
            HfStatsError: when none does.

        """
        if not self._supervisor.responding():
            raise HfStatsError(f"None of {self._processes} analytics processes responds.")

    @property
    def replaced(self) -> Mapping[str, int]:
        """How many processes were replaced, by why: ``died`` or ``hung``."""
        return self._supervisor.replaced

    def pids(self) -> list[int]:
        """Return the process ids of the processes that are ready."""
        return self._supervisor.pids()

    def close(self) -> None:
        """Finish what is being answered and stop the processes."""
        self._supervisor.close()

    def _ask(
        self,
        what: str,
        function: str,
        *arguments: object,
        again: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> Any:  # noqa: ANN401 - what the function returns
        """Ask, and once more when the process ended; ``what`` names the question, ``again`` is what to type."""
        ends = []
        for _ in range(_ATTEMPTS):
            try:
                return self._supervisor.ask(function, arguments, seconds or self._limits.answer)
            except ProcessEndedError as ended:
                ends.append(str(ended))
            except BusyError:
                waited = f"{self._limits.queue:g} seconds"
                raise _unanswered(
                    f"I didn't get to {what} within {waited}.", f"no process was free for {waited}", again
                ) from None
        why = f"within one question ({function}) analytics processes {' and '.join(ends)}"
        raise _unanswered(f"I tried {what} twice and didn't finish it. Nothing is wrong with your question.", why, again)


def _unanswered(told: str, why: str, again: tuple[str, ...]) -> UnansweredError:
    under = request_id()
    _log.error("failure %s: %s", under, why)
    return UnansweredError(
        f"{told} Ask again in a minute; if that fails too, tell the operator the reference {under}.", again, under
    )
