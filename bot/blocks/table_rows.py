"""An answer's numbers as rows of text, for all tables in Slack and in the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from analytics.formatting.numbers import chance, count, percent
from analytics.formatting.phrases import change_of, points, points_of
from analytics.formatting.visible import one_line
from analytics.query import MOST_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer, Forecast, Shift


_Row = TypeVar("_Row")


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
        models = [(_rank(s.rank), s.name, count(s.value), percent(s.portion)) for s in answer.models.shares]
        return _limit_rows(("#", "model", answer.models.by, "share"), models, limit)
    return _ranking_table(answer, limit)


def _shift_table(answer: Answer, limit: int) -> Table:
    """Return rows by every measure if they fit, otherwise only by the leading one; without those that didn't change.

    An answer about a few names, or as many as the question asks for, keeps the rows of all of them.
    """
    by = answer.shifts[-1].by
    few = len({shift.name for shift in answer.shifts}) * 2 <= limit
    about_names = 0 < len({share.name for ranking in answer.rankings for share in ranking.shares}) <= MOST_NAMES
    keeps_all = about_names or answer.top is not None
    shifts = [shift for shift in answer.shifts if (few or shift.by is by) and (keeps_all or _is_visible(shift))]
    ranked, apart = ([shift for shift in shifts if shift.is_ranked is ranked] for ranked in (True, False))
    shown = _within_limit(ranked, apart, limit)
    rows: list[tuple[str, ...]] = [
        (_rank(s.rank_after), s.name, s.by.value, percent(s.before), percent(s.after), _change(s)) for s in shown
    ]
    headings: tuple[str, ...] = ("#", "name", "of", str(answer.source.since or "before"), str(answer.source.snapshot), "change")
    if any(shift.without is not None for shift in shifts):
        headings = (*headings, "without that model")
        rows = [(*row, "-" if s.without is None else points(s.without)) for row, s in zip(rows, shown, strict=True)]
    return _limit_rows(headings, rows, limit)


def _is_visible(shift: Shift) -> bool:
    """Return whether a shift shows after rounding; a name that entered or left always does."""
    return bool(points_of(shift)) or _enters_or_leaves(shift)


def _enters_or_leaves(shift: Shift) -> bool:
    return shift.is_ranked and not (shift.rank_before and shift.rank_after)


def _change(shift: Shift) -> str:
    if points_of(shift):
        return change_of(shift)
    return "under 0.1 points" if _enters_or_leaves(shift) else "no change"


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
    names = list(dict.fromkeys([s.name for s in last.ranked] + [s.name for r in others for s in r.ranked]))[: answer.top]
    apart = list(dict.fromkeys(s.name for r in answer.rankings for s in r.unranked if s.value))
    lead = {share.name: share for share in last.shares}
    rows = []
    for name in _within_limit(names, apart, limit):
        cells = [_rank(lead[name].rank) if name in lead else "", name]
        for shares in (*by_name, lead):
            share = shares.get(name)
            cells += [count(share.value), percent(share.portion)] if share else ["0", percent(0.0)]
        rows.append(tuple(cells))
    headings = ["#", last.of, *(heading for r in answer.rankings for heading in (r.by.value, "share"))]
    return _limit_rows(tuple(headings), rows, limit)


def _within_limit(rows: Sequence[_Row], apart: Sequence[_Row], limit: int) -> list[_Row]:
    """Put what stands apart from a ranking last, but among the rows that are shown."""
    shown = max(limit - len(apart), 0)
    return [*rows[:shown], *apart, *rows[shown:]]


def _limit_rows(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], limit: int) -> Table:
    shown = tuple(tuple(map(one_line, row)) for row in rows[:limit])
    return Table(headings, shown, max(0, len(rows) - limit))


_STATISTICS = {
    "spearman": "Spearman's rank correlation",
    "r2": "R² (Pearson, raw counts)",
    "r2_low": "R², lower end of the 95% interval",
    "r2_high": "R², upper end of the 95% interval",
    "r2_without_largest": "R² without the most downloaded model",
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
    "left_out": "not declared or not known",
    "top3_of_all": "share of the top 3 of all",
}
"""Labels of statistics; the others appear in the answer's sentences."""


def _statistic(key: str, value: float) -> str:
    if key.startswith("top") or key == "left_out":
        return percent(value)
    if key.startswith("effective"):
        return f"{value:.1f}"
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _fact(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}"


def _rank(rank: int | None) -> str:
    return "-" if rank is None else str(rank)
