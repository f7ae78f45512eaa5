"""Convert user input to values of interactive elements in payloads, and validate inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.block_kit.blocks import Block, elements_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]
Raw = str | list[str] | None
"""User input: text, an option's value, several values, a date."""

_SINGLE = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
_INITIAL = {
    "users_select": "initial_user",
    "conversations_select": "initial_conversation",
    "channels_select": "initial_channel",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
}


def options_of(element: Block) -> list[Block]:
    """Return all options of a select, including those in groups."""
    return [*element.get("options", []), *(option for group in element.get("option_groups", []) for option in group["options"])]


def value_key(element: Block) -> str:
    """Return the payload key of an element's value."""
    return _SINGLE.get(element["type"], "value")


def value_of(element: Block, raw: Raw, offered: Sequence[Block] = ()) -> Json:
    """Return an element's value for a payload.

    Args:
        element: The block element.
        raw: The user's input.
        offered: The options returned for an external select.

    Raises:
        LookupError: for an option that doesn't exist.

    """
    key = value_key(element)
    if key in ("selected_option", "selected_options"):
        held = [*([element["initial_option"]] if element.get("initial_option") else []), *element.get("initial_options", [])]
        among = {option["value"]: option for option in (*held, *options_of(element), *offered)}
        chosen = [raw] if isinstance(raw, str) else list(raw or [])
        missing = [value for value in chosen if value not in among]
        if missing:
            raise LookupError(f"there is no option {missing[0]!r}")
        options = [among[value] for value in chosen]
        return {key: options if key == "selected_options" else (options[0] if options else None)}
    return {key: raw or None}


def initial_of(element: Block) -> Raw:
    """Return an element's initial input."""
    match value_key(element):
        case "selected_option":
            return element["initial_option"]["value"] if element.get("initial_option") else None
        case "selected_options":
            return [option["value"] for option in element.get("initial_options", [])]
        case "value":
            return element.get("initial_value")
        case _:
            return element.get(_INITIAL[element["type"]])


def state_of(blocks: Sequence[Block], entered: Mapping[str, Raw], offered: Mapping[str, list[Block]]) -> Json:
    """Return the ``state.values`` of a message or view. ``entered`` and ``offered`` are by ``action_id``."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in ("button", "overflow"):
                continue
            name = element["action_id"]
            raw = entered[name] if name in entered else initial_of(element)
            value = value_of(element, raw, offered.get(name, ()))
            values.setdefault(block["block_id"], {})[name] = {"type": element["type"], **value}
    return values


def complaints(blocks: Sequence[Block], entered: Mapping[str, Raw]) -> dict[str, str]:
    """Return Slack's own validation errors of a modal by ``block_id``."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        raw = entered[element["action_id"]] if element["action_id"] in entered else initial_of(element)
        length = len(raw) if isinstance(raw, str) else 0
        if not raw and not block.get("optional"):
            errors[block["block_id"]] = "Please complete this required field."
        elif length > element.get("max_length", 3000):
            errors[block["block_id"]] = f"This must be {element['max_length']} characters or fewer."
        elif raw and length < element.get("min_length", 0):
            errors[block["block_id"]] = f"This must be {element['min_length']} characters or more."
    return errors
