"""``name_question``, which builds the questions about one name: a license, a creator, a task and so on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import (
    LEAST_CHANGE,
    day,
    enumerate_,
    name,
    noun_phrase,
    of_known,
    of_measure,
    points_of,
)
from analytics.names import grouping
from analytics.names.resolve import resolve
from analytics.notes import Remark
from analytics.query import About, Form, Option, Query
from analytics.questions import chart_specs, shifts
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules
from analytics.questions.ranking_notes import headline_now, main_models, open_ranks, other_spellings, parts_of_models
from analytics.statistics import comparison, highlights
from analytics.statistics.findings import Kind
from analytics.statistics.highlights import rank_changes
from analytics.statistics.robustness import sentence_without, without_largest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Moment, Ranking, Share, Shift, Source
    from analytics.chart import Chart
    from analytics.statistics.findings import Finding
    from analytics.storage.history import History

_NO_ROWS = (Remark("None of its models is among the leading ones that hfstats stores."),)
_MOST_PARTS = 6
MOST_MODELS = 10
"""Models named in an answer about one license, creator or task, unless ``top`` says otherwise."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The parameters of the question about one name of a dimension."""

    dimension: Dimension
    word: str
    plural: str
    summary: str
    aliases: tuple[str, ...]
    examples: tuple[str, ...]


def name_question(subject: Subject) -> Question:
    """Build the question about one name of a dimension and its rank among the others."""
    options = frozenset(Option) - ({Option.TASK} if subject.dimension is Dimension.TASK else set())
    form = Form(
        subject.word,
        options,
        fewest=1,
        most=1,
        aliases=subject.aliases,
        example=subject.examples[0],
        about=About.NAME,
        dimension=subject.dimension,
    )

    def answer(query: Query, history: History) -> Answer:
        view = View(query, history, subject.dimension)
        view.require()
        raw = resolve(query.names[0], subject.dimension, view.names, query, view.now.taken_on)
        return _answer_over_time(view, subject, raw) if query.since else _answer_at_date(view, subject, raw)

    creators = {"creators"} if subject.dimension is not Dimension.CREATOR else set()
    return Question(
        form,
        subject.summary,
        subject.examples,
        answer,
        charts=frozenset({ChartKind.FOCUS, ChartKind.LINES, ChartKind.SLOPE}),
        fields=Fields(frozenset({"rankings"}), frozenset({"models", "series", "shifts", *creators})),
        follow_ups=FollowUpRules(),
    )


def _answer_at_date(view: View, subject: Subject, raw: str) -> Answer:
    query = view.query
    rankings = view.rankings()
    shares = [share for ranking in rankings if (share := comparison.find(ranking, raw))]
    if not shares:
        raise _absent(view, subject, raw)
    source = view.source()
    wholes = [shifts.possible(view, ranking) for ranking in rankings]
    headline = headline_now(wholes, shares, noun_phrase(subject.dimension, raw), view)
    members = grouping.members_of(view.models, subject.dimension, raw, view.now.taken_on)
    models = comparison.model_ranking(members, _model_measure(view), _total(view))
    drivers = main_models(models) if subject.dimension is Dimension.CREATOR and not view.partial else ""
    headline += f"; {drivers}" if drivers and len(rankings) > 1 else ""
    has_creators = subject.dimension is not Dimension.CREATOR and not view.partial
    creators = comparison.creator_ranking(members, view.leading, view.now.taken_on) if has_creators else None
    leading = rankings[-1]
    categories, series = chart_specs.bars(leading, subject.dimension, required=raw, limit=7)
    details = [f"{s.name}: {percent(s.portion)}" for s in models.shares[:5]]
    chart = chart_specs.chart(
        ChartKind.FOCUS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, leading.by),
        details,
        categories=categories,
        series=series,
    )
    shown = tuple(_only(ranking, raw) for ranking in rankings)
    parts_title, parts = _parts(shares[-1], leading, models, view)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, emphasis=_emphasis(categories, name(subject.dimension, raw)), parts=parts, parts_title=parts_title),
        rankings=shown,
        models=replace(models, shares=models.shares[: query.top or MOST_MODELS]) if models.shares else None,
        creators=replace(creators, shares=creators.shares[: query.top or MOST_MODELS]) if creators else None,
        top=query.top,
        notes=(
            *(() if models.shares else _NO_ROWS),
            *((Remark(f"{drivers}."),) if drivers and len(rankings) == 1 else ()),
            *_robust(view, raw, leading.by),
            *open_ranks(wholes, subject.dimension, query.task, raw),
            *parts_of_models(shown, subject.dimension),
            *(_leading_creators(creators, raw, subject) if creators else _members(shares[-1], subject)),
            *other_spellings([model for model, _ in members], subject.dimension, raw),
        ),
        next=_next(view, subject, raw, models),
    )


def _robust(view: View, raw: str, by: Measure) -> tuple[str, ...]:
    if by is Measure.MODELS or view.partial:
        return ()
    without = without_largest(view.models, view.dimension, (raw,), by, view.now.taken_on)
    return sentence_without(without, noun_phrase(view.dimension, raw), by)


def _absent(view: View, subject: Subject, raw: str) -> NoDataError:
    now, phrase = view.now, noun_phrase(subject.dimension, raw)
    among = f"{view.task} models among " if view.task else ""
    models = view.models_in_words.removeprefix("the ")
    message = f"{phrase.start} had none of the {among}{models} on {day(now.taken_on)}."
    return NoDataError(message, (str(Query(subject.plural, within=view.query.within)),))


def _model_measure(view: View) -> Measure:
    return Measure.LIKES if view.leading is Measure.LIKES else Measure.DOWNLOADS


def _total(view: View) -> float:
    return view.ranking(_model_measure(view)).recorded


def _parts(share: Share, ranking: Ranking, models: Ranking, view: View) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return a title and the subject's parts with their portions: namespaces if it has several, else its models."""
    if len(share.members) > 1 and ranking.recorded:
        shown = _MOST_PARTS if len(share.members) <= _MOST_PARTS else _MOST_PARTS - 1  # never "1 others": a single one is named
        members, rest = share.members[:shown], share.members[shown:]
        parts = [(member, value / ranking.recorded) for member, value in members]
        parts += [(f"{len(rest)} others", sum(value for _, value in rest) / ranking.recorded)] if rest else []
        label = name(view.dimension, share.name)
        kind = {Dimension.FAMILY: "license", Dimension.CREATOR: "namespace"}.get(view.dimension, "creator")
        if view.dimension is Dimension.FAMILY:
            parts = [(name(Dimension.LICENSE, part), portion) for part, portion in parts]
        return f"{label} by {kind}: share of {of_measure(ranking.by)}", tuple(parts)
    return f"Top models: share of {of_measure(_model_measure(view))}", tuple(
        (s.name.partition("/")[2] or s.name, s.portion) for s in models.shares[:_MOST_PARTS]
    )


def _emphasis(categories: Sequence[str], label: str) -> tuple[str, ...]:
    return tuple(category for category in categories if category == label or category.endswith(f". {label}"))


def _leading_creators(creators: Ranking, raw: str, subject: Subject) -> tuple[str, ...]:
    """Name the creators with the largest parts of a license, a task, a country and so on."""
    leading = [s for s in creators.shares[:3] if s.value]
    if not leading:
        return ()
    total = sum(s.portion for s in leading)
    owner = noun_phrase(subject.dimension, raw).of(of_measure(creators.by))
    named = enumerate_([f"{s.name} ({percent(s.portion)})" for s in leading])
    if owner.startswith("models of "):
        owner = noun_phrase(subject.dimension, raw).text  # never "models of models"
    owner = f"the {owner}" if owner.startswith(of_measure(creators.by)) else owner
    if total <= 0.5:
        return (Remark(f"The top creators behind {owner} are {named}."),)
    return (Remark(f"{'All' if total > 1 - LEAST_CHANGE else 'Most'} of {owner} come from {named}."),)


def _members(share: Share, subject: Subject) -> tuple[str, ...]:
    if subject.dimension is not Dimension.CREATOR or len(share.members) < 2:
        return ()
    return (Remark(f"{share.name} includes {enumerate_([member for member, _ in share.members])}."),)


def _answer_over_time(view: View, subject: Subject, raw: str) -> Answer:
    query = view.query
    past = shifts.past(view, {raw})
    moments = past.moments[view.leading]
    changes = [
        shift
        for by in view.measures
        for shift in shifts.explain(view, past.snapshots[0], past.comparisons[by])
        if shift.name == raw
    ]
    if not any(comparison.find(moment.ranking, raw) for series in past.moments.values() for moment in (series[0], series[-1])):
        raise _absent(view, subject, raw)
    leading = [shift for shift in changes if shift.by is view.leading]
    finding = next(iter(shifts.findings_over_time(view, past, leading)), None)
    headline = _headline_over_time(finding, leading, moments, subject, raw)
    source = view.source(past.snapshots[0])
    present = comparison.find(moments[-1].ranking, raw)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=_timed_chart(view, source, moments, raw, headline),
        rankings=tuple(_only(series[-1].ranking, raw) for series in past.moments.values()),
        series=tuple(replace(m, ranking=_only(m.ranking, raw)) for series in past.moments.values() for m in series),
        shifts=tuple(changes),
        notes=(
            *past.notes,
            *(rank_changes(moments, view.dimension, raw) if past.has_course(view.leading) else ()),
            *shifts.trend(view, past.snapshots[0], past.comparisons[view.leading], leading),
            *(_members(present, subject) if present else ()),
        ),
        next=(
            str(query.but(since=None)),
            str(Query("movers", (subject.plural,), within=query.within, since=query.since)),
            str(Query(subject.plural, within=query.within)),
        ),
    )


def _headline_over_time(
    finding: Finding | None, changes: Sequence[Shift], moments: Sequence[Moment], subject: Subject, raw: str
) -> str:
    """Return the headline: where the share turned around, else its change, if it may be told."""
    if finding and finding.kind is Kind.REVERSAL:
        return highlights.headline(finding, moments, subject.dimension, has_course=True)
    since = day(moments[0].taken_on)
    phrase = noun_phrase(subject.dimension, raw)
    if not changes:
        return f"Too little is known to tell whether {phrase.text} rose or fell since {since}"
    shift = changes[0]
    if points_of(shift):
        return highlights.change(shift, subject.dimension, since)
    return f"{phrase.start} held steady at {percent(shift.after)} of {of_known(shift, subject.dimension)} since {since}"


def _only(ranking: Ranking, raw: str) -> Ranking:
    return replace(ranking, shares=tuple(s for s in ranking.shares if s.name == raw))


def _timed_chart(view: View, source: Source, moments: Sequence[Moment], raw: str, headline: str) -> Chart:
    moments = chart_specs.drawable(moments)
    names = chart_specs.leaders(moments, chart_specs.LINES)
    if raw not in names:
        ranked = [n for n in names if n not in grouping.UNRANKED]
        names = [*ranked[:-1], raw, *names[len(ranked) :]]
    kind, series, unit = chart_specs.timed(ChartKind.LINES, moments, names, view.dimension)
    subtitle = chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)
    details = [f"{line.name}: {percent(line.values[0] or 0.0)} to {percent(line.values[-1] or 0.0)}" for line in series]
    chart = chart_specs.chart(kind, headline, source, subtitle, details, categories=chart_specs.dates(moments), series=series)
    return replace(chart, unit=unit, emphasis=(name(view.dimension, raw),))


def _next(view: View, subject: Subject, raw: str, models: Ranking) -> tuple[str, ...]:
    query = view.query
    suggestions = []
    since = chart_specs.year_back(view.scope)
    if since:
        suggestions.append(str(query.but(names=(raw,), since=since, top=None)))
    suggestions.append(str(Query(subject.plural, by=query.by, within=query.within, at=query.at)))
    suggestions += [str(Query("model", (share.name,), within=query.within, at=query.at)) for share in models.shares[:1]]
    rival = next((s.name for s in view.ranking(view.leading).ranked if s.name != raw), None)
    if rival and raw not in grouping.UNRANKED and subject.dimension is not Dimension.LIBRARY:
        suggestions.append(str(Query("compare", (raw, rival), within=query.within, at=query.at)))
    return tuple(suggestions)[:3]
