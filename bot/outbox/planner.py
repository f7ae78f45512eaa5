"""Plan: enters into the ledger what has fallen due, having built what is to be shown. Safe to run again at any time."""

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

    Missed = Callable[[Edition], Sequence[date]]

_log = logging.getLogger(__name__)

_MOST = 500
"""Subscriptions of one transaction."""
_MOMENT = timedelta(microseconds=1)


class DigestBuilder(Protocol):
    """Whatever builds digests: the pool of processes, or one analyst in this process."""

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build a digest; raises HfStatsError for an edition that has none."""
        ...


def _none(_: Edition) -> list[date]:
    """No day is known to be missing."""
    return []


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which digest: channels that want the same share it. ``str`` gives what it is kept under."""

    edition: str
    within: str
    sections: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.edition} in {self.within}: {','.join(self.sections)}"


def plan(delivery_context: DeliveryContext, builds: DigestBuilder, database: sa.Engine, missed: Missed = _none) -> list[int]:
    """Enter all that is due now; returns the new lines of the ledger. ``missed`` gives days without a snapshot.

    A digest that cannot be built for want of data is replaced by a word on why. One that fails otherwise is logged and left owed.

    Raises:
        StoreError: when the database cannot be used.

    """
    now = delivery_context.clock()
    entered: list[int] = []
    failed: set[Key] = set()
    while True:
        due = [(one, dues) for one in delivery_context.subscriptions.due(now, _MOST + len(failed)) for dues in [_dues(one, now)]]
        wanted = {_key(one, each) for one, dues in due for each in dues}
        failed |= _build(delivery_context, builds, wanted - failed, missed)
        ready = [(one, dues) for one, dues in due if not any(_key(one, each) in failed for each in dues)]
        if not ready:
            return entered
        with writing(database) as connection:
            for one, dues in ready:
                following = next_due(parse_schedule(one.schedule), now)
                if advance(connection, one, following.at):
                    entered += delivery_context.outbox.plan((_owed(one, each) for each in dues), connection)


def _dues(subscription: Subscription, now: datetime) -> list[Due]:
    return due_between(parse_schedule(subscription.schedule), subscription.next_due - _MOMENT, now)


def _key(subscription: Subscription, due: Due) -> Key:
    return Key(str(due.edition), subscription.within, subscription.sections)


def _owed(subscription: Subscription, due: Due) -> PlannedDelivery:
    period, key = str(due.edition), str(_key(subscription, due))
    return PlannedDelivery(
        subscription.workspace, subscription.channel, Kind.DIGEST, subscription.id, period, due.at, edition=key
    )


def _build(delivery_context: DeliveryContext, builds: DigestBuilder, keys: Iterable[Key], missed: Missed) -> set[Key]:
    """Build what is not there yet; returns what could not be built."""
    named = {str(key): key for key in keys}
    known = delivery_context.built_digests.existing_keys(named)
    failed = set()
    for name, key in sorted(named.items()):
        if name in known:
            continue
        try:
            digest, picture = builds.digest(key.edition, key.within, key.sections)
        except NoDataError as error:
            delivery_context.built_digests.save(name, missing_digest(str(error)), None)
        except StoreError:
            raise
        except (HfStatsError, OSError, RuntimeError, ValueError, ArithmeticError, LookupError):
            _log.exception("the digest %s could not be built", name)
            failed.add(key)
        else:
            told = digest_content(digest, name, missed=missed(digest.edition))
            delivery_context.built_digests.save(name, told, picture.png)
    return failed
