"""Courier: answers one question from one seat, by the first way that works."""

from __future__ import annotations

import logging
from threading import Timer
from typing import TYPE_CHECKING

from analytics.errors import StoreError
from bot.delivery.upload import upload
from bot.render.blocks import ASK, answer_blocks, answer_fallback, notice_blocks, notice_fallback, working
from bot.render.controls import GO, controls

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer
    from bot.delivery.seat import Seat
    from bot.render.blocks import Block
    from bot.reply import Notice, Picture, Reply
    from bot.store.pictures import Gallery
    from bot.store.unfinished import Unfinished

_log = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds after which somebody who cannot see a working message is told that there will be an answer."""


class Courier:
    """Brings replies to where they were asked for."""

    def __init__(
        self,
        reply: Callable[[str], Reply],
        *,
        gallery: Gallery | None = None,
        public_url: str | None = None,
        unfinished: Unfinished | None = None,
    ) -> None:
        """``gallery`` with ``public_url`` shows pictures by address; ``unfinished`` remembers working messages."""
        self._reply = reply
        self._gallery = gallery
        self._public_url = public_url
        self._unfinished = unfinished

    def serve(self, seat: Seat, text: str) -> bool:
        """Answer one question: a working message at once, then the answer in its place; tell whether it was delivered."""
        seat.start(text)
        patience = Timer(_PATIENCE, _hold_on, (seat, text))
        if seat.working is None and seat.respond is not None:
            patience.start()
        try:
            given = self._reply(text)
            if given.answer is None:
                delivered = given.notice is not None and self.tell(seat, given.notice)
            else:
                image = upload(seat.client, given.picture) if given.picture else None
                patience.cancel()
                if patience.ident:
                    patience.join(_PATIENCE)  # not after the answer
                fallback = answer_fallback(given.answer)
                delivered = seat.say(_blocks(given.answer, image, seat), fallback) or (
                    image is not None and seat.say(_blocks(given.answer, None, seat), fallback)
                )
        finally:
            patience.cancel()
        if not delivered:
            _log.error("no way led to the conversation; the answer was not delivered")
        return delivered

    @staticmethod
    def tell(seat: Seat, notice: Notice) -> bool:
        """Give a notice to the person who asked."""
        return seat.whisper(notice_blocks(notice, GO if seat.quiet else ASK), notice_fallback(notice))

    def image_url(self, workspace: str, picture: Picture) -> str | None:
        """Return an address that shows the picture to who knows it; ``None`` where this deployment shows none by address."""
        if self._gallery is None or self._public_url is None:
            return None
        try:
            return f"{self._public_url}/charts/{self._gallery.keep(workspace, picture.png)}.png"
        except StoreError as error:
            _log.warning("the picture could not be stored: %s", error)
            return None


def _blocks(answer: Answer, image: Block | None, seat: Seat) -> list[Block]:
    asked_by = seat.asked_by or seat.user
    below = controls(answer, asked_by, quiet=seat.quiet)
    return answer_blocks(answer, image, asked_by, changed_by=seat.user if seat.instead else None, below=below)


def _hold_on(seat: Seat, text: str) -> None:
    if seat.respond is not None:
        seat.respond(blocks=working(text), text="Working on it …", response_type="ephemeral", replace_original=False)
