"""What the clerk says: subscriptions, watches and how things stand, as blocks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.phrases import enumerate_, plural
from bot.blocks.escape import escape, escape_code, escape_line, escape_plain_text, prevent_links
from bot.blocks.notices import delivery_name, error_reason
from bot.blocks.text_objects import context, cut, plain_text, section
from bot.domain.content import Content
from bot.domain.outbox import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.blocks.messages import Block
    from bot.domain.outbox import Alert, Delivery, Subscription

SUBSCRIPTION = "clerk"
"""Action ids whose value is what the clerk is to do begin with this."""
_SHOWN = 15
"""Rows of a list: each takes two blocks, and a message has fifty."""
_PRIVATE = "A private channel's subscription is listed in that channel."
"""Stands under every list, whether there is one or not."""
_SECTIONS = {"license": "licenses", "creator": "creators", "task": "tasks"}


def button(text: str, does: str, *, danger: bool = False, place: str = "") -> Block:
    """Make a button that tells the clerk what to do."""
    made: Block = {"type": "button", "action_id": f"{SUBSCRIPTION}:{place or does}", "text": plain_text(text), "value": does}
    return {**made, "style": "danger"} if danger else made


def actions(*elements: Block) -> Block:
    """Put buttons into a row."""
    return {"type": "actions", "elements": list(elements)}


def message(text: str, *elements: Block) -> Content:
    """Say something in mrkdwn, with buttons under it."""
    return Content(prevent_links(text), [section(text), *([actions(*elements)] if elements else [])])


def subscription_confirmation(subscription: Subscription, when: str, first: str, *, by: str, changed: bool) -> list[Block]:
    """Say above a sample what a channel gets and when."""
    verb = "changed what this conversation gets" if changed else "subscribed this conversation"
    text = f":bell: <@{by}> {verb}: {what(subscription)} {when}. The first comes {first}; this is what you will get:"
    return [context(text)]


def what(subscription: Subscription) -> str:
    """Say what a subscription brings: ``the digest (licenses and tasks, trending list)``."""
    narrowed = []
    if len(subscription.sections) < len(_SECTIONS):
        narrowed.append(enumerate_([_SECTIONS[one] for one in subscription.sections]))
    if subscription.within != "top":
        narrowed.append(f"{subscription.within} list" if subscription.within != "both" else "both lists")
    return f"the digest ({', '.join(narrowed)})" if narrowed else "the digest"


def subscription_rows(
    rows: Sequence[tuple[Subscription, str, str]], last: Mapping[int, Delivery], *, many: int = _SHOWN
) -> list[Block]:
    """Show subscriptions, each with when it comes and when next, how the last one went, and its buttons."""
    blocks = []
    for one, when, following in rows[:many]:
        state = f":double_vertical_bar: paused{_pause_reason(one.paused)}" if one.paused else f"next {following}"
        lines = [
            f"<#{one.channel}> · {what(one)} {when}",
            f"{state} · by <@{one.created_by}>{_latest_delivery(last.get(one.id))}",
        ]
        turn = button("Resume", f"resume {one.id}") if one.paused else button("Pause", f"pause {one.id}")
        end = button("Unsubscribe", f"unsubscribe {one.id}", danger=True)
        blocks += [section(f"*{lines[0]}*\n{lines[1]}"), actions(turn, end)]
    if not blocks:
        return []
    more = f"And {plural(len(rows) - many, 'further subscription')} not shown. " if len(rows) > many else ""
    return [*blocks, context(f"{more}{_PRIVATE}")]


def alert_rows(rows: Sequence[tuple[Alert, str]]) -> list[Block]:
    """Show a channel's watches with their buttons."""
    blocks = []
    for one, said in rows[:_SHOWN]:
        state = (
            f":no_bell: muted{_pause_reason(one.muted)}" if one.muted else "beyond its line now" if one.crossed else "watching"
        )
        text = f"*{escape_line(said)}*\n{state} · `{escape_code(one.rule)}` · by <@{one.created_by}>"
        turn = button("Unmute", f"unmute {one.id}") if one.muted else button("Mute", f"mute {one.id}")
        blocks += [section(text), actions(turn, button("Remove", f"unwatch {one.id}", danger=True))]
    return blocks


def status_message(lines: Sequence[tuple[str, str]], failed: Sequence[Delivery]) -> Content:
    """Say how things stand, and what did not arrive, with a button to send each again."""
    text = "\n".join(f"*{escape(name)}*  {escape_line(said)}" for name, said in lines)
    blocks = [section(text)]
    for one in failed[:5]:
        doubt = "may not have arrived" if one.state is State.UNSURE else f"did not arrive: {error_reason(one.error or '')}"
        blocks.append(section(f":warning: In <#{one.channel}>, {delivery_name(one)} {doubt}"))
        blocks.append(actions(button("Send it again", f"again {one.id}")))
    return Content(prevent_links(text), blocks)


def alert(headline: str, said: str, figure: str, watch: int, query: str) -> Content:
    """Tell of a crossing."""
    text = f"{escape_line(said)}: {escape_line(figure)}"
    above = [section(f":bell: *{escape_line(said)}*: {escape_line(figure)}"), context(escape_line(headline))]
    below = [actions(button("Mute", f"mute {watch}"), button("All watches", "watches"))]
    return Content(
        prevent_links(text), above, [context(f"`{escape_code(query)}`"), *below], alt=cut(escape_plain_text(headline), 1900)
    )


def _pause_reason(reason: str | None) -> str:
    return "" if reason in {None, "asked"} else f", since {error_reason(str(reason))}"


def _latest_delivery(last: Delivery | None) -> str:
    if last is None:
        return ""
    ends = {
        State.SENT: "arrived",
        State.FAILED: f"did not arrive: {error_reason(last.error or '')}",
        State.UNSURE: "may not have arrived",
        State.PLANNED: "is on its way",
        State.SENDING: "is on its way",
    }
    return f" · {last.period} {ends[last.state]}"
