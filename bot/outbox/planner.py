"""Add due digests to the outbox, having built what they show. Safe to run again at any time."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from analytics.errors import HfStatsError, NoDataError, StoreError
from analytics.storage.database import writing
from bot.blocks.digest import digest_content, missing_digest, thread_content
from bot.domain.outbox import Kind, PlannedDelivery, PlannedReply
from bot.domain.schedule import due_between, next_due, parse_schedule
from bot.storage.channels.subscriptions import advance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import sqlalchemy as sa

    from analytics.digest.basis import Basis
    from analytics.digest.edition import Edition
    from analytics.digest.values import Digest
    from bot.domain.outbox import Subscription
    from bot.domain.reply import Picture
    from bot.domain.schedule import Due
    from bot.outbox.delivery import DeliveryContext

    MissingDays = Callable[[Edition], Sequence[date]]

_log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

PATIENCE = timedelta(hours=36)
"""How long a digest that is due before its month or week is over waits for the last snapshot."""
_BATCH_SIZE = 500
"""Subscriptions per transaction."""
_MOMENT = timedelta(microseconds=1)


class DigestBuilder(Protocol):
    """Whatever builds digests: the analytics pool, or one analytics process in this one."""

    def basis(self, edition: str, within: str) -> Basis:
        """Return the data that a digest would rest on now."""
        ...

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest with its picture; raises HfStatsError if there is none for the edition."""
        ...


def _no_missing_days(_: Edition) -> list[date]:
    """Report no missing days."""
    return []


@dataclass(frozen=True, slots=True)
class Wanted:
    """A digest that is due. Channels that want the same share it as long as its data is the same."""

    edition: Edition
    within: str
    sections: tuple[str, ...]


def plan(
    delivery_context: DeliveryContext, builder: DigestBuilder, database: sa.Engine, missed: MissingDays = _no_missing_days
) -> list[int]:
    """Add all deliveries that are due now to the outbox; returns their ids. ``missed`` gives days without a snapshot.

    A digest that is due before its month or week is over waits for the last snapshot, at most :data:`PATIENCE`. One that can't be
    built for want of data is replaced by the reason. One that fails otherwise is logged and stays due, with those after it.

    Raises:
        StoreError: if the database can't be used.

    """
    now = delivery_context.clock()
    digests = _Digests(delivery_context, builder, missed, now)
    planned: list[int] = []
    after = 0
    while page := delivery_context.subscriptions.due(now, _BATCH_SIZE, after):
        after = page[-1].id
        ready = [(subscription, *_ready(digests, subscription, now)) for subscription in page]
        with writing(database) as connection:
            for subscription, deliveries, following in ready:
                if following > subscription.next_due and advance(connection, subscription, following):
                    planned += delivery_context.outbox.plan(deliveries, connection)
    return planned


def _ready(digests: _Digests, subscription: Subscription, now: datetime) -> tuple[list[PlannedDelivery], datetime]:
    """Return the deliveries that can be planned, in order, and when the subscription is due next."""
    schedule = parse_schedule(subscription.schedule)
    deliveries: list[PlannedDelivery] = []
    for due in due_between(schedule, subscription.next_due - _MOMENT, now):
        wanted = Wanted(due.edition, subscription.within, subscription.sections)
        key = None if digests.must_wait(wanted, due) else digests.key(wanted)
        if key is None:
            return deliveries, due.at
        deliveries.append(replace(_delivery(subscription, due, key, now), replies=digests.replies(key)))
    return deliveries, next_due(schedule, now).at


def _delivery(subscription: Subscription, due: Due, key: str, now: datetime) -> PlannedDelivery:
    """Return a delivery; where it was due before its data, it's late only after the time that it may wait."""
    due_at = max(due.at, min(now, due.at + PATIENCE)) if due.at < _end(due.edition) else due.at
    return PlannedDelivery(
        subscription.workspace, subscription.channel, Kind.DIGEST, subscription.id, str(due.edition), due_at, edition=key
    )


def _thread_key(key: str) -> str:
    return f"{key} · thread"


def _end(edition: Edition) -> datetime:
    return datetime.combine(edition.after.first, time(), UTC)


class _Digests:
    """The digests of one run: each is built once, under the key of its data."""

    def __init__(self, delivery_context: DeliveryContext, builder: DigestBuilder, missed: MissingDays, now: datetime) -> None:
        self._built = delivery_context.built_digests
        self._builds = builder
        self._missed = missed
        self._now = now
        self._bases: dict[tuple[Edition, str], Basis | None] = {}
        self._keys: dict[Wanted, str | None] = {}
        self._replies: dict[str, tuple[PlannedReply, ...]] = {}

    def must_wait(self, wanted: Wanted, due: Due) -> bool:
        """Tell whether the last snapshot of a month or week may still come."""
        edition = wanted.edition
        if due.at >= _end(edition) or self._now >= due.at + PATIENCE:
            return False
        basis = self._basis(wanted)
        return basis is not None and not basis.complete and edition.last not in self._missed(edition)

    def key(self, wanted: Wanted) -> str | None:
        """Return what a digest is stored under, having built it where it wasn't; ``None`` where that fails."""
        if wanted not in self._keys:
            basis = self._basis(wanted)
            self._keys[wanted] = self._attempt(wanted, lambda: self._build(wanted, basis)) if basis else None
        return self._keys[wanted]

    def _basis(self, wanted: Wanted) -> Basis | None:
        edition, within = wanted.edition, wanted.within
        if (edition, within) not in self._bases:
            self._bases[edition, within] = self._attempt(wanted, lambda: self._builds.basis(str(edition), within))
        return self._bases[edition, within]

    def _build(self, wanted: Wanted, basis: Basis) -> str:
        key = basis.key(wanted.sections)
        if self._built.existing_keys([key]):
            return key
        try:
            digest, picture = self._builds.digest(str(wanted.edition), wanted.within, wanted.sections)
        except NoDataError as error:
            self._built.save(key, missing_digest(str(error)), None)
            return key
        key = digest.basis.key(wanted.sections)  # a snapshot may have been added meanwhile
        self._built.save(_thread_key(key), thread_content(digest, missed=self._missed(digest.edition)), None)
        self._built.save(key, digest_content(digest, key), picture.png)
        return key

    def replies(self, key: str) -> tuple[PlannedReply, ...]:
        """Return what follows a built digest in its thread; ``()`` for the message that replaces one."""
        if key not in self._replies:
            self._replies[key] = tuple(PlannedReply(edition=known) for known in self._built.existing_keys([_thread_key(key)]))
        return self._replies[key]

    @staticmethod
    def _attempt(wanted: Wanted, act: Callable[[], _Result]) -> _Result | None:
        try:
            return act()
        except StoreError:
            raise
        except (HfStatsError, OSError, RuntimeError, ValueError, ArithmeticError, LookupError):
            _log.exception("the digest %s in %s could not be built", wanted.edition, wanted.within)
            return None
