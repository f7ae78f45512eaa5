"""``concentration``: how much of the list the largest creators (licenses, tasks, models) have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Moment
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import percent, rounded_change
from analytics.formatting.phrases import LEAST_CHANGE, day, enumerate_, noun_phrase, of_measure, plural, signed
from analytics.names.creators import NOT_KNOWN
from analytics.names.resolve import dimension_named
from analytics.notes import Caveat, Remark
from analytics.query import About, Form, Needs, Option, Query, Rows, Spoken
from analytics.questions import chart_specs, shifts
from analytics.questions.question import Question, View, no_likes
from analytics.questions.question_parts import WORDS, Fields, FollowUpRules, ranked
from analytics.statistics.comparison import model_ranking, value_of
from analytics.statistics.concentration import LEADERS, Concentration, concentration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.chart import Chart
    from analytics.domain import Snapshot
    from analytics.storage.history import History

_MODELS = ("model", "models")
_LABELS = tuple("Largest" if number == 1 else f"Top {number}" for number in LEADERS)
_LEVEL = 0.05
"""Relative change of the effective number from which concentration counts as changed."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What to measure the concentration of: the names of a dimension, or single models."""

    dimension: Dimension | None
    singular: str
    plural: str


def _answer(query: Query, history: History) -> Answer:
    subject = _subject(query)
    if subject.dimension is None and query.by is Measure.MODELS:
        message = "Each model counts once, so the concentration of models works by downloads or by likes only."
        raise QueryError(message, (str(query.but(by=None)), str(query.but(by=Measure.LIKES))))
    view = View(query, history, subject.dimension or Dimension.NAMESPACE)
    _require_names(view, subject)
    return _answer_over_time(view, subject) if query.since else _answer_at_date(view, subject)


def _subject(query: Query) -> _Subject:
    typed = query.names[0] if query.names else Dimension.CREATOR.value
    if typed.casefold() in _MODELS:
        return _Subject(None, "model", "models")
    dimension = dimension_named(typed)
    if dimension is None:
        words = [*(other.plural for other in Dimension), "models"]
        message = f"hfstats has no concentration for “{typed}”. Choose {enumerate_(words, 'or')}."
        raise QueryError(message, tuple(str(query.but(names=(word,))) for word in words)[:3])
    if dimension is Dimension.TASK and query.task:
        message = "“concentration tasks” covers all tasks, so it can't be limited to one."
        raise QueryError(message, (str(query.but(task=None)), str(query.but(names=("creators",)))))
    return _Subject(dimension, *WORDS.get(dimension, (dimension.value, dimension.plural)))


def _require_names(view: View, subject: _Subject) -> None:
    """Raise NoDataError where the small names are stored as a sum, so that their sizes are unknown."""
    if view.partial and (subject.dimension is None or view.ranking(view.leading).rest):
        message = f"The small {subject.plural} of the whole Hub aren't stored one by one, so their concentration isn't known."
        raise NoDataError(message, (str(view.query.but(names=("licenses",))), str(view.query.but(within=ListName.TOP))))


def _measures(view: View, subject: _Subject) -> tuple[Measure, ...]:
    return view.measures if subject.dimension or view.query.by else (Measure.DOWNLOADS,)


def _ranking(view: View, subject: _Subject, snapshot: Snapshot, by: Measure) -> Ranking:
    if subject.dimension:
        return view.moments([snapshot], by)[0].ranking
    models = view.models_of(snapshot)
    if by is Measure.LIKES and all(model.likes is None for model in models):
        raise no_likes(snapshot, view.query)
    return model_ranking([(m, 1.0) for m in models], by, sum(value_of(m, by) for m in models))


def _concentration(ranking: Ranking, view: View) -> Concentration:
    try:
        return concentration([share.value for share in ranking.ranked])
    except ValueError:
        message = f"The list has no {of_measure(ranking.by)}, so there's no concentration to measure."
        raise NoDataError(message, (str(view.query.but(by=None)),)) from None


def _answer_at_date(view: View, subject: _Subject) -> Answer:
    query = view.query
    rankings = tuple(_ranking(view, subject, view.now, by) for by in _measures(view, subject))
    measured = [_concentration(ranking, view) for ranking in rankings]
    last = measured[-1]
    source = view.source() if subject.dimension else replace(view.source(), coverage=1.0)
    headline = _headline(last, rankings[-1], subject)
    chart = chart_specs.chart(
        ChartKind.PAIRED if len(measured) == 2 else ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, None if len(measured) == 2 else rankings[0].by),
        [f"{label}: {percent(part)}" for label, part in zip(_LABELS, last.leaders, strict=True)],
        categories=_LABELS,
        series=tuple(Series(of_measure(r.by), c.leaders) for r, c in zip(rankings, measured, strict=True)),
    )
    since = chart_specs.year_back(view.scope)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart if len(measured) == 2 else replace(chart, emphasis=_LABELS[:1]),
        rankings=rankings,
        top=query.top,
        statistics=_statistics(last, rankings[-1], measured[0] if len(measured) == 2 else None),
        notes=_notes(last, rankings[-1], subject, view),
        next=(*([str(query.but(since=since))] if since else []), *_other_subjects(query, subject))[:3],
    )


def _headline(measured: Concentration, ranking: Ranking, subject: _Subject) -> str:
    if measured.n == 1:
        return f"A single {subject.singular} has all {of_measure(ranking.by)}"
    portion = f"{percent(measured.leaders[1])} of {_what(ranking, subject)}"
    if _left_out(ranking) >= LEAST_CHANGE:
        portion += f" ({percent(measured.leaders[1] * (1 - _left_out(ranking)))} of all)"
    equal = f"{measured.effective:.1f} equal-sized {subject.plural} would be"
    return f"The top {min(measured.n, 3)} {subject.plural} have {portion}, as concentrated as {equal}"


def _left_out(ranking: Ranking) -> float:
    """Return the portion of what isn't declared or known, which no measure of concentration counts."""
    return sum(share.portion for share in ranking.unranked)


def _what(ranking: Ranking, subject: _Subject) -> str:
    """Name what the shares of the largest are shares of: ``downloads``, or ``downloads with a known country``."""
    if _left_out(ranking) < LEAST_CHANGE:
        return of_measure(ranking.by)
    known = "known" if any(share.name == NOT_KNOWN for share in ranking.unranked) else "declared"
    return f"{of_measure(ranking.by)} with a {known} {subject.singular}"


def _statistics(last: Concentration, ranking: Ranking, models: Concentration | None) -> dict[str, float]:
    first, three, ten = last.leaders
    statistics = {"top1": first, "top3": three, "top10": ten, "effective": last.effective, "hhi": last.hhi, "gini": last.gini}
    out = _left_out(ranking)
    apart = {"left_out": out, "top3_of_all": three * (1 - out)} if out else {}
    return {**statistics, "names": last.n, **apart, **({"effective_by_models": models.effective} if models else {})}


def _notes(measured: Concentration, ranking: Ranking, subject: _Subject, view: View) -> tuple[str, ...]:
    names = subject.singular if measured.n == 1 else subject.plural
    number = f"the effective number is {measured.effective:.1f} of {measured.n} {names}"
    notes: list[str] = [Remark(f"By {of_measure(ranking.by)}: HHI {measured.hhi:.3f}, Gini {measured.gini:.2f}; {number}.")]
    if subject.dimension:
        notes += [
            Caveat(
                f"{apart.start} aren't counted: {percent(share.portion)} of {of_measure(ranking.by)}.",
                f"{apart.text} aren't counted ({percent(share.portion)} of {of_measure(ranking.by)})",
            )
            for share in ranking.unranked
            if share.value
            for apart in [noun_phrase(subject.dimension, share.name)]
        ]
    if not view.partial:
        size = plural(view.now.size, "model")
        notes.append(Remark(f"The list is truncated at {size}, so nothing further down is counted."))
    return tuple(notes)


def _answer_over_time(view: View, subject: _Subject) -> Answer:
    query = view.query
    past = shifts.past(view)
    by = view.leading
    if subject.dimension and not past.has_course(by):
        message = f"Too little is known about {subject.plural} on some of the dates to compare how concentrated they were."
        raise NoDataError(message, (str(query.but(since=None)),))
    moments = past.moments[by] if subject.dimension else _models_over_time(view, subject, past.snapshots)
    first, last = (_concentration(moments[end].ranking, view) for end in (0, -1))
    source = view.source(past.snapshots[0])
    headline = _headline_over_time(first, last, moments, subject)
    return Answer(
        query=str(query),
        headline=headline,
        source=source if subject.dimension else replace(source, coverage=1.0),
        chart=_timed_chart(view, moments, headline),
        rankings=(moments[-1].ranking,),
        top=query.top,
        series=tuple(replace(m, ranking=m.ranking.first(query.top or 10)) for m in moments),
        statistics={
            **_statistics(last, moments[-1].ranking, None),
            "hhi_before": first.hhi,
            "effective_before": first.effective,
        },
        notes=(*past.notes, *_notes(last, moments[-1].ranking, subject, view)),
        next=(str(query.but(since=None)), *_other_subjects(query, subject))[:3],
    )


def _models_over_time(view: View, subject: _Subject, snapshots: Sequence[Snapshot]) -> tuple[Moment, ...]:
    return tuple(Moment(s.taken_on, _ranking(view, subject, s, view.leading)) for s in snapshots)


def _headline_over_time(first: Concentration, last: Concentration, moments: Sequence[Moment], subject: _Subject) -> str:
    shift = rounded_change(first.leaders[1], last.leaders[1])
    change = (last.effective - first.effective) / first.effective
    verb = "rose" if change < -_LEVEL else "fell" if change > _LEVEL else "hardly changed"
    ranking = moments[-1].ranking
    top = min(3, len(ranking.ranked))
    leaders = f"the top {top} {subject.plural} have {percent(last.leaders[1])} of {_what(ranking, subject)}"
    difference = "unchanged" if not shift else f"{signed(shift)} percentage points"
    return f"Concentration {verb} since {day(moments[0].taken_on)}: {leaders} ({difference})"


def _timed_chart(view: View, moments: Sequence[Moment], headline: str) -> Chart:
    chart_moments = chart_specs.drawable(moments)
    parts = [_concentration(moment.ranking, view).leaders for moment in chart_moments]
    source = replace(view.source(), since=chart_moments[0].taken_on)
    series = tuple(Series(label, tuple(part[place] for part in parts)) for place, label in enumerate(_LABELS))
    kind = ChartKind.SLOPE if len(chart_moments) == 2 else ChartKind.LINES
    details = [f"{line.name}: {percent(line.values[0] or 0.0)} to {percent(line.values[-1] or 0.0)}" for line in series]
    subtitle = chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)
    chart = chart_specs.chart(
        kind, headline, source, subtitle, details, categories=chart_specs.dates(chart_moments), series=series
    )
    return replace(chart, emphasis=(_LABELS[1],))


def _other_subjects(query: Query, subject: _Subject) -> tuple[str, ...]:
    others = [word for word in ("creators", "licenses", "models") if word != subject.plural]
    same = query.but(top=None, by=None if query.by is Measure.MODELS else query.by)
    return tuple(str(same.but(names=(word,))) for word in others)


CONCENTRATION = Question(
    form=Form(
        "concentration",
        frozenset(Option),
        most=1,
        aliases=("concentrated", "inequality"),
        example="concentration",
        about=About.CHOICE,
        needs=Needs(Rows.SOME),
        spoken=Spoken(
            (
                *("concentration", "concentrated", "hhi", "gini", "herfindahl", "inequality", "monopoly", "unequal"),
                *("effective number", "gini coefficient", "hhi index"),
            ),
            priority=2,
            of_models=True,
        ),
    ),
    summary="How concentrated the list is on a few creators, licenses, tasks or models: HHI, Gini, effective number",
    examples=("concentration", "concentration models", "concentration licenses since 2026-01"),
    answer=_answer,
    charts=frozenset({ChartKind.PAIRED, ChartKind.BARS, ChartKind.LINES, ChartKind.SLOPE}),
    fields=Fields(frozenset({"rankings", "statistics"}), frozenset({"series"})),
    follow_ups=FollowUpRules(names=ranked),
    title=lambda _: "Concentration of {names}",
    brief="concentration",
    needs_rows=lambda query: query.names[:1] in {(), ("creators",), ("namespaces",), ("models",)},
)
