"""Settle bets when their month is over, and plan the delivery of the results. Safe to run again."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.query import Period, Query
from analytics.statistics.brier import brier, came_true, leaders
from analytics.storage.database import writing
from bot.blocks.predictions import SettledQuestion
from bot.blocks.predictions import bet_results as said
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


def settle(delivery_context: DeliveryContext, numbers: Analytics, database: sa.Engine, last_day: LastDay) -> int:
    """Settle the bets on past months, per channel all or none; returns the number of planned deliveries.

    The bets and the delivery change in one transaction, so results are delivered once even if several processes run this.

    Raises:
        StoreError: when the database cannot be used.

    """
    month_now = str(Edition.month(delivery_context.clock().date()))
    due = sorted(
        delivery_context.bets.over(month_now), key=lambda bet: (bet.month, bet.workspace, bet.channel, bet.question, bet.id)
    )
    asked: dict[tuple[str, str], Answer | str] = {}
    entered = 0
    for (month, _, _), group in groupby(due, key=lambda bet: (bet.month, bet.workspace, bet.channel)):
        theirs = list(group)
        try:
            for bet in theirs:
                if (key := (bet.question, month)) not in asked:
                    asked[key] = _answer(numbers, last_day, *key)
            entered += _settle_channel(delivery_context, database, theirs, asked)
        except Exception:  # noqa: BLE001 - one channel's failure must not block the others; open bets are tried again
            _log.exception("could not settle a channel's bets for %s", month)
    return entered


def _answer(numbers: Analytics, last_day: LastDay, question: str, month: str) -> Answer | str:
    """Return the ranking that settles a question, or why there is none."""
    draft = parse_question(question, month)
    on = last_day(draft.within, Edition.parse(month))
    if isinstance(on, str):
        return on
    asked = Query(draft.of.plural, by=draft.by, within=draft.within, at=Period(on.year, on.month, on.day))
    return numbers.answer(asked)[0]


def _settle_channel(
    delivery_context: DeliveryContext, database: sa.Engine, theirs: list[Bet], asked: dict[tuple[str, str], Answer | str]
) -> int:
    month = Edition.parse(theirs[0].month)
    decided = []
    for question, group in groupby(theirs, key=lambda bet: bet.question):
        decided.append(_result(question, list(group), asked[question, theirs[0].month]))
    done = [bet for question in decided for bet, _ in question.bets]
    first = done[0]
    before = [bet for bet in delivery_context.bets.in_channel(first.workspace, first.channel) if bet.outcome is not None]
    shown = said(month, decided, score_bets([*before, *done]))
    with writing(database) as connection:
        fresh = [delivery_context.bets.settle(connection, bet, bet.outcome) for bet in done if bet.outcome]
        if not all(fresh):
            return 0  # another process settled them first
        source = min(bet.id for bet in done)
        owed = PlannedDelivery(
            first.workspace, first.channel, Kind.BETS, source, str(month), delivery_context.clock(), content=shown.as_json()
        )
        return len(delivery_context.outbox.plan([owed], connection))


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
