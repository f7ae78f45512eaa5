"""Notes on the snapshots behind an answer: short lists, stalled counts, recounts, which of a month's lists is used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analytics.domain import ListName, Measure
from analytics.formatting.phrases import day, plural
from analytics.questions.comparability import comparable
from analytics.statistics import quality
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer
    from analytics.domain import Snapshot
    from analytics.query import Query
    from analytics.storage.history import History

PREVIOUS_DAY = 2
"""Most days between a snapshot and the one before it for which their counts are compared, to notice a stalled Hub."""


def warnings_on(answer: Answer, history: History) -> tuple[str, ...]:
    """Return warnings about an answer as sentences, without those that are among its notes.

    A ranking gets the warnings about its day: a short list, stalled counts, a recount. A comparison also gets those about its two
    dates: counts that stalled, one model that dominates the change.
    """
    source = answer.source
    if source.list is ListName.HUB:
        return ()  # the checks need every row, and few are stored
    snapshots = history.snapshots(source.list)
    now = next((s for s in reversed(snapshots) if (s.taken_on, s.source) == (source.snapshot, source.origin)), None)
    if now is None:
        return ()
    warnings = list(of_day(now, history))
    then = next((s for s in reversed(snapshots) if s.taken_on == source.since and comparable(s, now)), None)
    if then:
        warnings += _between(_root(history), then, now)
    if now.size == source.models and _is_by_downloads(answer):
        warnings += carrying(now, history)
    new = [warning for warning in warnings if not (warning.model and warning.model in answer.headline)]
    return tuple(dict.fromkeys(warning.note for warning in new if warning.sentence not in answer.notes))


def _is_by_downloads(answer: Answer) -> bool:
    """Return whether an answer ranks or compares names by downloads; one about a single model has facts instead."""
    by = [ranking.by for ranking in answer.rankings] or [shift.by for shift in answer.shifts]
    return Measure.DOWNLOADS in by and not answer.facts


def carrying(now: Snapshot, history: History) -> tuple[quality.DataWarning, ...]:
    """Warn about one model with most downloads of a trending list, which is made without regard to downloads."""
    return quality.carrying("the trending list", history.models(now.id)) if now.list is ListName.TRENDING else ()


def of_day(now: Snapshot, history: History) -> tuple[quality.DataWarning, ...]:
    """Return the warnings about one day's list."""
    before = next((s for s in reversed(history.snapshots(now.list)) if s.taken_on < now.taken_on and comparable(s, now)), None)
    previous = before if before and (now.taken_on - before.taken_on).days <= PREVIOUS_DAY else None
    return (*quality.short(now), *(_since_previous(_root(history), previous, now) if previous else ()))


def notes_on_choice(query: Query, now: Snapshot, snapshots: Sequence[Snapshot]) -> tuple[str, ...]:
    """Say which list a question about a month uses where a later one of that month is smaller; ``()`` where none is."""
    if query.at is None:
        return ()
    later = [s for s in snapshots if now.taken_on < s.taken_on <= query.at.end]
    if not later or any(comparable(s, now) for s in later):
        return ()
    lists = f"the list of {plural(now.size, 'model')} from {day(now.taken_on)}"
    note = (
        f"This uses {lists}, the largest of {query.at.name}. The last one, from {day(later[-1].taken_on)}, has {later[-1].size}."
    )
    return (note,)


def latest(history: History, within: ListName) -> tuple[quality.DataWarning, ...]:
    """Return the warnings about the last snapshot of a list; ``()`` where there is none."""
    snapshots = history.snapshots(within)
    return of_day(snapshots[-1], history) if snapshots else ()


def _root(history: History) -> History:
    """Return the history behind a request's cache, whose lifetime is that of the store."""
    return history.root if isinstance(history, RequestCache) else history


# Snapshots never change, so each pair is checked once while its store is open.


@lru_cache(maxsize=256)
def _since_previous(history: History, previous: Snapshot, now: Snapshot) -> tuple[quality.DataWarning, ...]:
    before, after = history.models(previous.id), history.models(now.id)
    return (*quality.stalled(previous, before, now, after), *quality.regressed(previous, before, after))


@lru_cache(maxsize=256)
def _between(history: History, then: Snapshot, now: Snapshot) -> tuple[quality.DataWarning, ...]:
    before, after = history.models(then.id), history.models(now.id)
    return (*quality.stalled(then, before, now, after), *quality.dominant(before, after))
