"""The chart of a digest as a value: before and after of the largest shifts in each section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.formatting.phrases import name, points_of
from analytics.questions import chart_specs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Source
    from analytics.chart import Chart
    from analytics.digest.values import Section
    from analytics.query import Query

ROWS = 3
"""Names of each section."""


def chart_of(headline: str, sections: Sequence[Section], source: Source, query: Query) -> Chart:
    """Return the chart with the largest shifts of each section, or the leaders where there is nothing to compare with."""
    rows = [(section, [_row(section, raw) for raw in _shown(section)]) for section in sections]
    groups = [(section.dimension.plural.capitalize(), group) for section, group in rows]
    subtitle = chart_specs.subtitle(source, query) + (chart_specs.LARGEST_CHANGES if source.since else "")
    chart = chart_specs.chart(ChartKind.DUMBBELL, headline, source, subtitle, chart_specs.before_after_details(groups))
    return chart_specs.before_after(chart, groups)


def _row(section: Section, raw: str) -> tuple[str, float | None, float]:
    return name(section.dimension, raw), _portion_before(section, raw), _portion_after(section, raw)


def _shown(section: Section) -> tuple[str, ...]:
    """Return the names on the chart, the largest first."""
    if not section.rankings:
        return ()
    places = {share.name: place for place, share in enumerate(section.rankings[-1].ranked)}
    changed = [shift.name for shift in section.shifts[:ROWS] if shift.is_ranked and points_of(shift)]
    leading = [raw for raw in places if raw not in changed]
    names = (changed + leading)[:ROWS]
    return tuple(sorted(names, key=lambda raw: (places.get(raw, len(places) + 1), raw)))


def _portion_after(section: Section, raw: str) -> float:
    return next((share.portion for share in section.rankings[-1].shares if share.name == raw), 0.0)


def _portion_before(section: Section, raw: str) -> float | None:
    """Return the earlier share to draw the change from; ``None`` where that isn't told."""
    shift = next((shift for shift in section.shifts if shift.name == raw), None)
    return chart_specs.drawn_from(shift) if shift and section.since else None
