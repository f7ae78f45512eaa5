"""How a Reply and its picture reach a conversation: the first way that works, and never nothing.

A picture goes by upload (a file that belongs to no channel, shown by an image block once Slack has processed it). Where that
fails, the same answer goes with its numbers as text. An answer replaces the working message where the bot is a member of the
conversation; elsewhere it goes over the ``response_url`` that came with the request.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from threading import Timer
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.render.blocks import answer_blocks, answer_fallback, notice_blocks, notice_fallback, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Respond
    from slack_sdk import WebClient

    from bot.render.blocks import Block
    from bot.reply import Notice, Picture, Reply

_log = logging.getLogger(__name__)

PROCESSED_WITHIN = 20.0
"""Seconds that Slack gets to process an uploaded picture."""
_LOOK_EVERY = 0.5
_PATIENCE = 2.0
"""Seconds after which somebody who cannot see a working message is told that there will be an answer."""
_ALT_ON_UPLOAD = 1000

_FAILURES = (SlackClientError, OSError)
"""What slack_sdk raises: its own errors, and those of the connection."""


@dataclass(slots=True)
class Seat:
    """Where one person sits who asked something: a conversation, and the ways to speak there."""

    client: WebClient
    channel: str
    user: str
    respond: Respond | None = None
    """Present for commands and buttons: 5 uses within 30 minutes, in any conversation."""
    thread: str | None = None
    direct: bool = False
    """A conversation of the bot with this one person: nothing there needs to be ephemeral."""
    working: str | None = field(default=None, init=False)
    """The timestamp of the working message, where one could be posted."""

    def start(self, text: str) -> None:
        """Show that the question is being worked on, where that can be taken back later."""
        try:
            posted = self.client.chat_postMessage(
                channel=self.channel, text="Working on it …", blocks=working(text), thread_ts=self.thread, unfurl_links=False
            )
            self.working = str(posted["ts"])
        except _FAILURES as error:
            _log.info("no working message: %s", _said(error))

    def say(self, blocks: list[Block], text: str) -> bool:
        """Show something to everybody in the conversation; tell whether that worked."""
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

    def _respond(self, blocks: list[Block], text: str, response_type: str) -> bool:
        if self.respond is None:
            return False
        try:
            answered = self.respond(
                blocks=blocks, text=text, response_type=response_type, replace_original=False, unfurl_links=False
            )
        except _FAILURES as error:
            _log.warning("response_url: %s", _said(error))
            return False
        if answered.status_code != 200:  # respond() does not raise for it
            _log.warning("response_url answered %s", answered.status_code)
        return answered.status_code == 200

    @staticmethod
    def _call(method: Callable[..., Any], **arguments: Any) -> bool:  # noqa: ANN401 - the Web API's own arguments
        try:
            method(**arguments)
        except _FAILURES as error:
            _log.warning("%s: %s", method.__name__, _said(error))
            return False
        return True


def serve(seat: Seat, text: str, reply: Callable[[str], Reply]) -> None:
    """Answer one question from one seat: a working message at once, then the answer in its place."""
    seat.start(text)
    patience = Timer(_PATIENCE, _hold_on, (seat, text))
    if seat.working is None and seat.respond is not None:
        patience.start()
    try:
        given = reply(text)
        if given.answer is None:
            delivered = given.notice is not None and tell(seat, given.notice)
        else:
            image = upload(seat.client, given.picture) if given.picture else None
            patience.cancel()
            if patience.ident:
                patience.join(_PATIENCE)  # not after the answer
            fallback = answer_fallback(given.answer)
            delivered = seat.say(answer_blocks(given.answer, image, seat.user), fallback) or (
                image is not None and seat.say(answer_blocks(given.answer, None, seat.user), fallback)
            )
    finally:
        patience.cancel()
    if not delivered:
        _log.error("no way led to the conversation; the answer was not delivered")


def tell(seat: Seat, notice: Notice) -> bool:
    """Give a notice to the person who asked."""
    return seat.whisper(notice_blocks(notice), notice_fallback(notice))


def _hold_on(seat: Seat, text: str) -> None:
    if seat.respond is not None:
        seat.respond(blocks=working(text), text="Working on it …", response_type="ephemeral", replace_original=False)


def upload(client: WebClient, picture: Picture) -> Block | None:
    """Upload a picture and wait until Slack can show it; ``None`` where it cannot be shown."""
    try:
        alt = picture.alt if len(picture.alt) <= _ALT_ON_UPLOAD else picture.alt[: _ALT_ON_UPLOAD - 1] + "…"
        sent = client.files_upload_v2(content=picture.png, filename=picture.name, title=picture.name, alt_txt=alt)
        file = str(sent["files"][0]["id"])
        until = time.monotonic() + PROCESSED_WITHIN
        while not client.files_info(file=file)["file"].get("filetype"):
            if time.monotonic() > until:
                _log.warning("the picture was not processed within %s s", PROCESSED_WITHIN)
                return None
            time.sleep(_LOOK_EVERY)
    except (*_FAILURES, KeyError, IndexError, TypeError) as error:
        _log.warning("the picture could not be uploaded: %s", _said(error))
        return None
    return {"slack_file": {"id": file}}


def _said(error: Exception) -> str:
    """Return Slack's error code, or the kind of the failure: never a body, which may hold what somebody wrote."""
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
