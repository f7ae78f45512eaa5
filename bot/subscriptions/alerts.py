"""Check alerts after a new snapshot, and plan deliveries for those that crossed their threshold. Idempotent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import ordinal
from analytics.storage.database import writing
from bot.blocks.subscriptions import alert
from bot.domain.alert_rule import Figure, figure, read_rule
from bot.domain.outbox import Kind, PlannedDelivery

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import sqlalchemy as sa

    from analytics.answer import Answer
    from analytics.query import Form, Query
    from bot.conversation.router import Analytics
    from bot.domain.alert_rule import Rule
    from bot.domain.outbox import Alert
    from bot.domain.reply import Picture
    from bot.outbox.delivery import DeliveryContext

    AlertAnswer = tuple[Answer | None, Picture | None]
    """An answer with its picture; ``(None, None)`` if the name isn't in the list anymore."""

_log = logging.getLogger(__name__)


def describe_figure(rule: Rule, current: Figure) -> str:
    """Return a figure as text: ``now 9.4% of downloads`` or ``now 4th by downloads``."""
    if rule.on_rank:
        return f"now {ordinal(current.rank)} by {rule.query.by}" if current.rank else "not in the list anymore"
    return f"now {percent(current.share)} of {rule.query.by}"


def check_alerts(
    delivery_context: DeliveryContext, analytics: Analytics, forms: Sequence[Form], database: sa.Engine, newest: dict[str, date]
) -> int:
    """Check each alert whose list has a new snapshot; returns how many crossed their threshold.

    ``newest`` has each list's latest snapshot date. Alerts with the same query share one answer.

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
            if rule.query not in answers:
                answers[rule.query] = _answer(analytics, rule.query)
            crossed += _check(delivery_context, database, (stored, rule, day), answers[rule.query])
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


def _check(delivery_context: DeliveryContext, database: sa.Engine, watched: tuple[Alert, Rule, date], said: AlertAnswer) -> int:
    (stored, rule, day), (answer, picture) = watched, said
    current = figure(rule, answer) if answer else Figure(0.0, None, rule.query.names[0])
    beyond = rule.beyond(current, was=stored.crossed)
    triggered = beyond and not stored.crossed
    key = None
    shown = alert(answer.headline if answer else "", rule.said(), describe_figure(rule, current), stored.id, str(rule.query))
    if triggered and picture:
        key = f"alert {day} {rule.query}"[:120]
        delivery_context.built_digests.save(key, shown, picture.png)
    with writing(database) as connection:
        first = delivery_context.watches.record_check(connection, stored, day, crossed=beyond)
        if not first or not triggered:
            return 0
        delivery = PlannedDelivery(
            stored.workspace, stored.channel, Kind.ALERT, stored.id, str(day), delivery_context.clock(), key, shown.as_json()
        )
        return len(delivery_context.outbox.plan([delivery], connection))
