"""An answer's numbers as rows of text, for all tables in Slack and in the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.formatting.numbers import chance, count, percent
from analytics.formatting.phrases import points
from analytics.formatting.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer, Forecast


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text with headings; the columns after the first two are numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0
    """The number of rows beyond the limit."""

    def note(self, answer: Answer) -> str:
        """Return the sentence below the rows about those left out; ``""`` if there are none."""
        if not self.left_out:
            return ""
        more = f"… and {self.left_out} more"
        return f"{more}. A Slack message has no room for them, but the CSV file has all rows." if answer.top else more


def table(answer: Answer, limit: int, most: int | None = None) -> Table | None:
    """Return the most relevant rows; ``None`` for an answer without rows.

    ``limit``: the number of rows unless the question asks for a number of names. It then gets all of them, up to ``most``.
    """
    if answer.top:
        limit = max(limit, most or sys.maxsize)
    if answer.facts:
        rows = [("", label.replace("_", " "), _fact(value)) for label, value in answer.facts.items() if value is not None]
        return _limit_rows(("", "", ""), rows, limit)
    figures = [("", _STATISTICS[key], _statistic(key, value)) for key, value in answer.statistics.items() if key in _STATISTICS]
    if figures:
        return _limit_rows(("", "", ""), figures, limit)
    if answer.forecasts:
        return _forecast_table(answer.forecasts, limit)
    if answer.shifts:
        return _shift_table(answer, limit)
    if answer.models is not None:
        models = [(str(s.rank), s.name, count(s.value), percent(s.portion)) for s in answer.models.shares]
        return _limit_rows(("#", "model", answer.models.by, "share"), models, limit)
    return _ranking_table(answer, limit)


def _shift_table(answer: Answer, limit: int) -> Table:
    """Return rows by every measure if they fit, otherwise only by the leading one."""
    by = answer.shifts[-1].by
    few = len({shift.name for shift in answer.shifts}) * 2 <= limit
    rows = [
        (_rank(s.rank_after), s.name, s.by.value, percent(s.before), percent(s.after), points(s.points))
        for s in answer.shifts
        if few or s.by is by
    ]
    since = str(answer.source.since or "before")
    return _limit_rows(("#", "name", "of", since, str(answer.source.snapshot), "change"), rows, limit)


def _forecast_table(forecasts: Sequence[Forecast], limit: int) -> Table:
    """Return one row per name, with the forecast, its 80% interval and the chance of leading for each date."""
    rows: dict[str, list[str]] = {}
    for forecast in forecasts:
        row = rows.setdefault(forecast.name, [str(len(rows) + 1), forecast.name, percent(forecast.now)])
        row += [percent(forecast.expected), f"{percent(forecast.low)} to {percent(forecast.high)}", chance(forecast.leads)]
    dates = dict.fromkeys(f"{forecast.at:%b %Y}" for forecast in forecasts)
    headings = ("#", "name", "now", *(heading for when in dates for heading in (when, "80%", "leads")))
    return _limit_rows(headings, [tuple(row) for row in rows.values()], limit)


def _ranking_table(answer: Answer, limit: int) -> Table | None:
    if not answer.rankings:
        return None
    *others, last = answer.rankings
    by_name = [{share.name: share for share in ranking.shares} for ranking in others]
    names = dict.fromkeys([s.name for s in last.shares] + [s.name for r in others for s in r.shares])
    lead = {share.name: share for share in last.shares}
    rows = []
    for name in list(names)[: answer.top]:
        cells = [str(lead[name].rank) if name in lead else "", name]
        for shares in (*by_name, lead):
            share = shares.get(name)
            cells += [count(share.value), percent(share.portion)] if share else ["0", percent(0.0)]
        rows.append(tuple(cells))
    headings = ["#", last.of, *(heading for r in answer.rankings for heading in (r.by.value, "share"))]
    return _limit_rows(tuple(headings), rows, limit)


def _limit_rows(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], limit: int) -> Table:
    shown = tuple(tuple(map(one_line, row)) for row in rows[:limit])
    return Table(headings, shown, max(0, len(rows) - limit))


_STATISTICS = {
    "r2": "R² (Pearson, raw counts)",
    "spearman": "Spearman's rank correlation",
    "r2_loglog": "R² of the logarithms",
    "n": "models",
    "top1": "share of the leader",
    "top3": "share of the top 3",
    "top10": "share of the top 10",
    "effective": "effective number",
    "effective_before": "effective number before",
    "hhi": "HHI",
    "hhi_before": "HHI before",
    "gini": "Gini",
    "names": "names",
}
"""Labels of statistics; the others appear in the answer's sentences."""


def _statistic(key: str, value: float) -> str:
    if key.startswith("top"):
        return percent(value)
    if key.startswith("effective"):
        return f"{value:.1f}"
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _fact(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}"


def _rank(rank: int | None) -> str:
    return "-" if rank is None else str(rank)
