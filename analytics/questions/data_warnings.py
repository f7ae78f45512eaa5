"""Doubts: what there is to distrust about the snapshots that an answer rests on. Reads listings, asks no question."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName
from analytics.names.resolve import dimension_named
from analytics.questions.comparability import ALIKE
from analytics.statistics import quality
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from analytics.answer import Answer
    from analytics.domain import Snapshot
    from analytics.query import Query
    from analytics.storage.history import History

EVE = 2
"""Days within which the snapshot before is that of the day before, from which a stall of the Hub is seen."""


def doubts(query: Query, answer: Answer, history: History) -> tuple[str, ...]:
    """Return what to distrust about an answer, in sentences that it does not have yet.

    A ranking is touched by what is wrong with its day: a short list, a stall, a recount. A comparison is touched as well by what
    sets its two dates apart: one model that moves everything, a source that records less than the other.
    """
    source = answer.source
    if source.list is ListName.HUB:
        return ()  # what would be looked at are rows, and few are kept
    snapshots = history.snapshots(source.list)
    now = next((s for s in reversed(snapshots) if (s.taken_on, s.source) == (source.snapshot, source.origin)), None)
    if now is None:
        return ()
    found = list(of_day(now, history))
    then = next((s for s in reversed(snapshots) if s.taken_on == source.since and _alike(s, now)), None)
    if then:
        found += _between(_root(history), then, now)
        found += _recorded(_root(history), then, now, _dimension(query, answer))
    return tuple(dict.fromkeys(doubt.sentence for doubt in found if doubt.sentence not in answer.notes))


def of_day(now: Snapshot, history: History) -> tuple[quality.DataWarning, ...]:
    """Return what is wrong with one day's list by itself."""
    before = next((s for s in reversed(history.snapshots(now.list)) if s.taken_on < now.taken_on and _alike(s, now)), None)
    eve = before if before and (now.taken_on - before.taken_on).days <= EVE else None
    return (*quality.short(now), *(_since_eve(_root(history), eve, now) if eve else ()))


def latest(history: History, within: ListName) -> tuple[quality.DataWarning, ...]:
    """Return what is wrong with the last snapshot of a list; nothing where there is none."""
    snapshots = history.snapshots(within)
    return of_day(snapshots[-1], history) if snapshots else ()


def _alike(one: Snapshot, now: Snapshot) -> bool:
    return abs(one.size - now.size) <= ALIKE * now.size and one.simulated == now.simulated


def _root(history: History) -> History:
    """Return what one question's history reads from, which lives longer than the question."""
    return history.root if isinstance(history, RequestCache) else history


# A snapshot never changes, so that a pair of them is looked at once for as long as its store is open.


@lru_cache(maxsize=256)
def _since_eve(history: History, eve: Snapshot, now: Snapshot) -> tuple[quality.DataWarning, ...]:
    before, after = history.models(eve.id), history.models(now.id)
    return (*quality.stalled(eve, before, now, after), *quality.regressed(eve, before, after))


@lru_cache(maxsize=256)
def _between(history: History, then: Snapshot, now: Snapshot) -> tuple[quality.DataWarning, ...]:
    before, after = history.models(then.id), history.models(now.id)
    return (*quality.stalled(then, before, now, after), *quality.alone(before, after))


@lru_cache(maxsize=256)
def _recorded(history: History, then: Snapshot, now: Snapshot, dimension: Dimension | None) -> tuple[quality.DataWarning, ...]:
    if dimension is None:
        return ()
    return quality.unlike(dimension, then, history.models(then.id), history.models(now.id))


def _dimension(query: Query, answer: Answer) -> Dimension | None:
    """Return what the question is about, as far as a source may record less of it."""
    if query.word in {"movers", "concentration"}:
        return dimension_named(query.names[0]) if query.names else Dimension.CREATOR
    if query.word == "compare":
        return Dimension(answer.rankings[0].of) if answer.rankings else Dimension.LICENSE
    return dimension_named(query.word)
