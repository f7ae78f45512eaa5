"""The bounds on ``top 50``: how many names there are, and how many of them a chart can show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.chart import MOST_BARS

if TYPE_CHECKING:
    from analytics.answer import Answer


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
