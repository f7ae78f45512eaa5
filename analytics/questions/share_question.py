"""``share_question``, which builds the questions that rank the names of one dimension, now and over time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Basis
from analytics.chart import ChartKind
from analytics.domain import NONE_DECLARED, Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import (
    day,
    enumerate_,
    enumerate_phrases,
    fact,
    name,
    noun_phrase,
    of_measure,
    of_ranked,
)
from analytics.query import About, Form, Option, Query, Spoken
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules, ranked, with_bounds
from analytics.questions.ranking_notes import not_ranked, notes_on_ranks, other_leader, times_the_second
from analytics.questions.shifts import explain, findings_over_time, notes_on_facts, past, possible, trend
from analytics.statistics import comparison, highlights
from analytics.statistics.robustness import sentence_without, without_largest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Moment, Ranking, Shift
    from analytics.chart import Chart
    from analytics.questions.shifts import Past
    from analytics.storage.history import History

_EXPLAINED = 12
"""Largest shifts over time that get their reasons, to see which hang on one model."""
OTHER_GROUPINGS = "other ways to group them"
"""The brief description that the less common rankings share."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The parameters of one share question."""

    dimension: Dimension
    word: str
    singular: str
    """The word of the question about one name; ``""`` if there is none."""
    summary: str
    aliases: tuple[str, ...]
    examples: tuple[str, ...]
    over_time: ChartKind
    contrast: Callable[[Ranking, Ranking], str]
    """Returns the headline for a ranking by models and one by downloads."""
    notes: Callable[[Sequence[Ranking]], tuple[str, ...]] = lambda _: ()
    next: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    """The names whose sum the contrast is about; empty where it is about the leader."""
    brief: str = ""
    """See :class:`analytics.questions.question.Question`."""
    spoken: Spoken = field(default_factory=Spoken)


def share_question(topic: Topic) -> Question:
    """Build the question that ranks the names of one dimension."""
    options = frozenset(Option) - ({Option.TASK} if topic.dimension is Dimension.TASK else set())
    form = Form(
        topic.word,
        options,
        aliases=topic.aliases,
        example=topic.examples[0],
        singular=topic.singular,
        about=About.DIMENSION,
        dimension=topic.dimension,
        spoken=topic.spoken,
    )

    def answer(query: Query, history: History) -> Answer:
        view = View(query, history, topic.dimension)
        return _answer_over_time(view, topic) if query.since else _answer_at_date(view, topic)

    return Question(
        form,
        topic.summary,
        topic.examples,
        answer,
        charts=frozenset({ChartKind.PAIRED, ChartKind.BARS, ChartKind.SLOPE, topic.over_time}),
        fields=Fields(frozenset({"rankings"}), frozenset({"series", "shifts"})),
        follow_ups=FollowUpRules(names=ranked),
        brief=topic.brief,
    )


def _answer_at_date(view: View, topic: Topic) -> Answer:
    query = view.query
    rankings = view.rankings()
    wholes = [possible(view, ranking) for ranking in rankings]
    headline = _headline(view, wholes, topic)
    source = view.source()
    details = [_detail(raw, rankings, topic.dimension) for raw in [share.name for share in rankings[-1].first(6).shares]]
    subtitle = chart_specs.subtitle(source, query, view.task)
    if len(rankings) == 2:
        categories, series = chart_specs.paired(rankings, topic.dimension, top=query.top)
        subtitle += chart_specs.rule_of_pairs(rankings, top=query.top)
        chart = chart_specs.chart(ChartKind.PAIRED, headline, source, subtitle, details, categories=categories, series=series)
    else:
        categories, series = chart_specs.bars(rankings[0], topic.dimension, top=query.top)
        chart = chart_specs.chart(ChartKind.BARS, headline, source, subtitle, details, categories=categories, series=series)
        chart = replace(chart, emphasis=categories[:1])
    answer = Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart,
        rankings=rankings,
        top=query.top,
        notes=(
            *times_the_second(wholes, topic.dimension),
            *_robust(view, topic, rankings[-1]),
            *topic.notes(rankings),
            *notes_on_ranks(rankings, wholes, topic.dimension, query.task),
            *notes_on_facts(view, view.leading),
        ),
        next=_next(view, topic, rankings),
    )
    return with_bounds(answer, max(len(ranking.ranked) for ranking in rankings))


def _headline(view: View, rankings: Sequence[Ranking], topic: Topic) -> str:
    last = rankings[-1]
    if not last.ranked:
        declares_none = any(share.name == NONE_DECLARED and share.value for share in last.unranked)
        return f"No model declares a {topic.dimension}" if declares_none else f"No model's {topic.dimension} is known"
    has_subject = topic.subject and {*topic.subject} <= {share.name for share in last.ranked}
    if len(rankings) == 2 and not view.partial and has_subject:
        models, downloads = (
            comparison.portion_of_any(view.models, topic.dimension, topic.subject, ranking.by, view.now.taken_on)
            for ranking in rankings
        )
        subject = enumerate_([name(topic.dimension, raw) for raw in topic.subject])
        return contrast(subject, models, downloads, verb="cover")  # a model under both, or under one and another, is covered
    return topic.contrast(*rankings) if len(rankings) == 2 else _leader(rankings[0], topic)


def _robust(view: View, topic: Topic, ranking: Ranking) -> tuple[str, ...]:
    """Describe what the headline's share would be without its largest model, where that matters."""
    leading = tuple(share.name for share in ranking.shares if share.name in topic.subject) or tuple(
        share.name for share in ranking.shares if share.rank == 1
    )
    if ranking.by is Measure.MODELS or view.partial or not any(share.value for share in ranking.ranked):
        return ()
    subject = enumerate_phrases([noun_phrase(topic.dimension, raw) for raw in leading])
    without = without_largest(view.models, topic.dimension, leading, ranking.by, view.now.taken_on)
    return sentence_without(without, subject, ranking.by) or other_leader(without, leading, ranking, topic.dimension)


def _answer_over_time(view: View, topic: Topic) -> Answer:
    query = view.query
    course = past(view)
    moments = course.moments[view.leading]
    compared = course.comparisons[view.leading]
    then = course.snapshots[0]
    explained = explain(view, then, compared, _EXPLAINED)
    headline = _headline_over_time(view, course, explained)
    source = view.source(then)
    last = tuple(series[-1].ranking for series in course.moments.values())
    chart = _timed_chart(view, topic, moments, headline)
    if chart.kind is ChartKind.SLOPE and any(shift.basis is Basis.BOUNDS for shift in compared.shifts):
        sure = {name(topic.dimension, shift.name) for shift in compared.shifts}  # colors say who rose or fell
        chart = replace(chart, emphasis=tuple(line.name for line in chart.series if line.name in sure))
    answer = Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart,
        rankings=last,
        top=query.top,
        series=tuple(replace(m, ranking=m.ranking.first(query.top)) for series in course.moments.values() for m in series),
        shifts=course.shifts(query.top),
        notes=(
            *course.notes,
            *topic.notes(last),
            *trend(view, then, compared, explained[:1]),
            *not_ranked(last, topic.dimension),
        ),
        next=_next(view, topic, (moments[-1].ranking,)),
    )
    return with_bounds(answer, len(moments[-1].ranking.ranked), chart_specs.LINES)


def _timed_chart(view: View, topic: Topic, moments: Sequence[Moment], headline: str) -> Chart:
    moments = chart_specs.drawable(moments)
    source = replace(view.source(), since=moments[0].taken_on)
    names = chart_specs.leaders(moments, min(view.query.top or chart_specs.LINES, chart_specs.LINES))
    kind, series, unit = chart_specs.timed(topic.over_time, moments, names, topic.dimension)
    subtitle = chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)
    first, last = moments[0].ranking, moments[-1].ranking
    details = []
    for raw in names:
        before, after = (
            percent(share.portion) if share else "none" for share in (comparison.find(first, raw), comparison.find(last, raw))
        )
        details.append(f"{name(topic.dimension, raw)}: {before} to {after}")
    chart = chart_specs.chart(kind, headline, source, subtitle, details, categories=chart_specs.dates(moments), series=series)
    return replace(chart, unit=unit)


def _headline_over_time(view: View, course: Past, explained: Sequence[Shift]) -> str:
    """Return the headline about the weightiest finding."""
    moments, compared = course.moments[view.leading], course.comparisons[view.leading]
    finding = next(iter(findings_over_time(view, course, explained)), None)
    if finding:
        return highlights.headline(finding, moments, view.dimension, has_course=compared.has_course)
    since = day(moments[0].taken_on)
    if compared.refused:
        return f"Too little is known to tell which {view.dimension.plural} changed since {since}"
    return highlights.no_change(view.leading, since)


def _leader(ranking: Ranking, topic: Topic) -> str:
    first, *others = ranking.ranked
    tied = len(others) > 0 and others[0].rank == 1
    second = next((share for share in others if share.rank != 1), None)
    what = of_ranked(ranking, topic.dimension, [first, *([second] if second else [])])
    lead = f"{_first(ranking, topic.dimension)} with {percent(first.portion)} of {what}{' each' if tied else ''}"
    return f"{lead}, ahead of {noun_phrase(topic.dimension, second.name).text} ({percent(second.portion)})" if second else lead


def _first(ranking: Ranking, dimension: Dimension) -> str:
    """Name the leaders with a verb: ``Meta leads``, ``Meta and Google lead``, ``12 creators tie for first``."""
    leaders = [noun_phrase(dimension, share.name) for share in ranking.shares if share.rank == 1]
    if len(leaders) <= 2:
        subject = enumerate_phrases(leaders)
        return f"{subject.start} {'lead' if subject.plural else 'leads'}"
    return f"{len(leaders)} {dimension.plural} tie for first"


def two_leaders(models: Ranking, downloads: Ranking, dimension: Dimension) -> str:
    """Return the headline that names who has most models and who has most downloads."""
    by_models = [share for share in models.shares if share.rank == 1]
    by_downloads = [share for share in downloads.shares if share.rank == 1]
    portion_of_models, portion_of_downloads = percent(by_models[0].portion), percent(by_downloads[0].portion)
    first = noun_phrase(dimension, by_models[0].name)
    if len(by_models) == len(by_downloads) == 1 and by_models[0].name == by_downloads[0].name:
        lead = "lead" if first.plural else "leads"
        return (
            f"{first.start} {lead} by both measures, with {portion_of_models} of {of_ranked(models, dimension, by_models)} "
            f"and {portion_of_downloads} of {of_ranked(downloads, dimension, by_downloads)}"
        )
    sides = ((models, by_models), (downloads, by_downloads))
    is_open = any("known" in of_ranked(ranking, dimension, leaders) for ranking, leaders in sides)
    known = f", among models with a known {fact(dimension)}" if is_open else ""
    if len(by_downloads) > 1:
        second = _first(models, dimension)
        leaders = f"{_first(downloads, dimension)} by downloads ({portion_of_downloads})"
        return f"{leaders}; {second} by models ({portion_of_models}){known}"
    most_downloads = noun_phrase(dimension, by_downloads[0].name)
    end = f"{most_downloads.text} {most_downloads.has} the most downloads ({portion_of_downloads}){known}"
    if len(by_models) > 1:
        both = enumerate_phrases([noun_phrase(dimension, share.name) for share in by_models]).start
        tied = both if len(by_models) == 2 else f"{len(by_models)} {dimension.plural}"
        return f"{tied} tie for the most models ({portion_of_models} each); {end}"
    return f"{first.start} {first.has} the most models ({portion_of_models}), but {end}"


def contrast(subject: str, models: float, downloads: float, similar: float = 0.05, verb: str = "account for") -> str:
    """Return a headline that sets a portion of the models against the portion of downloads.

    The two are joined by "and" where they differ by less than ``similar``, else by "but".
    """
    word = "and" if abs(models - downloads) < similar else "but only" if downloads < models else "but"
    return f"{subject} {verb} {percent(models)} of models {word} {percent(downloads)} of downloads"


def _detail(raw: str, rankings: Sequence[Ranking], dimension: Dimension) -> str:
    shares = [(ranking, comparison.find(ranking, raw)) for ranking in rankings]
    parts = [f"{percent(share.portion if share else 0.0)} of {of_measure(ranking.by)}" for ranking, share in shares]
    return f"{name(dimension, raw)}: {', '.join(parts)}"


def _next(view: View, topic: Topic, rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Suggest the question about the leader, the same one over time, and a related one."""
    query = view.query
    leader = rankings[-1].shares[0].name  # the first with a rank, if any has one
    single = query.but(word=topic.singular, names=(leader,), by=None, top=None, since=None)
    suggestions = [str(single)] if topic.singular else []
    since = chart_specs.year_back(view.scope)
    if query.since is None and since:
        suggestions.append(str(query.but(since=since, top=None)))
    elif query.since is None:
        suggestions.append(str(query.but(by=None if query.by else Measure.DOWNLOADS, top=None)))
    words = (word for word in topic.next if word != "likes" or view.whole.likes is not None)
    suggestions += [str(Query(word, within=query.within, at=query.at)) for word in words]
    return tuple(suggestions)[:3]
