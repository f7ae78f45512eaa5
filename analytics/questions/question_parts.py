"""What questions share besides their form: the fields of their JSON, follow-ups, titles of charts, bounds on ``top 50``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.chart import MOST_BARS, ChartKind
from analytics.domain import Dimension, Measure
from analytics.formatting.phrases import enumerate_, name, of_measure
from analytics.names.resolve import dimension_named
from analytics.query import About

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Answer
    from analytics.domain import Model
    from analytics.query import Form, Query


WORDS = {
    Dimension.FAMILY: ("license family", "license families"),
    Dimension.KIND: ("kind of creator", "kinds of creators"),
    Dimension.ACCESS: ("access level", "access levels"),
    Dimension.DERIVATION: ("derivation", "derivations"),
}
"""Singular and plural of dimensions whose own words are unclear by themselves."""
_OVER_TIME = frozenset({ChartKind.LINES, ChartKind.AREA, ChartKind.BUMP, ChartKind.SLOPE})
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an answer's JSON that not every question has; ``docs/reference/json.md`` describes them."""

    always: frozenset[str] = frozenset()
    sometimes: frozenset[str] = frozenset()
    """Those that only some answers have: over time, or where something changed."""


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """What the follow-up questions of an answer depend on, besides the options of its form."""

    names: Callable[[Answer], Sequence[str]] = lambda _: ()
    """Returns the names in the answer to go on with, in the question's dimension or, without one, models."""
    measures: frozenset[Measure] = frozenset(Measure)
    """The measures that it has an answer by."""
    one_measure: bool = False
    """Whether it counts by one measure at a time, downloads by default, also at a single date."""
    enough: Callable[[Sequence[Model]], bool] | None = None
    """Tells whether the models of a snapshot are enough for an answer; ``None`` where any are."""


def ranked(answer: Answer) -> tuple[str, ...]:
    """Return the names of an answer's last ranking, the first first."""
    return tuple(share.name for share in answer.rankings[-1].shares) if answer.rankings else ()


def present(answer: Answer) -> tuple[str, ...]:
    """Return the names of an answer's shifts that are in the later ranking."""
    return tuple(shift.name for shift in answer.shifts if shift.rank_after)


def dimension_of(form: Form, query: Query, answer: Answer) -> Dimension | None:
    """Return the dimension that an answer is about; ``None`` for the list, for models, and for a comparison of two months."""
    match form.about:
        case About.CHOICE:
            return dimension_named(query.names[0]) if query.names else Dimension.CREATOR
        case About.SEVERAL:
            return Dimension(answer.rankings[0].of) if answer.rankings else None
        case _:
            return form.dimension


def with_title(answer: Answer, form: Form, query: Query, title: str = "") -> Answer:
    """Give the chart its title: what it shows, such as ``Licenses by models and downloads``. The finding is the headline.

    ``title``: the question's own, in which ``{names}`` is the plural of what is ranked; by default the form's names.
    """
    chart, dimension = answer.chart, dimension_of(form, query, answer)
    names = WORDS[dimension][1] if dimension in WORDS else dimension.plural if dimension else form.word
    subject = (title or _subject(form, query, answer, dimension)).format(names=names)
    paired = chart.kind is ChartKind.PAIRED
    by = enumerate_([line.name for line in chart.series]) if paired else of_measure(query.by or Measure.DOWNLOADS)
    measured = "" if chart.kind is ChartKind.SCATTER else f" by {by}"
    time = " over time" if query.since and chart.kind in _OVER_TIME and not form.needs.earlier else ""
    about_names = form.about in {About.NAME, About.MODEL, About.SEVERAL}  # which keep their case: transformers, text-generation
    start = subject if about_names else f"{subject[:1].upper()}{subject[1:]}"
    return replace(answer, chart=replace(chart, title=f"{start}{measured}{time}"))


def _subject(form: Form, query: Query, answer: Answer, dimension: Dimension | None) -> str:
    """Return what a question's chart shows, as a template of :func:`with_title`."""
    told = [share.name for ranking in answer.rankings[-1:] for share in ranking.shares] + [s.name for s in answer.shifts]
    match form.about:
        case About.NAME | About.MODEL:
            subject = (*told, *query.names)[0]
            among = "{names}" if form.about is About.NAME else "models"
            return f"{_escaped(name(dimension, subject))} among {among}"
        case About.SEVERAL if answer.rankings:
            shown = list(dict.fromkeys(name(dimension, raw) for raw in told)) or list(query.names)
            rest = len(shown) - _NAMED
            return _escaped(enumerate_(shown if rest <= 0 else [*shown[:_NAMED], f"{rest} more"]))
        case About.SEVERAL:
            return f"Largest changes from {query.names[0]} to {query.names[-1]}"
    return "{names}"


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def with_bounds(
    answer: Answer, number: int, most: int = MOST_BARS, charted: int | None = None, *, partial: bool = False
) -> Answer:
    """Say in the notes and on the chart where the answer to ``top 50`` has fewer names than that.

    Args:
        answer: With or without ``top``.
        number: How many names there are.
        most: How many of them the chart can show.
        charted: How many names the chart is about, if not all of them.
        partial: Whether only some names are stored.

    """
    if not answer.top or not number:
        return answer
    notes, chart = [], answer.chart
    if number < answer.top:
        notes.append(f"You asked for the top {answer.top:,}, but {_available(answer, number, partial=partial)}.")
    requested = min(number if charted is None else charted, answer.top)
    if requested > most:
        chart = replace(chart, subtitle=f"{chart.subtitle} · first {most} of {requested:,}")
        notes.append(f"The chart shows the first {most} of {requested:,}. The CSV file has all of them.")
    return replace(answer, chart=chart, notes=(*answer.notes, *notes))


def _available(answer: Answer, number: int, *, partial: bool) -> str:
    if any(ranking.rest for ranking in answer.rankings):
        return f"hfstats stores only {number:,} by name and the others as a sum"
    if partial:
        return f"hfstats stores only {number:,} of them"
    return f"there {'is' if number == 1 else 'are'} only {number:,}"
