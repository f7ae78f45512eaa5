"""The family of questions "how is the list shared out among …", now and over time. One builder serves five questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics import compare, pictures
from analytics.answer import Answer, ChartKind
from analytics.domain import Dimension, Measure
from analytics.numbers import percent
from analytics.phrases import day, name, of_measure, points
from analytics.query import Form, Option, Query
from analytics.question import Question, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Chart, Moment, Ranking, Shift
    from analytics.history import History


@dataclass(frozen=True, slots=True)
class Topic:
    """What distinguishes one share question from the others."""

    dimension: Dimension
    word: str
    singular: str
    summary: str
    aliases: tuple[str, ...]
    examples: tuple[str, ...]
    over_time: ChartKind
    contrast: Callable[[Ranking, Ranking], str]
    """The headline where models and downloads stand side by side."""
    notes: Callable[[Sequence[Ranking]], tuple[str, ...]] = lambda _: ()
    next: tuple[str, ...] = ()


def share_question(topic: Topic) -> Question:
    """Make the question that shares a list out among the names of one dimension."""
    options = frozenset(Option) - ({Option.TASK} if topic.dimension is Dimension.TASK else set())
    form = Form(topic.word, options, aliases=topic.aliases, example=topic.examples[0], singular=topic.singular)

    def answer(query: Query, history: History) -> Answer:
        view = View(query, history, topic.dimension)
        return _over_time(view, topic) if query.since else _now(view, topic)

    return Question(form, topic.summary, topic.examples, answer)


def _now(view: View, topic: Topic) -> Answer:
    query = view.query
    rankings = view.rankings()
    headline = topic.contrast(*rankings) if len(rankings) == 2 else _leader(rankings[0], topic)
    source = view.source()
    details = [_detail(share_name, rankings, topic.dimension) for share_name in _leading_names(rankings)]
    under = pictures.subtitle(source, query, view.task)
    most = pictures.PAIRS if len(rankings) == 2 else pictures.BARS
    limit = min((query.top or most) + 1, most)  # one for the others together
    if len(rankings) == 2:
        categories, series = pictures.paired(rankings, topic.dimension, limit)
        chart = pictures.chart(ChartKind.PAIRED, headline, source, under, details, categories=categories, series=series)
    else:
        categories, series = pictures.bars(rankings[0], topic.dimension, limit=limit)
        chart = pictures.chart(ChartKind.BARS, headline, source, under, details, categories=categories, series=series)
        chart = replace(chart, emphasis=categories[:1])
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart,
        rankings=rankings,
        top=query.top,
        notes=topic.notes(rankings),
        next=_next(view, topic, rankings),
    )


def _over_time(view: View, topic: Topic) -> Answer:
    query = view.query
    past = view.past()
    moments = past.moments[view.leading]
    changes = compare.shifts(moments[0].ranking, moments[-1].ranking)
    headline = moved(changes, topic.dimension, moments)
    source = view.source(past.snapshots[0])
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=_timed_chart(view, topic, moments, headline),
        rankings=tuple(series[-1].ranking for series in past.moments.values()),
        top=query.top,
        series=tuple(replace(m, ranking=_cut((m.ranking,), query.top)[0]) for series in past.moments.values() for m in series),
        shifts=past.shifts(query.top),
        notes=(*past.notes, *topic.notes(tuple(series[-1].ranking for series in past.moments.values()))),
        next=_next(view, topic, (moments[-1].ranking,)),
    )


def _timed_chart(view: View, topic: Topic, moments: Sequence[Moment], headline: str) -> Chart:
    source = replace(view.source(), since=moments[0].taken_on)
    names = pictures.leaders(moments, min(view.query.top or pictures.LINES, pictures.LINES))
    kind, series, unit = pictures.timed(topic.over_time, moments, names, topic.dimension)
    under = pictures.subtitle(source, view.query, view.task, view.leading, over_time=True)
    first, last = moments[0].ranking, moments[-1].ranking
    details = []
    for one in names:
        before, after = compare.find(first, one), compare.find(last, one)
        was, now = (percent(share.portion) if share else "nothing" for share in (before, after))
        details.append(f"{name(topic.dimension, one)}: {was} to {now}")
    chart = pictures.chart(kind, headline, source, under, details, categories=pictures.dates(moments), series=series)
    return replace(chart, unit=unit)


def moved(changes: Sequence[Shift], dimension: Dimension, moments: Sequence[Moment]) -> str:
    """Say which name's share moved most between the first and the last moment."""
    since = day(moments[0].taken_on)
    top = next(iter(changes), None)
    if top is None or abs(top.points) < 0.0005:
        return f"No share of {of_measure(moments[0].ranking.by)} moved by a tenth of a point since {since}"
    verb = "gained" if top.points > 0 else "lost"
    change = f"{verb} {points(abs(top.points)).lstrip('+')} of {of_measure(top.by)}"
    return f"{name(dimension, top.name)} {change} since {since}: {percent(top.before)} to {percent(top.after)}"


def _leader(ranking: Ranking, topic: Topic) -> str:
    first, *others = ranking.shares
    headline = f"{name(topic.dimension, first.name)} leads by {ranking.by} with {percent(first.portion)}"
    return (
        f"{headline}, ahead of {name(topic.dimension, others[0].name)} with {percent(others[0].portion)}" if others else headline
    )


def two_leaders(models: Ranking, downloads: Ranking, dimension: Dimension) -> str:
    """Contrast the name with most models and the name with most downloads; they are often not the same."""
    many, much = models.shares[0], downloads.shares[0]
    if many.name == much.name:
        both = f"{percent(many.portion)} of models, {percent(much.portion)} of downloads"
        return f"{name(dimension, many.name)} leads on both counts: {both}"
    return (
        f"{name(dimension, many.name)} has the most models ({percent(many.portion)}), "
        f"but {name(dimension, much.name)} is downloaded most ({percent(much.portion)})"
    )


def _leading_names(rankings: Sequence[Ranking]) -> list[str]:
    return [share.name for share in rankings[-1].shares[:6]]


def _detail(one: str, rankings: Sequence[Ranking], dimension: Dimension) -> str:
    parts = []
    for ranking in rankings:
        share = compare.find(ranking, one)
        parts.append(f"{percent(share.portion if share else 0.0)} of {of_measure(ranking.by)}")
    return f"{name(dimension, one)}: {', '.join(parts)}"


def _cut(rankings: Sequence[Ranking], top: int | None) -> tuple[Ranking, ...]:
    return tuple(replace(ranking, shares=ranking.shares[:top]) for ranking in rankings)


def _next(view: View, topic: Topic, rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Offer the leader alone, the same over time where there is a past, and the neighboring question."""
    query = view.query
    leader = rankings[-1].shares[0].name
    offers = [str(query.but(word=topic.singular, names=(leader,), by=None, top=None, since=None))]
    since = pictures.year_back(view.scope)
    if query.since is None and since:
        offers.append(str(query.but(since=since, top=None)))
    elif query.since is None:
        offers.append(str(query.but(by=None if query.by else Measure.DOWNLOADS, top=None)))
    offers += [str(Query(word, within=query.within, at=query.at)) for word in topic.next]
    return tuple(offers)[:3]
