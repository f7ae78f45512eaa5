"""Ensure that each message has one answer, which is updated if the message is edited."""

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
    """The answer to a message."""

    needed: bool
    """Whether this version of the message needs an answer."""
    ts: str | None = None
    """Timestamp of the existing answer, if any; the caller sets it to that of the posted one."""


class _Queue:
    """Serializes the answers to one message."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.latest = ("", "")


class OneAnswer:
    """Handles messages that are delivered more than once, or edited while they are answered."""

    def __init__(self, answered_messages: AnsweredMessages) -> None:
        """Store answers in ``answered_messages``."""
        self._store = answered_messages
        self._queues: WeakValueDictionary[SourceMessage, _Queue] = WeakValueDictionary()
        self._lock = Lock()

    @contextmanager
    def for_message(self, message: SourceMessage, version: str, words: str) -> Iterator[MessageAnswer]:
        """Yield whether and where to answer a message, after answers to its earlier versions are complete.

        ``version`` is the timestamp of the last edit, or of the message. Of several waiting edits, only the last is answered; one
        that arrives after a later one isn't. Without the database, a message is answered twice rather than never.
        """
        with self._lock:
            queue = self._queues.setdefault(message, _Queue())
            if version >= queue.latest[0]:
                queue.latest = (version, words)
        with queue.lock:
            is_latest = queue.latest == (version, words)
            answer = self._claim(message, version, words) if is_latest else MessageAnswer(needed=False)
            before = answer.ts
            yield answer
            if answer.needed and answer.ts and answer.ts != before:
                self._remember(message, answer.ts)

    def _claim(self, message: SourceMessage, version: str, words: str) -> MessageAnswer:
        try:
            if not self._store.claim(message, version, words):
                return MessageAnswer(needed=False)
            return MessageAnswer(needed=True, ts=self._store.answer_of(message))
        except StoreError as error:
            _log.warning("could not check whether a message was answered: %s", error)
            return MessageAnswer(needed=True)

    def _remember(self, message: SourceMessage, ts: str) -> None:
        try:
            self._store.answered(message, ts)
        except StoreError as error:
            _log.warning("could not store an answer; an edit will get another one: %s", error)
