"""The family of questions about one name: a license, a creator, a task, a library. One builder serves four questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, name, of_list, of_measure, ordinal, points
from analytics.formatting.phrases import subject as spoken
from analytics.names import grouping
from analytics.names.resolve import resolve
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.statistics import comparison
from analytics.statistics.highlights import passed
from analytics.statistics.robustness import hangs_on, without_largest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Moment, Ranking, Share, Source
    from analytics.chart import Chart
    from analytics.storage.history import History

_NO_ROWS = ("None of its models is among the leading ones, whose rows are kept.",)
_MOST_PARTS = 6
MOST_MODELS = 10
"""Models named in an answer about one license, creator or task, unless ``top`` says otherwise."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What distinguishes the question about one name of one dimension from the others."""

    dimension: Dimension
    word: str
    plural: str
    summary: str
    aliases: tuple[str, ...]
    examples: tuple[str, ...]


def name_question(subject: Subject) -> Question:
    """Make the question that sets one name of a dimension against the field."""
    options = frozenset(Option) - ({Option.TASK} if subject.dimension is Dimension.TASK else set())
    form = Form(subject.word, options, fewest=1, most=1, aliases=subject.aliases, example=subject.examples[0])

    def answer(query: Query, history: History) -> Answer:
        view = View(query, history, subject.dimension)
        view.require()
        chosen = resolve(query.names[0], subject.dimension, view.names, query)
        return _over_time(view, subject, chosen) if query.since else _now(view, subject, chosen)

    return Question(form, subject.summary, subject.examples, answer)


def _now(view: View, subject: Subject, chosen: str) -> Answer:
    query = view.query
    rankings = view.rankings()
    shares = [share for ranking in rankings if (share := comparison.find(ranking, chosen))]
    if not shares:
        raise _absent(view, subject, chosen)
    source = view.source()
    headline = _standing(rankings, shares, subject, chosen)
    own = grouping.members_of(view.models, subject.dimension, chosen)
    models = comparison.model_ranking(own, _model_measure(view), _total(view))
    whose = subject.dimension is not Dimension.CREATOR and not view.partial
    creators = comparison.creator_ranking(own, view.leading) if whose else None
    leading = rankings[-1]
    categories, series = chart_specs.bars(leading, subject.dimension, keep=chosen, limit=7)
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
    parts_title, parts = _made_of(shares[-1], leading, models, view)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(
            chart, emphasis=_emphasis(categories, name(subject.dimension, chosen)), parts=parts, parts_title=parts_title
        ),
        rankings=tuple(replace(r, shares=tuple(s for s in r.shares if s.name == chosen)) for r in rankings),
        models=replace(models, shares=models.shares[: query.top or MOST_MODELS]) if models.shares else None,
        creators=replace(creators, shares=creators.shares[: query.top or MOST_MODELS]) if creators else None,
        notes=(
            *(() if models.shares else _NO_ROWS),
            *_robust(view, chosen, leading.by),
            *(_behind(creators, chosen, subject) if creators else _members(shares[-1], subject)),
        ),
        next=_next(view, subject, chosen, models),
    )


def _robust(view: View, chosen: str, by: Measure) -> tuple[str, ...]:
    if by is Measure.MODELS or view.partial:
        return ()
    who, _ = spoken(view.dimension, chosen)
    return hangs_on(without_largest(view.models, view.dimension, (chosen,), by), who, by)


def _standing(rankings: Sequence[Ranking], shares: Sequence[Share], subject: Subject, chosen: str) -> str:
    who, has = spoken(subject.dimension, chosen)
    said = [
        f"{percent(s.portion)} of {of_measure(r.by)} ({ordinal(s.rank)}{'' if r.rest else f' of {len(r.shares)}'})"
        for r, s in zip(rankings, shares, strict=True)
    ]
    return f"{who} {has} {enumerate_(said)}"


def _absent(view: View, subject: Subject, chosen: str) -> NoDataError:
    now, (who, has) = view.now, spoken(subject.dimension, chosen)
    what = f"{view.task} models among " if view.task else ""
    message = f"{who} {has} none of the {what}{of_list(now.list, now.size).removeprefix('the ')} on {now.taken_on:%Y-%m-%d}."
    return NoDataError(message, (str(Query(subject.plural, within=view.query.within)),))


def _model_measure(view: View) -> Measure:
    return Measure.LIKES if view.leading is Measure.LIKES else Measure.DOWNLOADS


def _total(view: View) -> float:
    return view.ranking(_model_measure(view)).recorded


def _made_of(share: Share, ranking: Ranking, models: Ranking, view: View) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Choose what the subject is broken down to beside the field: its namespaces where it has several, else its models."""
    if len(share.members) > 1 and ranking.recorded:
        shown = _MOST_PARTS if len(share.members) <= _MOST_PARTS else _MOST_PARTS - 1  # never one other: it has a name
        members, rest = share.members[:shown], share.members[shown:]
        parts = [(member, value / ranking.recorded) for member, value in members]
        parts += [(f"{len(rest)} others", sum(value for _, value in rest) / ranking.recorded)] if rest else []
        whose = name(view.dimension, share.name)
        of_what = {Dimension.FAMILY: "licenses", Dimension.CREATOR: "namespaces"}.get(view.dimension, "creators")
        called = [(name(Dimension.LICENSE, one), part) for one, part in parts] if view.dimension is Dimension.FAMILY else parts
        return f"{whose}: {of_what}, share of {of_measure(ranking.by)}", tuple(called)
    return f"Leading models, share of {of_measure(_model_measure(view))}", tuple(
        (s.name.partition("/")[2] or s.name, s.portion) for s in models.shares[:_MOST_PARTS]
    )


def _emphasis(categories: Sequence[str], label: str) -> tuple[str, ...]:
    return tuple(category for category in categories if category == label or category.endswith(f". {label}"))


def _behind(creators: Ranking, chosen: str, subject: Subject) -> tuple[str, ...]:
    """Say who stands behind a license, a task or a library."""
    leading = [f"{s.name} ({percent(s.portion)})" for s in creators.shares[:3] if s.value]
    if not leading:
        return ()
    who, has = spoken(subject.dimension, chosen)
    whose, owes = ("their", "owe") if has == "have" else ("its", "owes")
    said = who[:1].lower() + who[1:] if has == "have" or who.startswith("The ") else who
    return (f"Of {whose} {of_measure(creators.by)}, {said} {owes} most to {enumerate_(leading)}.",)


def _members(share: Share, subject: Subject) -> tuple[str, ...]:
    if subject.dimension is not Dimension.CREATOR or len(share.members) < 2:
        return ()
    return (f"{share.name} adds up {enumerate_([member for member, _ in share.members])}.",)


def _over_time(view: View, subject: Subject, chosen: str) -> Answer:
    query = view.query
    past = view.past()
    moments = past.moments[view.leading]
    changes = [shift for shift in past.shifts() if shift.name == chosen]
    if not changes:
        raise _absent(view, subject, chosen)
    told = next(shift for shift in changes if shift.by is view.leading)
    changes = [explained for shift in changes for explained in view.explained([shift], past.snapshots[0])]
    since = day(moments[0].taken_on)
    who, _ = spoken(subject.dimension, chosen)
    headline = (
        f"{who} went from {percent(told.before)} to {percent(told.after)} of {of_measure(told.by)} "
        f"since {since} ({points(told.points)})"
    )
    source = view.source(past.snapshots[0])
    present = comparison.find(moments[-1].ranking, chosen)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=_timed_chart(view, source, moments, chosen, headline),
        rankings=tuple(_only(series[-1].ranking, chosen) for series in past.moments.values()),
        series=tuple(replace(m, ranking=_only(m.ranking, chosen)) for series in past.moments.values() for m in series),
        shifts=tuple(changes),
        notes=(
            *past.notes,
            *passed(moments, view.dimension, chosen),
            *(_members(present, subject) if present else ()),
        ),
        next=(
            str(query.but(since=None)),
            str(Query("movers", (subject.plural,), within=query.within, since=query.since)),
            str(Query(subject.plural, within=query.within)),
        ),
    )


def _only(ranking: Ranking, chosen: str) -> Ranking:
    return replace(ranking, shares=tuple(s for s in ranking.shares if s.name == chosen))


def _timed_chart(view: View, source: Source, moments: Sequence[Moment], chosen: str, headline: str) -> Chart:
    moments = chart_specs.drawable(moments)
    names = chart_specs.leaders(moments, chart_specs.LINES)
    if chosen not in names:
        names = [*names[:-1], chosen]
    kind, series, unit = chart_specs.timed(ChartKind.LINES, moments, names, view.dimension)
    under = chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)
    details = [f"{one.name}: {percent(one.values[0] or 0.0)} to {percent(one.values[-1] or 0.0)}" for one in series]
    chart = chart_specs.chart(kind, headline, source, under, details, categories=chart_specs.dates(moments), series=series)
    return replace(chart, unit=unit, emphasis=(name(view.dimension, chosen),))


def _next(view: View, subject: Subject, chosen: str, models: Ranking) -> tuple[str, ...]:
    query = view.query
    offers = []
    since = chart_specs.year_back(view.scope)
    if since:
        offers.append(str(query.but(names=(chosen,), since=since, top=None)))
    offers.append(str(Query(subject.plural, by=query.by, within=query.within, at=query.at)))
    offers += [str(Query("model", (share.name,), within=query.within, at=query.at)) for share in models.shares[:1]]
    rival = next((s.name for s in view.ranking(view.leading).shares if s.name != chosen), None)
    if rival and subject.dimension is not Dimension.LIBRARY:
        offers.append(str(Query("compare", (chosen, rival), within=query.within, at=query.at)))
    return tuple(offers)[:3]
