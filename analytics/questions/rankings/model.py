"""``model ID``: one model's rank and downloads, now and over time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process, utils

from analytics.answer import Answer
from analytics.chart import ChartKind, Series, Unit
from analytics.domain import Dimension, Measure, Model
from analytics.errors import QueryError
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import day, enumerate_, name, of_list, ordinal, plural, ranked_by, short_day
from analytics.names import grouping, renames
from analytics.names.normalize import normalize
from analytics.notes import Remark
from analytics.query import About, Form, Needs, Option, Query, Rows, Spoken
from analytics.questions import chart_specs
from analytics.questions.comparability import notes_on, over_time
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from analytics.answer import Source
    from analytics.chart import Chart
    from analytics.storage.history import History

_SURROUNDING = 3
"""How many models above and below are on the chart."""


def _answer(query: Query, history: History) -> Answer:
    view = View(query, history, Dimension.LICENSE)
    model, rank = _resolve(query, view)
    total = view.whole_of(Measure.DOWNLOADS)
    source = replace(view.source(), coverage=1.0)
    headline = (
        f"{model.id} ranks {ordinal(rank)} of {view.now.size:,} by {ranked_by(view.now.list)}, with "
        f"{plural(model.downloads, 'download')} in 30 days ({percent(model.downloads / total if total else 0.0)} of the list)"
    )
    notes: tuple[str, ...] = ()
    if renames.successor(query.names[0]) not in {query.names[0], query.names[0].casefold()}:
        notes = (Remark(f"{query.names[0]} has moved to {model.id}."),)
    ranking = comparison.model_ranking([(m, 1.0) for m in view.models], Measure.DOWNLOADS, float(total))
    past: dict[str, float] = {}
    more_notes: tuple[str, ...] = ()
    if query.since:
        headline, source, past, more_notes, chart = _over_time(view, source, model)
    else:
        chart = _surrounding_chart(view, source, rank, headline)
    since = chart_specs.year_back(view.scope)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart,
        rankings=(replace(ranking, shares=tuple(s for s in ranking.shares if s.name == model.id)),),
        facts=_facts(model, rank, view.now.taken_on) | past,
        notes=(*notes, *more_notes),
        next=(
            str(query.but(names=(model.id,), since=None if query.since else since)) if since or query.since else "models",
            str(Query("creator", (grouping.creator(model.namespace, view.now.taken_on),), within=query.within, at=query.at)),
            *([str(Query("task", (model.task,), within=query.within, at=query.at))] if model.task else []),
        ),
    )


def _resolve(query: Query, view: View) -> tuple[Model, int]:
    """Return the model and its rank, by its id, a former id, or its name without the namespace; case doesn't matter.

    Raises:
        QueryError: when the list doesn't have it; the nearest ids are suggested.

    """
    typed = query.names[0]
    wanted = renames.successor(typed)
    models = _ranked(view)
    normalized = normalize(wanted)
    matches: tuple[Callable[[Model], bool], ...] = (
        lambda m: renames.successor(m.id) == wanted,
        lambda m: normalize(m.id) == normalized,
        lambda m: normalize(m.id.partition("/")[2]) == normalized,
    )
    for matching in matches:
        ranked = next(((m, rank) for rank, m in enumerate(models, start=1) if matching(m)), None)
        if ranked:
            return ranked
    similar = process.extract(
        typed, [m.id for m in models], scorer=fuzz.WRatio, processor=utils.default_process, limit=3, score_cutoff=60
    )
    hint = f" Did you mean {enumerate_([name for name, _, _ in similar], 'or')}?" if similar else ""
    among = f"the whole Hub's {len(models):,} most-downloaded models" if view.partial else of_list(view.now.list, view.now.size)
    message = f"“{typed}” wasn't among {among} on {day(view.now.taken_on)}.{hint}"
    raise QueryError(message, tuple(str(query.but(names=(name,))) for name, _, _ in similar))


def _ranked(view: View) -> tuple[Model, ...]:
    """Return the models whose rank is their position: all, or for the whole Hub those before the first gap in the ranks."""
    if not view.partial:
        return view.models
    trail = view.history.trail([model.id for model in view.models], view.now.list)
    ranks = {model.id: rank for number, rank, model in trail if number == view.now.id}
    return tuple(model for place, model in enumerate(view.models, start=1) if ranks[model.id] == place)


def _facts(model: Model, rank: int, on: date) -> dict[str, str | float | None]:
    return {
        "rank": rank,
        "downloads": model.downloads,
        "likes": model.likes,
        "license": _declared(model, Dimension.LICENSE),
        "task": _declared(model, Dimension.TASK) if model.task else None,
        "library": _declared(model, Dimension.LIBRARY) if model.library else None,
        "creator": grouping.creator(model.namespace, on),
        "created": model.created[:10] if model.created else None,
        "gated": {"false": "no", "true": "yes"}.get(model.gated, model.gated) if model.gated else None,
    }


def _declared(model: Model, dimension: Dimension) -> str | None:
    """Return a model's names, each with the model's own spelling where it is another; ``None`` where they aren't recorded."""
    named = zip(grouping.names_of(model, dimension), grouping.declared_by(model, dimension), strict=True)
    spelled = [name(dimension, raw) + ("" if own == raw else f" (declared as “{own}”)") for raw, own in named]
    return ", ".join(spelled) or None


def _surrounding_chart(view: View, source: Source, rank: int, headline: str) -> Chart:
    first = max(0, min(rank - 1 - _SURROUNDING, len(view.models) - 2 * _SURROUNDING - 1))
    shown = view.models[first : first + 2 * _SURROUNDING + 1]
    categories = tuple(f"{first + place}. {m.id}" for place, m in enumerate(shown, start=1))
    chart = chart_specs.chart(
        ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, view.query, view.task, Measure.DOWNLOADS),
        [f"{name}: {count(m.downloads)}" for name, m in zip(categories, shown, strict=True)],
        categories=categories,
        series=(Series("downloads", tuple(float(m.downloads) for m in shown)),),
    )
    return replace(chart, unit=Unit.COUNT, emphasis=(categories[rank - 1 - first],))


def _over_time(view: View, source: Source, model: Model) -> tuple[str, Source, dict[str, float], tuple[str, ...], Chart]:
    """Return headline, source, earlier facts, notes and chart of the model over time, under its present and former ids."""
    snapshots = over_time(view.query, view.scope)
    notes = notes_on(view.query, view.scope, snapshots)
    ids = [model.id, *renames.former(model.id)]
    days = {s.id: s for s in snapshots}
    trail = sorted(
        view.history.trail(ids, view.now.list), key=lambda row: row[2].id == model.id
    )  # the present id overrides former ones
    by_day = {days[number].taken_on: (m, rank) for number, rank, m in trail if number in days}
    if model.hub_id and not view.partial:  # it may have moved from an ID that only its rows tell
        for s in snapshots:
            listed = enumerate(view.history.models(s.id), start=1) if s.taken_on not in by_day else ()
            by_day.update((s.taken_on, (other, rank)) for rank, other in listed if other.hub_id == model.hub_id)
    dates = [s.taken_on for s in snapshots]
    source = replace(source, since=dates[0])
    first, (then, rank_then) = min(by_day.items())
    rank_now = by_day[dates[-1]][1]
    ranks = f"still {ordinal(rank_now)}" if rank_now == rank_then else f"{ordinal(rank_then)} to {ordinal(rank_now)}"
    before, after = count(then.downloads), count(model.downloads)
    change = f"{'rose' if model.downloads > then.downloads else 'fell'} from {before} to {after}"
    if before == after:
        change = f"stayed at {after}"
    headline = f"30-day downloads of {model.id} {change} since {day(first)} ({ranks})"
    values = tuple(float(by_day[d][0].downloads) if d in by_day else None for d in dates)
    chart = chart_specs.chart(
        ChartKind.LINES,
        headline,
        source,
        chart_specs.subtitle(source, view.query, view.task, Measure.DOWNLOADS, over_time=True),
        [f"{short_day(d)}: {count(m.downloads)} downloads, {ordinal(rank)}" for d, (m, rank) in sorted(by_day.items())],
        categories=tuple(d.isoformat() for d in dates),
        series=(Series(model.id, values),),
    )
    absent = values.count(None)
    gap = (Remark(f"It's missing from the list on {absent} of {len(dates)} dates since {day(dates[0])}."),) if absent else ()
    facts = {"downloads_before": float(then.downloads), "rank_before": float(rank_then)}
    return headline, source, facts, (*notes, *gap), replace(chart, unit=Unit.COUNT, emphasis=(model.id,))


MODEL = Question(
    form=Form(
        "model",
        frozenset({Option.IN, Option.AT, Option.SINCE}),
        fewest=1,
        most=1,
        example="model openai-community/gpt2",
        about=About.MODEL,
        needs=Needs(Rows.SOME),
        spoken=Spoken(measures=frozenset({Measure.DOWNLOADS, Measure.LIKES})),
    ),
    summary="One model: its rank, downloads and details",
    examples=("model openai-community/gpt2", "model all-MiniLM-L6-v2"),
    answer=_answer,
    charts=frozenset({ChartKind.BARS, ChartKind.LINES}),
    fields=Fields(frozenset({"facts", "rankings"})),
    follow_ups=FollowUpRules(),
)
