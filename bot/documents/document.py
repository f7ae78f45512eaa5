"""``Document``, a report as texts in reading order. Every form of a report prints these, so that all have the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, of_list
from analytics.formatting.visible import one_line
from analytics.report.values import SIMULATED
from bot.blocks.table_rows import table
from bot.blocks.text import source_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer
    from analytics.chart import Chart
    from analytics.report.values import PublishedFigure, Report, Section

_ROWS = 10
"""Rows of each table."""
FORECAST = "forecast"
"""The key of the forecast's picture."""


ABOUT_PUBLISHED = (
    "The published figures are those of the article about the 300 most-downloaded models of January 2024. They can't be "
    "calculated again, because no list of that month is known."
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text with headings. Columns are numbers, unless their place is in ``texts``."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    more: str = ""
    """How many rows are left out; ``""`` if none is."""
    texts: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart by the key under which the caller draws it."""

    key: str
    alt: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of a report."""

    key: str
    number: int
    title: str
    finding: str
    text: str
    """The other sentences, as one paragraph."""
    change: str
    picture: Picture | None
    tables: tuple[Table, ...]
    definition: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report from its title to its last line."""

    title: str
    dateline: str
    warning: str
    """Above all else, where the data is simulated; ``""`` otherwise."""
    summary: tuple[str, ...]
    notes: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    conclusions: tuple[str, ...]
    question: str
    bet: str
    """How to bet, as a sentence that ends in :attr:`command`."""
    command: str
    forecast: Picture | None
    then_and_now: Table | None
    source: str


def document(report: Report) -> Document:
    """Return a report as texts."""
    source = report.source
    models = of_list(source.list, source.models)
    return Document(
        title=one_line(report.title),
        dateline=f"About {models} on Hugging Face, as of {day(source.snapshot)}",
        warning=SIMULATED if source.simulated else "",
        summary=_lines(report.summary),
        notes=_lines([note for note in report.notes if note != SIMULATED]),
        chapters=tuple(_chapter(section) for section in report.sections),
        conclusions=_lines(report.conclusions),
        question=one_line(report.question),
        bet=f"Do you know better? Bet on {report.bet} in Slack:",
        command="/hfstats predict",
        forecast=Picture(FORECAST, one_line(report.forecast.alt)) if report.forecast else None,
        then_and_now=_then_and_now(report.then_and_now, day(source.snapshot)) if report.then_and_now else None,
        source=source_line(source),
    )


def charts(report: Report) -> dict[str, Chart]:
    """Return the charts of a report by the keys of its pictures."""
    drawn = {section.key: section.chart for section in report.sections if section.chart}
    return drawn | ({FORECAST: report.forecast} if report.forecast else {})


def _lines(sentences: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(one_line, sentences))


def _chapter(section: Section) -> Chapter:
    return Chapter(
        key=section.key,
        number=section.number,
        title=one_line(section.title),
        finding=one_line(section.finding),
        text=" ".join(_lines(section.sentences)),
        change=one_line(section.change),
        picture=Picture(section.key, one_line(section.chart.alt)) if section.chart else None,
        tables=tuple(_tables(section)),
        definition=section.definition,
        notes=_lines(section.notes),
    )


def _tables(section: Section) -> list[Table]:
    """Return the first answer's numbers, the groups of tasks, and the leading models of a creator."""
    tables = [_table(answer) for answer in section.answers[:1]]
    tables += [_table(answer, "Its leading models") for answer in section.answers[1:] if answer.models is not None]
    if section.groups:
        rows = tuple((name, percent(portion)) for name, portion in section.groups)
        tables.append(Table(("group", "share"), rows, "What the models are for, by downloads with a declared task"))
    return [each for each in tables if each is not None]


def _table(answer: Answer, caption: str = "") -> Table | None:
    rows = table(answer, _ROWS)
    if rows is None:
        return None
    plain = not any(rows.headings)  # figures: an empty first column
    start = 1 if plain else 0
    return Table(
        ("figure", "value") if plain else rows.headings,
        tuple(tuple(map(one_line, row[start:])) for row in rows.rows),
        caption,
        f"… and {rows.left_out} more" if rows.left_out else "",
        frozenset({0}) if plain else frozenset({1}),
    )


def _then_and_now(figures: Sequence[PublishedFigure], when: str) -> Table:
    rows = tuple((each.label, _figure(each, each.published), _figure(each, each.now)) for each in figures)
    return Table(("figure", "published figures, January 2024", when), rows)


def _figure(figure: PublishedFigure, value: float | None) -> str:
    """Print the published figure as the article did, without decimals, and the present one with one."""
    if value is None:
        return "not recorded"
    if not figure.is_portion:
        return f"{value:.2f}"
    return f"{value:.0%}" if value is figure.published else percent(value)
