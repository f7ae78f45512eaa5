"""Content: what a message shows, as it is kept until every channel has it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.messages import Block


@dataclass(frozen=True, slots=True)
class Content:
    """Blocks around the place of a picture, and the text that notifications and screen readers get."""

    text: str
    above: Sequence[Block]
    below: Sequence[Block] = ()
    instead: Sequence[Block] = ()
    """What stands in the picture's place where it cannot be shown."""
    alt: str = ""
    details: Sequence[Block] = ()
    """What goes into the thread on request."""
    files: dict[str, str] = field(default_factory=dict)
    """Numbers to be had on request: CSV by file name."""

    def blocks(self, picture: Sequence[Block] | None = None) -> list[Block]:
        """Return the message, with a picture or what stands for it."""
        return [*self.above, *(self.instead if picture is None else picture), *self.below]

    def followed_by(self, blocks: Sequence[Block]) -> Content:
        """Return it with something more at its end."""
        return replace(self, below=[*self.below, *blocks])

    def as_json(self) -> str:
        """Return what :meth:`from_json` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Content:
        """Read what :meth:`as_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**values)
