"""The command ``report``: posts a month's report through the outbox, with its sections as replies."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.errors import StoreError
from bot.blocks import subscriptions as render
from bot.blocks.notices import error_reason
from bot.blocks.report import messages
from bot.documents.document import document
from bot.documents.markdown import as_canvas
from bot.domain.outbox import Kind, PlannedDelivery, PlannedReply, State
from bot.domain.reply import PUBLISHED
from bot.outbox.immediate import deliver_now
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from analytics.report.values import Report
    from bot.domain.outbox import Delivery
    from bot.domain.reply import Picture
    from bot.domain.request import Command
    from bot.subscriptions.command_context import CommandContext, CommandReply

_MOST = 50
"""Replies of a report; it has about ten."""
_AGAIN_AFTER = timedelta(minutes=10)
"""The same request in the same channel within this time leads to the report that is there already."""


@dataclass(frozen=True, slots=True)
class _Place:
    source: int
    channel: str
    deleted: int
    """Recent deliveries of the same report whose messages are gone."""


def report(context: CommandContext, command: Command) -> CommandReply:
    """Post a report's summary in the conversation, and tell the person where it is. :func:`post_sections` posts the rest."""
    conversation = context.conversation
    channel = _channel(context)
    edition, published = str(command.edition or ""), PUBLISHED if command.then_and_now else ""
    built, pictures = context.analytics.report(edition, command.within.value, published)
    source = _source(conversation.workspace, channel, command)
    recent = _recent(context, source, channel, built)
    earlier = next((delivery for delivery in recent if not _is_deleted(context, delivery)), None)
    if earlier is None:
        id_ = _plan(context, _Place(source, channel, len(recent)), built, pictures)
    else:
        id_ = earlier.id
        context.delivery.outbox.retry(id_, conversation.workspace)  # where it failed or is unconfirmed
    deliver_now(context.delivery, [id_])
    return render.message(_where(context, id_, built, is_new=earlier is None)), None


def post_sections(context: CommandContext, command: Command) -> None:
    """Post the sections of the latest report that a command planned, as far as that goes quickly; workers post the rest."""
    outbox, source = context.delivery.outbox, _source(context.conversation.workspace, _channel(context), command)
    context.conversation.remove_working_message()
    with suppress(StoreError):
        for parent in outbox.of(Kind.REPORT, source, limit=1):
            deliver_now(context.delivery, sorted(reply.id for reply in outbox.of(Kind.REPLY, parent.id, limit=_MOST)))


def _channel(context: CommandContext) -> str:
    conversation = context.conversation
    return conversation.working[0] if conversation.working else conversation.channel


def _source(workspace: str, channel: str, command: Command) -> int:
    """Return a number for what the report is about and where: 31 bits, so collisions are checked by channel."""
    about = f"{workspace} {channel} {command.within} {command.then_and_now}"
    return int.from_bytes(hashlib.sha256(about.encode()).digest()[:4]) >> 1


def _recent(context: CommandContext, source: int, channel: str, report: Report) -> list[Delivery]:
    """Return the deliveries of the same report that were asked for a short time ago, latest first."""
    now, workspace = context.delivery.clock(), context.conversation.workspace
    return [
        delivery
        for delivery in context.delivery.outbox.of(Kind.REPORT, source)
        if (delivery.workspace, delivery.channel) == (workspace, channel)
        and delivery.period.split()[0] == str(report.edition)
        and now - delivery.due_at < _AGAIN_AFTER
    ]


def _is_deleted(context: CommandContext, delivery: Delivery) -> bool:
    """Return whether somebody deleted the message of a delivery."""
    if delivery.ts is None:
        return False
    try:
        context.conversation.client.chat_getPermalink(channel=delivery.channel, message_ts=delivery.ts)
    except FAILURES as error:
        return error_code(error) == "message_not_found"
    return False


def _plan(context: CommandContext, where: _Place, report: Report, pictures: dict[str, Picture]) -> int:
    """Store the report's messages, add them to the outbox, and return the parent's id.

    Of two requests at the same moment, one adds them: the period contains the time slot.
    """
    now, built, conversation = context.delivery.clock(), context.delivery.built_digests, context.conversation
    parent, lead = messages.summary(report, asked_by=conversation.user), pictures.get(messages.lead_picture(report))
    *sections, (_, closing) = messages.replies(report)
    text = document(report)
    closing = replace(closing, canvas=as_canvas(text), canvas_title=text.title)
    identity = hashlib.sha256("\n".join(content.as_json() for content in (parent, *(c for _, c in sections), closing)).encode())
    key = f"report-{report.edition}-{report.source.list}-{identity.hexdigest()[:12]}"
    built.save(key, parent, lead.png if lead else None)
    for place, (picture, content) in enumerate(sections, 1):
        built.save(f"{key}-{place}", content, pictures[picture].png if picture else None)
    planned = PlannedDelivery(
        conversation.workspace,
        where.channel,
        Kind.REPORT,
        where.source,
        f"{report.edition} {int(now.timestamp() // _AGAIN_AFTER.total_seconds())} {where.deleted}",
        now,
        edition=key,
        content=parent.as_json(),
        replies=(
            *(PlannedReply(f"{key}-{place}") for place in range(1, len(sections) + 1)),
            PlannedReply(content=closing.as_json()),  # not a built message: it gets the link to this channel's canvas
        ),
    )
    context.delivery.outbox.plan([planned])
    return next(row.id for row in context.delivery.outbox.of(Kind.REPORT, where.source) if row.period == planned.period)


def _where(context: CommandContext, id_: int, report: Report, *, is_new: bool) -> str:
    """Tell the person where the report is."""
    delivery, what = context.delivery.outbox.get(id_), f"report for {report.edition.name}"
    if delivery is None or delivery.state in {State.FAILED, State.UNSURE}:
        reason = error_reason(delivery.error or "") if delivery else "it was removed meanwhile"
        return f"I couldn't post the {what}: {reason}. Once that's fixed, ask again."
    if delivery.state is not State.SENT:
        return f"The {what} is on its way. It'll be posted here as soon as Slack accepts it."
    link = _link(context, delivery)
    shown = f"<{link}|{what}>" if link else what
    return f"Here's the {shown}, with its sections in the thread." if is_new else f"The {shown} is already here."


def _link(context: CommandContext, delivery: Delivery) -> str:
    try:
        answer = context.conversation.client.chat_getPermalink(channel=delivery.channel, message_ts=delivery.ts or "")
    except FAILURES:
        return ""
    link = answer.get("permalink")
    return link if isinstance(link, str) else ""
