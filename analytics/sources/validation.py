"""Validate cells of listings from any source: ids, counts, scores, dates, words and tags, all with limits."""

from __future__ import annotations

import hashlib
import re
import reprlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ID = r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?"
"""The pattern of a whole model id, for Python and Arrow; it has at most :data:`LONGEST_WORD` characters."""
_ID = re.compile(ID)
_ODD = re.compile(r"[^A-Za-z0-9._/-]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_WORD = 256
"""Characters. The longest id among 21,000 real rows has 100, the longest tag 96."""
_HASH_BYTES = 6
"""Of an odd id's hash. Among 10,000 ids that are read alike, two share one in one file of five million."""
_MOST = 2**63 - 1
"""What a database's big integer holds."""
_MOST_LICENSES = 100
"""Of one model. The most that a real one declares is 4; a model's share is divided among them."""
_MOST_TAGS = 65_536
"""Characters of all the tags of one model together. Real models have up to 8,602."""
_GATES = {"false", "auto", "manual", "true"}


class CellError(Exception):
    """An invalid cell. The message is a phrase; the caller adds the row."""


_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxlong = 60
"""Of values that may be long or deep: printed in full, these take time and memory, or a RecursionError."""


def shown(value: object) -> str:
    """Return a value for use in a sentence: short, on one line, control characters escaped."""
    text = repr(value[:61]) if isinstance(value, str) else _SHORT.repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def model_id(value: object) -> str:
    """Return a model's id: ``name`` or ``namespace/name``."""
    if value is None or value == "":
        raise CellError("the model has no id")
    if not isinstance(value, str) or len(value) > LONGEST_WORD or not _ID.fullmatch(value):
        raise CellError(f"{shown(value)} is no model id (namespace/name of letters, digits, '.', '_' and '-', 256 at most)")
    return value


def readable_id(value: object) -> tuple[str, bool]:
    """Return a model's id, and whether it had characters that no id has: the printable ones of these become ``_``.

    A namespace or name with such characters gets a hash at its end, so that two of them stay two.

    Raises:
        CellError: when there is no id, or none that two models can be told apart by.

    """
    if not isinstance(value, str) or not value.isprintable() or not value.strip() or _ID.fullmatch(value):
        return model_id(value), False
    replaced = model_id(_ODD.sub("_", value.strip()))
    marked = "/".join(f"{_ODD.sub('_', part)}-{_hash(part)}" if _ODD.search(part) else part for part in value.split("/"))
    if len(marked) > LONGEST_WORD:
        marked = f"{replaced[: LONGEST_WORD - 1 - 2 * _HASH_BYTES]}-{_hash(value)}"
    return marked, True


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).hexdigest()


def count(name: str, value: object) -> int:
    """Return a number of downloads or likes. A float will do if it is whole: pandas writes integers with gaps so."""
    if value is None:
        raise CellError(f"{name} is missing")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST and value == int(value):
        return int(value)
    raise CellError(f"{name} is {shown(value)}, not a whole number from 0")


def score(name: str, value: object) -> float:
    """Return a finite number from 0."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST:
        return float(value)
    raise CellError(f"{name} is {shown(value)}, not a number from 0")


def day(name: str, value: object) -> date:
    """Return a date from ``YYYY-MM-DD``, a date or, by its date in UTC, a moment."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # the thirtieth of February
    raise CellError(f"{name} is {shown(value)}, not a date such as 2026-08-22")


def moment(name: str, value: object) -> str | None:
    """Return an ISO 8601 moment in the Hub's form, in UTC, such as ``2026-08-22T08:00:00.000Z``; ``None`` where there is none."""
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, datetime):
            utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        pass  # no moment, or one before the year 1 in UTC
    raise CellError(f"{name} is {shown(value)}, not a moment such as 2026-08-22T08:00:00.000Z")


def word(name: str, value: object) -> str:
    """Return a task, a library or the like; ``""`` where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CellError(f"{name} is {shown(value)}, not a word")
    if len(value) > LONGEST_WORD or not value.strip().isprintable():
        raise CellError(f"{name} is {shown(value)}, longer than {LONGEST_WORD} characters or with control characters")
    return value.strip()


def gate(value: object) -> str | None:
    """Return how a model is gated, as :class:`analytics.domain.Model` writes it; ``None`` where that is not recorded."""
    if value is None or value == "":
        return None
    text = str(value).strip().lower() if isinstance(value, bool | str) else ""
    if text not in _GATES:
        raise CellError(f"gated is {shown(value)}, not false, auto, manual or true")
    return text


def licenses(values: Iterable[str]) -> tuple[str, ...]:
    """Return license tags in small letters, each once, in the order given."""
    unique = tuple(dict.fromkeys(filter(None, (word("license", value).lower() for value in values))))
    if len(unique) > _MOST_LICENSES:
        raise CellError(f"the model declares {len(unique)} licenses, more than {_MOST_LICENSES}")
    return unique


def words(name: str, value: object) -> list[str]:
    """Return a list of strings, complete."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise CellError(f"{name} is {shown(value)}, not a list of words")
    return list(value)


def tags(values: Iterable[str]) -> tuple[str, ...]:
    """Return the tags without those that are too long or not printable."""
    usable: list[str] = []
    room = _MOST_TAGS
    for tag in values:
        room -= len(tag)
        if room < 0:
            break
        if 0 < len(tag) <= LONGEST_WORD and tag.isprintable():
            usable.append(tag)
    return tuple(usable)
