"""Handle the commands about bets: ``predict``, ``bets`` and ``unbet``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.domain import Dimension
from analytics.errors import NoDataError, QueryError
from analytics.language import grammar
from analytics.names.resolve import lookup
from analytics.query import Query
from bot.blocks import predictions as said
from bot.blocks.escape import escape_line
from bot.blocks.subscriptions import message
from bot.domain.prediction import claim, closed_reason, example, parse_question, score_bets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form
    from bot.delivery.conversation import Conversation
    from bot.domain.content import Content
    from bot.domain.prediction import Draft
    from bot.outbox.delivery import DeliveryContext
    from bot.subscriptions.commands import ParsedCommand
    from bot.subscriptions.service import Analytics

    Answered = tuple[Content, bytes | None]


def predict(
    delivery_context: DeliveryContext,
    numbers: Analytics,
    forms: Sequence[Form],
    conversation: Conversation,
    command: ParsedCommand,
) -> Answered:
    """Place a bet, or offer the form if it is incomplete."""
    draft, now = command.bet, delivery_context.clock()
    if draft is None:
        raise QueryError("That isn't a bet I can read.", (example(now),))
    if draft.month and (why := closed_reason(draft.month, now)):
        raise QueryError(why, (example(now),))
    if not draft.complete or draft.month is None or draft.percent is None:
        return said.incomplete_bet(draft, example(now)), None
    draft = replace(draft, name=_name(draft, numbers, forms))
    channel = conversation.working[0] if conversation.working else conversation.channel
    bet, before = delivery_context.bets.place(
        conversation.workspace,
        channel,
        conversation.user,
        question=draft.question,
        month=str(draft.month),
        name=draft.name,
        percent=draft.percent or 0,
    )
    return said.bet_placed(bet, draft, before), None


def bets(delivery_context: DeliveryContext, conversation: Conversation) -> Answered:
    """Return the list of the conversation's bets."""
    all_bets = delivery_context.bets.in_channel(conversation.workspace, conversation.channel)
    open_ = [bet for bet in all_bets if bet.outcome is None]
    settled = [bet for bet in all_bets if bet.outcome is not None]
    return said.bet_list(open_, settled, score_bets(all_bets), example(delivery_context.clock())), None


def unbet(delivery_context: DeliveryContext, conversation: Conversation, command: ParsedCommand) -> Answered:
    """Withdraw the user's own bet, in its conversation and before its month begins."""
    number = command.number or 0
    bet = delivery_context.bets.get(conversation.workspace, number)
    if bet is None or bet.channel != conversation.channel or bet.person != conversation.user:
        raise QueryError(f"You don't have a bet #{number} in this conversation.", ("bets",))
    draft = replace(parse_question(bet.question, bet.month), name=bet.name)
    late = draft.month and closed_reason(draft.month, delivery_context.clock())
    if bet.outcome or late or not delivery_context.bets.withdraw(conversation.workspace, number, conversation.user):
        raise QueryError(f"You can't take back bet #{number} anymore. {late or ''}".strip(), ("bets",))
    return message(f"<@{conversation.user}> took back a bet: {bet.percent}% that {escape_line(claim(draft))}."), None


def _name(draft: Draft, numbers: Analytics, forms: Sequence[Form]) -> str:
    """Return the name as it's written in the data.

    Raises:
        QueryError: for a name that isn't in the list, with suggestions of similar names and of a bet on a newcomer.

    """
    if draft.newcomer:
        return lookup(draft.name, Dimension(draft.of), ()) or draft.name
    try:
        answer, _ = numbers.answer(str(Query(draft.of.value, (draft.name,), by=draft.by, within=draft.within)))
    except (QueryError, NoDataError) as error:
        near = [grammar.parse(text, forms) for text in error.suggestions]
        others = [replace(draft, name=query.names[0]) for query in near if query.word == draft.of.value and query.names]
        offers = tuple(str(option) for option in [*others, replace(draft, newcomer=True)])
        raise QueryError(f"{error} To bet on a name that isn't in the list yet, put “newcomer” before it.", offers) from None
    ranking = next(ranking for ranking in answer.rankings if ranking.by is draft.by)
    return ranking.shares[0].name
