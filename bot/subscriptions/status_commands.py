"""The commands for deliveries: status, and again, which retries a failed delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.errors import NoDataError, QueryError
from analytics.formatting.phrases import day, plural
from bot.blocks import notices
from bot.blocks import subscriptions as render
from bot.blocks.text_objects import conversation_name
from bot.domain.outbox import State
from bot.storage.heartbeats import describe

if TYPE_CHECKING:
    from bot.domain.request import Command
    from bot.subscriptions.command_context import CommandContext, CommandReply

_PERIOD = timedelta(days=31)


def again(context: CommandContext, command: Command) -> CommandReply:
    """Retry a delivery that failed or is unconfirmed."""
    delivery = context.delivery.outbox.get(command.number or 0)
    workspace = context.conversation.workspace
    if delivery is None or delivery.workspace != workspace or not context.visibility.may_send_again(delivery):
        raise QueryError(f"There's no delivery {command.number} that you can send again from here.", ("status",))
    what, place = notices.delivery_name(delivery), conversation_name(delivery.channel, context.conversation.channel)
    if not context.delivery.outbox.retry(delivery.id, workspace):
        return render.message(f"There's nothing to send again: {what} for {place} is {delivery.state}."), None
    return render.message(f":arrows_counterclockwise: Sending {what} to {place} again."), None


def status(context: CommandContext, _: Command) -> CommandReply:
    """Show the data's age, and the last month's deliveries with those that failed."""
    delivery, visibility, conversation = context.delivery, context.visibility, context.conversation
    subscriptions = [row for row in delivery.subscriptions.of(conversation.workspace) if visibility.sees(row)]
    paused = sum(row.paused is not None for row in subscriptions)
    channels = {conversation.channel, *(row.channel for row in subscriptions)}
    recent = delivery.outbox.in_workspace(conversation.workspace, delivery.clock() - _PERIOD)
    deliveries = [row for row in recent if row.channel in channels]
    count = {state: sum(row.state is state for row in deliveries) for state in State}
    failed = [row for row in deliveries if row.state in {State.FAILED, State.UNSURE}]
    waiting = count[State.PLANNED] + count[State.SENDING]
    outcomes = f"{count[State.SENT]} sent, {waiting} waiting, {count[State.FAILED]} failed, {count[State.UNSURE]} unconfirmed"
    lines = [
        ("Data", _freshness(context)),
        ("Subscriptions", f"{len(subscriptions) - paused} active, {paused} paused"),
        (f"Deliveries in the last {_PERIOD.days} days", outcomes),
    ]
    if delivery.heartbeats:
        lines.append(("Workers", describe(delivery.heartbeats.find(), delivery.clock(), names=False)))
    return render.status_message(lines, failed, conversation.channel), None


def _freshness(context: CommandContext) -> str:
    """Return the latest snapshot's age and warnings as text."""
    try:
        summary = context.analytics.summarize_store("")
    except NoDataError as error:
        return str(error)
    if summary is None or not summary.holdings:
        return "no snapshot yet"
    newest = max(holding.taken_on for holding in summary.holdings)
    age = (context.delivery.clock().date() - newest).days
    simulated = ", simulated" if summary.simulated else ""
    fresh = f"snapshot of {day(newest)}, {'taken today' if age <= 0 else plural(age, 'day') + ' old'}{simulated}"
    return ". ".join((fresh, *(warning.rstrip(".") for warning in summary.warnings)))
