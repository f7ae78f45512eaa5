"""Composable checks of JSON values. Each yields error messages that end with a JSON pointer, like Slack's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

Check = Callable[[object, str], Iterator[str]]
"""Takes a value and its JSON pointer; yields error messages."""


def problem(sentence: str, at: str) -> str:
    """Return an error message in Slack's format."""
    return f"{sentence} [json-pointer:{at}]"


def string(most: int, least: int = 1, pattern: str | None = None) -> Check:
    """Require a string of ``least`` to ``most`` characters, matching ``pattern`` from its start."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif pattern is not None and not re.match(pattern, value):
            yield problem(f"input must match regex pattern: {pattern}", at)

    return check


def number(low: float = float("-inf"), high: float = float("inf")) -> Check:
    """Require a finite number within bounds."""

    def check(value: object, at: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == float("inf"):  # noqa: PLR0124 - only NaN differs from itself
            yield problem("must be a number", at)
        elif not low <= value <= high:
            yield problem(f"must be between {low:g} and {high:g}", at)

    return check


def boolean(value: object, at: str) -> Iterator[str]:
    """Require true or false."""
    if not isinstance(value, bool):
        yield problem("must be a boolean", at)


def one_of(*allowed: str) -> Check:
    """Require one of a few strings."""

    def check(value: object, at: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be one of: {', '.join(allowed)}", at)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """Require a list of ``least`` to ``most`` items, each of which passes ``item``."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", at)
        for index, element in enumerate(value):
            yield from item(element, f"{at}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Require an object with these keys and no others. ``type`` is always allowed: :func:`by_type` has read it."""
    known = {**required, **(optional or {})}

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", at)
            return
        for key in required:
            if value.get(key) is None:
                yield problem(f"missing required field: {key}", at)
        for key, inner in value.items():
            if key in known:
                if inner is not None:
                    yield from known[key](inner, f"{at}/{key}")
            elif key != "type":
                yield problem(f"invalid additional property: {key}", at)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """Choose the check by the value's ``type``."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", at)
        elif "type" not in value:
            yield problem("missing required field: type", at)
        elif value["type"] not in kinds:
            yield problem(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return check


def either(first: str, second: str, check_one: Check) -> Check:
    """Require exactly one of two keys, besides what ``check_one`` requires."""

    def check(value: object, at: str) -> Iterator[str]:
        yield from check_one(value, at)
        if isinstance(value, dict) and (value.get(first) is None) == (value.get(second) is None):
            yield problem(f"must have either {first} or {second}", at)

    return check
