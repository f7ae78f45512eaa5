"""Fetch the top and trending lists of past month ends from a dataset's revisions; of each dump, only what the lists need."""

from __future__ import annotations

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Event
from typing import TYPE_CHECKING

from analytics.domain import LIVE, ListName
from analytics.errors import HfStatsError, NotOnHubError, OutOfReachError, StoreError
from analytics.storage.sql_history import SqlHistory
from bot.domain.dump import HistoryProgress
from bot.jobs.backfill.process import CrashedError, ProcessDiedError, StoppedError, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from analytics.sources.dumps.repository import HubFile, Revision
    from bot.jobs.backfill.process import Advance
    from bot.storage.job_slots import JobSlots

_log = logging.getLogger(__name__)

AT_ONCE = 2
"""Revisions that are read at the same time, each in a process with some 300 MB of memory."""
_DONE, _MISSING = "history", "history dataset missing"
"""Marks, by day and dataset, that there is nothing more to fetch, and that there is no such dataset."""
_NEAR_END = timedelta(days=7)
"""Before the end of a month, in which a list stands for its end."""


def month_ends(months: int, today: date) -> list[date]:
    """Return the last days of the last ``months`` complete months, the latest first."""
    ends: list[date] = []
    first = today.replace(day=1)
    for _ in range(months):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends


@dataclass(frozen=True, slots=True)
class ListsTask:
    """Read and store the lists of one revision; the result is the number of bytes that were fetched, and of the whole file."""

    file: HubFile
    taken_on: date
    database: str = field(repr=False)
    columns: Mapping[str, str]
    endpoint: str | None
    token: str | None = field(repr=False)

    def run(self, advance: Advance) -> tuple[int, int]:
        """See :class:`bot.jobs.backfill.process.Task`."""
        # Imported only in this process.
        from analytics.sources.dumps.dump_file import DumpFile  # noqa: PLC0415
        from analytics.sources.dumps.lists import read_lists  # noqa: PLC0415
        from analytics.sources.dumps.remote_file import RemoteFile  # noqa: PLC0415
        from analytics.storage import database, ingest  # noqa: PLC0415

        remote = RemoteFile(self.file, self.endpoint, self.token)

        def progress(done: int, of: int) -> None:
            advance("reading", done, of)

        dump = DumpFile.open(remote, self.columns)
        lists = read_lists(dump, self.taken_on, self.file.repo, by_statistics=True, progress=progress)
        ingest.store(lists, SqlHistory(database.engine(self.database)))
        return remote.fetched, remote.size


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one revision."""

    day: date
    fetched: int = 0
    """Bytes."""
    size: int = 0
    """Bytes of the whole file."""
    error: str = ""
    """A sentence; empty if the lists were stored."""
    is_momentary: bool = False
    """Whether a later attempt may succeed."""


@dataclass(frozen=True, slots=True)
class HistoryFetcher:
    """Fetches what is missing of the last months; what is stored is never fetched again."""

    database: sa.Engine
    repo: str
    path: str
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    columns: Mapping[str, str] = field(default_factory=dict)
    stopped: Event = field(default_factory=Event)
    reported: Event = field(default_factory=Event)
    """Set once the log has it that the dataset is missing."""

    def progress(self, months: int, today: date, done: JobSlots) -> HistoryProgress:
        """Return how far the last months are; what was marked yesterday holds until a worker looked today.

        Raises:
            StoreError: when the database can't be used.

        """
        stored = self.stored(months, today)
        # The last mark counts, and of one day, a dataset that was found.
        marks = ((day, job) for day in (today, today - timedelta(days=1)) for job in (_DONE, _MISSING))
        last = next((job for day, job in marks if self._is_marked(done, job, day)), "") if stored < months else _DONE
        return HistoryProgress(stored, months, not last, self._missing_sentences if last == _MISSING else "")

    def stored(self, months: int, today: date) -> int:
        """Return how many of the last months have a list near their end, from a dump or taken live.

        Raises:
            StoreError: when the database can't be used.

        """
        days = self._days()
        return sum(any(end - _NEAR_END < day <= end for day in days) for end in month_ends(months, today))

    def plan(self, months: int, today: date) -> list[Revision]:
        """Return the last revision of each of the last complete months whose lists aren't stored, the latest first.

        A month with a live list of that day or later isn't fetched.

        Raises:
            SourceError: when the dataset's revisions can't be read.
            StoreError: when the database can't be used.

        """
        from analytics.sources.dumps.repository import (  # noqa: PLC0415 - with it comes the Hub's client
            Interval,
            revisions,
            select_revisions,
        )

        ends = month_ends(months, today)
        available = revisions(self.repo, endpoint=self.endpoint, token=self.token)
        past = (revision for revision in available if revision.day <= ends[0])
        days = self._days()
        return [
            revision
            for revision in select_revisions(past, ends[-1].replace(day=1), Interval.MONTH)
            if not any(revision.day <= day and (day.year, day.month) == (revision.day.year, revision.day.month) for day in days)
        ]

    def fetch(self, wanted: Sequence[Revision]) -> Iterator[Outcome]:
        """Yield what became of each revision, as they finish, until all are done or :attr:`stopped` is set.

        Raises:
            StoreError: when the database can't be used.

        """
        with ThreadPoolExecutor(AT_ONCE, "history") as threads:
            for outcome in as_completed([threads.submit(self._fetch, revision) for revision in wanted]):
                result = outcome.result()
                if result:
                    yield result

    def catch_up(self, months: int, today: date, done: JobSlots) -> None:
        """Fetch what is missing; a dataset that is missing, or lacks some months, is asked once a day.

        Raises:
            SourceError: when the dataset can't be read, which may be tried again.
            StoreError: when the database can't be used.

        """
        is_marked = any(self._is_marked(done, job, today) for job in (_DONE, _MISSING))
        if is_marked or self.stored(months, today) == months:
            return
        try:
            wanted = self.plan(months, today)
        except NotOnHubError as error:
            done.first(_MISSING, self._slot(today))
            if not self.reported.is_set():
                self.reported.set()
                _log.warning("%s %s", error, self._missing_sentences)
            return
        again = False
        for outcome in self.fetch(wanted):
            again = again or outcome.is_momentary
            if outcome.error:
                _log.warning("no lists of %s yet: %s", outcome.day, outcome.error)
            else:
                _log.info("fetched the lists of %s: %s of %s bytes", outcome.day, outcome.fetched, outcome.size)
        if not again and not self.stopped.is_set():
            done.first(_DONE, self._slot(today))

    @property
    def _missing_sentences(self) -> str:
        return (
            f"There is no dataset {self.repo} on the Hub, or the bot may not read it. The worker looks for it again once a day. "
            "To use another dataset, set HFSTATS_DUMP_DATASET."
        )

    def _slot(self, day: date) -> str:
        """Return the slot of a day's attempt at this dataset: another one is tried at once."""
        return f"{day} {hashlib.sha256(f'{self.repo}/{self.path}'.encode()).hexdigest()[:16]}"

    def _is_marked(self, done: JobSlots, job: str, day: date) -> bool:
        return bool(done.slots(job, self._slot(day), self._slot(day)))

    def _fetch(self, revision: Revision) -> Outcome | None:
        if self.stopped.is_set():
            return None
        from analytics.sources.dumps.repository import HubFile  # noqa: PLC0415 - as above

        url = self.database.url.render_as_string(hide_password=False)
        file = HubFile(self.repo, self.path, revision.commit)
        task = ListsTask(file, revision.day, url, self.columns, self.endpoint, self.token)
        try:
            fetched, size = run(task, lambda *_: None, lambda: not self.stopped.is_set())
        except StoppedError:
            return None
        except StoreError:
            raise
        except HfStatsError as error:
            reason, is_momentary = str(error), isinstance(error, OutOfReachError)
        except ProcessDiedError as error:
            reason, is_momentary = f"The process that read it ended ({error}).", True
        except CrashedError as error:
            _log.error("reading the lists of %s: %s", revision.day, error.places)
            reason, is_momentary = f"Reading it failed unexpectedly: {error}.", False
        else:
            return Outcome(revision.day, fetched, size)
        return Outcome(revision.day, error=reason, is_momentary=is_momentary)

    def _days(self) -> set[date]:
        snapshots = SqlHistory(self.database).snapshots(ListName.TOP)
        return {snapshot.taken_on for snapshot in snapshots if snapshot.source in {self.repo, LIVE}}
