"""Charts as values, from rankings. Knows what a picture must say; how it is drawn is the business of ``charts``."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.chart import Chart, ChartKind, Series, Unit
from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, name, of_list, of_measure, short_list, window
from analytics.query import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Moment, Ranking, Share, Source
    from analytics.query import Query
    from analytics.questions.comparability import Scope

BARS = 8
"""Most bars of one picture; more cannot be read on a phone."""
PAIRS = 7
"""Most pairs of bars."""
LINES = 7
"""Most lines or bands, the last of them the others together."""
LONGEST_ALT = 1000


def subtitle(source: Source, query: Query, task: str = "", by: Measure | None = None, *, over_time: bool = False) -> str:
    """List, window and date."""
    which = of_list(source.list, source.models).removeprefix("the ")
    if task:
        which = f"{source.models} {task} {'model' if source.models == 1 else 'models'} of the {short_list(source.list)}"
    when = f"{day(source.since)} to {day(source.snapshot)}" if source.since else day(source.snapshot)
    measure = by or query.by
    over = window(measure) if measure is not Measure.MODELS else ("by number of models" if over_time else "number of models")
    return f"{which[0].upper()}{which[1:]} · {over} · {when}"


def footer(source: Source) -> str:
    """Say the source, and how much of it speaks; the file's name last, since it may be long."""
    hub = "simulated history" if source.simulated else "Hugging Face Hub"
    part = "" if source.coverage > 0.9995 else f" · recorded for {percent(source.coverage)} of the models"
    file = "" if source.simulated or source.origin == "hub" else f" · {source.origin}"
    return f"Source: {hub}, {source.snapshot:%Y-%m-%d}{part} · hfstats{file}"


def alt(headline: str, details: Sequence[str]) -> str:
    """Join the finding and the leading numbers, as many as fit."""
    text = f"{headline.rstrip('.')}."
    for detail in details:
        separator = " " if text.endswith(".") else "; "
        if len(text) + len(separator) + len(detail) + 1 > LONGEST_ALT:
            break
        text += separator + detail
    return text if text.endswith(".") else f"{text}."


def paired(rankings: Sequence[Ranking], dimension: Dimension, limit: int = PAIRS) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """Two measures side by side: the names that lead either, ordered by the last measure, then the rest as one."""
    portions = [{share.name: share.portion for share in ranking.shares} for ranking in rankings]
    every = sorted({n for p in portions for n in p}, key=lambda n: (-max(p.get(n, 0.0) for p in portions), n))
    shown = every if len(every) <= limit else every[: limit - 1]
    shown = sorted(shown, key=lambda n: (-portions[-1].get(n, 0.0), -portions[0].get(n, 0.0), n))
    rest = every[len(shown) :]
    others = _others(rankings, len(rest))
    categories = [name(dimension, n) for n in shown] + others
    series = [
        Series(
            of_measure(ranking.by),
            tuple([p.get(n, 0.0) for n in shown] + ([sum(p.get(n, 0.0) for n in rest) + _untold(ranking)] if others else [])),
        )
        for ranking, p in zip(rankings, portions, strict=True)
    ]
    return tuple(categories), tuple(series)


def bars(
    ranking: Ranking, dimension: Dimension | None, keep: str | None = None, limit: int = BARS
) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """Give one measure's leaders, ``keep`` among them wherever it ranks, then the rest as one."""
    shares = list(ranking.shares)
    shown = shares if len(shares) <= limit else shares[: limit - 1]
    subject = next((s for s in shares if s.name == keep), None)
    if subject and subject not in shown:
        shown = [*shown[:-1], subject]
    drawn = {s.name for s in shown}
    rest = [s for s in shares if s.name not in drawn]
    others = _others([ranking], len(rest))
    categories = [_ranked(dimension, s, shown) for s in shown] + others
    values = [s.portion for s in shown] + ([sum(s.portion for s in rest) + _untold(ranking)] if others else [])
    return tuple(categories), (Series(of_measure(ranking.by), tuple(values)),)


def _others(rankings: Sequence[Ranking], many: int) -> list[str]:
    """Name what is taken together: so many, or nobody knows how many where small ones are not told apart."""
    return ["all others"] if any(ranking.rest for ranking in rankings) else [f"{many} others"] if many else []


def _untold(ranking: Ranking) -> float:
    return ranking.rest / ranking.recorded if ranking.recorded else 0.0


def _ranked(dimension: Dimension | None, share: Share, shown: Sequence[Share]) -> str:
    """Put the rank before a name that does not stand where its place in the picture says."""
    label = name(dimension, share.name)
    return label if shown.index(share) + 1 >= share.rank else f"{share.rank}. {label}"


def portions_over_time(moments: Sequence[Moment], names: Sequence[str], dimension: Dimension | None) -> tuple[Series, ...]:
    """Give each name's portion at each moment; nothing under a name is 0, not a gap."""
    wanted = set(names)
    found = [{share.name: share.portion for share in m.ranking.shares if share.name in wanted} for m in moments]
    return tuple(Series(name(dimension, n), tuple(f.get(n, 0.0) for f in found)) for n in names)


def ranks_over_time(
    moments: Sequence[Moment], names: Sequence[str], dimension: Dimension | None, lowest: int
) -> tuple[Series, ...]:
    """Give each name's rank at each moment; a gap where it is absent or below ``lowest``."""
    found = [{share.name: share.rank for share in m.ranking.shares} for m in moments]
    return tuple(
        Series(name(dimension, n), tuple(float(f[n]) if f.get(n, lowest + 1) <= lowest else None for f in found)) for n in names
    )


def others_over_time(series: Sequence[Series]) -> Series:
    """Give what is left to the whole at each moment."""
    columns = zip(*(one.values for one in series), strict=True)
    return Series("others", tuple(max(0.0, 1.0 - sum(value or 0.0 for value in column)) for column in columns))


def leaders(moments: Sequence[Moment], limit: int) -> list[str]:
    """Return the names with the largest portions at any moment, the largest now first."""
    peak: dict[str, float] = {}
    for moment in moments:
        # Who is not among the first so many at its peak has so many before it there.
        for share in moment.ranking.shares[:limit]:
            peak[share.name] = max(peak.get(share.name, 0.0), share.portion)
    chosen = sorted(peak, key=lambda n: (-peak[n], n))[:limit]
    last = {share.name: share.portion for share in moments[-1].ranking.shares}
    return sorted(chosen, key=lambda n: (-last.get(n, 0.0), n))


def drawable(moments: Sequence[Moment]) -> Sequence[Moment]:
    """Keep the moments that a line may join: only the ends where a hole of over half the span would have it invent a course."""
    days = [moment.taken_on.toordinal() for moment in moments]
    hole = max(after - before for before, after in pairwise(days))
    return (moments[0], moments[-1]) if 2 * hole > days[-1] - days[0] else moments


def timed(
    kind: ChartKind, moments: Sequence[Moment], names: Sequence[str], dimension: Dimension | None
) -> tuple[ChartKind, tuple[Series, ...], Unit]:
    """Choose the form that two or more moments can carry, and its numbers: two dates are a slope, whatever was wished."""
    if len(moments) == 2:
        return ChartKind.SLOPE, portions_over_time(moments, names, dimension), Unit.PORTION
    if kind is ChartKind.BUMP:
        lowest = max(len(names), 1) + 2
        return kind, ranks_over_time(moments, names, dimension, lowest), Unit.RANK
    series = portions_over_time(moments, names, dimension)
    if kind is ChartKind.AREA and len(series) > 1:
        series = (*series, others_over_time(series))
    return kind, series, Unit.PORTION


def chart(
    kind: ChartKind,
    headline: str,
    source: Source,
    under: str,
    details: Sequence[str],
    *,
    categories: tuple[str, ...] = (),
    series: tuple[Series, ...] = (),
) -> Chart:
    """Put the finding, the source and the numbers together; the rest is set with :func:`dataclasses.replace`."""
    return Chart(
        kind=kind,
        title=headline,
        subtitle=under,
        footer=footer(source),
        alt=alt(headline, details),
        categories=categories,
        series=series,
        simulated=source.simulated,
    )


def before_after(chart: Chart, groups: Sequence[tuple[str, Sequence[tuple[str, float | None, float]]]]) -> Chart:
    """Give a chart the rows ``(name, before, after)`` of each titled group; ``before`` is ``None`` where nothing is compared."""
    rows = [row for _, own in groups for row in own]
    return replace(
        chart,
        categories=tuple(label for label, _, _ in rows),
        series=(Series("before", tuple(was for _, was, _ in rows)), Series("after", tuple(now for _, _, now in rows))),
        groups=tuple((title, len(own)) for title, own in groups if own),
    )


def dates(moments: Sequence[Moment]) -> tuple[str, ...]:
    """Return the moments' days as ISO dates, the categories of a chart over time."""
    return tuple(moment.taken_on.isoformat() for moment in moments)


def values(by: Measure, shares: Sequence[Share]) -> tuple[Series, ...]:
    """Give the shares' values, not their portions."""
    return (Series(of_measure(by), tuple(share.value for share in shares)),)


def year_back(found: Scope) -> Period | None:
    """Return the month from which a look at the past is worth offering: a year of months, or what there is."""
    if len(found.comparable) < 2:
        return None
    now = found.now.taken_on
    first = max(found.comparable[0].taken_on, now.replace(year=now.year - 1, day=1))
    return Period(first.year, first.month)
