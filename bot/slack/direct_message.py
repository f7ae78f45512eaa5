"""A direct message that opens a conversation for the file that follows it, and goes where the file does not come."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.delivery.attempts import attempt
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

_LEFT = "a message without its file was not taken back"
_log = logging.getLogger(__name__)


@dataclass
class Message:
    """The message."""

    has_file: bool = False
    """The file stands under it."""


@contextmanager
def file_introduction(client: WebClient, posted: SlackResponse) -> Iterator[Message]:
    """Take ``posted`` back at the end, unless it was of use; also when something is raised, and later where Slack is away."""
    message = Message()
    try:
        yield message
    finally:
        if not message.has_file:
            channel, ts = str(posted["channel"]), str(posted["ts"])
            try:
                attempt(_LEFT, lambda: client.chat_delete(channel=channel, ts=ts))
            except FAILURES as error:  # refused for good; the person is told of the file all the same
                _log.warning("%s: %s", _LEFT, error_code(error))
