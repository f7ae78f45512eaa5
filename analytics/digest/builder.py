"""Builds a digest from a history: the snapshots to compare, the sections and the notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.digest import sentences
from analytics.digest.basis import basis
from analytics.digest.chart_spec import chart_of
from analytics.digest.edition import Edition
from analytics.digest.values import Digest, Section
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import LEAST_CHANGE, day, short_list
from analytics.query import Period, Query
from analytics.questions.comparability import difference, scope
from analytics.questions.data_warnings import of_day
from analytics.questions.question import View
from analytics.questions.registry import ask
from analytics.statistics import comparison, quality
from analytics.statistics.attribution import explained
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.domain import Snapshot
    from analytics.questions.comparability import Scope
    from analytics.storage.history import History

DIMENSIONS = (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK)
"""The sections of a digest, in order."""

PLACES = 10
"""Size of the top group whose entries and exits are reported."""

_EXPLAINED = 3
"""Shifts of each section with reasons."""


def digest(
    edition: Edition,
    history: History,
    *,
    within: ListName = ListName.TOP,
    dimensions: Sequence[Dimension] = DIMENSIONS,
) -> Digest:
    """Compare an edition's last snapshot with the last one of the edition before.

    Raises:
        NoDataError: when the edition has no snapshot, or one with a severe warning.

    """
    history = RequestCache(history)  # what is stored meanwhile belongs to no digest
    query = _query(edition, history, within)
    snapshots = scope(query, history)
    severe = next((warning for warning in of_day(snapshots.now, history) if warning.severe), None)
    if severe:
        raise NoDataError(f"The digest for {edition.name} is on hold. {severe.sentence}")
    then = _earlier(snapshots.comparable, edition)
    sections = tuple(_section(dimension, query, history, edition) for dimension in dimensions)
    source = View(query, history, Dimension.NAMESPACE).source(then[0] if then else None)
    headline = sentences.headline(sections, edition)
    return Digest(
        edition=edition,
        basis=basis(edition, history, within),
        headline=headline,
        source=source,
        sections=sections,
        likes=_likes(query, history),
        chart=chart_of(sentences.headline(sections, edition, with_reasons=False), sections, source, query),
        notes=(
            *_window(snapshots, then, edition),
            *_warnings(snapshots, then, history),
        ),
    )


def latest(history: History, within: ListName) -> Edition:
    """Return the month of the latest snapshot.

    Raises:
        NoDataError: when there is none.

    """
    snapshots = history.snapshots(within)
    if not snapshots:
        raise NoDataError(f"There are no snapshots of the {short_list(within)} yet. Take one with: hfstats snapshot")
    return Edition.month(max(snapshot.taken_on for snapshot in snapshots))


def _query(edition: Edition, history: History, within: ListName) -> Query:
    """Return a query at the edition's last snapshot."""
    snapshots = history.snapshots(within)
    inside = [s.taken_on for s in snapshots if s.taken_on in edition]
    if not inside:
        latest_one = f" The latest one is from {day(snapshots[-1].taken_on)}." if snapshots else ""
        reason = f"there are no snapshots of the {short_list(within)} from that time"
        raise NoDataError(f"There's no digest for {edition.name} because {reason}.{latest_one}")
    last = max(inside)
    return Query("creators", within=within, at=Period(last.year, last.month, last.day))


def _earlier(comparable: Sequence[Snapshot], edition: Edition) -> tuple[Snapshot, ...]:
    """Return the snapshots to compare with, the best first: the last one before the edition began."""
    return tuple(s for s in reversed(comparable) if s.taken_on < edition.first)


def _section(dimension: Dimension, query: Query, history: History, edition: Edition) -> Section:
    view = View(query.but(word=dimension.plural), history, dimension)
    try:
        rankings = tuple(view.ranking(by) for by in (Measure.MODELS, Measure.DOWNLOADS))
    except NoDataError as error:
        return Section(dimension, (), None, (), (), (), 0.0, (), (str(error),))
    section = Section(dimension, rankings, None, (), (), (), view.coverage, (sentences.leaders(rankings[-1], dimension),))
    recording = view.recording(_earlier(view.scope.comparable, edition))
    if not recording:
        return replace(section, notes=("There's nothing to compare with yet.",))
    then = recording[0]
    coverage = _coverage(view, then)
    if abs(coverage - view.coverage) > quality.COVERAGE_DIFFERENCE:
        note = (
            f"The {dimension} is known for {percent(view.coverage)} of models now and for {percent(coverage)} on "
            f"{day(then.taken_on)}, so the two can't be compared."
        )
        return replace(section, notes=(note,))
    return _compared(section, view, then)


def _compared(section: Section, view: View, then: Snapshot) -> Section:
    dimension = section.dimension
    before = view.moments([then, view.now], Measure.DOWNLOADS)[0].ranking
    after = section.rankings[-1]
    shifts = comparison.shifts(before, after)
    days = then.taken_on, view.now.taken_on
    reasoned = explained(shifts[:_EXPLAINED], view.models_of(then), view.models, dimension, days)
    shifts = (*reasoned, *shifts[_EXPLAINED:])
    old, new = _leading(before), _leading(after)
    entered = tuple(raw for raw in new if raw not in old)
    left = tuple(raw for raw in old if raw not in new)
    changes = [sentences.change(shift, dimension) for shift in shifts[:_EXPLAINED] if abs(shift.points) >= LEAST_CHANGE]
    changes = changes or [f"No share changed by a tenth of a point or more since {day(then.taken_on)}"]
    turnover = sentences.entries_and_exits(entered, left, dimension, PLACES)
    return replace(
        section,
        since=then.taken_on,
        shifts=shifts,
        entered=entered,
        left=left,
        lines=(*section.lines, *changes, *([turnover] if turnover else [])),
    )


def _leading(ranking: Ranking) -> tuple[str, ...]:
    return tuple(share.name for share in ranking.shares if share.rank <= PLACES)


def _coverage(view: View, then: Snapshot) -> float:
    return View(
        view.query.but(at=Period(then.taken_on.year, then.taken_on.month, then.taken_on.day)), view.history, view.dimension
    ).coverage


def _likes(query: Query, history: History) -> str:
    try:
        return ask(query.but(word="likes"), history).headline
    except NoDataError:
        return ""


def _window(snapshots: Scope, then: Sequence[Snapshot], edition: Edition) -> tuple[str, ...]:
    """Describe a comparison that isn't with the edition before, with the reason, and a last snapshot before the end."""
    now, notes = snapshots.now, []
    if now.taken_on < edition.last:
        notes.append(f"The last snapshot of {edition.name} is from {day(now.taken_on)}.")
    if then and then[0].taken_on in edition.before:
        return tuple(notes)
    other = next((s for s in reversed(snapshots.left_out) if s.taken_on in edition.before), None)
    if other:
        notes.append(difference(other, now))
    if not then:
        first = "This is the first digest, so there's no earlier snapshot to compare with."
        notes.append("No earlier snapshot is comparable." if snapshots.left_out else first)
    else:
        gap = f"There's no comparable snapshot from {edition.before.name}"
        notes.append(f"{gap}, so this compares with {day(then[0].taken_on)}.")
    return tuple(notes)


def _warnings(snapshots: Scope, then: Sequence[Snapshot], history: History) -> tuple[str, ...]:
    """Return the warnings about the snapshots of a digest as sentences."""
    after = history.models(snapshots.now.id)
    warnings = [*of_day(snapshots.now, history)]
    if then:
        before = history.models(then[0].id)
        warnings += [*quality.stalled(then[0], before, snapshots.now, after), *quality.dominant(before, after)]
    return tuple(dict.fromkeys(warning.sentence for warning in warnings))
