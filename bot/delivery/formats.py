"""The formats of an answer's numbers, with fallbacks; see the table in docs/explanation/delivery.md."""

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
    """Returns a public URL for a workspace's picture; ``None`` if this deployment has no public URL."""
    Format = Callable[["RenderInput"], list[Block]]
    """Returns blocks with the numbers; none if the format doesn't suit them."""

_log = logging.getLogger(__name__)

COOLDOWN = 300.0
"""Seconds for which a format is skipped in a workspace after a failure that would affect the next answer too."""


@dataclass(frozen=True, slots=True)
class RenderInput:
    """An answer, and what the formats need to show it."""

    answer: Answer
    picture: Picture | None
    workspace: str
    client: WebClient
    address: Address


def image_from_url(render_input: RenderInput) -> list[Block]:
    """Show the picture from the bot's public URL."""
    url = render_input.address(render_input.workspace, render_input.picture) if render_input.picture else None
    return [image_at(url, render_input.answer.chart.alt)] if url else []


def uploaded_image(render_input: RenderInput) -> list[Block]:
    """Upload the picture to Slack."""
    return (
        [image_of_file(upload(render_input.client, render_input.picture), render_input.answer.chart.alt)]
        if render_input.picture
        else []
    )


def slack_chart(render_input: RenderInput) -> list[Block]:
    """Show the chart as Slack's chart block."""
    return native_chart(render_input.answer.chart)


def slack_table(render_input: RenderInput) -> list[Block]:
    """Show the numbers as Slack's table block."""
    return table_blocks(render_input.answer)


def plain_numbers(render_input: RenderInput) -> list[Block]:
    """Show the numbers as text; no blocks if the answer has no numbers."""
    return numbers(render_input.answer)


FORMATS: tuple[Format, ...] = (image_from_url, uploaded_image, slack_chart, slack_table, plain_numbers)


class FormatFallback:
    """Chooses formats, and skips those that failed recently in a workspace."""

    def __init__(self) -> None:
        """Skip none."""
        self._paused_until: dict[tuple[Format, str], float] = {}

    def renderings(self, render_input: RenderInput) -> Iterator[list[Block]]:
        """Yield an answer's blocks in each suitable format, best first. Asking for the next means that Slack refused the last."""
        for format_ in FORMATS:
            if time.monotonic() < self._paused_until.get((format_, render_input.workspace), 0.0):
                continue
            try:
                shown = format_(render_input)
            except NotUploadedError as error:
                _log.warning("could not upload a picture: %s", error)
                if error.lasting:
                    self._pause(format_, render_input.workspace)
                continue
            if shown or format_ is FORMATS[-1]:
                yield shown
                _log.warning("Slack refused the format %s", format_.__name__)
                if format_ is image_from_url:  # Slack couldn't fetch the next answer's picture either
                    self._pause(format_, render_input.workspace)

    def _pause(self, format_: Format, workspace: str) -> None:
        _log.warning("the format %s is skipped for %.0f s", format_.__name__, COOLDOWN)
        self._paused_until[format_, workspace] = time.monotonic() + COOLDOWN
