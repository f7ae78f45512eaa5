"""The content of a message, stored until it has been delivered everywhere."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.messages import Block


@dataclass(frozen=True, slots=True)
class Content:
    """Blocks above and below a picture, and the text for notifications and screen readers."""

    text: str
    above: Sequence[Block]
    below: Sequence[Block] = ()
    instead: Sequence[Block] = ()
    """Blocks that replace the picture if it can't be shown."""
    alt: str = ""
    details: Sequence[Block] = ()
    """Blocks posted to the thread on request."""
    files: dict[str, str] = field(default_factory=dict)
    """CSV files sent on request, by file name."""
    requested_by: str = ""
    """The user who asked for the message and hears if it can't be delivered; ``""`` if the delivery's source tells."""
    canvas: str = ""
    """Markdown of a canvas to create when the message is posted; ``""`` for none, or once that was tried."""
    canvas_title: str = ""
    canvas_url: str = ""
    """The canvas to link; ``""`` for none."""

    def blocks(self, picture: Sequence[Block] | None = None) -> list[Block]:
        """Return the message's blocks, with the picture or its replacement."""
        return [*self.above, *(self.instead if picture is None else picture), *self.below]

    def followed_by(self, blocks: Sequence[Block]) -> Content:
        """Return a copy with more blocks at the end."""
        return replace(self, below=[*self.below, *blocks])

    def as_json(self) -> str:
        """Serialize for :meth:`from_json`. Empty fields are left out, so that an earlier version can read what it knows."""
        values = {name: value for name, value in asdict(self).items() if value or name in {"text", "above"}}
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Content:
        """Deserialize the result of :meth:`as_json`."""
        values: dict[str, Any] = json.loads(text)
        return cls(**values)
