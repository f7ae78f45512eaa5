"""Reports as JSON, with the stable fields that ``docs/reference/json.md`` describes, and their JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

from analytics.export.json_schema import Answer, Chart, Source, closed
from analytics.export.serialization import as_json, chart_as_json, source_as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.report.values import PublishedFigure, Report, Section


@closed
class SectionData(TypedDict):
    """One chapter. Without data it has neither answers nor a chart, and its finding says what isn't recorded."""

    key: str
    number: int
    title: str
    finding: str
    sentences: NotRequired[list[str]]
    change: NotRequired[str]
    definition: str
    groups: NotRequired[dict[str, float]]
    notes: NotRequired[list[str]]
    chart: NotRequired[Chart]
    answers: NotRequired[list[Answer]]


@closed
class PublishedData(TypedDict):
    """A published figure of January 2024 and the same figure now; ``null`` where it isn't recorded."""

    key: str
    label: str
    published: float
    now: float | None
    is_portion: bool


@closed
class ReportData(TypedDict):
    """The report of a month, ``YYYY-MM``."""

    month: str
    title: str
    source: Source
    summary: list[str]
    sections: list[SectionData]
    conclusions: list[str]
    question: str
    bet: str
    forecast: NotRequired[Chart]
    then_and_now: NotRequired[list[PublishedData]]
    notes: NotRequired[list[str]]


_REPORT: TypeAdapter[Any] = TypeAdapter(ReportData)


def report_as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON types; keys that don't apply are left out."""
    data = {
        "month": str(report.edition),
        "title": report.title,
        "source": source_as_json(report.source),
        "summary": list(report.summary),
        "sections": [_section(section) for section in report.sections],
        "conclusions": list(report.conclusions),
        "question": report.question,
        "bet": report.bet,
        "forecast": chart_as_json(report.forecast) if report.forecast else None,
        "then_and_now": [_published(figure) for figure in report.then_and_now] or None,
        "notes": list(report.notes) or None,
    }
    return {key: value for key, value in data.items() if value is not None}


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of reports."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_REPORT.json_schema(), "title": "Report of a month"}


def check_report(data: Mapping[str, Any]) -> None:
    """Raise ValueError where JSON data isn't a report."""
    _REPORT.validate_json(json.dumps(data, allow_nan=False), strict=True)


def _section(section: Section) -> dict[str, Any]:
    data = {
        "key": section.key,
        "number": section.number,
        "title": section.title,
        "finding": section.finding,
        "sentences": list(section.sentences),
        "change": section.change,
        "definition": section.definition,
        "groups": dict(section.groups),
        "notes": list(section.notes),
        "chart": chart_as_json(section.chart) if section.chart else None,
        "answers": [as_json(answer) for answer in section.answers],
    }
    return {key: value for key, value in data.items() if value}


def _published(figure: PublishedFigure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "label": figure.label,
        "published": figure.published,
        "now": figure.now,
        "is_portion": figure.is_portion,
    }
