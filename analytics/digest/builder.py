"""Builds a digest from a history: which snapshots, which figures, what is held back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.digest import sentences
from analytics.digest.chart_spec import picture
from analytics.digest.edition import Edition
from analytics.digest.values import Digest, Section
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, plural, short_list
from analytics.query import Period, Query
from analytics.questions.comparability import scope
from analytics.questions.data_warnings import of_day
from analytics.questions.question import View
from analytics.questions.registry import ask
from analytics.statistics import comparison, quality
from analytics.statistics.attribution import explained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.domain import Snapshot
    from analytics.questions.comparability import Scope
    from analytics.storage.history import History

DIMENSIONS = (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK)
"""The sections of a digest, in the order it has them."""

PLACES = 10
"""How many names are the leaders that one enters and leaves."""

_EXPLAINED = 3
"""Shifts of a section that get their reasons."""


def digest(
    edition: Edition,
    history: History,
    *,
    within: ListName = ListName.TOP,
    dimensions: Sequence[Dimension] = DIMENSIONS,
) -> Digest:
    """Tell what shifted in an edition, by its last snapshot against the last one of the edition before.

    Raises:
        NoDataError: when the edition has no snapshot, or one that nothing should be published on, saying why.

    """
    query = _asked(edition, history, within)
    found = scope(query, history)
    severe = next((doubt for doubt in of_day(found.now, history) if doubt.severe), None)
    if severe:
        raise NoDataError(f"The digest of {edition.name} is held back. {severe.sentence}")
    then = _earlier(found.comparable, edition)
    sections = tuple(_section(dimension, query, history, edition) for dimension in dimensions)
    source = View(query, history, Dimension.NAMESPACE).source(then[0] if then else None)
    headline = sentences.headline(sections, edition)
    return Digest(
        edition=edition,
        headline=headline,
        source=source,
        sections=sections,
        likes=_likes(query, history),
        chart=picture(headline, sections, source, query),
        notes=(
            *_window(found, then, edition),
            *_doubts(found, then, history),
        ),
    )


def latest(history: History, within: ListName) -> Edition:
    """Return the month of the latest snapshot.

    Raises:
        NoDataError: when there is none.

    """
    snapshots = history.snapshots(within)
    if not snapshots:
        raise NoDataError(f"There is no snapshot of the {short_list(within)} yet; take one with: hfstats snapshot")
    return Edition.month(max(snapshot.taken_on for snapshot in snapshots))


def _asked(edition: Edition, history: History, within: ListName) -> Query:
    """Find the edition's last snapshot."""
    snapshots = history.snapshots(within)
    inside = [s.taken_on for s in snapshots if s.taken_on in edition]
    if not inside:
        have = f"; the last one is of {day(snapshots[-1].taken_on)}" if snapshots else ""
        raise NoDataError(f"There is no digest of {edition.name}: no snapshot of the {short_list(within)} was taken then{have}.")
    last = max(inside)
    return Query("creators", within=within, at=Period(last.year, last.month, last.day))


def _earlier(comparable: Sequence[Snapshot], edition: Edition) -> tuple[Snapshot, ...]:
    """Order what the edition may be compared with, the best first: the last snapshot before it began."""
    return tuple(s for s in reversed(comparable) if s.taken_on < edition.first)


def _section(dimension: Dimension, query: Query, history: History, edition: Edition) -> Section:
    view = View(query.but(word=dimension.plural), history, dimension)
    try:
        rankings = tuple(view.ranking(by) for by in (Measure.MODELS, Measure.DOWNLOADS))
    except NoDataError as error:
        return Section(dimension, (), None, (), (), (), 0.0, (), (str(error),))
    bare = Section(dimension, rankings, None, (), (), (), view.coverage, (sentences.leaders(rankings[-1], dimension),))
    recording = view.recording(_earlier(view.scope.comparable, edition))
    if not recording:
        return replace(bare, notes=("There is nothing to compare with yet.",))
    then = recording[0]
    coverage = _coverage(view, then)
    if abs(coverage - view.coverage) > quality.UNLIKE:
        told = (
            f"The {dimension} is recorded for {percent(view.coverage)} of the models, but for {percent(coverage)} on "
            f"{day(then.taken_on)}; shifts between the two would be no shifts."
        )
        return replace(bare, notes=(told,))
    return _compared(bare, view, then)


def _compared(bare: Section, view: View, then: Snapshot) -> Section:
    dimension = bare.dimension
    before = view.moments([then, view.now], Measure.DOWNLOADS)[0].ranking
    after = bare.rankings[-1]
    found = comparison.shifts(before, after)
    shifts = (*explained(found[:_EXPLAINED], view.models_of(then), view.models, dimension), *found[_EXPLAINED:])
    was, now = _leading(before), _leading(after)
    entered = tuple(one for one in now if one not in was)
    left = tuple(one for one in was if one not in now)
    told = [sentences.shifted(shift, dimension) for shift in shifts[:_EXPLAINED] if abs(shift.points) >= sentences.TOLD]
    moved = told or [f"No share moved by a tenth of a point since {day(then.taken_on)}"]
    gone = sentences.came_and_went(entered, left, dimension, PLACES)
    return replace(
        bare,
        since=then.taken_on,
        shifts=shifts,
        entered=entered,
        left=left,
        lines=(*bare.lines, *moved, *([gone] if gone else [])),
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


def _window(found: Scope, then: Sequence[Snapshot], edition: Edition) -> tuple[str, ...]:
    """Say when the comparison is not with the edition before and why, and when the last snapshot is far from the end."""
    now, notes = found.now, []
    if (edition.last - now.taken_on).days > (2 if edition.weekly else 7):
        notes.append(f"The last snapshot of {edition.name} is of {day(now.taken_on)}.")
    if then and then[0].taken_on in edition.before:
        return tuple(notes)
    other = next((s for s in reversed(found.left_out) if s.taken_on in edition.before), None)
    if other:
        notes.append(f"The list changed: {_held(other, now)} on {day(other.taken_on)} and {now.size} on {day(now.taken_on)}.")
    if not then:
        alone = "there is no earlier snapshot to compare with" if not found.left_out else "no earlier snapshot is of such a list"
        notes.append(f"This is the first digest: {alone}.")
    else:
        notes.append(f"No comparable snapshot of {edition.before.name}; compared with {day(then[0].taken_on)}.")
    return tuple(notes)


def _held(other: Snapshot, now: Snapshot) -> str:
    """Say what sets a list apart from the present one."""
    return "it was simulated" if other.simulated and not now.simulated else f"it held {plural(other.size, 'model')}"


def _doubts(found: Scope, then: Sequence[Snapshot], history: History) -> tuple[str, ...]:
    """Doubt what the figures rest on: counts that stalled, one model that moves everything."""
    after = history.models(found.now.id)
    doubts = [*of_day(found.now, history)]
    if then:
        before = history.models(then[0].id)
        doubts += [*quality.stalled(then[0], before, found.now, after), *quality.alone(before, after)]
    return tuple(dict.fromkeys(doubt.sentence for doubt in doubts))
