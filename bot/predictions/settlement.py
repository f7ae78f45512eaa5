"""Settle bets when their month is over, and plan the delivery of the results. Safe to run again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from analytics.digest.edition import Edition
from analytics.errors import NoDataError
from analytics.query import Period, Query
from analytics.statistics.prediction.brier import base_rate, brier, came_true, leaders, persistence
from analytics.storage.database import writing
from bot.blocks.predictions import SettledQuestion, bet_results
from bot.domain.outbox import Kind, Outcome, PlannedDelivery
from bot.domain.prediction import parse_question, score_bets, void_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import sqlalchemy as sa

    from analytics.answer import Answer, Ranking
    from analytics.domain import ListName
    from bot.conversation.router import Analytics
    from bot.domain.outbox import Bet
    from bot.domain.prediction import Draft
    from bot.outbox.delivery import DeliveryContext

_log = logging.getLogger(__name__)


class Snapshots(Protocol):
    """Which snapshots decide bets; see :class:`bot.jobs.deciding_snapshots.DecidingSnapshots`."""

    def list_on(self, within: ListName, placed: date) -> date | None:
        """Return the date of the list that a bet of that day is about."""

    def month_ends(self, within: ListName, placed: date) -> Mapping[Edition, date]:
        """Return the date of the last snapshot of each month before the bet's."""

    def last_day(self, within: ListName, month: Edition, placed: date) -> date | str:
        """Return the date of the snapshot that settles a bet, or what is missing for that, as a clause."""


def settle(delivery_context: DeliveryContext, analytics: Analytics, database: sa.Engine, snapshots: Snapshots) -> int:
    """Settle the bets on past months that a snapshot decides or that have waited long enough; returns the planned deliveries.

    A channel's bets and the delivery change in one transaction, so results are delivered once even if several processes run this.

    Raises:
        StoreError: when the database cannot be used.

    """
    today = delivery_context.clock().date()
    due = sorted(
        delivery_context.bets.over(str(Edition.month(today))),
        key=lambda bet: (bet.month, bet.workspace, bet.channel, bet.question, bet.id),
    )
    rankings = _Rankings(analytics, snapshots)
    planned = 0
    for (month, _, _), group in groupby(due, key=lambda bet: (bet.month, bet.workspace, bet.channel)):
        waits = today < void_date(Edition.parse(month))
        try:
            decided = [(bet, rankings.deciding(bet)) for bet in group]
            ready = [(bet, answer) for bet, answer in decided if not (waits and isinstance(answer, str))]
            planned += _settle_channel(delivery_context, database, ready, rankings)
        except Exception:  # noqa: BLE001 - one channel's failure must not block the others; open bets are tried again
            _log.exception("could not settle a channel's bets for %s", month)
    return planned


@dataclass(frozen=True, slots=True)
class _Rankings:
    """Rankings of the days that matter for bets, each asked for once."""

    analytics: Analytics
    snapshots: Snapshots
    answers: dict[tuple[str, date], Answer | str] = field(default_factory=dict)

    def deciding(self, bet: Bet) -> Answer | str:
        """Return the ranking that settles a bet, or what is missing for that, as a clause."""
        draft = parse_question(bet.question, bet.month)
        on = self.snapshots.last_day(draft.within, Edition.parse(bet.month), bet.placed_at.date())
        return on if isinstance(on, str) else self._on(draft, on)

    def base_rate(self, bet: Bet) -> float:
        """Return the probability that past leaders alone gave a bet's name when it was placed."""
        draft, placed = parse_question(bet.question, bet.month), bet.placed_at.date()
        ends = self.snapshots.month_ends(draft.within, placed)
        answers = {_number(month.first): self._on(draft, day) for month, day in ends.items()}
        past = {at: leaders(_ranking(answer, draft)) for at, answer in answers.items() if not isinstance(answer, str)}
        rate = persistence(past, _number(Edition.parse(bet.month).first) - _number(placed))
        on = self.snapshots.list_on(draft.within, placed)
        answer = self._on(draft, on) if on else ""
        return float(rate) if isinstance(answer, str) else base_rate(_ranking(answer, draft), draft.of, bet.name, rate)

    def _on(self, draft: Draft, on: date) -> Answer | str:
        if (key := (draft.question, on)) not in self.answers:
            query = Query(draft.of.plural, by=draft.by, within=draft.within, at=Period(on.year, on.month, on.day))
            self.answers[key] = self._ask(query, draft)
        return self.answers[key]

    def _ask(self, query: Query, draft: Draft) -> Answer | str:
        try:
            answer = self.analytics.answer(query)[0]
        except NoDataError as error:
            return f"{str(error)[:1].lower()}{str(error)[1:].removesuffix('.')}"
        nobody = f"the snapshot doesn't record any {draft.of.plural}"
        return answer if leaders(_ranking(answer, draft)) else nobody


def _number(day: date) -> int:
    return day.year * 12 + day.month


def _ranking(answer: Answer, draft: Draft) -> Ranking:
    return next(ranking for ranking in answer.rankings if ranking.by is draft.by)


def _settle_channel(
    delivery_context: DeliveryContext, database: sa.Engine, decided: list[tuple[Bet, Answer | str]], rankings: _Rankings
) -> int:
    if not decided:
        return 0
    groups: dict[tuple[str, str | date], list[tuple[Bet, Answer | str]]] = {}
    for bet, answer in decided:  # bets of one question may differ in the list that they were placed on
        groups.setdefault((bet.question, answer if isinstance(answer, str) else answer.source.snapshot), []).append((bet, answer))
    results = [_result([bet for bet, _ in group], group[0][1], rankings) for group in groups.values()]
    scored = [bet for question in results for bet, _ in question.bets]
    first = scored[0]
    month = Edition.parse(first.month)
    before = [bet for bet in delivery_context.bets.in_channel(first.workspace, first.channel) if bet.outcome is not None]
    content = bet_results(month, results, score_bets([*before, *scored]))
    with writing(database) as connection:
        settled_now = [delivery_context.bets.settle(connection, bet, bet.outcome, bet.base_rate) for bet in scored if bet.outcome]
        if not all(settled_now):
            return 0  # another process settled them first
        source = min(bet.id for bet in scored)
        delivery = PlannedDelivery(
            first.workspace, first.channel, Kind.BETS, source, str(month), delivery_context.clock(), content=content.as_json()
        )
        return len(delivery_context.outbox.plan([delivery], connection))


def _result(bets: list[Bet], answer: Answer | str, rankings: _Rankings) -> SettledQuestion:
    question = bets[0].question
    if isinstance(answer, str):
        return SettledQuestion(question, tuple((replace(bet, outcome=Outcome.VOID), None) for bet in bets), reason=answer)
    draft = parse_question(question, bets[0].month)
    ranking = _ranking(answer, draft)
    scored = []
    for bet in bets:
        right = came_true(ranking, draft.of, bet.name)
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        scored.append((replace(bet, outcome=outcome, base_rate=rankings.base_rate(bet)), brier(bet.percent, right=right)))
    return SettledQuestion(
        question, tuple(scored), leaders(ranking), ranking.shares[0].portion, answer.source.snapshot, answer.source.simulated
    )
