"""Settle bets when their month is over, and plan the delivery of the results. Safe to run again."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.query import Period, Query
from analytics.statistics.prediction.brier import brier, came_true, leaders
from analytics.storage.database import writing
from bot.blocks.predictions import SettledQuestion, bet_results
from bot.domain.outbox import Kind, Outcome, PlannedDelivery
from bot.domain.prediction import parse_question, score_bets

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import sqlalchemy as sa

    from analytics.answer import Answer, Ranking
    from analytics.domain import Dimension, ListName
    from bot.conversation.router import Analytics
    from bot.domain.outbox import Bet
    from bot.outbox.delivery import DeliveryContext

    LastDay = Callable[[ListName, Edition], date | str]
    """Returns the date of the snapshot that settles a month; else the reason that there is none, as a clause, or ``""``."""

_log = logging.getLogger(__name__)


def settle(delivery_context: DeliveryContext, analytics: Analytics, database: sa.Engine, last_day: LastDay) -> int:
    """Settle the bets on past months, per channel all or none; returns the number of planned deliveries.

    The bets and the delivery change in one transaction, so results are delivered once even if several processes run this.

    Raises:
        StoreError: when the database cannot be used.

    """
    month_now = str(Edition.month(delivery_context.clock().date()))
    due = sorted(
        delivery_context.bets.over(month_now), key=lambda bet: (bet.month, bet.workspace, bet.channel, bet.question, bet.id)
    )
    answers: dict[tuple[str, str], Answer | str] = {}
    planned = 0
    for (month, _, _), group in groupby(due, key=lambda bet: (bet.month, bet.workspace, bet.channel)):
        bets = list(group)
        try:
            for bet in bets:
                if (key := (bet.question, month)) not in answers:
                    answers[key] = _answer(analytics, last_day, *key)
            planned += _settle_channel(delivery_context, database, bets, answers)
        except Exception:  # noqa: BLE001 - one channel's failure must not block the others; open bets are tried again
            _log.exception("could not settle a channel's bets for %s", month)
    return planned


def _answer(analytics: Analytics, last_day: LastDay, question: str, month: str) -> Answer | str:
    """Return the ranking that settles a question, or why there is none."""
    draft = parse_question(question, month)
    on = last_day(draft.within, Edition.parse(month))
    if isinstance(on, str):
        return on
    query = Query(draft.of.plural, by=draft.by, within=draft.within, at=Period(on.year, on.month, on.day))
    return analytics.answer(query)[0]


def _settle_channel(
    delivery_context: DeliveryContext, database: sa.Engine, bets: list[Bet], answers: dict[tuple[str, str], Answer | str]
) -> int:
    month = Edition.parse(bets[0].month)
    results = []
    for question, group in groupby(bets, key=lambda bet: bet.question):
        results.append(_result(question, list(group), answers[question, bets[0].month]))
    scored = [bet for question in results for bet, _ in question.bets]
    first = scored[0]
    before = [bet for bet in delivery_context.bets.in_channel(first.workspace, first.channel) if bet.outcome is not None]
    content = bet_results(month, results, score_bets([*before, *scored]))
    with writing(database) as connection:
        settled_now = [delivery_context.bets.settle(connection, bet, bet.outcome) for bet in scored if bet.outcome]
        if not all(settled_now):
            return 0  # another process settled them first
        source = min(bet.id for bet in scored)
        delivery = PlannedDelivery(
            first.workspace, first.channel, Kind.BETS, source, str(month), delivery_context.clock(), content=content.as_json()
        )
        return len(delivery_context.outbox.plan([delivery], connection))


def _result(question: str, bets: list[Bet], answer: Answer | str) -> SettledQuestion:
    draft = parse_question(question, bets[0].month)
    if isinstance(answer, str):
        return SettledQuestion(question, tuple((replace(bet, outcome=Outcome.VOID), None) for bet in bets), reason=answer)
    ranking = next(ranking for ranking in answer.rankings if ranking.by is draft.by)
    return SettledQuestion(
        question,
        tuple(_score(bet, ranking, draft.of) for bet in bets),
        leaders(ranking),
        ranking.shares[0].portion if ranking.shares else 0.0,
        answer.source.snapshot,
        answer.source.simulated,
    )


def _score(bet: Bet, ranking: Ranking, of: Dimension) -> tuple[Bet, float]:
    right = came_true(ranking, of, bet.name)
    return replace(bet, outcome=Outcome.RIGHT if right else Outcome.WRONG), brier(bet.percent, right=right)
