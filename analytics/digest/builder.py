"""Builds a digest from a history: the snapshots to compare, the sections and the notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.digest import sentences
from analytics.digest.basis import basis, last_of
from analytics.digest.chart_spec import chart_of
from analytics.digest.edition import Edition
from analytics.digest.highlights import highlights, main_finding
from analytics.digest.values import Digest, Section
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import day, plural, points_of, short_list
from analytics.query import Period, Query
from analytics.questions import shifts
from analytics.questions.comparability import scope
from analytics.questions.data_warnings import carrying, of_day
from analytics.questions.question import View
from analytics.questions.registry import ask
from analytics.statistics import quality
from analytics.statistics.coverage import coverage_of
from analytics.statistics.findings import has_ranks
from analytics.statistics.spikes import is_spike, jump
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.domain import Snapshot
    from analytics.questions.comparability import Scope
    from analytics.statistics.spikes import Jump
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
    as_recorded: bool = False,
) -> Digest:
    """Compare an edition's last snapshot (:func:`last_of`) with the last comparable one of the edition before.

    What isn't recorded is filled in from the same list up to the edition's end, so that later snapshots don't change a digest;
    ``as_recorded`` leaves it as it is.

    Raises:
        NoDataError: when the edition has no snapshot, or one with a severe warning.

    """
    history = RequestCache(
        history, as_recorded=as_recorded, facts_of=(within, edition.last)
    )  # what is stored meanwhile belongs to no digest
    query = _query(edition, history, within)
    snapshots = scope(query, history)
    severe = next((warning for warning in of_day(snapshots.now, history) if warning.severe), None)
    if severe:
        raise NoDataError(f"The digest for {edition.name} is on hold. {severe.sentence}")
    then = _earlier(snapshots.comparable, edition)
    found = _jump(then[0], snapshots.now, history) if then else None
    sections = tuple(_section(dimension, query, history, edition, found) for dimension in dimensions)
    source = View(query, history, Dimension.NAMESPACE).source(then[0] if then else None)
    main = main_finding(sections)
    headline = _told(found, then, edition, history) if found else sentences.headline(main, sections, edition)
    warnings = _warnings(snapshots, then, history, found)
    compared = _compared_with(snapshots, then, edition)
    return Digest(
        edition=edition,
        basis=basis(edition, history, within),
        headline=headline,
        highlights=highlights(sections, main, source.since, found, filter(None, (warning.model for warning in warnings))),
        source=source,
        sections=sections,
        likes=_likes(query, history),
        chart=chart_of(headline, edition, sections, source, query),
        notes=(*_window(snapshots, then, edition, history), *compared, *(warning.sentence for warning in warnings)),
        warnings=(*(warning.sentence for warning in warnings), *compared),
        jump=found.name if found else "",
    )


def _jump(then: Snapshot, now: Snapshot, history: History) -> Jump | None:
    """Return the model that alone makes a shift by entering or leaving; ``None`` for the whole Hub, which has few rows."""
    return None if now.list is ListName.HUB else jump(history.models(then.id), history.models(now.id))


def _told(found: Jump, then: Sequence[Snapshot], edition: Edition, history: History) -> str:
    """Return the sentence about that model; one that had entered in the edition before and is gone again was a spike."""
    since = then[0].taken_on
    when = f"in {edition.name}" if since in edition.before else f"since {day(since)}"
    previous = next((s for s in then if s.taken_on < edition.before.first), None)
    if since in edition.before and previous and is_spike(found, _jump(previous, then[0], history)):
        entered = f"which entered the list in {edition.before.name} with {percent(found.portion)} of downloads"
        return f"{found.model.id}, {entered}, was a spike: it left again {when}"
    return found.said(when) + found.added


def latest(history: History, within: ListName, *, weekly: bool = False) -> Edition:
    """Return the month, or the week, of the latest snapshot.

    Raises:
        NoDataError: when there is none.

    """
    snapshots = history.snapshots(within)
    if not snapshots:
        raise NoDataError(f"There are no snapshots of the {short_list(within)} yet. Take one with: hfstats snapshot")
    last = max(snapshot.taken_on for snapshot in snapshots)
    return Edition.week(last) if weekly else Edition.month(last)


def _query(edition: Edition, history: History, within: ListName) -> Query:
    """Return a query at the edition's last snapshot."""
    snapshots = history.snapshots(within)
    last = last_of(edition, snapshots)
    if last is None:
        latest_one = f" The latest one is from {day(snapshots[-1].taken_on)}." if snapshots else ""
        reason = f"there are no snapshots of the {short_list(within)} from that time"
        raise NoDataError(f"There's no digest for {edition.name} because {reason}.{latest_one}")
    return Query("creators", within=within, at=Period(last.taken_on.year, last.taken_on.month, last.taken_on.day))


def _earlier(comparable: Sequence[Snapshot], edition: Edition) -> tuple[Snapshot, ...]:
    """Return the snapshots to compare with, the best first: the last one before the edition began."""
    return tuple(s for s in reversed(comparable) if s.taken_on < edition.first)


def _section(dimension: Dimension, query: Query, history: History, edition: Edition, found: Jump | None) -> Section:
    view = View(query.but(word=dimension.plural), history, dimension)
    try:
        rankings = tuple(view.ranking(by) for by in (Measure.MODELS, Measure.DOWNLOADS))
    except NoDataError as error:
        return Section(dimension, (), None, (), (), (), 0.0, (), (str(error),))
    leaders = sentences.leaders(rankings[-1], dimension)
    coverage = coverage_of(rankings[-1])
    section = Section(dimension, rankings, None, (), (), (), coverage, (leaders,), shifts.notes_on_facts(view, Measure.DOWNLOADS))
    recording = view.recording(_earlier(view.scope.comparable, edition))
    if not recording:
        return replace(section, notes=(*section.notes, "There's nothing to compare with yet."))
    then = recording[0]
    return _compared(section, view, then, found if then == _earlier(view.scope.comparable, edition)[0] else None)


def _compared(section: Section, view: View, then: Snapshot, found: Jump | None) -> Section:
    dimension = section.dimension
    compared = shifts.compare(view, then, Measure.DOWNLOADS)
    notes = shifts.notes_on_coverage(view, then, compared)
    section = replace(section, coverage_before=compared.coverage.before, notes=notes)
    if compared.refused and not compared.shifts:
        return section
    explained = shifts.without_jump(view, then, compared, shifts.explain(view, then, compared, _EXPLAINED), found)
    findings = shifts.findings_between(view, then, compared, explained[:_EXPLAINED])
    old, new = map(_leading, compared.rankings)
    entered = tuple(raw for raw in new if raw not in old)
    left = tuple(raw for raw in old if raw not in new)
    told = [shift for shift in explained[:_EXPLAINED] if shift.is_ranked and points_of(shift)]
    changes = [sentences.change(shift, dimension, found) for shift in told]
    if not changes and not compared.refused:
        changes = [f"No share changed by a tenth of a point or more since {day(then.taken_on)}"]
    if not all(map(has_ranks, explained)):
        entered = left = ()
    turnover = sentences.entries_and_exits(entered, left, dimension, PLACES)
    return replace(
        section,
        since=then.taken_on,
        shifts=explained,
        entered=entered,
        left=left,
        findings=findings,
        lines=(*section.lines, *changes, *([turnover] if turnover else [])),
    )


def _leading(ranking: Ranking) -> tuple[str, ...]:
    return tuple(share.name for share in ranking.shares if share.rank and share.rank <= PLACES)


def _likes(query: Query, history: History) -> str:
    try:
        return ask(query.but(word="likes"), history).headline
    except NoDataError:
        return ""


def _window(snapshots: Scope, then: Sequence[Snapshot], edition: Edition, history: History) -> tuple[str, ...]:
    """Describe a last snapshot before the end, a later one that is smaller, and lists of the edition before that differ."""
    now, notes = snapshots.now, []
    later = next((s for s in reversed(history.snapshots(now.list)) if now.taken_on < s.taken_on <= edition.last), None)
    if later:
        largest = f"This uses the list of {plural(now.size, 'model')} from {day(now.taken_on)}, the largest of {edition.name}."
        notes.append(f"{largest} The last one, from {day(later.taken_on)}, has {later.size}.")
    elif now.taken_on < edition.last:
        notes.append(f"The last snapshot of {edition.name} is from {day(now.taken_on)}.")
    if not then or then[0].taken_on not in edition.before:
        other = next((s for s in reversed(snapshots.left_out) if s.taken_on in edition.before), None)
        notes += [_difference(other, now)] if other else []
    return tuple(notes)


def _difference(other: Snapshot, now: Snapshot) -> str:
    """Describe why an earlier snapshot isn't comparable with the present one."""
    if other.simulated != now.simulated:
        simulated = other if other.simulated else now
        return f"The snapshot from {day(simulated.taken_on)} is simulated."
    before = f"{plural(other.size, 'model')} on {day(other.taken_on)}"
    return f"The list changed: it had {before} and {count(now.size)} on {day(now.taken_on)}."


def _compared_with(snapshots: Scope, then: Sequence[Snapshot], edition: Edition) -> tuple[str, ...]:
    """Say that the comparison isn't with the edition before, or that there's none; ``()`` where it is."""
    if not then:
        first = "This is the first digest, so there's no earlier snapshot to compare with."
        return ("No earlier snapshot is comparable." if snapshots.left_out else first,)
    if then[0].taken_on in edition.before:
        return ()
    gap = f"There's no comparable snapshot from {edition.before.name}"
    return (f"{gap}, so this compares with {day(then[0].taken_on)}.",)


def _warnings(
    snapshots: Scope, then: Sequence[Snapshot], history: History, found: Jump | None
) -> tuple[quality.DataWarning, ...]:
    """Return the warnings about the snapshots of a digest; ``found`` is told in the headline."""
    after = history.models(snapshots.now.id)
    warnings = [*of_day(snapshots.now, history), *carrying(snapshots.now, history)]
    if then:
        before = history.models(then[0].id)
        warnings += quality.stalled(then[0], before, snapshots.now, after)
        warnings += () if found else quality.dominant(before, after)
    return tuple({warning.sentence: warning for warning in warnings}.values())
