"""Finds the interactive elements in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.block_kit.blocks import Block, elements_of

if TYPE_CHECKING:
    from collections.abc import Callable


def element_in(blocks: list[Block], block_id: str, action_id: str) -> Block:
    """Return an element by the ids of its block and action. Raises :class:`LookupError`."""
    for block in blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element["action_id"] == action_id:
                    return element
    raise LookupError(f"there is no {action_id!r} in block {block_id!r}")


def find_option(blocks: list[Block], name: str) -> tuple[tuple[str, str], str] | None:
    """Find an overflow menu's option by its text. Returns the menu's ``(block_id, action_id)`` and the option's value."""
    for block in blocks:
        for element in elements_of(block):
            for option in element["options"] if element["type"] == "overflow" else ():
                if option["text"]["text"] == name:
                    return (block["block_id"], element["action_id"]), option["value"]
    return None


def find_action(blocks: list[Block], name: str) -> tuple[str, str]:
    """Find an element by its ``action_id``, a button's text or its value. Returns ``(block_id, action_id)``.

    Raises:
        LookupError: There is none.

    """
    elements = [(block, element) for block in blocks for element in elements_of(block)]
    keys: list[Callable[[Block], object]] = [
        lambda element: element["action_id"],
        lambda element: element["text"]["text"] if element["type"] == "button" else None,
        lambda element: element.get("value"),
    ]
    for key in keys:
        for block, element in elements:
            if key(element) == name:
                return block["block_id"], element["action_id"]
    offered = [element["text"]["text"] if element["type"] == "button" else element["action_id"] for _, element in elements]
    raise LookupError(f"there is nothing called {name!r} to press, only {offered}")
