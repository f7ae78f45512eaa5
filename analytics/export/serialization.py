"""Answers as JSON and CSV, with the stable fields that ``docs/reference/json.md`` describes."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.export.tabular import table
from analytics.formatting.visible import one_line

if TYPE_CHECKING:
    from analytics.answer import Answer, Forecast, Ranking, Reason, Share, Shift, Source
    from analytics.chart import Chart
    from analytics.export.tabular import Cell

_FORMULA = re.compile(r"(?:^|;)\s*(?=[=+\-@＝＋－＠])")  # noqa: RUF001 - the wide signs


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as JSON types; keys that don't apply are left out."""
    data: dict[str, Any] = {
        "query": answer.query,
        "headline": answer.headline,
        "source": source_as_json(answer.source),
        "rankings": [_ranking(ranking, answer.top) for ranking in answer.rankings],
        "models": [_share(share) for share in answer.models.shares] if answer.models else None,
        "creators": [_share(share) for share in answer.creators.shares] if answer.creators else None,
        "series": [{"date": m.taken_on.isoformat(), **_ranking(m.ranking)} for m in answer.series],
        "shifts": [_shift(shift) for shift in answer.shifts],
        "forecasts": [_forecast(forecast) for forecast in answer.forecasts],
        "statistics": dict(answer.statistics),
        "facts": {key: value for key, value in answer.facts.items() if value is not None},
        "notes": list(answer.notes),
        "chart": chart_as_json(answer.chart),
        "next": list(answer.next),
    }
    return {key: value for key, value in data.items() if value or value == 0}


def source_as_json(source: Source) -> dict[str, Any]:
    """Return where numbers come from."""
    coverages = [{"by": c.by.value, "now": c.now, **({} if c.before is None else {"before": c.before})} for c in source.coverages]
    data = {
        "list": source.list.value,
        "snapshot": source.snapshot.isoformat(),
        "since": source.since.isoformat() if source.since else None,
        "models": source.models,
        "coverage": source.coverage,
        "simulated": source.simulated,
        "origin": source.origin,
        "coverages": coverages or None,
        **({"narrowed": source.narrowed, "size": source.size} if source.narrowed else {}),
    }
    return {key: value for key, value in data.items() if value is not None}


def chart_as_json(chart: Chart) -> dict[str, Any]:
    """Return a chart without its numbers."""
    return {"kind": chart.kind.value, "title": chart.title, "alt": chart.alt}


def _ranking(ranking: Ranking, top: int | None = None) -> dict[str, Any]:
    return {
        "by": ranking.by.value,
        "of": ranking.of,
        "total": _number(ranking.total),
        "recorded": _number(ranking.recorded),
        **({"rest": _number(ranking.rest)} if ranking.rest else {}),
        "shares": [_share(share) for share in ranking.first(top).shares],
    }


def _share(share: Share) -> dict[str, Any]:
    data: dict[str, Any] = {"rank": share.rank, "name": share.name, "value": _number(share.value), "portion": share.portion}
    if share.members:
        data["members"] = [{"name": name, "value": _number(value)} for name, value in share.members]
    return data


def _shift(shift: Shift) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": shift.name,
        "by": shift.by.value,
        "before": shift.before,
        "after": shift.after,
        "points": shift.points,
        "rank_before": shift.rank_before,
        "rank_after": shift.rank_after,
        "reasons": [_reason(reason) for reason in shift.reasons],
        "basis": shift.basis.value,
    }
    if shift.without is not None:
        data["points_without"] = shift.without
    if shift.low is not None and shift.high is not None:
        data |= {"low": shift.low, "high": shift.high}
    if shift.split:
        split = shift.split
        data["split"] = {"grew": split.grew, "declared": split.declared, "entered": split.entered, "left": split.left}
    return data


def _reason(reason: Reason) -> dict[str, Any]:
    place = {"place": reason.place} if reason.place else {}
    return {"model": reason.model, "cause": reason.cause.value, "points": reason.points, **place}


def _forecast(forecast: Forecast) -> dict[str, Any]:
    return {
        "name": forecast.name,
        "by": forecast.by.value,
        "at": forecast.at.isoformat(),
        "months": forecast.months,
        "now": forecast.now,
        "expected": forecast.expected,
        "low": forecast.low,
        "high": forecast.high,
        "leads": forecast.leads,
    }


def _number(value: float) -> int | float:
    """Return 60.0 as the integer 60, 0.5 as it is."""
    return int(value) if float(value).is_integer() else value


def as_csv(answer: Answer) -> str:
    """Return every number of the answer as rows with a heading, as :func:`analytics.export.tabular.table` has them."""
    heading, rows = table(answer)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    whole = heading.index("value") if "portion" in heading else None
    writer.writerows([_cell(cell, whole=place == whole) for place, cell in enumerate(row)] for row in rows)
    return out.getvalue()


def _cell(cell: Cell, *, whole: bool) -> str | int | float | None:
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return _number(cell) if whole and isinstance(cell, float) else cell


def safe(name: str) -> str:
    """Escape a name for spreadsheets, on one line: neither it nor a part after a semicolon may become a formula.

    Source: OWASP, CSV Injection. Some programs read the full-width signs as the ASCII ones.
    """
    return _FORMULA.sub(r"\g<0>'", one_line(name))
