"""Validate blocks of messages, modals and App Home by Block Kit's rules, and traverse valid blocks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from playground.block_kit.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, SLACK_FILE, URL, plain, text
from playground.block_kit.json_checks import Check, array, boolean, by_type, either, problem, shape, string
from playground.block_kit.rich_text import BLOCK_ID, DATA_VISUALIZATION, RICH_TEXT, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

Block = dict[str, Any]

MESSAGE_TEXT_LIMIT = 12_000
"""Characters of all text in a posted message's blocks; above it, Slack returns ``msg_blocks_too_long``."""
TABLE_TEXT_LIMIT = 10_000
"""Characters in all cells of a message's tables."""


class Surface(StrEnum):
    """The surface that blocks are shown on."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_ID = {"block_id": BLOCK_ID}


def _section(value: object, at: str) -> Iterator[str]:
    yield from shape(
        {},
        {**_ID, "text": text(3000), "fields": array(text(2000), 10), "accessory": by_type(IN_SECTION), "expand": boolean},
    )(value, at)
    if isinstance(value, dict) and not value.get("text") and not value.get("fields"):
        yield problem("missing required field: text or fields", at)


_EVERYWHERE: dict[str, Check] = {
    "section": _section,
    "header": shape({"text": plain(150)}, _ID),
    "context": shape(
        {
            "elements": array(
                by_type(
                    {
                        "image": IMAGE,
                        "plain_text": shape({"text": string(2000)}, {"emoji": boolean}),
                        "mrkdwn": shape({"text": string(2000)}, {"verbatim": boolean}),
                    }
                ),
                10,
            )
        },
        _ID,
    ),
    "image": either(
        "image_url",
        "slack_file",
        shape({"alt_text": string(2000)}, {**_ID, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)}),
    ),
    "actions": shape({"elements": array(by_type(IN_ACTIONS), 25)}, _ID),
    "divider": shape({}, _ID),
    "input": shape(
        {"label": plain(2000), "element": by_type(IN_INPUT)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
}
_IN_MESSAGES: dict[str, Check] = {
    "table": TABLE,
    "markdown": shape({"text": string(12_000)}, _ID),
    "data_visualization": DATA_VISUALIZATION,
}
_BLOCKS: dict[Surface, Check] = {
    Surface.MESSAGE: array(by_type({**_EVERYWHERE, **_IN_MESSAGES}), 50, least=0),
    Surface.MODAL: array(by_type(_EVERYWHERE), 100, least=0),
    Surface.HOME: array(by_type(_EVERYWHERE), 100, least=0),
}
_AT_MOST = {"table": 1, "data_visualization": 2}


def check_blocks(blocks: object, surface: Surface = Surface.MESSAGE, at: str = "/blocks") -> list[str]:
    """Return the errors that Slack would report for ``blocks``; ``[]`` for valid blocks."""
    errors = list(_BLOCKS[surface](blocks, at))
    if errors or not isinstance(blocks, list):
        return errors
    errors += _repeated(blocks, at)
    for kind, most in _AT_MOST.items():
        if sum(block["type"] == kind for block in blocks) > most:
            errors.append(problem(f"no more than {most} {kind} blocks allowed", at))
    if _length([block for block in blocks if block["type"] == "table"]) > TABLE_TEXT_LIMIT:
        errors.append(problem(f"table text must be less than {TABLE_TEXT_LIMIT + 1} characters", at))
    return errors


def is_too_long(blocks: list[Block]) -> bool:
    """Return whether a posted message's text, without tables, exceeds Slack's limit."""
    return _length([block for block in blocks if block["type"] != "table"]) > MESSAGE_TEXT_LIMIT


def _length(value: object) -> int:
    """Return the total length of all ``text`` values in a structure."""
    if isinstance(value, list):
        return sum(_length(inner) for inner in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(_length(inner) for inner in value.values())


def _repeated(blocks: list[Block], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield problem(f'block_id "{block_id}" already exists', f"{at}/{index}/block_id")
        if block_id is not None:
            seen.add(block_id)
        actions = [element["action_id"] for element in elements_of(block) if element.get("action_id")]
        for action in {action for action in actions if actions.count(action) > 1}:
            yield problem(f'action_id "{action}" already exists in this block', f"{at}/{index}/elements")


def elements_of(block: Block) -> list[Block]:
    """Return a block's interactive elements."""
    match block["type"]:
        case "actions":
            return list(block["elements"])
        case "input":
            return [block["element"]]
        case "section" if block.get("accessory") and block["accessory"]["type"] != "image":
            return [block["accessory"]]
        case _:
            return []


def images_of(blocks: list[Block], at: str = "/blocks") -> Iterator[tuple[Block, str]]:
    """Yield the images in ``blocks`` with their JSON pointers."""
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        if block["type"] == "image":
            yield block, here
        elif block["type"] == "section" and (block.get("accessory") or {}).get("type") == "image":
            yield block["accessory"], f"{here}/accessory"
        elif block["type"] == "context":
            for number, element in enumerate(block["elements"]):
                if element["type"] == "image":
                    yield element, f"{here}/elements/{number}"


def with_ids(blocks: list[Block], prefix: str) -> list[Block]:
    """Return a copy with missing ``block_id`` and ``action_id`` values filled in, as Slack does."""
    return [_named(block, f"{prefix}{number}") for number, block in enumerate(blocks)]


def _named(block: Block, name: str) -> Block:
    named: Block = {"block_id": name, **{key: value for key, value in block.items() if value is not None}}

    def filled(element: Block, number: int) -> Block:
        return {"action_id": f"{name}-{number}", **element}

    match named["type"]:
        case "actions":
            named["elements"] = [filled(element, number) for number, element in enumerate(named["elements"])]
        case "input":
            named["element"] = filled(named["element"], 0)
        case "section" if elements_of(named):
            named["accessory"] = filled(named["accessory"], 0)
    return named


def check_view(view: object) -> list[str]:
    """Return the errors that Slack would report for a modal or App Home."""
    if not isinstance(view, dict):
        return [problem("must be an object", "/view")]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [problem("must be one of: modal, home", "/view/type")]
    surface = Surface(kind)

    def blocks(value: object, at: str) -> Iterator[str]:
        yield from check_blocks(value, surface, at)

    common: dict[str, Check] = {"private_metadata": string(3000, least=0), "callback_id": string(255), "external_id": string(255)}
    if surface is Surface.HOME:
        return list(shape({"blocks": blocks}, common)(view, "/view"))
    errors = list(
        shape(
            {"blocks": blocks, "title": plain(24)},
            {
                **common,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        )(view, "/view")
    )
    if not errors and not view.get("submit") and any(block["type"] == "input" for block in view["blocks"]):
        errors.append(problem("must define `submit` to use an `input` block in modals", "/view/submit"))
    return errors
