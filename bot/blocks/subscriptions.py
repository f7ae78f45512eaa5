"""Render subscriptions, alerts and the status message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.phrases import enumerate_, plural
from bot.blocks.escape import escape, escape_code, escape_line, escape_plain_text, prevent_links
from bot.blocks.messages import COMMAND
from bot.blocks.notices import delivery_name, error_reason
from bot.blocks.text_objects import context, conversation_name, cut, plain_text, section
from bot.domain.content import Content
from bot.domain.outbox import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.blocks.messages import Block
    from bot.domain.outbox import Alert, Delivery, Subscription

_SHOWN = 15
"""Rows of a list; each takes two blocks, and a message has at most 50."""
_PRIVATE = "A private channel's subscription is listed only in that channel."
"""Shown under every list, whether or not there is one, so that the line reveals nothing."""
_SECTIONS = {"license": "licenses", "creator": "creators", "task": "tasks"}


def button(text: str, command: str, *, danger: bool = False) -> Block:
    """Return a button that runs a command."""
    element: Block = {"type": "button", "action_id": f"{COMMAND}:{command}", "text": plain_text(text), "value": command}
    return {**element, "style": "danger"} if danger else element


def actions(*elements: Block) -> Block:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def message(text: str, *elements: Block) -> Content:
    """Return mrkdwn text with buttons under it."""
    return Content(prevent_links(text), [section(text), *([actions(*elements)] if elements else [])])


def subscription_confirmation(
    subscription: Subscription, when: str, first: str, *, by: str, changed: bool, sample: str = "a sample"
) -> list[Block]:
    """Return the confirmation above a digest. ``when`` and ``first``: the schedule and the first date in words.

    ``sample`` names that digest.
    """
    verb = "changed this conversation's subscription to" if changed else "subscribed this conversation to"
    text = f":bell: <@{by}> {verb} {what(subscription)} {when}. The first one arrives {first}. Here's {sample}:"
    return [context(text)]


def what(subscription: Subscription) -> str:
    """Return what a subscription contains: ``the digest (licenses and tasks, trending list)``."""
    narrowed = []
    if len(subscription.sections) < len(_SECTIONS):
        narrowed.append(enumerate_([_SECTIONS[name] for name in subscription.sections]))
    if subscription.within != "top":
        narrowed.append(f"{subscription.within} list" if subscription.within != "both" else "both lists")
    return f"the digest ({', '.join(narrowed)})" if narrowed else "the digest"


def subscription_rows(
    rows: Sequence[tuple[Subscription, str, str]], last: Mapping[int, Delivery], *, many: int = _SHOWN, here: str = ""
) -> list[Block]:
    """Return rows of subscriptions, each with schedule, next date, latest delivery and buttons.

    ``here``: the conversation where the rows are read; ``""`` in App Home.
    """
    blocks = []
    for subscription, when, following in rows[:many]:
        state = (
            f":double_vertical_bar: paused{_pause_reason(subscription.paused)}" if subscription.paused else f"next {following}"
        )
        lines = [
            f"{_capitalize(conversation_name(subscription.channel, here))} · {what(subscription)} {when}",
            f"#{subscription.id} · {state} · by <@{subscription.created_by}>{_latest_delivery(last.get(subscription.id))}",
        ]
        turn = (
            button("Resume", f"resume {subscription.id}") if subscription.paused else button("Pause", f"pause {subscription.id}")
        )
        end = button("Unsubscribe", f"unsubscribe {subscription.id}", danger=True)
        blocks += [section(f"*{lines[0]}*\n{lines[1]}"), actions(turn, end)]
    if not blocks:
        return []
    more = f"… and {plural(len(rows) - many, 'more subscription')}. " if len(rows) > many else ""
    return [*blocks, context(f"{more}{_PRIVATE}")]


def alert_rows(rows: Sequence[tuple[Alert, str]], *, many: int = _SHOWN, elsewhere: bool = False) -> list[Block]:
    """Return rows of alerts with their rules in words, each with its number and buttons.

    ``elsewhere``: whether the rows are read outside the alerts' channels, which they then name.
    """
    blocks: list[Block] = []
    for alert, rule in rows[:many]:
        state = (
            f":no_bell: muted{_pause_reason(alert.muted)}" if alert.muted else "threshold crossed" if alert.crossed else "active"
        )
        whose = f"in {conversation_name(alert.channel)}" if elsewhere else f"by <@{alert.created_by}>"
        text = f"*{escape_line(rule)}*\n#{alert.id} · {state} · `{escape_code(alert.rule)}` · {whose}"
        turn = button("Unmute", f"unmute {alert.id}") if alert.muted else button("Mute", f"mute {alert.id}")
        blocks += [section(text), actions(turn, button("Remove", f"unwatch {alert.id}", danger=True))]
    more = [context(f"… and {plural(len(rows) - many, 'more alert')}.")] if len(rows) > many else []
    return [*blocks, *more]


def status_message(lines: Sequence[tuple[str, str]], failed: Sequence[Delivery], here: str = "") -> Content:
    """Return the status lines and the failed deliveries, each with a button to send it again.

    ``here``: the conversation where they are read.
    """
    text = "\n".join(f"*{escape(name)}*  {escape_line(rule)}" for name, rule in lines)
    blocks = [section(text)]
    for delivery in failed[:5]:
        warning = (
            "may not have arrived." if delivery.state is State.UNSURE else f"didn't arrive: {error_reason(delivery.error or '')}."
        )
        place = conversation_name(delivery.channel, here)
        blocks.append(section(f":warning: In {place}, {delivery_name(delivery)} {warning}"))
        blocks.append(actions(button("Send again", f"again {delivery.id}")))
    return Content(prevent_links(text), blocks)


def alert(headline: str, rule: str, figure: str, watch: int, query: str) -> Content:
    """Return the message about a crossed threshold."""
    text = f"{escape_line(rule)}: {escape_line(figure)}"
    above = [section(f":bell: *{escape_line(rule)}*: {escape_line(figure)}"), context(escape_line(headline))]
    below = [actions(button("Mute", f"mute {watch}"), button("All alerts", "watches"))]
    return Content(
        prevent_links(text), above, [context(f"`{escape_code(query)}`"), *below], alt=cut(escape_plain_text(headline), 1900)
    )


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pause_reason(reason: str | None) -> str:
    return "" if reason in {None, "asked"} else f" because {error_reason(str(reason))}"


def _latest_delivery(last: Delivery | None) -> str:
    if last is None:
        return ""
    ends = {
        State.SENT: "delivered",
        State.FAILED: f"not delivered ({error_reason(last.error or '')})",
        State.UNSURE: "may not have been delivered",
        State.PLANNED: "being delivered",
        State.SENDING: "being delivered",
    }
    return f" · {last.period}: {ends[last.state]}"
