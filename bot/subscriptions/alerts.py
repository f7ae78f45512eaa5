"""Looks at every watch when there is a new snapshot, and enters what crossed its line into the ledger. Safe to run again."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import ordinal
from analytics.query import Period
from analytics.storage.database import writing
from bot.blocks.subscriptions import alert
from bot.domain.alert_rule import Figure, figure, read_rule
from bot.domain.outbox import Kind, PlannedDelivery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import sqlalchemy as sa

    from analytics.answer import Answer
    from analytics.domain import ListName
    from analytics.query import Form, Query
    from bot.conversation.router import Analytics
    from bot.domain.alert_rule import Rule
    from bot.domain.outbox import Alert
    from bot.domain.reply import Picture
    from bot.outbox.delivery import DeliveryContext

    Comparable = Callable[[ListName, date, date], bool]
    Found = tuple[Answer | None, Picture | None]
    """An answer with its picture, or nothing where the name is in the list no more."""

_log = logging.getLogger(__name__)


def figure_said(rule: Rule, found: Figure) -> str:
    """Return a figure in words: ``now 9.4% of downloads`` or ``now 4th by downloads``."""
    if rule.on_rank:
        return f"now {ordinal(found.rank)} by {rule.query.by}" if found.rank else "not in the list any more"
    return f"now {percent(found.share)} of {rule.query.by}"


def always(_: ListName, __: date, ___: date) -> bool:
    """Take every two snapshots of a list for comparable."""
    return True


def watch(
    delivery_context: DeliveryContext,
    numbers: Analytics,
    forms: Sequence[Form],
    database: sa.Engine,
    newest: dict[str, date],
    *,
    are_comparable: Comparable = always,
) -> int:
    """Check each alert of a list with a newer snapshot than the one checked last; returns how many crossed their threshold.

    ``newest`` gives the date of each list's snapshot to check, ``are_comparable`` whether it compares with the one checked last.
    Where it doesn't, the list has changed, not the name's share: the alert's state is recorded, and nothing is posted.
    A question is asked once, however many alerts need its answer.

    Raises:
        StoreError: when the database cannot be used.

    """
    asked: dict[Query, Found] = {}
    crossed = 0
    for one in delivery_context.watches.active():
        try:
            rule = read_rule(one.rule, forms)
            day = newest.get(rule.query.within.value)
            if day is None or (one.looked_at and one.looked_at >= day):
                continue
            query = rule.query.but(at=Period(day.year, day.month, day.day))
            if query not in asked:
                asked[query] = _asked(numbers, query)
            like = one.looked_at is None or are_comparable(query.within, one.looked_at, day)
            crossed += _look(delivery_context, database, (one, rule, day), asked[query], silent=not like)
        except HfStatsError as error:
            _log.warning("watch %s could not be looked at: %s", one.id, error)
        except Exception:  # noqa: BLE001 - one watch that nobody understands must not stop the others
            _log.exception("watch %s could not be looked at", one.id)
    return crossed


def _asked(numbers: Analytics, query: Query) -> Found:
    try:
        return numbers.answer(query)
    except NoDataError:  # nobody of that name is in the list (any more)
        return None, None


def _look(
    delivery_context: DeliveryContext, database: sa.Engine, watched: tuple[Alert, Rule, date], said: Found, *, silent: bool
) -> int:
    (one, rule, day), (answer, picture) = watched, said
    found = figure(rule, answer) if answer else Figure(0.0, None, rule.query.names[0])
    beyond = rule.beyond(found, was=one.crossed and not silent)
    told = beyond and not one.crossed and not silent
    key = None
    shown = alert(answer.headline if answer else "", rule.said(), figure_said(rule, found), one.id, str(rule.query))
    if told and picture:
        # Of what it shows, not of the date: a larger list of the same date has another picture.
        key = f"alert {day} {hashlib.sha256(picture.png).hexdigest()}"
        delivery_context.built_digests.save(key, shown, picture.png)
    with writing(database) as connection:
        first = delivery_context.watches.record_check(connection, one, day, crossed=beyond)
        if not first or not told:
            return 0
        owed = PlannedDelivery(
            one.workspace, one.channel, Kind.ALERT, one.id, str(day), delivery_context.clock(), key, shown.as_json()
        )
        return len(delivery_context.outbox.plan([owed], connection))
