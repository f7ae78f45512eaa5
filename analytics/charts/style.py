"""The look that every chart shares: the picture's size, type sizes, and which name has which colour. Lengths are in pixels."""

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
"""One line of the first two if it fits, else two lines of the largest that does."""
SUBTITLES = (25, 22)
LABEL = 27
"""A phone shows the picture 360 wide: this is 8 there."""
SMALL = 23
FOOTER = 20

INK = "#1A1A1A"
QUIET = "#5F5F5F"
"""Text that is not the message; 6:1 on white."""
CONTEXT = "#B4B4B4"
"""What a subject is compared with."""
REST = "#D2D2D2"
"""Everything else taken together."""
NOTHING = "#8E8E8E"
"""None declared."""
GRID = "#E4E4E4"
PAPER = "#FFFFFF"

# Masataka Okabe and Kei Ito, "Color Universal Design", 2008.
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, YELLOW = "#CC79A7", "#56B4E9", "#000000", "#F0E442"

PALETTE = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, BLACK)
_LAST_RESORT = YELLOW  # hardly seen on white

# Who is on nearly every picture, so that no two of them that share one are alike by accident of their hashes.
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
    """Tell whether this stands for all who are not named: ``others``, ``12 others``, ``all others``."""
    return _REST.fullmatch(name.casefold()) is not None


def colour(name: str) -> str:
    """Return the colour that this name would always like to have. A rank before the name does not count."""
    plain = _RANK.sub("", name, count=1).casefold()
    if is_rest(plain):
        return REST
    if plain in {NONE_DECLARED, NOT_KNOWN}:
        return NOTHING
    return _OWN.get(plain) or PALETTE[zlib.crc32(plain.encode("utf-8", "replace")) % len(PALETTE)]


def colours(names: Iterable[str]) -> dict[str, str]:
    """Give each name of one picture its colour, no two the same while they last.

    Who is well known comes first, then the alphabet decides, so that the order and the values change nothing.
    """
    given: dict[str, str] = {}
    for name in sorted(set(names), key=lambda n: (_RANK.sub("", n, count=1).casefold() not in _OWN, n.casefold(), n)):
        preferred = colour(name)
        taken = set(given.values())
        if preferred in taken and preferred in PALETTE:
            start = PALETTE.index(preferred)
            turned = (*PALETTE[start:], *PALETTE[:start], _LAST_RESORT)
            preferred = next((free for free in turned if free not in taken), preferred)
        given[name] = preferred
    return given


def accents(subjects: Iterable[str]) -> dict[str, str]:
    """Give each subject its colour; one that is always grey gets a grey darker than what it is compared with."""
    return {name: QUIET if hue in {REST, NOTHING} else hue for name, hue in colours(subjects).items()}


def readable(hue: str) -> str:
    """Darken a colour until text in it stands out from white by 4.5:1, the least that WCAG 2 asks for."""
    red, green, blue = (int(hue[at : at + 2], 16) for at in (1, 3, 5))
    while contrast(red, green, blue) < 4.5:
        red, green, blue = (int(part * 0.94) for part in (red, green, blue))
    return f"#{red:02X}{green:02X}{blue:02X}"


def contrast(red: int, green: int, blue: int) -> float:
    """Return WCAG's contrast ratio to white, 1 to 21, of a colour whose parts are 0 to 255."""
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
