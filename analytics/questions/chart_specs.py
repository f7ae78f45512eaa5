"""Charts as values, built from rankings. :mod:`analytics.charts` draws them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.chart import MOST_BARS, Chart, ChartKind, Series, Unit
from analytics.domain import Dimension, Measure
from analytics.formatting.filters import models_in_words
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import known_for, name, of_measure, short_day, short_list, short_period, window
from analytics.names.grouping import UNRANKED
from analytics.query import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Moment, Ranking, Share, Shift, Source
    from analytics.query import Query
    from analytics.questions.comparability import Scope

    Groups = Sequence[tuple[str, Sequence[tuple[str, float | None, float]]]]
    """Titled groups of rows: name, share before (``None`` where there is none to draw from) and after."""

BARS = 8
"""Bars of one chart, including the one for all others, where no number is asked for."""
PAIRS = 7
"""Pairs of bars, likewise."""
LINES = 7
"""Most lines or bands, including the one for all others."""
LONGEST_ALT = 1000


def subtitle(source: Source, query: Query, task: str = "", by: Measure | None = None, *, over_time: bool = False) -> str:
    """Return the line under the title: list, measure and date, separated by " · "."""
    which = models_in_words(source.list, source.size or source.models, source.models, source.narrowed).removeprefix("the ")
    if task:
        model, narrowed = "model" if source.models == 1 else "models", f" {source.narrowed}" if source.narrowed else ""
        which = f"{source.models} {task} {model}{narrowed} in the {short_list(source.list)}"
    when = short_period(source.since, source.snapshot) if source.since else short_day(source.snapshot)
    measure = by or query.by
    over = window(measure) if measure is not Measure.MODELS else ("by number of models" if over_time else "number of models")
    return f"{which[0].upper()}{which[1:]} · {over} · {when}"


def footer(source: Source) -> str:
    """Return the line below the chart: the source, its date and coverage; a file's name comes last, since it may be long."""
    hub = "simulated history" if source.simulated else "Hugging Face Hub"
    known = known_for(source)
    part = f" · known for {known}" if known else ""
    file = "" if source.simulated or source.origin == "hub" else f" · {source.origin}"
    return f"Source: {hub}, {short_day(source.snapshot)}{part} · hfstats{file}"


LARGEST_CHANGES = " · largest changes"
"""The end of the subtitle of a chart that shows some names for their change, and not others that are larger."""


def alt(headline: str, details: Sequence[str]) -> str:
    """Return the alternative text: the headline and as many details as fit."""
    text = f"{headline.rstrip('.')}."
    for detail in details:
        separator = " " if text.endswith(".") else "; "
        if len(text) + len(separator) + len(detail) + 1 > LONGEST_ALT:
            break
        text += separator + detail
    return text if text.endswith(".") else f"{text}."


def paired(
    rankings: Sequence[Ranking], dimension: Dimension, limit: int = PAIRS, top: int | None = None
) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """Return categories and two series: the names that lead by either measure, ordered by the last, then all others as one.

    What isn't declared or known comes last. ``top``: the number of names asked for; otherwise ``limit`` pairs are drawn,
    including the one for all others.
    """
    portions = [{share.name: share.portion for share in ranking.shares} for ranking in rankings]
    apart = _apart(rankings)
    shown, rest = _leading_by_either(rankings, limit - len(apart), top)
    others = _others(rankings, len(rest))
    categories = [*(name(dimension, n) for n in shown), *others, *(name(dimension, n) for n in apart)]
    series = [
        Series(
            of_measure(ranking.by),
            (
                *(p.get(n, 0.0) for n in shown),
                *([sum(p.get(n, 0.0) for n in rest) + _unnamed(ranking)] if others else []),
                *(p.get(n, 0.0) for n in apart),
            ),
        )
        for ranking, p in zip(rankings, portions, strict=True)
    ]
    return tuple(categories), tuple(series)


def rule_of_pairs(rankings: Sequence[Ranking], limit: int = PAIRS, top: int | None = None) -> str:
    """Return the rule by which :func:`paired` selects, for the subtitle; ``""`` where no bar is larger than one that is drawn."""
    portions = [{share.name: share.portion for share in ranking.shares} for ranking in rankings]
    shown, rest = _leading_by_either(rankings, limit - len(_apart(rankings)), top)
    larger = any(max((p.get(n, 0.0) for n in rest), default=0.0) > min(p.get(n, 0.0) for n in shown) for p in portions if shown)
    return " · largest by either measure" if larger else ""


def _apart(rankings: Sequence[Ranking]) -> list[str]:
    """Return what isn't declared or known, which comes after the names."""
    return list(dict.fromkeys(share.name for ranking in rankings for share in ranking.unranked if share.value))


def _leading_by_either(rankings: Sequence[Ranking], limit: int, top: int | None) -> tuple[list[str], list[str]]:
    """Return the names with the largest portions by any measure, ordered by the last measure, and all others."""
    portions = [{share.name: share.portion for share in ranking.ranked} for ranking in rankings]
    names = sorted({n for p in portions for n in p}, key=lambda n: (-max(p.get(n, 0.0) for p in portions), n))
    number = _named(len(names), limit, top)
    return sorted(names[:number], key=lambda n: (-portions[-1].get(n, 0.0), -portions[0].get(n, 0.0), n)), names[number:]


def bars(
    ranking: Ranking, dimension: Dimension | None, required: str | None = None, limit: int = BARS, top: int | None = None
) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """Return categories and one series: the leaders, with ``required`` among them whatever its rank, then all others as one.

    What isn't declared or known comes last. ``top``: the number of names asked for; otherwise ``limit`` bars are drawn, including
    the one for all others.
    """
    shares = list(ranking.ranked)
    apart = [s for s in ranking.unranked if s.value or s.name == required]
    shown = shares[: _named(len(shares), limit - len(apart), top)]
    subject = next((s for s in shares if s.name == required), None)
    if subject and subject not in shown:
        shown = [*shown[:-1], subject]
    drawn = {s.name for s in shown}
    rest = [s for s in shares if s.name not in drawn]
    others = _others([ranking], len(rest))
    categories = [*(_ranked(dimension, s, shown) for s in shown), *others, *(name(dimension, s.name) for s in apart)]
    all_others = [sum(s.portion for s in rest) + _unnamed(ranking)] if others else []
    values = [*(s.portion for s in shown), *all_others, *(s.portion for s in apart)]
    return tuple(categories), (Series(of_measure(ranking.by), tuple(values)),)


def _named(number: int, limit: int, top: int | None) -> int:
    """Return how many of a number of names get a bar of their own."""
    if top:
        return min(top, MOST_BARS)
    return number if number <= limit else limit - 1


def _others(rankings: Sequence[Ranking], number: int) -> list[str]:
    """Return the label of the combined names, with their number where it is known; ``[]`` where there are none."""
    if any(ranking.rest for ranking in rankings):
        return ["all others"]
    return [f"{number} {'other' if number == 1 else 'others'}"] if number else []


def _unnamed(ranking: Ranking) -> float:
    """Return the portion that the source sums up without names."""
    return ranking.rest / ranking.recorded if ranking.recorded else 0.0


def _ranked(dimension: Dimension | None, share: Share, shown: Sequence[Share]) -> str:
    """Return the label of a bar, with the rank where it differs from the position in the chart."""
    label = name(dimension, share.name)
    return label if shown.index(share) + 1 >= (share.rank or 0) else f"{share.rank}. {label}"


def portions_over_time(moments: Sequence[Moment], names: Sequence[str], dimension: Dimension | None) -> tuple[Series, ...]:
    """Return each name's portion at each moment; an absent name has 0, not a gap."""
    requested = set(names)
    portions = [{share.name: share.portion for share in m.ranking.shares if share.name in requested} for m in moments]
    return tuple(Series(name(dimension, n), tuple(p.get(n, 0.0) for p in portions)) for n in names)


def ranks_over_time(
    moments: Sequence[Moment], names: Sequence[str], dimension: Dimension | None, lowest: int
) -> tuple[Series, ...]:
    """Return each name's rank at each moment; a gap where it is absent or below ``lowest``."""
    ranks = [{share.name: share.rank for share in m.ranking.shares if share.rank} for m in moments]
    return tuple(
        Series(name(dimension, n), tuple(float(r[n]) if r.get(n, lowest + 1) <= lowest else None for r in ranks)) for n in names
    )


def others_over_time(series: Sequence[Series]) -> Series:
    """Return the rest up to 100% at each moment."""
    columns = zip(*(line.values for line in series), strict=True)
    return Series("others", tuple(max(0.0, 1.0 - sum(value or 0.0 for value in column)) for column in columns))


def leaders(moments: Sequence[Moment], limit: int) -> list[str]:
    """Return the names with the largest portions at any moment, the largest now first; then what isn't declared or known."""
    peak: dict[str, float] = {}
    apart = list(dict.fromkeys(share.name for moment in moments for share in moment.ranking.unranked if share.value))
    limit -= len(apart) if limit == LINES else 0
    for moment in moments:
        # A name outside the first `limit` at its own peak has that many larger names there, so it can't be a leader.
        for share in moment.ranking.ranked[:limit]:
            peak[share.name] = max(peak.get(share.name, 0.0), share.portion)
    names = sorted(peak, key=lambda n: (-peak[n], n))[:limit]
    last = {share.name: share.portion for share in moments[-1].ranking.shares}
    return [*sorted(names, key=lambda n: (-last.get(n, 0.0), n)), *apart]


def drawable(moments: Sequence[Moment]) -> Sequence[Moment]:
    """Return the moments to join by a line; only the ends where a gap covers more than half of the span."""
    days = [moment.taken_on.toordinal() for moment in moments]
    gap = max(after - before for before, after in pairwise(days))
    return (moments[0], moments[-1]) if 2 * gap > days[-1] - days[0] else moments


def timed(
    kind: ChartKind, moments: Sequence[Moment], names: Sequence[str], dimension: Dimension | None
) -> tuple[ChartKind, tuple[Series, ...], Unit]:
    """Return the kind of chart, its series and unit for two or more moments; two moments always make a slope chart."""
    if len(moments) == 2:
        return ChartKind.SLOPE, portions_over_time(moments, names, dimension), Unit.PORTION
    if kind is ChartKind.BUMP:
        ranked = [raw for raw in names if raw not in UNRANKED]
        return kind, ranks_over_time(moments, ranked, dimension, max(len(ranked), 1) + 2), Unit.RANK
    series = portions_over_time(moments, names, dimension)
    if kind is ChartKind.AREA and len(series) > 1:
        number = sum(raw not in UNRANKED for raw in names)
        series = (*series[:number], others_over_time(series), *series[number:])
    return kind, series, Unit.PORTION


def chart(
    kind: ChartKind,
    headline: str,
    source: Source,
    subtitle: str,
    details: Sequence[str],
    *,
    categories: tuple[str, ...] = (),
    series: tuple[Series, ...] = (),
) -> Chart:
    """Build a chart from the headline, the source and the numbers; set other fields with :func:`dataclasses.replace`."""
    return Chart(
        kind=kind,
        title=headline,
        subtitle=subtitle,
        footer=footer(source),
        alt=alt(headline, details),
        categories=categories,
        series=series,
        simulated=source.simulated,
    )


def drawn_from(shift: Shift) -> float | None:
    """Return the earlier share to draw a change from; ``None`` where only bounds are told: a line would say more."""
    return None if shift.basis is Basis.BOUNDS else shift.before


def before_after_details(groups: Groups) -> list[str]:
    """Return what such a chart shows, for its alternative text: ``Meta: 12.3% to 14.0%``."""
    return [
        f"{label}: {f'{percent(before)} to ' if before is not None else ''}{percent(after)}"
        for _, group in groups
        for label, before, after in group
    ]


def before_after(chart: Chart, groups: Groups) -> Chart:
    """Add rows ``(name, before, after)`` in titled groups to a chart; ``before`` is ``None`` where there is no earlier value."""
    rows = [row for _, group in groups for row in group]
    return replace(
        chart,
        categories=tuple(label for label, _, _ in rows),
        series=(Series("before", tuple(was for _, was, _ in rows)), Series("after", tuple(now for _, _, now in rows))),
        groups=tuple((title, len(group)) for title, group in groups if group),
    )


def dates(moments: Sequence[Moment]) -> tuple[str, ...]:
    """Return the moments' dates in ISO format, the categories of a chart over time."""
    return tuple(moment.taken_on.isoformat() for moment in moments)


def values(by: Measure, shares: Sequence[Share]) -> tuple[Series, ...]:
    """Return one series of the shares' values rather than portions."""
    return (Series(of_measure(by), tuple(share.value for share in shares)),)


def year_back(scope: Scope) -> Period | None:
    """Return the start month for a suggested question over time: a year back or the first snapshot; ``None`` without a past."""
    if len(scope.comparable) < 2:
        return None
    now = scope.now.taken_on
    first = max(scope.comparable[0].taken_on, now.replace(year=now.year - 1, day=1))
    return Period(first.year, first.month)
