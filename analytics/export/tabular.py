"""``table``, the numbers of an answer as rows for CSV files and data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from analytics.answer import Answer, Ranking

    Cell = str | int | float | date | None


def table(answer: Answer) -> tuple[Sequence[str], Iterator[Sequence[Cell]]]:
    """Return the heading and the rows with every number of the answer.

    A row is one name by one measure; over time, also at one date. For a comparison of two dates it's one shift, for a forecast
    one name at one future date, for likes and for single models one figure.
    """
    heading: tuple[str, ...]
    if answer.forecasts:
        heading = ("by", "name", "months", "at", "now", "expected", "low", "high", "leads")
        rows = answer.forecasts
        return heading, ((f.by.value, f.name, f.months, f.at, f.now, f.expected, f.low, f.high, f.leads) for f in rows)
    if answer.series:
        heading = ("date", "by", "rank", answer.series[0].ranking.of, "value", "portion")
        return heading, ((moment.taken_on, *row) for moment in answer.series for row in _rows(moment.ranking))
    if answer.shifts:
        heading = ("by", "name", "before", "after", "points", "rank_before", "rank_after", "basis", "low", "high")
        return heading, (
            (s.by.value, s.name, s.before, s.after, s.points, s.rank_before, s.rank_after, s.basis.value, s.low, s.high)
            for s in answer.shifts
        )
    if answer.facts or not answer.rankings:
        return ("figure", "value"), iter({**answer.facts, **answer.statistics}.items())
    if answer.models and answer.top:  # of one name; the number asked for is that of its models
        return ("by", "rank", "model", "value", "portion"), iter(_rows(answer.models))
    heading = ("by", "rank", answer.rankings[0].of, "value", "portion")
    return heading, (row for ranking in answer.rankings for row in _rows(ranking.first(answer.top)))


def _rows(ranking: Ranking) -> list[tuple[str, int | None, str, float, float]]:
    return [(ranking.by.value, share.rank, share.name, share.value, share.portion) for share in ranking.shares]
