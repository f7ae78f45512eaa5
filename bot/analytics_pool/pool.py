"""The analytics pool: a few warm processes that compute answers and draw charts."""

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
    from analytics.digest.basis import Basis
    from analytics.digest.values import Digest
    from analytics.query import Query
    from analytics.report.values import Report
    from bot.domain.reply import Picture
    from bot.domain.store_summary import Entry, StoreSummary

_log = logging.getLogger(__name__)

_ATTEMPTS = 2
_LONGEST_NAME = 150


class Pool:
    """A pool of analytics processes.

    A process that dies or exceeds its time limit is replaced, and its request is retried once. All methods except :meth:`warm`
    and :meth:`close` can raise UnansweredError.
    """

    def __init__(self, database_url: str, processes: int = 1, limits: Limits | None = None) -> None:
        """Configure the pool. Processes start with :meth:`warm` or the first request."""
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

    def basis(self, edition: str, within: str) -> Basis:
        """Return the data that the digest for a month or week would rest on now.

        Raises:
            HfStatsError: when the database cannot be read.

        """
        basis: Basis = self._ask(f"the digest of {edition}", "basis", edition, within, again=(f"digest {edition}",))
        return basis

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build the digest for a month or week; ``""`` is the month of the latest snapshot, no sections means all.

        Raises:
            HfStatsError: for a month or week without a digest, with the reason.

        """
        what, again = (f"the digest of {edition}", f"digest {edition}") if edition else ("the digest", "digest")
        digest: tuple[Digest, Picture] = self._ask(
            what, "digest", edition, within, sections, again=(again,), seconds=self._limits.digest
        )
        return digest

    def report(self, month: str, within: str, published: str = "") -> tuple[Report, dict[str, Picture]]:
        """Build a month's report and the pictures of its chapters; see :meth:`AnalyticsProcess.report`.

        Raises:
            HfStatsError: for a month without a report, with the reason.

        """
        what, again = (f"the report for {month}", f"report {month}") if month else ("the report", "report")
        report: tuple[Report, dict[str, Picture]] = self._ask(
            what, "report", month, within, published, again=(again,), seconds=self._limits.digest
        )
        return report

    def summarize_store(self, known: str = "") -> StoreSummary | None:
        """Return the store's summary; ``None`` if its edition is still ``known``.

        Raises:
            HfStatsError: when the database cannot be read.

        """
        summary: StoreSummary | None = self._ask("the overview of the data", "summarize_store", known)
        return summary

    def entries(self) -> tuple[Entry, ...]:
        """Return the available questions."""
        entries: tuple[Entry, ...] = self._ask("the list of questions", "entries")
        return entries

    def warm(self) -> None:
        """Start all processes, so that the first request doesn't wait for imports.

        Raises:
            HfStatsError: when a process doesn't start.

        """
        if not self._supervisor.wait_until_ready():
            raise HfStatsError("The analytics processes didn't start. The log lines above say why.")

    def check(self) -> None:
        """Check that a process is responding, by its heartbeats.

        Raises:
            HfStatsError: when none is.

        """
        if not self._supervisor.responding():
            raise HfStatsError(f"None of the {self._processes} analytics processes is responding.")

    @property
    def replaced(self) -> Mapping[str, int]:
        """The number of replaced processes by reason: ``died`` or ``hung``."""
        return self._supervisor.replaced

    def pids(self) -> list[int]:
        """Return the process ids of the processes that are ready."""
        return self._supervisor.pids()

    def close(self) -> None:
        """Finish current requests and stop the processes."""
        self._supervisor.close()

    def _ask(
        self,
        what: str,
        function: str,
        *arguments: object,
        again: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> Any:  # noqa: ANN401 - what the function returns
        """Send a request, and retry it once if the process ended. ``what``: its name for users. ``again``: what to type."""
        ends = []
        for _ in range(_ATTEMPTS):
            try:
                return self._supervisor.ask(function, arguments, seconds or self._limits.answer)
            except ProcessEndedError as ended:
                ends.append(str(ended))
            except BusyError:
                waited = f"{self._limits.queue:g} seconds"
                raise _unanswered(
                    f"I couldn't start on {what} within {waited}.", f"no process was free for {waited}", again
                ) from None
        why = f"analytics processes {' and '.join(ends)} during one request ({function})"
        raise _unanswered(f"I tried {what} twice but couldn't finish. Nothing is wrong with your question.", why, again)


def _unanswered(sentence: str, why: str, again: tuple[str, ...]) -> UnansweredError:
    under = request_id()
    _log.error("failure %s: %s", under, why)
    return UnansweredError(
        f"{sentence} Ask again in a minute. If that fails too, give the operator the reference {under}.", again, under
    )
