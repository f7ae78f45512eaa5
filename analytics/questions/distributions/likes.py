"""``likes``: whether likes follow downloads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind, Dot
from analytics.domain import Dimension, ListName
from analytics.errors import NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import MINUS, plural
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Model
    from analytics.storage.history import History

_LABELLED = 5
_FEWEST = 10
"""Models from which a task's correlation, or who lies furthest off, is told."""
_TELLING = 0.1
"""R² from which likes are said to tell something of downloads."""
_TELLING_LOGS = 0.3
"""The same for the logarithms, which orders of magnitude alone bring to 0.1."""


def _answer(query: Query, history: History) -> Answer:
    view = View(query, history, Dimension.NAMESPACE)
    recorded = [m for m in view.models if m.likes is not None]
    if not recorded:
        raise NoDataError(f"The source of {view.now.taken_on:%Y-%m-%d} does not record likes.", _elsewhere(view))
    try:
        statistics, fit = comparison.correlation(recorded)
    except ValueError:
        message = f"{plural(len(recorded), 'model')} with likes are too few or too alike for a correlation."
        raise NoDataError(message, (str(query.but(task=None)),)) from None
    headline = _headline(statistics["r2"], statistics["r2_loglog"])
    source = replace(view.source(), coverage=len(recorded) / len(view.models))
    dots = tuple(Dot(m.id, float(m.likes), float(m.downloads)) for m in recorded if m.likes and m.downloads)
    chart = chart_specs.chart(
        ChartKind.SCATTER,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task),
        [
            f"R² {statistics['r2']:.4f} on the raw counts",
            f"R² {statistics['r2_loglog']:.4f} on their logarithms",
            f"Spearman's rank correlation {statistics['spearman']:.4f}",
            plural(len(recorded), "model"),
        ],
    )
    left_out = len(recorded) - len(dots)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(
            chart, dots=dots, fit=fit, x_label="likes to date", y_label="downloads of the last 30 days", emphasis=_notable(dots)
        ),
        statistics=statistics,
        notes=(
            *_apart(dots),
            *_by_task(recorded, query),
            *(
                (f"{plural(left_out, 'model')} without a like or a download left out of the picture and the logarithms.",)
                if left_out
                else ()
            ),
        ),
        next=(*_elsewhere(view), str(Query("models", within=query.within)), str(Query("tasks", within=query.within))),
    )


def _headline(r2: float, r2_log: float) -> str:
    """Say how far likes tell downloads. A few very large models can hide in the raw counts what the logarithms show."""
    if r2 >= _TELLING:
        return f"Likes explain {percent(r2)} of the differences in downloads (R² {r2:.2f})"
    if r2_log >= _TELLING_LOGS:
        return f"Likes follow downloads only roughly: R² {r2_log:.2f} of the logarithms, {r2:.2f} of the raw counts"
    return f"Likes say almost nothing of downloads: R² {r2:.2f}"


def _elsewhere(view: View) -> tuple[str, ...]:
    """Offer the same question about another list that there is."""
    others = [name for name in (ListName.TRENDING, ListName.TOP) if name is not view.now.list and view.history.snapshots(name)]
    return tuple(str(view.query.but(within=name, at=None, task=None)) for name in others[:1])


def _apart(dots: Sequence[Dot]) -> tuple[str, ...]:
    """Name the model that is liked most for what it is used, and the reverse: those whose two ranks lie furthest apart."""
    if len(dots) < _FEWEST:
        return ()
    liked, used = ({dot.name: place for place, dot in enumerate(sorted(dots, key=key))} for key in (_by_likes, _by_downloads))
    apart = sorted(dots, key=lambda dot: (used[dot.name] - liked[dot.name], dot.name))
    hardly_liked, hardly_used = apart[0], apart[-1]
    return (
        (
            f"Most liked for what it is used: {hardly_used.name} ({plural(hardly_used.x, 'like')}, "
            f"{plural(hardly_used.y, 'download')}); the reverse: {hardly_liked.name} ({plural(hardly_liked.x, 'like')}, "
            f"{plural(hardly_liked.y, 'download')})."
        ),
    )


def _by_likes(dot: Dot) -> tuple[float, str]:
    return -dot.x, dot.name


def _by_downloads(dot: Dot) -> tuple[float, str]:
    return -dot.y, dot.name


def _by_task(models: Sequence[Model], query: Query) -> tuple[str, ...]:
    """Say in which task likes follow downloads most and least, by Spearman's rank correlation."""
    if query.task:
        return ()
    tasks: dict[str, list[Model]] = {}
    for model in models:
        if model.task:
            tasks.setdefault(model.task, []).append(model)
    found: list[tuple[float, str, int]] = []
    for task, own in tasks.items():
        with suppress(ValueError):
            found += [(comparison.correlation(own)[0]["spearman"], task, len(own))] if len(own) >= _FEWEST else []
    if len(found) < 2:
        return ()
    (most, first, many), (least, last, few) = max(found), min(found)
    return (
        (
            f"Likes follow downloads most in {first} (rank correlation {_signed(most)}, {plural(many, 'model')}) "
            f"and least in {last} ({_signed(least)}, {plural(few, 'model')})."
        ),
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)


def _notable(dots: tuple[Dot, ...]) -> tuple[str, ...]:
    """Name the most liked, the most downloaded, and those that are most of one and little of the other."""
    most_liked = sorted(dots, key=lambda d: -d.x)[:2]
    most_used = sorted(dots, key=lambda d: -d.y)[:2]
    apart = sorted(dots, key=lambda d: d.y / d.x)
    return tuple(dict.fromkeys(d.name for d in (*most_used, *most_liked, apart[0], apart[-1])))[:_LABELLED]


LIKES = Question(
    form=Form("likes", frozenset({Option.IN, Option.TASK, Option.AT}), aliases=("correlation", "r2"), example="likes"),
    summary="Whether likes follow downloads (R²)",
    examples=("likes", "likes in trending", "likes task text-generation"),
    answer=_answer,
)
