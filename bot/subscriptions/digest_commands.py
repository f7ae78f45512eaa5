"""The commands for a conversation's digest: subscribe, pause, resume, unsubscribe, subscriptions, digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import QueryError
from bot.blocks import subscriptions as render
from bot.blocks.digest import digest_content
from bot.blocks.predictions import digest_bets
from bot.blocks.text_objects import conversation_name
from bot.domain.content import Content
from bot.domain.outbox import Kind
from bot.domain.reply import LATEST_WEEK, age_sentence
from bot.domain.request import SECTIONS
from bot.domain.schedule import Rhythm, describe_moment, next_due, parse_schedule
from bot.domain.schedule import describe as schedule_in_words

if TYPE_CHECKING:
    from analytics.digest.values import Digest
    from bot.blocks.messages import Block
    from bot.domain.outbox import Subscription
    from bot.domain.reply import Picture
    from bot.domain.request import Command
    from bot.domain.schedule import Schedule
    from bot.subscriptions.command_context import CommandContext, CommandReply

_NONE = (
    "There are no subscriptions that I can show you here. Type `/hfstats subscribe` in a channel to get the digest there "
    "on the first working day of each month."
)


def completed(context: CommandContext, command: Command) -> Command:
    """Fill in a missing time zone, and set the command's text to the complete schedule, which the reply shows."""
    if command.schedule is None:
        return command
    schedule = command.schedule if command.zone_named else _in_local_zone(context, command.schedule)
    within = [] if command.within is ListName.TOP else [f"in {command.within}"]
    sections = [] if command.sections == SECTIONS else [section.plural for section in command.sections]
    return replace(command, schedule=schedule, typed=" ".join(["subscribe", str(schedule), *within, *sections]))


def subscribe(context: CommandContext, command: Command) -> CommandReply:
    """Subscribe the conversation, or change what it gets, and show a sample."""
    if command.schedule is None:
        raise LookupError("a parsed subscribe has a schedule")
    conversation, schedule = context.conversation, command.schedule
    channel = conversation.working[0] if conversation.working else conversation.channel
    sections = tuple(section.value for section in command.sections)
    digest, picture = context.analytics.digest(_latest(schedule), command.within.value, sections)
    before = context.delivery.subscriptions.in_channel(conversation.workspace, channel)
    due = next_due(schedule, context.delivery.clock())
    subscription = context.delivery.subscriptions.subscribe(
        conversation.workspace,
        channel,
        schedule=str(schedule),
        within=command.within.value,
        sections=sections,
        by=conversation.user,
        next_due=due.at,
        private=not conversation.public,
    )
    sample = _store(context, digest, picture)
    first = describe_moment(due.at, schedule.zone)
    above = render.subscription_confirmation(
        subscription,
        schedule_in_words(schedule),
        first,
        by=conversation.user,
        changed=before is not None,
        sample="a sample" if _is_unfinished(context, digest) else "the latest one",
    )
    return replace(sample, above=[*above, *sample.above]), picture.png


def unsubscribe(context: CommandContext, command: Command) -> CommandReply:
    """End a subscription."""
    subscription = _subscription(context, command)
    context.delivery.subscriptions.unsubscribe(subscription.workspace, subscription.channel)
    text = f":no_bell: <@{context.conversation.user}> unsubscribed {_name(context, subscription)} from the digest."
    here = subscription.channel == context.conversation.channel
    buttons = [render.button("Subscribe again", f"subscribe {subscription.schedule}")] if here else []
    return render.message(text, *buttons), None


def pause(context: CommandContext, command: Command) -> CommandReply:
    """Pause a subscription until somebody resumes it."""
    subscription = _subscription(context, command)
    button = render.button("Resume", f"resume {subscription.id}")
    if not context.delivery.subscriptions.pause(subscription.id):
        return render.message("This subscription is already paused.", button), None
    text = f":double_vertical_bar: <@{context.conversation.user}> paused the digest for {_name(context, subscription)}."
    return render.message(text, button), None


def resume(context: CommandContext, command: Command) -> CommandReply:
    """Resume a subscription from its next due date."""
    subscription = _subscription(context, command)
    schedule = parse_schedule(subscription.schedule)
    due = next_due(schedule, context.delivery.clock())
    if not context.delivery.subscriptions.resume(subscription.id, due.at):
        following = describe_moment(subscription.next_due, schedule.zone)
        return render.message(f"This subscription is already active. The next digest comes {following}."), None
    following = f"{describe_moment(due.at, schedule.zone)} ({schedule.zone})"
    who = f"<@{context.conversation.user}> resumed the digest for {_name(context, subscription)}."
    text = f":bell: {who} The next one comes {following}."
    return render.message(text, render.button("Pause", f"pause {subscription.id}")), None


def subscriptions(context: CommandContext, _: Command) -> CommandReply:
    """List the subscriptions that the person may see from here."""
    blocks = subscription_rows(context, here=context.conversation.channel)
    return (Content("The subscriptions that you can see here", blocks) if blocks else render.message(_NONE)), None


def subscription_rows(context: CommandContext, limit: int = 15, here: str = "") -> list[Block]:
    """Render the subscriptions that the user may see here; others are not mentioned. ``here``: ``""`` in App Home."""
    visibility = context.visibility
    visible = [row for row in context.delivery.subscriptions.of(context.conversation.workspace) if visibility.sees(row)]
    last = {row.id: line for row in visible for line in context.delivery.outbox.of(Kind.DIGEST, row.id, limit=1)}
    rows = []
    for row in visible:
        schedule = parse_schedule(row.schedule)
        rows.append((row, schedule_in_words(schedule), describe_moment(row.next_due, schedule.zone)))
    return render.subscription_rows(rows, last, many=limit, here=here)


def digest(context: CommandContext, command: Command) -> CommandReply:
    """Show a digest now, with the list and sections of the conversation's subscription."""
    conversation = context.conversation
    subscription = context.delivery.subscriptions.in_channel(conversation.workspace, conversation.channel)
    within, sections = (subscription.within, subscription.sections) if subscription else (ListName.TOP.value, ())
    schedule = parse_schedule(subscription.schedule) if subscription else None
    edition = str(command.edition) if command.edition else _latest(schedule)
    built, picture = context.analytics.digest(edition, within, tuple(sections))
    shown = _store(context, built, picture, latest=command.edition is None)
    bets = context.delivery.bets.in_channel(conversation.workspace, conversation.channel)
    return shown.followed_by(digest_bets(str(built.edition), bets)), picture.png


def _latest(schedule: Schedule | None) -> str:
    """Return the edition to show without a named one: the latest week for a weekly schedule, else the latest month."""
    return LATEST_WEEK if schedule and schedule.rhythm is Rhythm.WEEKLY else ""


def _is_unfinished(context: CommandContext, digest: Digest) -> bool:
    """Return whether the month or week of a digest isn't over, so that the digest sent at its end will differ."""
    return digest.edition.last >= context.delivery.clock().astimezone(UTC).date()


def _store(context: CommandContext, digest: Digest, picture: Picture, *, latest: bool = True) -> Content:
    """Store a digest that is shown on request, so that its buttons find it. ``latest``: whether no month or week was named."""
    key = f"{digest.basis.key(section.dimension for section in digest.sections)} · sample"
    today = context.delivery.clock().astimezone(UTC).date()
    age = age_sentence(digest.source.snapshot, digest.source.list, today) if latest else ""
    shown = digest_content(digest, key, sample=_is_unfinished(context, digest), age=age, in_thread=False)
    context.delivery.built_digests.save(key, shown, picture.png)
    return shown


def _name(context: CommandContext, subscription: Subscription) -> str:
    return conversation_name(subscription.channel, context.conversation.channel)


def _subscription(context: CommandContext, command: Command) -> Subscription:
    """Return the subscription with the command's number, or without one the conversation's.

    Raises:
        QueryError: if there is none that the user may change.

    """
    conversation = context.conversation
    if command.number is None:
        own = context.delivery.subscriptions.in_channel(conversation.workspace, conversation.channel)
        if own is None:
            raise QueryError("This conversation isn't subscribed to the digest.", ("subscribe", "subscriptions"))
        return own
    numbered = context.delivery.subscriptions.get(conversation.workspace, command.number)
    if numbered is None or not context.visibility.may_change(numbered):
        raise QueryError(
            f"There's no subscription {command.number} that you can change from here. It may have ended. "
            "A private channel's subscription can only be changed in that channel.",
            ("subscriptions",),
        )
    return numbered


def _in_local_zone(context: CommandContext, schedule: Schedule) -> Schedule:
    """Return a schedule with the time zone of the conversation's subscription, else of the workspace's latest, else UTC."""
    conversation = context.conversation
    subscriptions_ = context.delivery.subscriptions.of(conversation.workspace)
    own = [row for row in subscriptions_ if row.channel == conversation.channel]
    known = own or [row for row in subscriptions_ if not row.private]
    return replace(schedule, zone=parse_schedule(known[-1].schedule).zone if known else "UTC")
