"""Read rows of the Hub's listings and dumps, field by field. An unreadable field isn't recorded, but the row is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from analytics.domain import Model
from analytics.sources import validation
from analytics.sources.validation import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

_Value = TypeVar("_Value")

NEEDED = frozenset({"id", "downloads"})
"""Fields that every ranking needs."""
_UNTAGGED = "other"
_LONGEST_NAME = 100
"""Characters of a license's name on a card; the longest in the table of licenses has 37."""


@dataclass(frozen=True, slots=True)
class HubRow:
    """A model, and the fields of its row that couldn't be read."""

    model: Model
    unread: tuple[str, ...]
    """A phrase for each field that isn't recorded although the row has it: ``gated is 'perhaps', not …``."""


def read(item: Mapping[str, Any], needed: Collection[str] = NEEDED) -> HubRow:
    """Read one item of the Hub's listing, by the Hub's own names of the fields.

    A license that the Hub has no tag for is ``other`` in the tags; its ``license_name`` on the model's card takes that place.
    A missing ``pipeline_tag`` or ``library_name`` means that the model has none, missing ``tags`` that its licenses aren't
    recorded. Licenses aren't recorded either where one of them, or a tag that might have been one, can't be read.

    Raises:
        CellError: naming the field of ``needed`` that is missing or can't be read.

    """
    fields = _Fields(item, needed)
    words = fields.tags()
    return HubRow(
        Model(
            id=fields.model_id(),
            downloads=fields.read("downloads", _count) or 0,
            likes=fields.read("likes", _count),
            licenses=fields.licenses(words),
            task=fields.read("pipeline_tag", validation.word),
            library=fields.read("library_name", validation.word),
            trending=fields.read("trendingScore", _score),
            created=fields.read("createdAt", validation.moment),
            gated=fields.read("gated", lambda _, value: validation.gate(value)),
            tags=validation.tags(words or ()),
            hub_id=fields.read("_id", validation.word) or None,
            downloads_all_time=fields.read("downloadsAllTime", _count),
        ),
        tuple(fields.unread),
    )


def card_licenses(card: object) -> tuple[str, ...]:
    """Return the licenses on a model's card; ``()`` where it declares none.

    Raises:
        CellError: where they can't be read.

    """
    if card is None:
        return ()
    if not isinstance(card, Mapping):
        raise CellError(f"cardData is {shown(card)}, not a model's card")
    declared = card.get("license")
    several = declared if isinstance(declared, list | tuple) else [] if declared in (None, "") else [declared]
    return validation.licenses(_named(validation.words("license", several), card))


def examples(rows: Sequence[tuple[int, str, Sequence[str]]], total: int) -> str:
    """Describe the first three odd rows for the log; ``rows`` has row number, model id and phrases."""
    text = "; ".join(f"row {number:,} ({name}): {', '.join(phrases)}" for number, name, phrases in rows[:3])
    return text if total <= 3 else f"{text}; and {total - 3:,} more"


@dataclass(slots=True)
class _Fields:
    item: Mapping[str, Any]
    needed: Collection[str]
    unread: list[str] = field(default_factory=list)

    def read(self, name: str, parse: Callable[[str, Any], _Value | None]) -> _Value | None:
        """Return a parsed field; ``None`` if it can't be read, unless it is needed."""
        value = self.item.get(name)
        try:
            if value is None and name in self.needed:
                raise CellError(f"{name} is missing")  # noqa: TRY301 - raised as those of parse are
            return parse(name, value)
        except CellError as error:
            if name in self.needed:
                raise
            self.unread.append(str(error))
            return None

    def model_id(self) -> str:
        name, odd = validation.readable_id(self.item.get("id"))
        if odd:
            self.unread.append(f"the id {shown(self.item['id'])} has characters that no id has")
        return name

    def tags(self) -> list[str] | None:
        """Return the tags that are texts; ``None`` where there are none to read."""
        value = self.item.get("tags")
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            self.unread.append(f"tags is {shown(value)}, not a list of words")
            return None
        words = [tag for tag in value if isinstance(tag, str)]
        if len(words) < len(value):
            odd = next(tag for tag in value if not isinstance(tag, str))
            self.unread.append(f"tags holds {shown(odd)}, not a word")
        return words

    def licenses(self, words: Sequence[str] | None) -> tuple[str, ...] | None:
        card = self.item.get("cardData")
        if card is not None and not isinstance(card, Mapping):
            self.unread.append(f"cardData is {shown(card)}, not a model's card")
        if words is None:
            return None
        declared = [tag.partition(":")[2] for tag in words if tag.lower().startswith("license:")]
        if not declared and len(words) < len(self.item["tags"]):
            return None
        return self._recorded(_named(declared, card))

    def _recorded(self, declared: Sequence[str]) -> tuple[str, ...] | None:
        try:
            return validation.licenses(declared)
        except CellError as error:
            self.unread.append(str(error))
            return None


def _named(declared: Sequence[str], card: object) -> list[str]:
    """Replace ``other`` with the card's license name, if that is short and printable."""
    name = card.get("license_name") if isinstance(card, Mapping) else None
    usable = isinstance(name, str) and 0 < len(name.strip()) <= _LONGEST_NAME and name.strip().isprintable()
    return [str(name).strip() if usable and one.strip().lower() == _UNTAGGED else one for one in declared]


def _count(name: str, value: object) -> int | None:
    return None if value is None else validation.count(name, _number(value))


def _score(name: str, value: object) -> float | None:
    return None if value is None else validation.score(name, _number(value))


def _number(value: object) -> object:
    """Return the number for a string of digits, and any other value unchanged."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19
    return int(str(value)) if digits else value
