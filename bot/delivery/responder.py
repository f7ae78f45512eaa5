"""Answer a question in a conversation, with the first format and the first method that work."""

from __future__ import annotations

from dataclasses import replace
from threading import Timer
from typing import TYPE_CHECKING

from bot.blocks.controls import GO, controls
from bot.blocks.escape import escape
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
from bot.domain.reply import Notice, with_number
from bot.slack_api.errors import PostResult
from bot.storage.messages.picture_url import picture_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analytics.query import Query
    from bot.blocks.messages import Block
    from bot.delivery.conversation import Conversation
    from bot.domain.reply import Picture, Reply
    from bot.domain.request import Question
    from bot.storage.messages.pictures import PictureStore

_NOTICE_AFTER = 2.0
"""Seconds after which a user who can't see a working message is told that an answer follows."""
_LOST = "I lost the connection to Slack while answering, so I can't tell whether my answer arrived. If it didn't, ask again."
_LEFTOVER = "I lost the connection to Slack when I started. You can ignore a “Working on” message above."


class Responder:
    """Delivers replies to conversations."""

    def __init__(
        self,
        reply: Callable[[Query], Reply],
        *,
        picture_store: PictureStore | None = None,
        public_url: str | None = None,
    ) -> None:
        """Pictures are shown by URL if both ``picture_store`` and ``public_url`` are set, and uploaded otherwise."""
        self._reply = reply
        self._picture_store = picture_store
        self._public_url = public_url
        self._format_fallback = FormatFallback()

    def serve(self, conversation: Conversation, question: Question) -> bool:
        """Post a working message, then replace it with the answer; returns whether the answer was delivered."""
        if question.rephrased:
            conversation.read_as = question.text
        conversation.start(question.text)
        wait_notice = Timer(_NOTICE_AFTER, conversation.send_wait_notice, (question.text,))
        if conversation.working is None and conversation.respond is not None:
            wait_notice.start()
        try:
            reply = self._reply(question.query)
            if reply.answer:
                reply = replace(reply, answer=with_number(reply.answer, question.query, question.typed))
            return (
                self._answer(conversation, reply, wait_notice)
                if reply.answer
                else self.tell(conversation, reply.notice or _nothing())
            )
        finally:
            wait_notice.cancel()

    @staticmethod
    def tell(conversation: Conversation, notice: Notice) -> bool:
        """Show a notice to the user, twice rather than never; returns whether it was delivered."""
        conversation.notice = notice
        formats = iter([notice_blocks(notice, GO if conversation.quiet else ASK), []])
        return (
            send(conversation.private_post_methods(), formats, notice_fallback(notice), may_repeat=True) is PostResult.DELIVERED
        )

    @staticmethod
    def show(conversation: Conversation, blocks: list[Block], text: str) -> None:
        """Show blocks to the user alone; ``text`` is for notifications and where Slack refuses the blocks."""
        send(conversation.private_post_methods(), iter([blocks, []]), escape(text), may_repeat=True)

    def image_url(self, workspace: str, picture: Picture) -> str | None:
        """Return a picture's unguessable URL; ``None`` if this deployment has no public URL."""
        return picture_url(self._picture_store, self._public_url, workspace, picture.png)

    def _answer(self, conversation: Conversation, reply: Reply, wait_notice: Timer) -> bool:
        answer = reply.answer
        if answer is None:
            return False
        render_input = RenderInput(answer, reply.picture, conversation.workspace, conversation.client, self.image_url)

        def formats() -> Iterator[list[Block]]:
            for shown in self._format_fallback.renderings(render_input):
                wait_notice.cancel()
                if wait_notice.ident:
                    wait_notice.join(_NOTICE_AFTER)  # not after the answer
                asked_by = conversation.asked_by or conversation.user
                interpretation = [interpretation_note(conversation.read_as)] if conversation.read_as else []
                footer = [
                    *interpretation,
                    *([small_text(_LEFTOVER)] if conversation.may_leave_working else []),
                    *controls(answer, asked_by, quiet=conversation.quiet),
                ]
                yield answer_blocks(
                    answer,
                    shown,
                    asked_by,
                    changed_by=conversation.user if conversation.replaces_message else None,
                    below=footer,
                )
            yield []  # only the notification text

        result = send(conversation.post_methods(), formats(), answer_fallback(answer, conversation.read_as))
        if result is PostResult.UNCONFIRMED:
            return self.tell(conversation, Notice(_LOST, suggestions=(answer.query,)))
        return result is PostResult.DELIVERED


def _nothing() -> Notice:
    return Notice("I don't have an answer to that.")
