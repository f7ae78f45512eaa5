"""The commands for predictions: predict, bets, unbet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.domain import Dimension
from analytics.errors import NoDataError, QueryError
from analytics.language import grammar
from analytics.names.resolve import lookup
from analytics.query import Query
from bot.blocks import predictions as render
from bot.blocks.escape import escape_line
from bot.blocks.subscriptions import message
from bot.domain.prediction import claim, closed_reason, example, parse_question, score_bets

if TYPE_CHECKING:
    from bot.blocks.messages import Block
    from bot.domain.prediction import Draft
    from bot.domain.request import Command
    from bot.subscriptions.command_context import CommandContext, CommandReply


def predict(context: CommandContext, command: Command) -> CommandReply:
    """Place a prediction; offers the form if it is incomplete."""
    draft, now = command.bet, context.delivery.clock()
    if draft is None:
        raise LookupError("a parsed predict has a draft")
    if draft.month and (reason := closed_reason(draft.month, now)):
        raise QueryError(reason, (example(now),))
    if not draft.complete or draft.month is None or draft.percent is None:
        return render.incomplete_bet(draft, example(now)), None
    draft = replace(draft, name=_name(context, draft))
    conversation = context.conversation
    channel = conversation.working[0] if conversation.working else conversation.channel
    bet, before = context.delivery.bets.place(
        conversation.workspace,
        channel,
        conversation.user,
        question=draft.question,
        month=str(draft.month),
        name=draft.name,
        percent=draft.percent or 0,
    )
    return render.bet_placed(bet, draft, before), None


def bets(context: CommandContext, _: Command) -> CommandReply:
    """Show the conversation's predictions, open and settled."""
    rows = context.delivery.bets.in_channel(context.conversation.workspace, context.conversation.channel)
    open_ = [bet for bet in rows if bet.outcome is None]
    settled = [bet for bet in rows if bet.outcome is not None]
    now = context.delivery.clock()
    return render.bet_list(open_, settled, score_bets(rows), example(now), now.date()), None


def own_bets(context: CommandContext, limit: int) -> list[Block]:
    """Render the user's open bets of all conversations where they may still see them."""
    bets = context.delivery.bets.open_of_person(context.conversation.workspace, context.conversation.user)
    return render.open_bets(context.visibility.own_visible(bets), limit)


def unbet(context: CommandContext, command: Command) -> CommandReply:
    """Withdraw one's own prediction, in the conversation where it was placed and while it can be changed."""
    number, conversation, store = command.number or 0, context.conversation, context.delivery.bets
    bet = store.get(conversation.workspace, number)
    if bet is None or bet.channel != conversation.channel or bet.person != conversation.user:
        raise QueryError(f"You don't have a bet #{number} in this conversation.", ("bets",))
    draft = replace(parse_question(bet.question, bet.month), name=bet.name)
    late = draft.month and closed_reason(draft.month, context.delivery.clock())
    if bet.outcome or late or not store.withdraw(conversation.workspace, number, conversation.user):
        raise QueryError(f"You can't take back bet #{number} anymore. {late or ''}".strip(), ("bets",))
    return message(f"<@{conversation.user}> took back a bet: {bet.percent}% that {escape_line(claim(draft))}."), None


def _name(context: CommandContext, draft: Draft) -> str:
    """Return the name as it is spelled in the data.

    Raises:
        QueryError: if the name isn't in the list, with similar names and the "newcomer" form as suggestions.

    """
    if draft.newcomer:
        return lookup(draft.name, Dimension(draft.of), ()) or draft.name
    try:
        answer, _ = context.analytics.answer(Query(draft.of.value, (draft.name,), by=draft.by, within=draft.within))
    except (QueryError, NoDataError) as error:
        near = [grammar.parse(text, context.forms) for text in error.suggestions]
        others = [replace(draft, name=query.names[0]) for query in near if query.word == draft.of.value and query.names]
        offers = tuple(map(str, [*others, replace(draft, newcomer=True)]))
        raise QueryError(
            f"{error} To bet on somebody who isn't in the list yet, type “newcomer” before the name.", offers
        ) from None
    ranking = next(ranking for ranking in answer.rankings if ranking.by is draft.by)
    found = ranking.shares[0]
    if found.rank is None:
        raise QueryError(f"“{found.name}” stands for missing information and can't lead, so there's no bet on it.")
    return found.name
