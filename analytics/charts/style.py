"""The style of all charts: sizes in pixels, colors, and the color of each name."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED
from analytics.names.creators import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH, HEIGHT = 1200, 675
MARGIN = 48

TITLES = (42, 38, 34, 31)
"""Type sizes of the title: one line in one of the first two, else two lines in the largest that fits."""
SUBTITLES = (25, 22)
LABEL = 27
"""On a phone, 360 pixels wide, this is 8 pixels."""
SMALL = 23
FOOTER = 20

INK = "#1A1A1A"
QUIET = "#5F5F5F"
"""Secondary text; contrast 6:1 on white."""
CONTEXT = "#B4B4B4"
"""Names that a subject is compared with."""
REST = "#D2D2D2"
"""All others combined."""
NOTHING = "#8E8E8E"
"""The color of *none declared* and *not known*."""
GRID = "#E4E4E4"
PAPER = "#FFFFFF"

# Masataka Okabe and Kei Ito, "Color Universal Design", 2008.
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, YELLOW = "#CC79A7", "#56B4E9", "#000000", "#F0E442"

PALETTE = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, BLACK)
_LAST_RESORT = YELLOW  # low contrast on white

# Names that are on nearly every chart, so that their hashes don't give two of them the same color.
_OWN = {
    "apache-2.0": BLUE,
    "mit": ORANGE,
    "cc-by-4.0": GREEN,
    "cc-by-nc-4.0": VERMILLION,
    "gemma": PURPLE,
    "llama": SKY,
    "meta": BLUE,
    "sentence transformers": ORANGE,
    "google": GREEN,
    "baai": VERMILLION,
    "alibaba": PURPLE,
    "microsoft": SKY,
    "openai": BLACK,
    "text-generation": BLUE,
    "sentence-similarity": ORANGE,
    "fill-mask": GREEN,
    "automatic-speech-recognition": VERMILLION,
    "image-text-to-text": PURPLE,
    "feature-extraction": SKY,
    "text-classification": BLACK,
}
_REST = re.compile(r"(\d+ |all )?others?")
_RANK = re.compile(r"\d+\. ")


def is_rest(name: str) -> bool:
    """Return whether a label is that of all others: ``others``, ``12 others``, ``all others``."""
    return _REST.fullmatch(name.casefold()) is not None


def is_unranked(name: str) -> bool:
    """Return whether a label is that of models whose name isn't declared or not known."""
    return name.casefold() in {NONE_DECLARED, NOT_KNOWN}


def color(name: str) -> str:
    """Return a name's preferred color, ignoring a rank before the name."""
    base = _RANK.sub("", name, count=1).casefold()
    if is_rest(base):
        return REST
    if is_unranked(base):
        return NOTHING
    return _OWN.get(base) or PALETTE[zlib.crc32(base.encode("utf-8", "replace")) % len(PALETTE)]


def colors(names: Iterable[str]) -> dict[str, str]:
    """Return the color of each name on one chart, all different while there are enough.

    Well-known names choose first, then the others in alphabetical order, so that order and values don't matter.
    """
    assigned: dict[str, str] = {}
    for name in sorted(set(names), key=lambda n: (_RANK.sub("", n, count=1).casefold() not in _OWN, n.casefold(), n)):
        preferred = color(name)
        used = set(assigned.values())
        if preferred in used and preferred in PALETTE:
            start = PALETTE.index(preferred)
            turned = (*PALETTE[start:], *PALETTE[:start], _LAST_RESORT)
            preferred = next((free for free in turned if free not in used), preferred)
        assigned[name] = preferred
    return assigned


def accents(subjects: Iterable[str]) -> dict[str, str]:
    """Return the color of each subject; one that is always gray gets a darker gray than its context."""
    return {name: QUIET if hue in {REST, NOTHING} else hue for name, hue in colors(subjects).items()}


def readable(hue: str) -> str:
    """Darken a color until its contrast to white is 4.5:1, the minimum of WCAG 2 for text."""
    red, green, blue = (int(hue[at : at + 2], 16) for at in (1, 3, 5))
    while contrast(red, green, blue) < 4.5:
        red, green, blue = (int(part * 0.94) for part in (red, green, blue))
    return f"#{red:02X}{green:02X}{blue:02X}"


def contrast(red: int, green: int, blue: int) -> float:
    """Return WCAG's contrast ratio to white, 1 to 21, of a color with channels from 0 to 255."""
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
