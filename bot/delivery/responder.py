"""Courier: answers one question from one seat, by the first form and the first way that work."""

from __future__ import annotations

import logging
from threading import Timer
from typing import TYPE_CHECKING

from analytics.errors import StoreError
from bot.blocks.controls import GO, controls
from bot.blocks.messages import (
    ASK,
    answer_blocks,
    answer_fallback,
    interpretation_note,
    notice_blocks,
    notice_fallback,
    small_text,
)
from bot.delivery.formats import FormatFallback, RenderInput
from bot.delivery.send import send
from bot.domain.reply import Notice
from bot.slack_api.errors import PostResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analytics.query import Query
    from bot.blocks.messages import Block
    from bot.delivery.conversation import Conversation
    from bot.domain.reply import Picture, Reply
    from bot.domain.request import Question
    from bot.storage.messages.pictures import PictureStore

_log = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds after which somebody who cannot see a working message is told that there will be an answer."""
_LOST = "The connection to Slack broke while I answered, and I cannot see whether the answer arrived. If you miss it, ask again."
_LEFTOVER = "The connection to Slack broke as I began. A “Working on” that stays above is left over from that."


class Responder:
    """Brings replies to where they were asked for."""

    def __init__(
        self,
        reply: Callable[[Query], Reply],
        *,
        picture_store: PictureStore | None = None,
        public_url: str | None = None,
    ) -> None:
        """``gallery`` with ``public_url`` shows pictures by address."""
        self._reply = reply
        self._gallery = picture_store
        self._public_url = public_url
        self._format_fallback = FormatFallback()

    def serve(self, conversation: Conversation, question: Question) -> bool:
        """Answer one question: a working message at once, then the answer in its place; tell whether it was delivered."""
        if question.rephrased:
            conversation.read_as = question.text
        conversation.start(question.text)
        patience = Timer(_PATIENCE, conversation.send_wait_notice, (question.text,))
        if conversation.working is None and conversation.respond is not None:
            patience.start()
        try:
            reply = self._reply(question.query)
            return (
                self._answer(conversation, reply, patience)
                if reply.answer
                else self.tell(conversation, reply.notice or _nothing())
            )
        finally:
            patience.cancel()

    @staticmethod
    def tell(conversation: Conversation, notice: Notice) -> bool:
        """Give a notice to the person who asked, and tell whether that worked; rather twice than never."""
        conversation.notice = notice
        formats = iter([notice_blocks(notice, GO if conversation.quiet else ASK), []])
        return send(conversation.private_post_methods(), formats, notice_fallback(notice), twice=True) is PostResult.DELIVERED

    def image_url(self, workspace: str, picture: Picture) -> str | None:
        """Return an address that shows the picture to who knows it; ``None`` where this deployment shows none by address."""
        if self._gallery is None or self._public_url is None:
            return None
        try:
            return f"{self._public_url}/charts/{self._gallery.save(workspace, picture.png)}.png"
        except StoreError as error:
            _log.warning("the picture could not be stored: %s", error)
            return None

    def _answer(self, conversation: Conversation, reply: Reply, patience: Timer) -> bool:
        answer = reply.answer
        if answer is None:
            return False
        render_input = RenderInput(answer, reply.picture, conversation.workspace, conversation.client, self.image_url)

        def formats() -> Iterator[list[Block]]:
            for shown in self._format_fallback.renderings(render_input):
                patience.cancel()
                if patience.ident:
                    patience.join(_PATIENCE)  # not after the answer
                asked_by = conversation.asked_by or conversation.user
                echo = [interpretation_note(conversation.read_as)] if conversation.read_as else []
                below = [
                    *echo,
                    *([small_text(_LEFTOVER)] if conversation.may_leave_working else []),
                    *controls(answer, asked_by, quiet=conversation.quiet),
                ]
                yield answer_blocks(
                    answer, shown, asked_by, changed_by=conversation.user if conversation.replaces_message else None, below=below
                )
            yield []  # the words alone

        sent = send(conversation.post_methods(), formats(), answer_fallback(answer, conversation.read_as))
        if sent is PostResult.UNCONFIRMED:
            return self.tell(conversation, Notice(_LOST, suggestions=(answer.query,)))
        return sent is PostResult.DELIVERED


def _nothing() -> Notice:
    return Notice("I have no answer to that.")
