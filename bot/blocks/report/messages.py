"""Render a report as a message with the summary and one reply for each section, conclusions last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.formatting.numbers import percent
from bot.blocks import text_objects
from bot.blocks.escape import escape, escape_line, escape_plain_text, prevent_links
from bot.blocks.figures.table_block import table_block, table_blocks
from bot.blocks.messages import ALT, MESSAGE_TEXT, Block
from bot.blocks.predictions import bet_button
from bot.blocks.subscriptions import actions, button
from bot.blocks.text import source_line
from bot.blocks.text_objects import cut, section
from bot.domain.content import Content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.report.values import PublishedFigure, Report, Section

FORECAST = "forecast"
"""The key of the picture that belongs to the closing question."""
_ROWS = 5
"""Rows of a section's table."""
_SENTENCES = 3
"""Sentences of a section after its finding."""
_SUBSCRIBABLE = (ListName.TOP, ListName.TRENDING, ListName.BOTH)
_PUBLISHED = "January 2024 shows the figures published in the article about the 300 most-downloaded models of that month."


def summary(report: Report, *, asked_by: str) -> Content:
    """Return the message in the channel, without its picture."""
    in_list = "" if report.source.list is ListName.TOP else f" in {report.source.list}"
    subscribe = [button("Subscribe to the digest", f"subscribe{in_list}")] if report.source.list in _SUBSCRIBABLE else []
    small = [f"Report asked by <@{asked_by}> · sections and conclusions in the thread"]
    small += map(escape_line, (*report.notes, source_line(report.source)))
    return Content(
        text=_text(report.title, *report.summary),
        above=[section(f"*{escape_line(report.title)}*"), section(_bullets(report.summary))],
        below=[text_objects.context("\n".join(small)), actions(bet_button(report.bet), *subscribe)],
        alt=_alt(next((chart.alt for chart in (report.forecast, *(part.chart for part in report.sections)) if chart), "")),
        requested_by=asked_by,
    )


def replies(report: Report) -> list[tuple[str, Content]]:
    """Return each reply with the key of its picture, in order; ``""`` for one without a picture."""
    sections = [(part.key if part.chart else "", _section(part)) for part in report.sections]
    return [*sections, ("", _closing(report))]


def canvas_link(url: str) -> Block:
    """Return the block that links the canvas with the whole report."""
    return section(f"<{url}|Read the whole report in a canvas>")


def lead_picture(report: Report) -> str:
    """Return the key of the picture of the message in the channel: the forecast, or without one the first chart."""
    return FORECAST if report.forecast else next((part.key for part in report.sections if part.chart), "")


def _section(part: Section) -> Content:
    heading = f"{part.number}. {part.title}"
    change = f"*Since the last report:* {escape_line(part.change)}" if part.change else ""
    said = [section(text) for text in (_bullets(part.sentences[:_SENTENCES]), change) if text]
    table = table_blocks(part.answers[0], _ROWS) if part.answers else []
    small = [*(escape_line(note) for note in part.notes), f"_How it's counted:_ {escape_line(part.definition)}"]
    return Content(
        text=_text(heading, part.finding),
        above=[section(f"*{escape_line(heading)}*\n{escape_line(part.finding)}")],
        below=[*said, *table, text_objects.context("\n".join(small))],
        alt=_alt(part.chart.alt) if part.chart else "",
    )


def _closing(report: Report) -> Content:
    blocks: list[Block] = []
    if report.conclusions:
        blocks.append(section(f"*Conclusions*\n{_bullets(report.conclusions)}"))
    if report.then_and_now:
        blocks += _then_and_now(report.then_and_now, report.edition.name)
    blocks += [section(f"*{escape_line(report.question)}*\nWhat do you think?"), actions(bet_button(report.bet))]
    return Content(text=_text("Conclusions", *report.conclusions, report.question), above=blocks)


def _then_and_now(figures: Iterable[PublishedFigure], month: str) -> list[Block]:
    rows = [("", figure.label, *(_figure(value, figure) for value in (figure.published, figure.now))) for figure in figures]
    table, _ = table_block(("", "figure", "January 2024", month), rows)
    return [section("*Then and now*"), table, text_objects.context(_PUBLISHED)]


def _figure(value: float | None, figure: PublishedFigure) -> str:
    if value is None:
        return "not recorded"
    return percent(value) if figure.is_portion else f"{value:.2f}"


def _bullets(sentences: Iterable[str]) -> str:
    return "\n".join(f"• {escape_line(sentence)}" for sentence in sentences)


def _text(*lines: str) -> str:
    return cut(prevent_links(escape("\n".join(lines))), MESSAGE_TEXT)


def _alt(text: str) -> str:
    return cut(escape_plain_text(text), ALT)
