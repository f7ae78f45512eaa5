"""``likes``: whether likes follow downloads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind, Dot
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.phrases import MINUS, day, plural, window
from analytics.names.grouping import names_of
from analytics.notes import Remark
from analytics.query import Form, Needs, Option, Query, Rows, Spoken
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules
from analytics.statistics.correlation import correlate, robustness
from analytics.statistics.robustness import NOTABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.domain import Model
    from analytics.statistics.correlation import Robustness
    from analytics.storage.history import History

_LABELED = 5
_FEWEST = 10
"""Fewest models for the correlation of a task, and for naming outliers."""
_EXPLAINS_FROM = 0.1
"""R² from which likes count as explaining part of downloads."""
_EXPLAINS_FROM_LOGS = 0.3
"""The same for the logarithms, whose R² is near 0.1 by orders of magnitude alone."""


def _answer(query: Query, history: History) -> Answer:
    view = View(query, history, Dimension.NAMESPACE)
    recorded = [m for m in view.models if m.likes is not None]
    if not recorded:
        raise NoDataError(f"The snapshot from {day(view.now.taken_on)} doesn't record likes.", _on_other_lists(view))
    try:
        statistics, fit = correlate(recorded)
        robust = robustness(recorded)
    except ValueError:
        message = f"There's no correlation to compute: {plural(len(recorded), 'model')} with likes, too few or too similar."
        raise NoDataError(message, (str(query.but(task=None)),)) from None
    headline = _headline(statistics, robust)
    source = replace(view.source(), coverage=len(recorded) / len(view.models))
    dots = tuple(Dot(m.id, float(m.likes), float(m.downloads)) for m in recorded if m.likes and m.downloads)
    chart = chart_specs.chart(
        ChartKind.SCATTER,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task),
        [
            f"Spearman rank correlation {statistics['spearman']:.4f}",
            f"R² = {statistics['r2']:.4f} for raw counts, 95% interval {_interval(robust)}",
            f"R² = {statistics['r2_loglog']:.4f} for logarithms",
            plural(len(recorded), "model"),
        ],
    )
    left_out = len(recorded) - len(dots)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(
            chart, dots=dots, fit=fit, x_label=window(Measure.LIKES), y_label=window(Measure.DOWNLOADS), emphasis=_labels(dots)
        ),
        statistics=_statistics(statistics, robust),
        notes=(
            *_without_largest(statistics, robust),
            *_outliers(dots),
            *_by_task(recorded, query),
            *_left_out(left_out),
        ),
        next=(*_on_other_lists(view), str(Query("models", within=query.within)), str(Query("tasks", within=query.within))),
    )


class _Verdict(StrEnum):
    """How well likes predict downloads."""

    EXPLAIN = "Likes explain part of downloads"
    ROUGHLY = "Likes only roughly predict downloads"
    BARELY = "Likes barely predict downloads"
    OPEN = "Likes and downloads"
    """The interval of R² spans more than one verdict."""


def _headline(statistics: Mapping[str, float], robust: Robustness) -> str:
    """Give the rank correlation first, since a few very large models can make or hide R²."""
    verdict = _verdict(robust)
    r2 = f"R² = {statistics['r2']:.2f}"
    if verdict is _Verdict.ROUGHLY:
        r2 += f" for raw counts and {statistics['r2_loglog']:.2f} for logarithms"
    basis = f"n = {statistics['n']:,}, 95% interval {_interval(robust)}"
    numbers = f"rank correlation {_signed(statistics['spearman'])}, {r2} ({basis})"
    return f"{verdict}: {numbers}{', too uncertain for a verdict' if verdict is _Verdict.OPEN else ''}"


def _verdict(robust: Robustness) -> _Verdict:
    """Return the verdict that holds over the whole interval; logarithms decide where R² on the raw counts is low."""
    if robust.low >= _EXPLAINS_FROM:
        return _Verdict.EXPLAIN
    if robust.high >= _EXPLAINS_FROM:
        return _Verdict.OPEN
    if robust.low_log >= _EXPLAINS_FROM_LOGS:
        return _Verdict.ROUGHLY
    return _Verdict.BARELY if robust.high_log < _EXPLAINS_FROM_LOGS else _Verdict.OPEN


def _interval(robust: Robustness) -> str:
    return f"{_two_digits(robust.low)} to {_two_digits(robust.high)}"


def _two_digits(value: float) -> str:
    """Return 0.7412 as ``0.74``, and 0.00053 as ``0.0005``, which two decimals would hide."""
    return f"{value:.2f}" if value >= 0.01 or value < 0.00005 else f"{float(f'{value:.1g}'):.4f}".rstrip("0")


def _statistics(statistics: Mapping[str, float], robust: Robustness) -> dict[str, float]:
    without = {} if robust.without is None else {"r2_without_largest": robust.without}
    first = {"spearman": statistics["spearman"], "r2": statistics["r2"], "r2_low": robust.low, "r2_high": robust.high, **without}
    return {**first, "r2_loglog": statistics["r2_loglog"], "n": statistics["n"]}


def _without_largest(statistics: Mapping[str, float], robust: Robustness) -> tuple[str, ...]:
    """Give R² without the most downloaded model, where that changes it clearly or moves it across the line of a verdict."""
    with_it, without = statistics["r2"], robust.without
    if without is None:
        return ()
    crosses = (with_it >= _EXPLAINS_FROM) != (without >= _EXPLAINS_FROM)
    if not crosses and abs(with_it - without) < NOTABLE:
        return ()
    return (Remark(f"Without {robust.largest}, R² would be {without:.3f} instead of {with_it:.3f}."),)


def _on_other_lists(view: View) -> tuple[str, ...]:
    """Return the same question about another list that has snapshots."""
    others = [name for name in (ListName.TRENDING, ListName.TOP) if name is not view.now.list and view.history.snapshots(name)]
    return tuple(str(view.query.but(within=name, at=None, task=None)) for name in others[:1])


def _left_out(number: int) -> tuple[str, ...]:
    """Describe the models that a logarithmic axis can't show."""
    if not number:
        return ()
    verb = "isn't" if number == 1 else "aren't"
    return (Remark(f"{plural(number, 'model')} without likes or downloads {verb} on the chart."),)


def _outliers(dots: Sequence[Dot]) -> tuple[str, ...]:
    """Name the two models whose ranks by likes and by downloads differ most, one in each direction."""
    if len(dots) < _FEWEST:
        return ()
    by_likes, by_downloads = (
        {dot.name: place for place, dot in enumerate(sorted(dots, key=key))} for key in (_by_likes, _by_downloads)
    )
    difference = sorted(dots, key=lambda dot: (by_downloads[dot.name] - by_likes[dot.name], dot.name))
    fewest_likes, most_likes = difference[0], difference[-1]
    return (
        Remark(
            f"Most likes for its downloads: {most_likes.name} ({plural(most_likes.x, 'like')}, "
            f"{plural(most_likes.y, 'download')}); fewest: {fewest_likes.name} ({plural(fewest_likes.x, 'like')}, "
            f"{plural(fewest_likes.y, 'download')})."
        ),
    )


def _by_likes(dot: Dot) -> tuple[float, str]:
    return -dot.x, dot.name


def _by_downloads(dot: Dot) -> tuple[float, str]:
    return -dot.y, dot.name


def _by_task(models: Sequence[Model], query: Query) -> tuple[str, ...]:
    """Name the tasks where likes and downloads agree most and least, by Spearman's rank correlation."""
    if query.task:
        return ()
    tasks: dict[str, list[Model]] = {}
    for model in models:
        for task in names_of(model, Dimension.TASK) if model.task else ():
            tasks.setdefault(task, []).append(model)
    correlations: list[tuple[float, str, int]] = []
    for task, members in tasks.items():
        with suppress(ValueError):
            if len(members) >= _FEWEST:
                correlations.append((correlate(members)[0]["spearman"], task, len(members)))
    if len(correlations) < 2:
        return ()
    (most, first, many), (least, last, few) = max(correlations), min(correlations)
    return (
        Remark(
            f"Likes follow downloads most closely in {first} (rank correlation {_signed(most)}, {plural(many, 'model')}) "
            f"and least closely in {last} ({_signed(least)}, {plural(few, 'model')})."
        ),
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)


def _labels(dots: tuple[Dot, ...]) -> tuple[str, ...]:
    """Return the dots to label: the most downloaded, the most liked, and the extremes of the ratio of both."""
    most_liked = sorted(dots, key=lambda d: -d.x)[:2]
    most_downloaded = sorted(dots, key=lambda d: -d.y)[:2]
    by_ratio = sorted(dots, key=lambda d: d.y / d.x)
    return tuple(dict.fromkeys(d.name for d in (*most_downloaded, *most_liked, by_ratio[0], by_ratio[-1])))[:_LABELED]


def _can_correlate(models: Sequence[Model]) -> bool:
    try:
        correlate(models)
    except ValueError:
        return False
    return True


LIKES = Question(
    form=Form(
        "likes",
        frozenset({Option.IN, Option.TASK, Option.AT}),
        aliases=("correlation", "r2"),
        example="likes",
        needs=Needs(Rows.ALL, frozenset({"likes"})),
        spoken=Spoken(
            (
                *("correlation", "correlate", "correlated", "predictor", "good predictor", "say anything", "go with"),
                *(
                    "related to",
                    "get more likes",
                    "predictor of downloads",
                    "good as a predictor",
                    "r2",
                    "likes and downloads",
                    "likes say",
                    "likes vs downloads",
                    "mean anything",
                ),
            ),
            measures=frozenset(),
            over_time=False,
        ),
    ),
    summary="Whether likes follow downloads (R²)",
    examples=("likes", "likes in trending", "likes task text-generation"),
    answer=_answer,
    charts=frozenset({ChartKind.SCATTER}),
    fields=Fields(frozenset({"statistics"})),
    title=lambda _: "Likes against downloads",
    follow_ups=FollowUpRules(names=lambda answer: answer.chart.emphasis, enough=_can_correlate),
)
