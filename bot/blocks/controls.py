"""The row of controls under an answer (measure, time, more), the next questions, and the names to break an answer down by."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from analytics.answer import FollowUp
from analytics.formatting.notes import in_brief
from bot.blocks.escape import escape_code
from bot.blocks.messages import BUILD, BUTTON_TEXT, BUTTON_VALUE, action_kind, buttons
from bot.blocks.text_objects import context, plain_text, section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analytics.answer import Answer
    from bot.blocks.messages import Block

VIEW = "view"
"""Action id prefix: replaces the answer with another view of it."""
GO = "go"
"""Action id prefix: answers a follow-up question, in the thread or, for an ephemeral answer, in its place."""
CSV = "csv"
"""Action id: sends the numbers as a CSV file."""
POST = "post"
"""Action id: posts an ephemeral answer to the channel."""
BREAK_DOWN = "breakdown"
"""Action id: offers the names in the answer to the user alone."""
NAME = "name"
"""Action id prefix: answers the question about one of those names, in the thread that the block id names."""
ABOUT = "about"
"""Action id: shows the user all notes on the answer's data."""
MORE = "more"
"""Action id of the overflow menu. An option's value is another action id, and the question is in the block id."""

MENU_CHOICES = {BREAK_DOWN: "Break down…", ABOUT: "About the data", CSV: "CSV", BUILD: "Edit question"}
"""The options of the overflow menu, of which Slack shows two to five."""

OPTION_TEXT = 75
OPTION_VALUE = 150
BLOCK_ID = 255
_ROW = re.compile(r"controls:([UW][A-Z0-9]+)?:(.*)", re.DOTALL)
_THREAD = re.compile(r"names:(\d+\.\d+):")


def controls(answer: Answer, asked_by: str | None = None, *, quiet: bool = False) -> list[Block]:
    """Return the row of controls under an answer, and up to two next questions. ``quiet``: the answer is ephemeral.

    Slack keeps a menu's selection while its block id stays the same, so the block id contains the question. It also contains the
    id of the user who asked.
    """
    prefix = f"controls:{asked_by or ''}:"
    is_short = len(prefix) + len(answer.query) <= BLOCK_ID
    has_more = {BREAK_DOWN: bool(answer.follow_ups.breakdown), ABOUT: not set(answer.notes) <= {*in_brief(answer.notes)}}
    kinds = [kind for kind in MENU_CHOICES if has_more.get(kind, True)]
    labels = MENU_CHOICES if quiet else MENU_CHOICES | {CSV: "CSV in thread"}
    more = [_overflow(kinds, labels)] if is_short else [_button(kind, labels[kind], answer.query) for kind in kinds]
    elements = [
        _menu("by", "Measure", [("", answer.follow_ups.measures)], answer.query),
        _menu("since", "Time", _times(answer), answer.query),
        _button(POST, "Post to channel", answer.query) if quiet else None,
        *more,
    ]
    question = answer.query if is_short else blake2b(answer.query.encode(), digest_size=8).hexdigest()
    row = {"type": "actions", "block_id": prefix + question, "elements": [element for element in elements if element]}
    return [block for block in (row, buttons(answer.follow_ups.next, GO)) if block["elements"]]


def asker(block_id: str) -> str | None:
    """Return the id of the user who asked, from a controls row's block id."""
    match = _ROW.match(block_id)
    return match[1] if match else None


def menu_choice(action: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the chosen control of an overflow menu and its question; ``None`` for another action, or one without either."""
    option, row = action.get("selected_option"), _ROW.match(str(action.get("block_id")))
    chosen = option.get("value") if isinstance(option, dict) else None
    if action_kind(str(action.get("action_id"))) != MORE or chosen not in MENU_CHOICES or row is None:
        return None
    return str(chosen), row[2]


def name_choices(answer: Answer, thread: str | None = None) -> list[Block]:
    """Return a button for each name that an answer can be broken down by.

    ``thread``: the timestamp of the thread for the next answer, which without one takes the place of the buttons.
    """
    blocks, number = [section(f"*Break down* `{escape_code(answer.query)}`")], 0
    for kind, offers in answer.follow_ups.breakdown:
        elements = [_button(f"{NAME if thread else GO}:{number + place}", o.label, o.query) for place, o in enumerate(offers)]
        number += len(elements)
        block_id = {"block_id": f"names:{thread}:{kind}"} if thread else {}
        row: Block = {"type": "actions", **block_id, "elements": [element for element in elements if element]}
        blocks += [context(kind), row] if row["elements"] else []
    return blocks


def thread_in(block_id: str) -> str | None:
    """Return the thread that :func:`name_choices` put into a block id."""
    match = _THREAD.match(block_id)
    return match[1] if match else None


def _times(answer: Answer) -> list[tuple[str, Sequence[FollowUp]]]:
    """Return the periods and the neighboring months by their titles, with the present month where there is no period."""
    menus = answer.follow_ups
    present = None if menus.ranges else FollowUp(f"{answer.source.snapshot:%b %Y}", answer.query)
    months = [month for month in (menus.earlier, present, menus.later) if month]
    return [("Period", menus.ranges), ("Month", months)]


def _menu(name: str, placeholder: str, groups: Iterable[tuple[str, Sequence[FollowUp]]], present: str) -> Block | None:
    filled = [(title, options) for title, offers in groups if (options := _options(offers))]
    options = [option for _, group in filled for option in group]
    if len(options) < 2:
        return None
    chosen = next((option for option in options if option["value"] == present), None)
    listed = (
        {"option_groups": [{"label": plain_text(title, OPTION_TEXT), "options": group} for title, group in filled]}
        if len(filled) > 1
        else {"options": options}
    )
    menu = {"type": "static_select", "action_id": f"{VIEW}:{name}", "placeholder": plain_text(placeholder), **listed}
    return menu | ({"initial_option": chosen} if chosen else {})


def _options(offers: Sequence[FollowUp]) -> list[Block]:
    """Return menu options, without those whose question is too long for an option's value; a cut question would be wrong."""
    return [
        {"text": plain_text(offer.label, OPTION_TEXT), "value": offer.query}
        for offer in offers[:100]
        if len(offer.query) <= OPTION_VALUE
    ]


def _overflow(kinds: Sequence[str], labels: Mapping[str, str]) -> Block:
    options = [{"text": plain_text(labels[kind]), "value": kind} for kind in kinds]
    return {"type": "overflow", "action_id": MORE, "options": options}


def _button(action: str, label: str, query: str) -> Block | None:
    if len(query) > BUTTON_VALUE:
        return None
    text = plain_text(label, BUTTON_TEXT)
    return {"type": "button", "action_id": action, "text": text, "value": query}
