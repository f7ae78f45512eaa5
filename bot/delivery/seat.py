"""Seat: where one person sits who asked something, and the ways to speak there."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.delivery.failures import FAILURES, said
from bot.render.blocks import working

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Respond
    from slack_sdk import WebClient

    from bot.render.blocks import Block

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Seat:
    """Where one person sits who asked something: a conversation, and the ways to speak there."""

    client: WebClient
    workspace: str
    """The team, or for an org-wide installation without one the enterprise."""
    channel: str
    user: str
    respond: Respond | None = None
    """Present for commands and buttons: 5 uses within 30 minutes, in any conversation."""
    thread: str | None = None
    direct: bool = False
    """A conversation of the bot with this one person: nothing there needs to be ephemeral."""
    quiet: bool = False
    """The answer is for this person alone, too."""
    instead: bool = False
    """The answer takes the place of the message that the request came from."""
    message: str | None = None
    """The timestamp of that message."""
    asked_by: str | None = None
    """Who asked first, where that is not this person."""
    working: str | None = field(default=None, init=False)
    """The timestamp of the working message, where one could be posted."""

    def start(self, text: str) -> None:
        """Show that the question is being worked on, where that can be taken back later."""
        if self.quiet or self.instead:
            return
        try:
            posted = self.client.chat_postMessage(
                channel=self.channel, text="Working on it …", blocks=working(text), thread_ts=self.thread, unfurl_links=False
            )
            self.working = str(posted["ts"])
            self.channel = str(posted["channel"])  # for a person's id, that of the conversation with them
        except FAILURES as error:
            _log.info("no working message: %s", said(error))

    def say(self, blocks: list[Block], text: str) -> bool:
        """Show something to everybody in the conversation (to one person, when quiet); tell whether that worked."""
        if self.quiet and self.instead and self._respond(blocks, text, "ephemeral", replace=True):
            return True
        if self.quiet:
            return self.whisper(blocks, text)
        if self.instead and self._replace(blocks, text):
            return True
        if self.working and self._call(self.client.chat_update, channel=self.channel, ts=self.working, blocks=blocks, text=text):
            return True
        if self._respond(blocks, text, "in_channel"):
            self._withdraw()
            return True
        posting = {"channel": self.channel, "blocks": blocks, "text": text, "thread_ts": self.thread, "unfurl_links": False}
        return self.respond is None and self.working is None and self._call(self.client.chat_postMessage, **posting)

    def whisper(self, blocks: list[Block], text: str) -> bool:
        """Show something to the person who asked alone; tell whether that worked."""
        if self.direct and self.respond is None:
            return self.say(blocks, text)
        self._withdraw()
        if self._respond(blocks, text, "ephemeral"):
            return True
        posting = {"channel": self.channel, "user": self.user, "blocks": blocks, "text": text, "thread_ts": self.thread}
        return self._call(self.client.chat_postEphemeral, **posting)

    def _withdraw(self) -> None:
        if self.working and self._call(self.client.chat_delete, channel=self.channel, ts=self.working):
            self.working = None

    def _replace(self, blocks: list[Block], text: str) -> bool:
        """Put something in the place of the message that the request came from."""
        if self._respond(blocks, text, "in_channel", replace=True):
            return True
        found = {"channel": self.channel, "ts": self.message, "blocks": blocks, "text": text}
        return bool(self.message) and self._call(self.client.chat_update, **found)

    def _respond(self, blocks: list[Block], text: str, response_type: str, *, replace: bool = False) -> bool:
        if self.respond is None:
            return False
        try:
            answered = self.respond(
                blocks=blocks,
                text=text,
                response_type=response_type,
                replace_original=replace,
                unfurl_links=False,
                thread_ts=None if replace else self.thread,
            )
        except FAILURES as error:
            _log.warning("response_url: %s", said(error))
            return False
        if answered.status_code != 200:  # respond() does not raise for it
            _log.warning("response_url answered %s", answered.status_code)
        return answered.status_code == 200

    @staticmethod
    def _call(method: Callable[..., Any], **arguments: Any) -> bool:  # noqa: ANN401 - the Web API's own arguments
        try:
            method(**arguments)
        except FAILURES as error:
            _log.warning("%s: %s", method.__name__, said(error))
            return False
        return True
