"""The forms in which an answer's numbers can be shown, best first; docs/explanation/delivery.md has the table."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks.figures.native_chart import native_chart
from bot.blocks.figures.table_block import table_blocks
from bot.blocks.messages import image_at, image_of_file, numbers
from bot.slack_api.upload import NotUploadedError, upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_sdk import WebClient

    from analytics.answer import Answer
    from bot.blocks.messages import Block
    from bot.domain.reply import Picture

    Address = Callable[[str, Picture], str | None]
    """Gives a workspace's picture an address that Slack can fetch; ``None`` where this deployment has none to give."""
    Format = Callable[["RenderInput"], list[Block]]
    """Shows the numbers in one form; nothing, where that form does not suit them."""

_log = logging.getLogger(__name__)

COOLDOWN = 300.0
"""Seconds for which a rung is left out that would fail again for the next answer as it did for this one."""


@dataclass(frozen=True, slots=True)
class RenderInput:
    """An answer, and what the rungs need to show it."""

    answer: Answer
    picture: Picture | None
    workspace: str
    client: WebClient
    address: Address


def image_from_url(render_input: RenderInput) -> list[Block]:
    """Show the picture from the bot's own public address."""
    url = render_input.address(render_input.workspace, render_input.picture) if render_input.picture else None
    return [image_at(url, render_input.answer.chart.alt)] if url else []


def uploaded_image(render_input: RenderInput) -> list[Block]:
    """Show the picture from Slack's own files."""
    return (
        [image_of_file(upload(render_input.client, render_input.picture), render_input.answer.chart.alt)]
        if render_input.picture
        else []
    )


def native_chart_block(render_input: RenderInput) -> list[Block]:
    """Let Slack draw the chart."""
    return native_chart(render_input.answer.chart)


def table(render_input: RenderInput) -> list[Block]:
    """Show the numbers as Slack's table."""
    return table_blocks(render_input.answer)


def text_(render_input: RenderInput) -> list[Block]:
    """Show the numbers as text; an answer that has none is its sentence."""
    return numbers(render_input.answer)


FORMATS: tuple[Format, ...] = (image_from_url, uploaded_image, native_chart_block, table, text_)


class FormatFallback:
    """The rungs, and which of them to leave out for a while."""

    def __init__(self) -> None:
        """Leave out none."""
        self._paused_until: dict[tuple[Format, str], float] = {}

    def renderings(self, render_input: RenderInput) -> Iterator[list[Block]]:
        """Yield the forms that suit an answer, best first. Whoever asks for another tells that Slack refused the last one."""
        for format_ in FORMATS:
            if time.monotonic() < self._paused_until.get((format_, render_input.workspace), 0.0):
                continue
            try:
                shown = format_(render_input)
            except NotUploadedError as error:
                _log.warning("the picture could not be uploaded: %s", error)
                if error.lasting:
                    self._pause(format_, render_input.workspace)
                continue
            if shown or format_ is FORMATS[-1]:
                yield shown
                _log.warning("Slack refused the answer's form %s", format_.__name__)
                if format_ is image_from_url:  # what Slack cannot fetch now, it cannot fetch for the next answer
                    self._pause(format_, render_input.workspace)

    def _pause(self, format_: Format, workspace: str) -> None:
        _log.warning("%s is left out for %.0f s", format_.__name__, COOLDOWN)
        self._paused_until[format_, workspace] = time.monotonic() + COOLDOWN
