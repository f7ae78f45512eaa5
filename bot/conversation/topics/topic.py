"""One topic of ``help``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What ``help`` says about a word that is no question."""

    words: tuple[str, ...]
    """The word and others for the same, all in small letters; the first is the title."""
    text: str
    """What it does, in sentences."""
    examples: tuple[str, ...]
    """Two or more texts that can be typed."""
    summary: str = ""
    """What it does, in a few words for a list; ``""`` to leave it out of lists."""
    listed: tuple[str, ...] = ()
    """The texts that a list shows; without them, the first example."""
    buttons: tuple[str, ...] = ()
    """Texts to offer as buttons, where the examples would change something; without them, the examples."""
