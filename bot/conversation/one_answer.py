"""Lets each message have one answer: the first time it is answered, and after an edit of its words its answer is changed."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from analytics.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.request import SourceMessage
    from bot.storage.messages.answered_messages import AnsweredMessages

_log = logging.getLogger(__name__)


@dataclass
class MessageAnswer:
    """The answer of one message."""

    needed: bool
    """Whether these words are to be answered."""
    ts: str | None = None
    """Where the answer stands: before, the one to change; after, the one that was posted or changed."""


class _Queue:
    """Those who answer one message, one after the other."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.latest = ""


class OneAnswer:
    """Decides about messages that are delivered more than once, or edited while they are answered."""

    def __init__(self, answered_messages: AnsweredMessages) -> None:
        """Remember answers in ``answered_messages``."""
        self._store = answered_messages
        self._queues: WeakValueDictionary[SourceMessage, _Queue] = WeakValueDictionary()
        self._lock = Lock()

    @contextmanager
    def for_message(self, message: SourceMessage, words: str) -> Iterator[MessageAnswer]:
        """Yield what to do about a message with these words, when whatever answers its earlier words is done.

        Of several edits that waited, only the last is answered. Where the database is away, a message is rather answered twice
        than not at all.
        """
        with self._lock:
            queue = self._queues.setdefault(message, _Queue())
            queue.latest = words
        with queue.lock:
            answer = self._claim(message, words) if queue.latest == words else MessageAnswer(needed=False)
            before = answer.ts
            yield answer
            if answer.needed and answer.ts and answer.ts != before:
                self._remember(message, answer.ts)

    def _claim(self, message: SourceMessage, words: str) -> MessageAnswer:
        try:
            if not self._store.claim(message, words):
                return MessageAnswer(needed=False)
            return MessageAnswer(needed=True, ts=self._store.answer_of(message))
        except StoreError as error:
            _log.warning("whether a message was answered before isn't known: %s", error)
            return MessageAnswer(needed=True)

    def _remember(self, message: SourceMessage, ts: str) -> None:
        try:
            self._store.answered(message, ts)
        except StoreError as error:
            _log.warning("an edit of this message will get another answer: %s", error)
