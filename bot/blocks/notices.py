"""What a person is told directly of a delivery that did not arrive. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.formatting.phrases import day
from bot.blocks.escape import escape_line
from bot.blocks.text_objects import context, plain_text, section
from bot.domain.content import Content

if TYPE_CHECKING:
    from bot.blocks.messages import Block
    from bot.domain.outbox import Delivery

_CLERK = "clerk"
"""The beginning of the action ids of buttons that tell the clerk what to do; a button's value says what."""

_WHY = {
    "is_archived": "the channel was archived",
    "channel_not_found": "I cannot find the channel any more: it is gone, or I was removed from it",
    "not_in_channel": "I am not a member of the channel any more",
    "user_is_restricted": "the person's account does not take messages from me",
    "restricted_action": "the workspace does not let me post there",
}
_MEND = {
    "is_archived": "Unarchive it and resume.",
    "channel_not_found": "Invite me again with `/invite @hfstats` and resume.",
    "not_in_channel": "Invite me again with `/invite @hfstats` and resume.",
}


def why(error: str) -> str:
    """Return the reason of a failure in words."""
    return _WHY.get(error, f"Slack answers “{escape_line(error)}”")


def named(delivery: Delivery) -> str:
    """Name what was to be delivered: ``the digest of July 2026``, ``the alert of 22 August 2026``."""
    if delivery.kind == "digest":
        return f"the digest of {Edition.parse(delivery.period).name}"
    if delivery.kind == "bets":
        return f"the settled bets of {Edition.parse(delivery.period).name}"
    return f"the alert of {day(date.fromisoformat(delivery.period))}" if delivery.kind == "alert" else "a note"


def unsure(delivery: Delivery) -> Content:
    """Tell that something may be in a channel or may not, and offer to send it again."""
    text = (
        f"{_begin(named(delivery))} may or may not have reached <#{delivery.channel}>: the connection to Slack broke while I sent"
        " it, and I may not read the channel to look. If it is not there, send it again."
    )
    return Content(text, [section(text), _button("Send it again", f"again {delivery.id}")])


def given_up(delivery: Delivery) -> Content:
    """Tell that something did not arrive although it was tried for a day, and offer to send it again."""
    what = f"{_begin(named(delivery))} did not reach <#{delivery.channel}>"
    text = f"{what}: I tried for more than a day and could not get through to Slack."
    return Content(text, [section(text), _button("Send it again", f"again {delivery.id}")])


def undelivered(delivery: Delivery, error: str) -> Content:
    """Tell that something that comes once did not arrive, and offer to send it again when that is mended."""
    text = f"{_begin(named(delivery))} did not reach <#{delivery.channel}>: {why(error)}. When that is mended, send it again."
    return Content(text, [section(text), _button("Send it again", f"again {delivery.id}")])


def paused(delivery: Delivery, what: str, error: str) -> Content:
    """Tell that a subscription or a watch is paused since something could not be delivered. ``what``: “The digest”."""
    text = f"{what} for <#{delivery.channel}> is paused: {why(error)}. {_MEND.get(error, '')}".rstrip()
    does = "resume" if delivery.kind == "digest" else "unmute"
    return Content(text, [section(text), _button("Resume", f"{does} {delivery.source}")])


def late(due: int) -> Block:
    """Say that a message comes late. ``due``: seconds since 1970; everybody reads it in their own time zone."""
    said = f"Sent late: it was due <!date^{due}^{{date_short_pretty}} at {{time}}|some time ago>."
    return context(said)


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def _button(text: str, does: str) -> Block:
    label = plain_text(text)
    button = {"type": "button", "action_id": f"{_CLERK}:{does}", "text": label, "value": does}
    return {"type": "actions", "elements": [button]}
