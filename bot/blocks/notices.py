"""What people are told about a delivery that didn't arrive. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.formatting.phrases import day
from bot.blocks.escape import escape, prevent_links
from bot.blocks.messages import COMMAND
from bot.blocks.text_objects import THIS_CONVERSATION, context, conversation_name, is_direct, plain_text, section
from bot.domain.content import Content
from bot.domain.outbox import error_word

if TYPE_CHECKING:
    from bot.blocks.messages import Block
    from bot.domain.outbox import Delivery

_NO_ACCESS = "this workspace no longer gives me access"
_NOT_ALLOWED = "the workspace doesn't let me post there"
_READ_ONLY = "only some people can post in the channel"
_WHY = {
    "access_denied": _NOT_ALLOWED,
    "account_inactive": _NO_ACCESS,
    "channel_not_found": "I can't find the channel anymore. It was deleted, or I was removed from it",
    "ekm_access_denied": "the workspace's admins have turned off messages in the channel",
    "invalid_auth": _NO_ACCESS,
    "is_archived": "the channel was archived",
    "is_inactive": "the channel was archived or deleted",
    "messages_tab_disabled": "my Messages tab is turned off in this workspace",
    "missing_scope": "this workspace hasn't given me the permission to post",
    "no_installation": "hfstats isn't installed in this workspace anymore",
    "no_permission": "I'm not a member of the channel, or may not post there",
    "not_authed": _NO_ACCESS,
    "not_in_channel": "I'm not a member of the channel anymore",
    "restricted_action": _NOT_ALLOWED,
    "restricted_action_read_only_channel": _READ_ONLY,
    "restricted_action_thread_only_channel": "the channel takes replies in threads only",
    "team_access_not_granted": _NO_ACCESS,
    "token_revoked": _NO_ACCESS,
    "user_disabled": "the person's account was deactivated",
    "user_is_restricted": "the person's account does not take messages from me",
    "user_not_found": "I can't find the person in this workspace anymore",
}
_INVITE = "Invite me again with `/invite @hfstats` and resume."
_MEND = {
    "is_archived": "Unarchive it and resume.",
    "channel_not_found": _INVITE,
    "no_permission": _INVITE,
    "not_in_channel": _INVITE,
}


def error_reason(error: str) -> str:
    """Return the reason of a failure in words. Of an answer, nothing is quoted but Slack's own error word."""
    if error in _WHY:
        return _WHY[error]
    return f"Slack answers “{error}”" if error_word(error) else "Slack couldn't be reached properly"


def delivery_name(delivery: Delivery) -> str:
    """Return a name for a delivery: ``the digest for July 2026``, ``the alert from 22 August 2026``."""
    if delivery.kind == "digest":
        return f"the digest for {Edition.parse(delivery.period).name}"
    if delivery.kind == "bets":
        return f"the bet results for {Edition.parse(delivery.period).name}"
    if delivery.kind == "report":
        return f"the report for {Edition.parse(delivery.period.split()[0]).name}"
    if delivery.kind == "reply":
        return "a message in one of my threads"
    return f"the alert from {day(date.fromisoformat(delivery.period))}" if delivery.kind == "alert" else "a notice"


def unsure_notice(delivery: Delivery) -> Content:
    """Say that something may be in a channel or may not, and offer to send it again."""
    text = (
        f"{_capitalize(delivery_name(delivery))} may not have reached {_conversation(delivery)}: the connection to Slack broke "
        "while I was sending it, and I can't check whether it arrived. If it isn't there, send it again."
    )
    return Content(text, [section(text), _actions(_send_again(delivery))])


def retries_exhausted_notice(delivery: Delivery) -> Content:
    """Say that something didn't arrive because Slack couldn't be reached for a day, and offer to send it again."""
    what = f"{_capitalize(delivery_name(delivery))} didn't reach {_conversation(delivery)}"
    text = f"{what}. I tried for more than a day but couldn't reach Slack."
    return Content(text, [section(text), _actions(_send_again(delivery))])


def undelivered_notice(delivery: Delivery, error: str) -> Content:
    """Say that something that comes once didn't arrive, and offer to send it again once that is fixed."""
    what = f"{_capitalize(delivery_name(delivery))} didn't reach {_conversation(delivery)}"
    text = f"{what}: {error_reason(error)}. Once that's fixed, send it again."
    return Content(text, [section(text), _actions(_send_again(delivery))])


def paused_notice(delivery: Delivery, error: str, *, after_a_day: bool = False) -> Content:
    """Say that a subscription or an alert is paused because something couldn't be delivered.

    ``after_a_day``: it was tried for that long, so the delivery that failed can be sent again.
    """
    what = "The digest" if delivery.kind == "digest" else "An alert"
    mend = "" if is_direct(delivery.channel) else _MEND.get(error, "")
    tried = "I tried for more than a day. " if after_a_day else ""
    text = f"{what} for {_conversation(delivery)} is paused: {error_reason(error)}. {tried}{mend}".rstrip()
    does = "resume" if delivery.kind == "digest" else "unmute"
    buttons = [_button("Resume", f"{does} {delivery.source}"), *([_send_again(delivery)] if after_a_day else [])]
    return Content(text, [section(text), _actions(*buttons)])


def for_channel(notice: Content, person: str) -> Content:
    """Return a notice as a channel gets it whose subscriber can't be told."""
    return replace(notice, above=[*notice.above, context(f"I'm posting this here because I couldn't reach <@{person}>.")])


def for_installer(notice: Content, person: str) -> Content:
    """Return a notice as the person gets it who installed the app, who may not be in the channel: without buttons."""
    why = f"You're getting this because you installed hfstats, and I couldn't reach <@{person}>"
    if THIS_CONVERSATION in notice.text:
        text = notice.text.replace(THIS_CONVERSATION, f"my direct messages with <@{person}>")
        return Content(text, [section(text), context(f"{why}.")])
    small = f"{why} or the channel. Anyone in the channel can run `/hfstats subscriptions` there."
    return Content(notice.text, [section(notice.text), context(small)])


def for_operator(notice: Content, delivery: Delivery) -> Content:
    """Return a notice as the operator gets it, in another workspace: with ids for names, and without buttons."""
    told = re.sub(r"<[#@]([A-Z0-9]+)>", r"\1", notice.text.replace(THIS_CONVERSATION, f"direct message {delivery.channel}"))
    return operator_text(f"{told} Nobody in workspace {delivery.workspace} could be told.")


def refused_for_an_hour(workspace: str, error: str) -> Content:
    """Tell the operator that deliveries to a workspace keep failing and are still being retried."""
    return operator_text(
        f"Deliveries to workspace {workspace} have been failing for over an hour: {error_reason(error)}. I keep trying."
    )


def failed_for_operator(delivery: Delivery, error: str) -> Content:
    """Tell the operator that a delivery was given up after a day, or that a workspace took back the app's access."""
    what = _capitalize(delivery_name(delivery))
    kind = "direct message" if is_direct(delivery.channel) else "channel"
    where = f"{kind} {delivery.channel} of workspace {delivery.workspace}"
    return operator_text(f"{what} didn't reach {where}: {error_reason(error)}.")


def operator_text(text: str) -> Content:
    """Return plain words as a message."""
    return Content(prevent_links(escape(text)), [section(escape(text))])


def without_picture(error: str) -> Block:
    """Say that a message comes without its chart. ``error``: Slack's error word, or ``""``."""
    if error.startswith("slack_connect"):
        return context("The chart is left out: files can't be shared in channels with other organizations here.")
    return context("The chart is left out: Slack couldn't show it here.")


def late_note(due: int) -> Block:
    """Say that a message comes late. ``due``: seconds since 1970; everybody reads it in their own time zone."""
    return context(f"Sent late: it was due <!date^{due}^{{date_short_pretty}} at {{time}}|some time ago>.")


def _conversation(delivery: Delivery) -> str:
    """Return where a delivery goes. Notices about a direct message are read there, unless they are passed on."""
    return conversation_name(delivery.channel, here=delivery.channel)


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _send_again(delivery: Delivery) -> Block:
    return _button("Send again", f"again {delivery.id}")


def _button(text: str, does: str) -> Block:
    return {"type": "button", "action_id": f"{COMMAND}:{does}", "text": plain_text(text), "value": does}


def _actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}
