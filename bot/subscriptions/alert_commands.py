"""The commands for a conversation's alerts: watch, watches, mute, unmute, unwatch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.errors import QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, ordinal, plural
from analytics.names.grouping import UNRANKED
from bot.blocks import subscriptions as render
from bot.blocks.escape import escape_code, escape_line
from bot.domain.alert_rule import EXAMPLES, figure, read_rule
from bot.domain.content import Content
from bot.subscriptions.alerts import describe_figure

if TYPE_CHECKING:
    from bot.blocks.messages import Block
    from bot.domain.outbox import Alert
    from bot.domain.request import Command
    from bot.subscriptions.command_context import CommandContext, CommandReply

_NONE = "There are no alerts in this conversation. Set one like this: `/hfstats watch creator meta below 10%`"


def watch(context: CommandContext, command: Command) -> CommandReply:
    """Set an alert, and show its current value."""
    if command.rule is None:
        raise LookupError("a parsed watch has a rule")
    answer, _ = context.analytics.answer(command.rule.query)
    now = figure(command.rule, answer)
    if now.name in UNRANKED:
        message = f"“{now.name}” stands for missing information and has no rank, so there's no alert about it."
        raise QueryError(message, EXAMPLES)
    rule = replace(command.rule, query=command.rule.query.but(names=(now.name,)))
    crossed = rule.beyond(now, was=False)
    taken_on = answer.source.snapshot
    alert = context.delivery.watches.add(
        context.conversation.workspace,
        context.conversation.channel,
        str(rule),
        context.conversation.user,
        crossed=crossed,
        looked_at=taken_on,
    )
    if crossed:
        current = ordinal(now.rank) if rule.on_rank and now.rank else percent(now.share)
        text = f"*{escape_line(rule.state())}* ({current} on {day(taken_on)}). I'll post here the next time it crosses that line."
    else:
        current = f"On {day(taken_on)}, it {'was' if rule.on_rank else 'had'} {escape_line(describe_figure(rule, now))}."
        text = f"I'll post here once when *{escape_line(rule.said())}*. {current} I check every new snapshot."
    buttons = render.button("Mute", f"mute {alert.id}"), render.button("All alerts", "watches")
    return render.message(f":eyes: {text}", *buttons), None


def watches(context: CommandContext, _: Command) -> CommandReply:
    """List the conversation's alerts."""
    alerts = context.delivery.watches.in_channel(context.conversation.workspace, context.conversation.channel)
    if not alerts:
        return render.message(_NONE), None
    rows = [(alert, _rule_in_words(context, alert)) for alert in alerts]
    return Content(f"{plural(len(rows), 'alert')} here", render.alert_rows(rows)), None


def own_alert_rows(context: CommandContext, limit: int) -> list[Block]:
    """Render the alerts that the user set, in all conversations where they may still see them."""
    alerts = context.delivery.watches.of_person(context.conversation.workspace, context.conversation.user)
    rows = [(alert, _rule_in_words(context, alert)) for alert in context.visibility.own_visible(alerts)]
    return render.alert_rows(rows, many=limit, elsewhere=True)


def unwatch(context: CommandContext, command: Command) -> CommandReply:
    """Remove an alert."""
    alert = _alert(context, command)
    context.delivery.watches.remove(context.conversation.workspace, alert.id)
    return render.message(f":no_bell: Alert removed: `{escape_code(alert.rule)}`"), None


def mute(context: CommandContext, command: Command) -> CommandReply:
    """Mute an alert until somebody unmutes it."""
    alert = _alert(context, command)
    context.delivery.watches.mute(alert.id)
    text = f":no_bell: <@{context.conversation.user}> muted the alert `{escape_code(alert.rule)}`."
    return render.message(text, render.button("Unmute", f"unmute {alert.id}")), None


def unmute(context: CommandContext, command: Command) -> CommandReply:
    """Let an alert post again."""
    alert = _alert(context, command)
    context.delivery.watches.unmute(context.conversation.workspace, alert.id)
    text = f":bell: <@{context.conversation.user}> unmuted the alert `{escape_code(alert.rule)}`."
    return render.message(text, render.button("Mute", f"mute {alert.id}")), None


def _rule_in_words(context: CommandContext, alert: Alert) -> str:
    """Return what an alert waits for, or its rule as it is stored if this version can't read it."""
    try:
        return read_rule(alert.rule, context.forms).said()
    except QueryError:
        return alert.rule


def _alert(context: CommandContext, command: Command) -> Alert:
    """Return the alert with the command's number.

    Raises:
        QueryError: if there is none that the user may change.

    """
    alert = context.delivery.watches.get(context.conversation.workspace, command.number or 0)
    if alert is None or not context.visibility.may_change_alert(alert):
        raise QueryError(f"There's no alert {command.number} that you can change from here.", ("watches",))
    return alert
