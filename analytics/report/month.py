"""``Month``, the data of one report: answers at its snapshot, and what changed since the report before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analytics.digest.sentences import reasons
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.phrases import LEAST_CHANGE, day, enumerate_phrases, noun_phrase, points, points_of
from analytics.query import Period, Query
from analytics.questions import shifts
from analytics.questions.comparability import scope
from analytics.questions.data_warnings import of_day
from analytics.questions.question import View
from analytics.questions.ranking_notes import open_ranks, other_leader, parts_of_models
from analytics.questions.registry import ask
from analytics.statistics import highlights
from analytics.statistics.findings import Kind
from analytics.statistics.robustness import sentence_without, without_largest
from analytics.statistics.spikes import jump
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer, Ranking, Shift
    from analytics.chart import Chart
    from analytics.digest.edition import Edition
    from analytics.domain import Snapshot
    from analytics.questions.comparability import Scope
    from analytics.statistics.coverage import Comparison
    from analytics.statistics.spikes import Jump
    from analytics.storage.history import History

_EXPLAINED = 3
"""Shifts of each chapter that get their reasons."""


@dataclass(frozen=True)
class Month:
    """One list in the month of a report."""

    edition: Edition
    store: History
    within: ListName

    @cached_property
    def history(self) -> RequestCache:
        """The store, read once. Like the answers of questions, it fills in facts from near dates."""
        return RequestCache(self.store)

    def query(self, word: str, *names: str, by: Measure | None = None) -> Query:
        """Return a question about the list in this month."""
        first = self.edition.first
        return Query(word, names, by=by, within=self.within, at=Period(first.year, first.month))

    def ask(self, word: str, *names: str, by: Measure | None = None) -> Answer:
        """Answer a question about the list in this month.

        Raises:
            NoDataError: when the list isn't recorded then, or not what is asked.

        """
        return ask(self.query(word, *names, by=by), self.store)

    def view(self, dimension: Dimension) -> View:
        """Return the snapshot and the rankings of one dimension."""
        return View(self.query(dimension.plural), self.history, dimension)

    @cached_property
    def scope(self) -> Scope:
        """The snapshot of this month, and the comparable ones before it.

        Raises:
            NoDataError: when there is no snapshot from this month, or one with a severe warning.

        """
        try:
            snapshots = scope(self.query("creators"), self.history)
        except NoDataError as error:
            raise NoDataError(str(error), self._other_months()) from error
        severe = next((warning for warning in of_day(snapshots.now, self.history) if warning.severe), None)
        if severe:
            raise NoDataError(f"The report for {self.edition.name} is on hold. {severe.sentence}")
        return snapshots

    def _other_months(self) -> tuple[str, ...]:
        """Return the commands for the reports of the nearest months that have a snapshot, the later one first."""
        days = [snapshot.taken_on for snapshot in self.history.snapshots(self.within)]
        before, after = [d for d in days if d < self.edition.first][-1:], [d for d in days if d > self.edition.last][:1]
        of_list = "" if self.within is ListName.TOP else f" in {self.within}"
        return tuple(f"report {taken_on:%Y-%m}{of_list}" for taken_on in (*after, *before))

    @cached_property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The snapshots to compare with, the best first: the last comparable one before the month began."""
        return tuple(s for s in reversed(self.scope.comparable) if s.taken_on < self.edition.first)

    @cached_property
    def jump(self) -> Jump | None:
        """The model that alone makes every shift by entering or leaving since the report before."""
        if not self.earlier or self.within is ListName.HUB:
            return None
        return jump(self.history.models(self.earlier[0].id), self.history.models(self.scope.now.id))

    def notes(self, dimension: Dimension, rankings: Sequence[Ranking]) -> tuple[str, ...]:
        """Return the sentences about the data behind some rankings: what isn't known, what is filled in, halves of models."""
        view = self.view(dimension)
        open_places = open_ranks([shifts.possible(view, ranking) for ranking in rankings], dimension)
        return (*open_places, *parts_of_models(rankings, dimension), *shifts.notes_on_facts(view, rankings[-1].by))

    def without_largest(self, dimension: Dimension, names: Sequence[str]) -> tuple[str, ...]:
        """Say what part of downloads some names would have without their largest model, where that matters."""
        view = self.view(dimension)
        if view.partial:
            return ()
        without = without_largest(view.models, dimension, names, Measure.DOWNLOADS, view.now.taken_on)
        if without is None or not without.rest:
            return ()  # it has no other model
        subject = enumerate_phrases([noun_phrase(dimension, raw) for raw in names])
        ranking = view.ranking(Measure.DOWNLOADS)
        return sentence_without(without, subject, Measure.DOWNLOADS) or other_leader(without, names, ranking, dimension)

    def change(self, dimension: Dimension, by: Measure) -> tuple[str, tuple[str, ...]]:
        """Return what changed since the report before as a sentence, and the notes on it; ``""`` with nothing to compare.

        The rules are those of the digest: what isn't recorded may lead to bounds, or to no comparison.
        """
        view = View(self.query(dimension.plural, by=by if by is Measure.MODELS else None), self.history, dimension)
        recording = view.recording(self.earlier)
        if not recording:
            return "", ()
        then = recording[0]
        compared = shifts.compare(view, then, by)
        notes = shifts.notes_on_coverage(view, then, compared)
        since = day(then.taken_on)
        if compared.refused and not compared.shifts:
            return f"Too little is known to tell which {dimension.plural} changed since {since}.", notes
        model = self.jump if by is Measure.DOWNLOADS and then == self.earlier[0] else None
        explained = shifts.without_jump(view, then, compared, shifts.explain(view, then, compared, _EXPLAINED), model)
        return self._told(view, then, compared, explained, model), notes

    def _told(self, view: View, then: Snapshot, compared: Comparison, explained: Sequence[Shift], model: Jump | None) -> str:
        since = day(then.taken_on)
        moved = [shift for shift in explained[:_EXPLAINED] if shift.is_ranked and points_of(shift)]
        if not moved:
            return f"{highlights.no_change(compared.coverage.by, since)}."
        finding = next(iter(shifts.findings_between(view, then, compared, moved)), None)
        other = finding.other if finding else None
        if finding and finding.kind in {Kind.LEAD, Kind.CROSSING} and other and other.rank_after:  # never ahead of what left
            return f"{highlights.crossing(finding, view.dimension, f'since {since}')}."
        shift = finding.shift if finding else moved[0]
        why = reasons(shift) if model is None and compared.coverage.by is not Measure.MODELS else ""
        return f"{highlights.change(shift, view.dimension, since)}{_without(shift, model)}{why}."


def _without(shift: Shift, model: Jump | None) -> str:
    """Return the change without the model that makes every shift: `` (+18.3 points without ast-finetuned-audioset)``."""
    if model is None or shift.without is None:
        return ""
    return f" ({points(shift.without) if abs(shift.without) >= LEAST_CHANGE else 'unchanged'} without {model.name})"


@dataclass(frozen=True, slots=True)
class Content:
    """What a chapter says, before it has its number and title."""

    finding: str
    sentences: tuple[str, ...]
    answers: tuple[Answer, ...]
    chart: Chart
    change: str = ""
    notes: tuple[str, ...] = ()
    conclusion: str = ""
    """What it adds to the conclusions of the report."""
    groups: tuple[tuple[str, float], ...] = ()
    """See :class:`analytics.report.values.Section`."""
