"""Plan the deliveries of due digests, after building each digest once. Idempotent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from analytics.errors import HfStatsError, NoDataError, StoreError
from analytics.storage.database import writing
from bot.blocks.digest import digest_content, missing_digest
from bot.domain.outbox import Kind, PlannedDelivery
from bot.domain.schedule import due_between, next_due, parse_schedule
from bot.storage.channels.subscriptions import advance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    import sqlalchemy as sa

    from analytics.digest.edition import Edition
    from analytics.digest.values import Digest
    from bot.domain.outbox import Subscription
    from bot.domain.reply import Picture
    from bot.domain.schedule import Due
    from bot.outbox.delivery import DeliveryContext

    MissingDays = Callable[[Edition], Sequence[date]]

_log = logging.getLogger(__name__)

_BATCH_SIZE = 500
"""Subscriptions per transaction."""
_MOMENT = timedelta(microseconds=1)


class DigestBuilder(Protocol):
    """Builds digests, in the analytics processes or in this one."""

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest with its picture; raises HfStatsError if there is none for the edition."""
        ...


def _no_missing_days(_: Edition) -> list[date]:
    """Report no missing days."""
    return []


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Identifies a digest that several channels can share. ``str`` is its key in the database."""

    edition: str
    within: str
    sections: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.edition} in {self.within}: {','.join(self.sections)}"


def plan(
    delivery_context: DeliveryContext, builder: DigestBuilder, database: sa.Engine, missed: MissingDays = _no_missing_days
) -> list[int]:
    """Plan all deliveries that are due now; returns their ids. ``missed`` returns an edition's days without a snapshot.

    Without data for a digest, the delivery is a message that explains why. After any other error, the digest stays due.

    Raises:
        StoreError: if the database can't be used.

    """
    now = delivery_context.clock()
    planned: list[int] = []
    failed: set[Key] = set()
    while True:
        due = [
            (subscription, due_dates)
            for subscription in delivery_context.subscriptions.due(now, _BATCH_SIZE + len(failed))
            for due_dates in [_due_dates(subscription, now)]
        ]
        wanted = {_key(subscription, due_date) for subscription, due_dates in due for due_date in due_dates}
        failed |= _build(delivery_context, builder, wanted - failed, missed)
        ready = [
            (subscription, due_dates)
            for subscription, due_dates in due
            if not any(_key(subscription, due_date) in failed for due_date in due_dates)
        ]
        if not ready:
            return planned
        with writing(database) as connection:
            for subscription, due_dates in ready:
                following = next_due(parse_schedule(subscription.schedule), now)
                if advance(connection, subscription, following.at):
                    planned += delivery_context.outbox.plan(
                        (_delivery(subscription, due_date) for due_date in due_dates), connection
                    )


def _due_dates(subscription: Subscription, now: datetime) -> list[Due]:
    return due_between(parse_schedule(subscription.schedule), subscription.next_due - _MOMENT, now)


def _key(subscription: Subscription, due: Due) -> Key:
    return Key(str(due.edition), subscription.within, subscription.sections)


def _delivery(subscription: Subscription, due: Due) -> PlannedDelivery:
    period, key = str(due.edition), str(_key(subscription, due))
    return PlannedDelivery(
        subscription.workspace, subscription.channel, Kind.DIGEST, subscription.id, period, due.at, edition=key
    )


def _build(delivery_context: DeliveryContext, builder: DigestBuilder, keys: Iterable[Key], missed: MissingDays) -> set[Key]:
    """Build the digests that aren't stored yet; returns the keys of those that failed."""
    named = {str(key): key for key in keys}
    known = delivery_context.built_digests.existing_keys(named)
    failed = set()
    for name, key in sorted(named.items()):
        if name in known:
            continue
        try:
            digest, picture = builder.digest(key.edition, key.within, key.sections)
        except NoDataError as error:
            delivery_context.built_digests.save(name, missing_digest(str(error)), None)
        except StoreError:
            raise
        except (HfStatsError, OSError, RuntimeError, ValueError, ArithmeticError, LookupError):
            _log.exception("the digest %s could not be built", name)
            failed.add(key)
        else:
            content = digest_content(digest, name, missed=missed(digest.edition))
            delivery_context.built_digests.save(name, content, picture.png)
    return failed
