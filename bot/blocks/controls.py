"""Buttons and menus under an answer: measure, month, time range, break-down, CSV, follow-up questions."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.blocks.messages import BUTTON_TEXT, BUTTON_VALUE, buttons, form_button
from bot.blocks.text_objects import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer, FollowUp
    from bot.blocks.messages import Block

VIEW = "view"
"""Action id prefix: replaces the answer with another view of it."""
GO = "go"
"""Action id prefix: answers a follow-up question, in the thread or, for an ephemeral answer, in its place."""
CSV = "csv"
"""Action id: sends the numbers as a CSV file."""
POST = "post"
"""Action id: posts an ephemeral answer to the channel."""

OPTION_TEXT = 75
OPTION_VALUE = 150
_ROW = re.compile(r"controls:([UW][A-Z0-9]+):")


def controls(answer: Answer, asked_by: str | None = None, *, quiet: bool = False) -> list[Block]:
    """Return the rows of controls under an answer. ``quiet``: the answer is ephemeral.

    The value of each control is a question. Slack keeps a menu's selection while its block id stays the same, so the block id
    contains a hash of the question. It also contains the id of the user who asked.
    """
    follow_ups = answer.follow_ups
    elements = [
        _menu("by", "Measure", follow_ups.measures, answer.query),
        _month("earlier", follow_ups.earlier, "◀ {}"),
        _month("later", follow_ups.later, "{} ▶"),
        _menu("since", "Time", follow_ups.ranges, answer.query),
        _inside(follow_ups.breakdown),
        _button(CSV, "CSV" if quiet else "CSV in thread", answer.query),
        _button(POST, "Post to channel", answer.query) if quiet else None,
        form_button(answer.query, "Edit question"),
    ]
    mark = blake2b(answer.query.encode(), digest_size=8).hexdigest()
    rows = [
        {
            "type": "actions",
            "block_id": f"controls:{asked_by or ''}:{mark}",
            "elements": [element for element in elements if element],
        }
    ]
    following = buttons(answer.next, GO)
    return [row for row in (*rows, following) if row["elements"]]


def asker(block_id: str) -> str | None:
    """Return the id of the user who asked, from a controls row's block id."""
    match = _ROW.match(block_id)
    return match[1] if match else None


def _menu(name: str, placeholder: str, offers: Sequence[FollowUp], present: str) -> Block | None:
    options = _options(offers)
    if len(options) < 2:
        return None
    chosen = next((option for option in options if option["value"] == present), None)
    return {**_select(f"{VIEW}:{name}", placeholder), "options": options} | ({"initial_option": chosen} if chosen else {})


def _inside(groups: Sequence[tuple[str, Sequence[FollowUp]]]) -> Block | None:
    filled = [(kind, options) for kind, offers in groups if (options := _options(offers))]
    if not filled:
        return None
    listed = [{"label": plain_text(kind, OPTION_TEXT), "options": options} for kind, options in filled]
    return {**_select(f"{GO}:inside", "Break down…"), "option_groups": listed}


def _select(action: str, placeholder: str) -> Block:
    return {"type": "static_select", "action_id": action, "placeholder": plain_text(placeholder)}


def _options(offers: Sequence[FollowUp]) -> list[Block]:
    """Return menu options, without those whose question is too long for an option's value; a cut question would be wrong."""
    return [
        {"text": plain_text(offer.label, OPTION_TEXT), "value": offer.query}
        for offer in offers[:100]
        if len(offer.query) <= OPTION_VALUE
    ]


def _month(name: str, offer: FollowUp | None, arrow: str) -> Block | None:
    return _button(f"{VIEW}:{name}", arrow.format(offer.label), offer.query) if offer else None


def _button(action: str, label: str, query: str) -> Block | None:
    if len(query) > BUTTON_VALUE:
        return None
    text = plain_text(label, BUTTON_TEXT)
    return {"type": "button", "action_id": action, "text": text, "value": query}
