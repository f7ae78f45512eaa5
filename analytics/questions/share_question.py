"""The family of questions "how is the list shared out among …", now and over time. One builder serves five questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, name, of_measure, points, subject
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.statistics import comparison
from analytics.statistics.highlights import notable
from analytics.statistics.robustness import hangs_on, without_largest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Moment, Ranking, Shift
    from analytics.chart import Chart
    from analytics.storage.history import History


ASIDE = "other ways to group them"
"""What the rankings that are asked for less often do, on the one line that a list of commands has for them."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What distinguishes one share question from the others."""

    dimension: Dimension
    word: str
    singular: str
    """The word that asks for one name alone; ``""`` where nothing does."""
    summary: str
    aliases: tuple[str, ...]
    examples: tuple[str, ...]
    over_time: ChartKind
    contrast: Callable[[Ranking, Ranking], str]
    """The headline where models and downloads stand side by side."""
    notes: Callable[[Sequence[Ranking]], tuple[str, ...]] = lambda _: ()
    next: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    """The names that the contrast tells of together; without, it tells of who leads."""
    brief: str = ""
    """See :class:`analytics.questions.question.Question`."""


def share_question(topic: Topic) -> Question:
    """Make the question that shares a list out among the names of one dimension."""
    options = frozenset(Option) - ({Option.TASK} if topic.dimension is Dimension.TASK else set())
    form = Form(topic.word, options, aliases=topic.aliases, example=topic.examples[0], singular=topic.singular)

    def answer(query: Query, history: History) -> Answer:
        view = View(query, history, topic.dimension)
        return _over_time(view, topic) if query.since else _now(view, topic)

    return Question(form, topic.summary, topic.examples, answer, topic.brief)


def _now(view: View, topic: Topic) -> Answer:
    query = view.query
    rankings = view.rankings()
    headline = topic.contrast(*rankings) if len(rankings) == 2 else _leader(rankings[0], topic)
    source = view.source()
    details = [_detail(share_name, rankings, topic.dimension) for share_name in _leading_names(rankings)]
    under = chart_specs.subtitle(source, query, view.task)
    most = chart_specs.PAIRS if len(rankings) == 2 else chart_specs.BARS
    limit = min((query.top or most) + 1, most)  # one for the others together
    if len(rankings) == 2:
        categories, series = chart_specs.paired(rankings, topic.dimension, limit)
        chart = chart_specs.chart(ChartKind.PAIRED, headline, source, under, details, categories=categories, series=series)
    else:
        categories, series = chart_specs.bars(rankings[0], topic.dimension, limit=limit)
        chart = chart_specs.chart(ChartKind.BARS, headline, source, under, details, categories=categories, series=series)
        chart = replace(chart, emphasis=categories[:1])
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart,
        rankings=rankings,
        top=query.top,
        notes=(*_robust(view, topic, rankings[-1]), *topic.notes(rankings)),
        next=_next(view, topic, rankings),
    )


def _robust(view: View, topic: Topic, ranking: Ranking) -> tuple[str, ...]:
    """Say what the share that the headline tells would be without its largest model, where it hangs on that."""
    told = {share.name: share for share in ranking.shares if share.name in topic.subject}
    leading = tuple(told) or tuple(share.name for share in ranking.shares if share.rank == 1)
    if ranking.by is Measure.MODELS or view.partial or not ranking.shares[0].value:
        return ()
    who = enumerate_([subject(topic.dimension, one)[0] for one in leading])
    return hangs_on(without_largest(view.models, topic.dimension, leading, ranking.by), who, ranking.by)


def _over_time(view: View, topic: Topic) -> Answer:
    query = view.query
    past = view.past()
    moments = past.moments[view.leading]
    changes = comparison.shifts(moments[0].ranking, moments[-1].ranking, 1)
    headline = notable(moments, topic.dimension) or moved(changes, topic.dimension, moments)
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
    moments = chart_specs.drawable(moments)
    source = replace(view.source(), since=moments[0].taken_on)
    names = chart_specs.leaders(moments, min(view.query.top or chart_specs.LINES, chart_specs.LINES))
    kind, series, unit = chart_specs.timed(topic.over_time, moments, names, topic.dimension)
    under = chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)
    first, last = moments[0].ranking, moments[-1].ranking
    details = []
    for one in names:
        before, after = comparison.find(first, one), comparison.find(last, one)
        was, now = (percent(share.portion) if share else "nothing" for share in (before, after))
        details.append(f"{name(topic.dimension, one)}: {was} to {now}")
    chart = chart_specs.chart(kind, headline, source, under, details, categories=chart_specs.dates(moments), series=series)
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
    said = f"{_first(ranking, topic.dimension)} by {ranking.by} with {percent(first.portion)}"
    behind = next((share for share in others if share.rank > 1), None)
    return f"{said}, ahead of {name(topic.dimension, behind.name)} with {percent(behind.portion)}" if behind else said


def _first(ranking: Ranking, dimension: Dimension) -> str:
    """Say who leads, or how many share the lead: ``Meta leads``, ``Meta and Google lead``, ``12 creators lead``."""
    leaders = [name(dimension, share.name) for share in ranking.shares if share.rank == 1]
    if len(leaders) <= 2:
        return f"{enumerate_(leaders)} {'leads' if len(leaders) == 1 else 'lead'}"
    return f"{len(leaders)} {dimension.plural} share the lead"


def two_leaders(models: Ranking, downloads: Ranking, dimension: Dimension) -> str:
    """Contrast the name with most models and the name with most downloads; they are often not the same."""
    many = [share for share in models.shares if share.rank == 1]
    much = [share for share in downloads.shares if share.rank == 1]
    most, used = percent(many[0].portion), percent(much[0].portion)
    if len(many) == len(much) == 1 and many[0].name == much[0].name:
        return f"{name(dimension, many[0].name)} leads on both counts: {most} of models, {used} of downloads"
    if len(much) > 1:
        return f"{_first(downloads, dimension)} by downloads ({used}), {_first(models, dimension)} by models ({most})"
    one = name(dimension, much[0].name)
    if len(many) > 1:
        both = enumerate_([name(dimension, share.name) for share in many])
        several = both if len(many) == 2 else f"{len(many)} {dimension.plural}"
        return f"{several} share the most models ({most} each); {one} is downloaded most ({used})"
    return f"{name(dimension, many[0].name)} has the most models ({most}), but {one} is downloaded most ({used})"


def _leading_names(rankings: Sequence[Ranking]) -> list[str]:
    return [share.name for share in rankings[-1].shares[:6]]


def _detail(one: str, rankings: Sequence[Ranking], dimension: Dimension) -> str:
    parts = []
    for ranking in rankings:
        share = comparison.find(ranking, one)
        parts.append(f"{percent(share.portion if share else 0.0)} of {of_measure(ranking.by)}")
    return f"{name(dimension, one)}: {', '.join(parts)}"


def _cut(rankings: Sequence[Ranking], top: int | None) -> tuple[Ranking, ...]:
    return tuple(replace(ranking, shares=ranking.shares[:top]) for ranking in rankings)


def _next(view: View, topic: Topic, rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Offer the leader alone, the same over time where there is a past, and the neighboring question."""
    query = view.query
    leader = rankings[-1].shares[0].name
    alone = query.but(word=topic.singular, names=(leader,), by=None, top=None, since=None)
    offers = [str(alone)] if topic.singular else []
    since = chart_specs.year_back(view.scope)
    if query.since is None and since:
        offers.append(str(query.but(since=since, top=None)))
    elif query.since is None:
        offers.append(str(query.but(by=None if query.by else Measure.DOWNLOADS, top=None)))
    words = (word for word in topic.next if word != "likes" or view.whole.likes is not None)
    offers += [str(Query(word, within=query.within, at=query.at)) for word in words]
    return tuple(offers)[:3]
