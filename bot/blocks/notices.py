"""Render direct messages to subscribers about deliveries that did not arrive."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.formatting.phrases import day
from bot.blocks.escape import escape_line
from bot.blocks.messages import COMMAND
from bot.blocks.text_objects import context, plain_text, section
from bot.domain.content import Content

if TYPE_CHECKING:
    from bot.blocks.messages import Block
    from bot.domain.outbox import Delivery

_WHY = {
    "is_archived": "the channel was archived",
    "channel_not_found": "I can't find the channel, because it was deleted or I was removed from it",
    "not_in_channel": "I'm no longer a member of the channel",
    "user_is_restricted": "this account doesn't accept messages from me",
    "restricted_action": "the workspace doesn't allow me to post there",
}
_MEND = {
    "is_archived": "Unarchive it, then select Resume.",
    "channel_not_found": "Type `/invite @hfstats` there, then select Resume.",
    "not_in_channel": "Type `/invite @hfstats` there, then select Resume.",
}


def error_reason(error: str) -> str:
    """Return the reason for a delivery error, as the end of a sentence."""
    return _WHY.get(error, f"Slack returned the error “{escape_line(error)}”")


def delivery_name(delivery: Delivery) -> str:
    """Return a name for a delivery: ``the digest for July 2026``, ``the alert from 22 August 2026``."""
    if delivery.kind == "digest":
        return f"the digest for {Edition.parse(delivery.period).name}"
    if delivery.kind == "bets":
        return f"the bet results for {Edition.parse(delivery.period).name}"
    return f"the alert from {day(date.fromisoformat(delivery.period))}" if delivery.kind == "alert" else "a notice"


def unsure_notice(delivery: Delivery) -> Content:
    """Return the notice for a delivery that may or may not have arrived, with a button to send it again."""
    text = (
        f"{_capitalize(delivery_name(delivery))} may not have reached <#{delivery.channel}>: the connection to Slack broke while"
        " I was sending it, and I can't read the channel to check. If it isn't there, send it again."
    )
    return Content(text, [section(text), _button("Send again", f"again {delivery.id}")])


def retries_exhausted_notice(delivery: Delivery) -> Content:
    """Return the notice for a delivery that was retried for a day and failed, with a button to send it again."""
    what = f"{_capitalize(delivery_name(delivery))} didn't reach <#{delivery.channel}>"
    text = f"{what}. I tried for more than a day but couldn't reach Slack."
    return Content(text, [section(text), _button("Send again", f"again {delivery.id}")])


def undelivered_notice(delivery: Delivery, error: str) -> Content:
    """Return the notice for a one-time delivery that failed, with a button to send it again."""
    what = f"{_capitalize(delivery_name(delivery))} didn't reach <#{delivery.channel}>"
    text = f"{what}: {error_reason(error)}. Once that's fixed, send it again."
    return Content(text, [section(text), _button("Send again", f"again {delivery.id}")])


def paused_notice(delivery: Delivery, what: str, error: str) -> Content:
    """Return the notice for a subscription or alert paused by a failed delivery. ``what``: “The digest”."""
    text = f"{what} for <#{delivery.channel}> is paused: {error_reason(error)}. {_MEND.get(error, '')}".rstrip()
    command = "resume" if delivery.kind == "digest" else "unmute"
    return Content(text, [section(text), _button("Resume", f"{command} {delivery.source}")])


def late_note(due: int) -> Block:
    """Return a note about a late message. ``due``: Unix time, which Slack shows in each reader's time zone."""
    text = f"Sent late. It was due <!date^{due}^{{date_short_pretty}} at {{time}}|some time ago>."
    return context(text)


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _button(text: str, command: str) -> Block:
    button = {"type": "button", "action_id": f"{COMMAND}:{command}", "text": plain_text(text), "value": command}
    return {"type": "actions", "elements": [button]}
