"""The chart of a digest as a value: the largest shifts of each section, or the leaders where nothing shifted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.chart import ChartKind, Series
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import bounds_of_change, name, points_of
from analytics.questions import chart_specs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Shift, Source
    from analytics.chart import Chart
    from analytics.digest.edition import Edition
    from analytics.digest.values import Section
    from analytics.query import Query

    Rows = Sequence[tuple[Section, Sequence[Shift]]]

ROWS = 3
"""Names of each section."""


def chart_of(headline: str, edition: Edition, sections: Sequence[Section], source: Source, query: Query) -> Chart:
    """Return the chart; its title is short, since the headline is beside it in the message and in its alternative text."""
    rows = [(section, [shift for shift in section.shifts[:ROWS] if shift.is_ranked and points_of(shift)]) for section in sections]
    rows = [(section, shifts) for section, shifts in rows if shifts]
    if not rows:
        return _leaders(headline, edition, sections, source, query)
    shifts = [shift for _, shifts in rows for shift in shifts]
    when = f", {edition.name}" if source.since and source.since in edition.before else ""  # otherwise the subtitle says it
    chart = chart_specs.chart(ChartKind.SHIFTS, headline, source, chart_specs.subtitle(source, query), _details(rows))
    return replace(
        chart,
        title=f"Changes in share of downloads{when}",
        categories=tuple(name(section.dimension, shift.name) for section, shifts in rows for shift in shifts),
        series=(Series("before", tuple(map(_before, shifts))), Series("after", tuple(map(_after, shifts)))),
        groups=tuple((section.dimension.plural.capitalize(), len(shifts)) for section, shifts in rows),
        bounds=tuple(map(_bounds, shifts)),
    )


def _leaders(headline: str, edition: Edition, sections: Sequence[Section], source: Source, query: Query) -> Chart:
    """Return the chart for the first digest, and for a month in which no share changed by a tenth of a point."""
    groups = [
        (
            section.dimension.plural.capitalize(),
            [(name(section.dimension, share.name), None, share.portion) for share in section.rankings[-1].ranked[:ROWS]],
        )
        for section in sections
        if section.rankings
    ]
    details = chart_specs.before_after_details(groups)
    chart = chart_specs.chart(ChartKind.DUMBBELL, headline, source, chart_specs.subtitle(source, query), details)
    return replace(chart_specs.before_after(chart, groups), title=f"Largest shares of downloads, {edition.name}")


def _before(shift: Shift) -> float | None:
    return None if shift.basis is Basis.BOUNDS or shift.entered else shift.before


def _after(shift: Shift) -> float | None:
    return None if shift.basis is Basis.BOUNDS or shift.left else shift.after


def _bounds(shift: Shift) -> tuple[float, float] | None:
    if shift.basis is not Basis.BOUNDS or shift.low is None or shift.high is None:
        return None
    return shift.low, shift.high


def _details(rows: Rows) -> list[str]:
    """Return what the chart shows, for its alternative text: ``Licenses: MIT 12.3% to 14.0%``."""
    return [
        (f"{section.dimension.plural.capitalize()}: " if shift is shifts[0] else "")
        + f"{name(section.dimension, shift.name)} {_told(shift)}"
        for section, shifts in rows
        for shift in shifts
    ]


def _told(shift: Shift) -> str:
    bounds = _bounds(shift)
    if bounds:
        return f"{bounds_of_change(*bounds)} points"
    if shift.entered:
        return f"entered the list with {percent(shift.after)}"
    if shift.left:
        return f"left the list, {percent(shift.before)} before"
    return f"{percent(shift.before)} to {percent(shift.after)}"
