"""Questions narrowed by filters: the names in them, what doesn't fit, and how an answer says them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import NoDataError, QueryError
from analytics.formatting.filters import filters_in_words
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, of_list, plural
from analytics.names.grouping import names_of, stored
from analytics.names.narrowing import OF_THE_ID, known_names
from analytics.names.resolve import resolve
from analytics.notes import Caveat
from analytics.questions.comparability import scope
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer
    from analytics.domain import Dimension, Model, Snapshot
    from analytics.query import Filter, Query
    from analytics.storage.history import History


_ALIKE = 0.01
"""Largest difference between the parts of downloads that two dates know, for a change of filtered models to be told."""


def narrowed(query: Query, history: History) -> RequestCache:
    """Return the history that a question with filters reads: the models that fit.

    Raises:
        QueryError: for an unknown name; the most similar ones are suggested. For the whole Hub, which has few rows.
        NoDataError: when there is no snapshot, or no model fits.

    """
    whole = RequestCache(history, as_recorded=query.as_recorded)
    if not query.filters:
        return whole
    if query.within is ListName.HUB:
        message = "The whole Hub can't be narrowed by filters, since only its leading models are stored. Try another list."
        raise QueryError(message, (str(query.but(within=ListName.TOP)), str(query.but(filters=()))))
    now = scope(query, whole).now
    models = whole.all_models(now.id)
    filters = []
    for filter_ in query.filters:
        names = {name for model in models for name in names_of(model, stored(filter_.dimension))}
        if not names:
            raise NoDataError(
                f"The snapshot from {day(now.taken_on)} doesn't record {filter_.dimension.plural}.", (str(query.but(filters=())),)
            )
        filters.append(replace(filter_, name=resolve(filter_.name, filter_.dimension, names, query, now.taken_on)))
    fitting = RequestCache(history, as_recorded=query.as_recorded, filters=tuple(filters))
    if not fitting.models(now.id):
        none = f"None of {of_list(now.list, now.size)} on {day(now.taken_on)} was {filters_in_words(filters)}."
        raise NoDataError(none, tuple(str(query.but(filters=left)) for left in _fewer(query.filters)))
    return fitting


def with_filters(answer: Answer, history: RequestCache) -> Answer:
    """Say the filters before the finding, and how many models aren't known well enough for them.

    Raises:
        NoDataError: for a change between dates that don't know the same part of the models well enough.

    """
    if not history.filters:
        return answer
    source = answer.source
    snapshots = history.snapshots(source.list)
    now, then = (next((s for s in reversed(snapshots) if s.taken_on == on), None) for on in (source.snapshot, source.since))
    unknown = _unknown(history, now)
    for dimension in {f.dimension for f in history.filters}.difference(OF_THE_ID):
        _require_alike(history, dimension, now, then)
    before = f"Models {filters_in_words(history.filters)}: "
    chart = replace(answer.chart, alt=before + answer.chart.alt)  # its subtitle says them, too
    notes = tuple(_left_out(dimension, models) for dimension, models in unknown.items())
    return replace(answer, headline=before + answer.headline, chart=chart, notes=(*answer.notes, *notes))


def _left_out(dimension: Dimension, models: int) -> Caveat:
    number, be = plural(models, "model"), "is" if models == 1 else "are"
    return Caveat(
        f"{number} {be} left out because the {dimension} isn't known.", f"{number} without a known {dimension} left out"
    )


def _unknown(history: RequestCache, snapshot: Snapshot | None) -> dict[Dimension, int]:
    """Return how many models of a snapshot fit neither a filter nor its opposite, by what isn't known of them."""
    if snapshot is None:
        return {}
    models, on = history.all_models(snapshot.id), snapshot.taken_on
    unknown = {f.dimension: sum(not known_names(model, f, on) for model in models) for f in history.filters}
    return {dimension: number for dimension, number in unknown.items() if number}


def _require_alike(history: RequestCache, dimension: Dimension, now: Snapshot | None, then: Snapshot | None) -> None:
    """Refuse a change that may come from what a source records rather than from the models."""
    if now is None or then is None:
        return
    before, after = (_coverage(history.all_models(s.id), dimension) for s in (then, now))
    if abs(after - before) > _ALIKE:
        known = f"{percent(after)} of downloads on {day(now.taken_on)} and {percent(before)} on {day(then.taken_on)}"
        message = f"The {dimension} is known for {known}, so a change of these models could come from that alone."
        raise NoDataError(f"{message} Ask about one date.")


def _coverage(models: Sequence[Model], dimension: Dimension) -> float:
    """Return the part of downloads, 0 to 1, of the models whose name in a dimension is recorded."""
    total = sum(model.downloads for model in models)
    known = sum(model.downloads for model in models if names_of(model, stored(dimension)))
    return known / total if total else 1.0


def _fewer(filters: Sequence[Filter]) -> list[tuple[Filter, ...]]:
    """Return the filters with each one left out, and none at all."""
    return [tuple(f for f in filters if f is not left) for left in filters] if len(filters) > 1 else [()]
