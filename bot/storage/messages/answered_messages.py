"""Which message was answered by which: one message has one answer, however often it is edited or delivered."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.schema import ANSWERED_MESSAGE

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.request import SourceMessage

_C = ANSWERED_MESSAGE.c


class AnsweredMessages:
    """Remembers for each message a digest of its words, and where its answer stands."""

    def __init__(self, database: sa.Engine) -> None:
        """Remember in ``database``."""
        self._database = database

    def claim(self, message: SourceMessage, version: str, words: str) -> bool:
        """Tell whether a message with these words is to be answered: it is new, or a later version has changed its words.

        Of several who ask at the same moment, in any process, exactly one is told so.

        Raises:
            StoreError: when the database cannot be used.

        """
        key = {"workspace": message.workspace, "channel": message.channel, "ts": message.ts}
        digest = hashlib.sha256(" ".join(words.casefold().split()).encode()).digest()
        latest = {"version": version, "words_digest": digest, "changed_at": now()}
        with writing(self._database) as connection:
            if insert_if_absent(connection, ANSWERED_MESSAGE, **key, **latest):
                return True
            changed = ANSWERED_MESSAGE.update().where(_is(message), _C.words_digest != digest, _C.version <= version)
            return connection.execute(changed.values(**latest)).rowcount == 1

    def answer_of(self, message: SourceMessage) -> str | None:
        """Return the timestamp of the answer, in the message's channel; ``None`` where none is known.

        Raises:
            StoreError: when the database cannot be used.

        """
        with reaching(), self._database.connect() as connection:
            return connection.scalar(sa.select(_C.answer_ts).where(_is(message)))

    def answered(self, message: SourceMessage, answer_ts: str) -> None:
        """Remember where the answer stands.

        Raises:
            StoreError: when the database cannot be used.

        """
        with writing(self._database) as connection:
            connection.execute(ANSWERED_MESSAGE.update().where(_is(message)).values(answer_ts=answer_ts))

    def prune(self, older_than: timedelta) -> int:
        """Forget messages that did not change for longer; return how many."""
        with writing(self._database) as connection:
            return connection.execute(ANSWERED_MESSAGE.delete().where(_C.changed_at < now() - older_than)).rowcount


def _is(message: SourceMessage) -> sa.ColumnElement[bool]:
    return sa.and_(_C.workspace == message.workspace, _C.channel == message.channel, _C.ts == message.ts)
