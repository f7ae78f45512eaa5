"""A digest's one picture, as a value: before and after of the largest shifts, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.digest.sentences import TOLD
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import name
from analytics.questions import chart_specs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Source
    from analytics.chart import Chart
    from analytics.digest.values import Section
    from analytics.query import Query

ROWS = 3
"""Names of each section."""


def picture(headline: str, sections: Sequence[Section], source: Source, query: Query) -> Chart:
    """Show the leaders of each section that shifted most, or simply the leaders where there is nothing to compare with."""
    rows = [(section, [_row(section, one) for one in _shown(section)]) for section in sections]
    details = [
        f"{label}: {f'{percent(was)} to ' if was is not None else ''}{percent(now)}" for _, own in rows for label, was, now in own
    ]
    under = chart_specs.subtitle(source, query)
    chart = chart_specs.chart(ChartKind.DUMBBELL, headline.partition(": ")[0], source, under, details)
    return chart_specs.before_after(chart, [(section.dimension.plural.capitalize(), own) for section, own in rows])


def _row(section: Section, one: str) -> tuple[str, float | None, float]:
    return name(section.dimension, one), _portion_before(section, one), _portion_after(section, one)


def _shown(section: Section) -> tuple[str, ...]:
    """Return the names to draw, the largest now first."""
    if not section.rankings:
        return ()
    places = {share.name: share.rank for share in section.rankings[-1].shares}
    moved = [shift.name for shift in section.shifts[:ROWS] if abs(shift.points) >= TOLD]
    leading = [share.name for share in section.rankings[-1].shares if share.name not in moved]
    chosen = (moved + leading)[:ROWS]
    return tuple(sorted(chosen, key=lambda one: (places.get(one, len(places) + 1), one)))


def _portion_after(section: Section, one: str) -> float:
    return next((share.portion for share in section.rankings[-1].shares if share.name == one), 0.0)


def _portion_before(section: Section, one: str) -> float | None:
    if section.since is None:
        return None
    shift = next((shift for shift in section.shifts if shift.name == one), None)
    return shift.before if shift else 0.0
