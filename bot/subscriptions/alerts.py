"""Check alerts after a new snapshot, and plan deliveries for those that crossed their threshold. Idempotent."""

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
    AlertAnswer = tuple[Answer | None, Picture | None]
    """An answer with its picture; ``(None, None)`` if the name isn't in the list anymore."""

_log = logging.getLogger(__name__)


def describe_figure(rule: Rule, current: Figure) -> str:
    """Return a figure as text: ``9.4% of downloads`` or ``4th by downloads``."""
    if rule.on_rank:
        return f"{ordinal(current.rank)} by {rule.query.by}" if current.rank else "not in the list anymore"
    if current.low is None or current.high is None:
        return f"{percent(current.share)} of {rule.query.by}"
    bounds = f"{percent(current.low)} to {percent(current.high)} with what isn't known"
    return f"{percent(current.share)} of {rule.query.by} ({bounds})"


def always(_: ListName, __: date, ___: date) -> bool:
    """Take every two snapshots of a list for comparable."""
    return True


def check_alerts(
    delivery_context: DeliveryContext,
    analytics: Analytics,
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
        StoreError: if the database can't be used.

    """
    answers: dict[Query, AlertAnswer] = {}
    crossed = 0
    for stored in delivery_context.watches.active():
        try:
            rule = read_rule(stored.rule, forms)
            day = newest.get(rule.query.within.value)
            if day is None or (stored.looked_at and stored.looked_at >= day):
                continue
            query = rule.query.but(at=Period(day.year, day.month, day.day))
            if query not in answers:
                answers[query] = _answer(analytics, query)
            like = stored.looked_at is None or are_comparable(query.within, stored.looked_at, day)
            crossed += _check(delivery_context, database, (stored, rule, day), answers[query], silent=not like)
        except HfStatsError as error:
            _log.warning("alert %s could not be checked: %s", stored.id, error)
        except Exception:  # noqa: BLE001 - one alert's failure must not stop the others
            _log.exception("alert %s could not be checked", stored.id)
    return crossed


def _answer(analytics: Analytics, query: Query) -> AlertAnswer:
    try:
        return analytics.answer(query)
    except NoDataError:  # the name isn't in the list (anymore)
        return None, None


def _check(
    delivery_context: DeliveryContext, database: sa.Engine, watched: tuple[Alert, Rule, date], said: AlertAnswer, *, silent: bool
) -> int:
    (stored, rule, day), (answer, picture) = watched, said
    current = figure(rule, answer) if answer else Figure(0.0, None, rule.query.names[0])
    beyond = rule.beyond(current, was=stored.crossed and not silent)
    if not rule.is_certain(current):  # what isn't recorded decides, so the alert waits
        beyond = stored.crossed
    triggered = beyond and not stored.crossed and not silent
    key = None
    shown = alert(answer.headline if answer else "", rule.said(), describe_figure(rule, current), stored.id, str(rule.query))
    if triggered and picture:
        # Of what it shows, not of the date: a larger list of the same date has another picture.
        key = f"alert {day} {hashlib.sha256(picture.png).hexdigest()}"
        delivery_context.built_digests.save(key, shown, picture.png)
    with writing(database) as connection:
        first = delivery_context.watches.record_check(connection, stored, day, crossed=beyond)
        if not first or not triggered:
            return 0
        delivery = PlannedDelivery(
            stored.workspace, stored.channel, Kind.ALERT, stored.id, str(day), delivery_context.clock(), key, shown.as_json()
        )
        return len(delivery_context.outbox.plan([delivery], connection))
