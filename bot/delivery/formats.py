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
    Rung = Callable[["RenderInput"], list[Block]]
    """Shows the numbers in one form; nothing, where that form does not suit them."""

_log = logging.getLogger(__name__)

REST = 300.0
"""Seconds for which a rung is left out that would fail again for the next answer as it did for this one."""


@dataclass(frozen=True, slots=True)
class RenderInput:
    """An answer, and what the rungs need to show it."""

    answer: Answer
    picture: Picture | None
    workspace: str
    client: WebClient
    address: Address


def by_address(load: RenderInput) -> list[Block]:
    """Show the picture from the bot's own public address."""
    url = load.address(load.workspace, load.picture) if load.picture else None
    return [image_at(url, load.answer.chart.alt)] if url else []


def by_upload(load: RenderInput) -> list[Block]:
    """Show the picture from Slack's own files."""
    return [image_of_file(upload(load.client, load.picture), load.answer.chart.alt)] if load.picture else []


def natively(load: RenderInput) -> list[Block]:
    """Let Slack draw the chart."""
    return native_chart(load.answer.chart)


def as_table(load: RenderInput) -> list[Block]:
    """Show the numbers as Slack's table."""
    return table_blocks(load.answer)


def as_text(load: RenderInput) -> list[Block]:
    """Show the numbers as text; an answer that has none is its sentence."""
    return numbers(load.answer)


RUNGS: tuple[Rung, ...] = (by_address, by_upload, natively, as_table, as_text)


class FormatFallback:
    """The rungs, and which of them to leave out for a while."""

    def __init__(self) -> None:
        """Leave out none."""
        self._rests: dict[tuple[Rung, str], float] = {}

    def climb(self, load: RenderInput) -> Iterator[list[Block]]:
        """Yield the forms that suit an answer, best first. Whoever asks for another tells that Slack refused the last one."""
        for rung in RUNGS:
            if time.monotonic() < self._rests.get((rung, load.workspace), 0.0):
                continue
            try:
                shown = rung(load)
            except NotUploadedError as error:
                _log.warning("the picture could not be uploaded: %s", error)
                if error.lasting:
                    self._rest(rung, load.workspace)
                continue
            if shown or rung is RUNGS[-1]:
                yield shown
                _log.warning("Slack refused the answer's form %s", rung.__name__)
                if rung is by_address:  # what Slack cannot fetch now, it cannot fetch for the next answer
                    self._rest(rung, load.workspace)

    def _rest(self, rung: Rung, workspace: str) -> None:
        _log.warning("%s is left out for %.0f s", rung.__name__, REST)
        self._rests[rung, workspace] = time.monotonic() + REST
