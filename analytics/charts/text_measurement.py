"""Measures, cuts and wraps text in pixels."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import LoadFlags

if TYPE_CHECKING:
    from collections.abc import Iterator

_FONTS = Path(mpl.get_data_path(), "fonts", "ttf")
# matplotlib's own files rather than the system's fonts, so that pictures are the same everywhere.
FONTS = _FONTS / "DejaVuSans.ttf", _FONTS / "DejaVuSans-Bold.ttf"
"""The files of the regular and the bold font."""
_REGULAR, _BOLD = map(str, FONTS)

_HINTING = LoadFlags.DEFAULT  # as matplotlib draws

ELLIPSIS = "…"
UNKNOWN = "□"
CAPITAL = 0.729
"""Height of DejaVu's capitals and digits as a part of the type size."""


@lru_cache(maxsize=64)
def font(size: float, *, bold: bool) -> FontProperties:
    """Return the font at a size in pixels (the figure has 72 dots an inch, so that a point is a pixel)."""
    return FontProperties(family="DejaVu Sans", fname=_BOLD if bold else _REGULAR, size=size)


@lru_cache(maxsize=4096)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a printable text in pixels."""
    face = get_font(_BOLD if bold else _REGULAR)
    face.set_size(size, 72)
    face.set_text(text, 0.0, flags=_HINTING)
    return face.get_width_height()[0] / 64


@lru_cache(maxsize=1024)
def printable(text: str) -> str:
    """Return a text as one line, with a box for each character without a glyph and without invisible characters.

    matplotlib would warn about missing glyphs; names on the Hub may contain any character.
    """
    words = "".join(" " if character.isspace() or unicodedata.category(character) == "Cc" else character for character in text)
    return " ".join("".join(_shape(character) for character in words).split())


def _shape(character: str) -> str:
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    private = unicodedata.category(character) == "Co"  # a private-use character, which differs between fonts
    has_glyph = not private and all(get_font(path).get_char_index(ord(character)) for path in (_REGULAR, _BOLD))
    return character if has_glyph else UNKNOWN


def fit(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a printable text that takes at most ``room`` pixels, with an ellipsis where it had to be cut.

    A model's id is cut in its namespace first (``sentence-tr…/all-MiniLM-L6-v2``), another single word in its middle, a phrase
    at its end.
    """
    if width(text, size, bold=bold) <= room:
        return text
    cuts = [*_cuts(text), ELLIPSIS]  # in decreasing length
    return cuts[bisect_left(cuts, True, hi=len(cuts) - 1, key=lambda cut: width(cut, size, bold=bold) <= room)]  # noqa: FBT003 - what to find


def _cuts(text: str) -> Iterator[str]:
    """Yield shorter and shorter versions of a text."""
    owner, slash, name = text.rpartition("/")
    before = owner[: len(owner) - len(owner.rpartition(" ")[2])]  # a rank
    if slash:
        yield from (f"{owner[:length]}{ELLIPSIS}/{name}" for length in range(len(owner) - 1, len(before) - 1, -1))
        before, text = f"{before}{ELLIPSIS}/", name
    for length in range(len(text) - 1, 0, -1):
        end = 0 if " " in text else length * 2 // 5
        yield before + text[: length - end].rstrip(" ,;:.·(") + ELLIPSIS + text[len(text) - end :]


def wrap(text: str, room: float, size: float, *, bold: bool = False, most: int = 2) -> tuple[tuple[str, ...], bool]:
    """Wrap a printable text into at most ``most`` lines of ``room`` pixels; the flag is false if it was cut."""
    words = text.split(" ")
    lines: list[str] = []
    while words and len(lines) < most:
        last = len(lines) == most - 1
        number = _fitting_words(words, room, size, bold=bold)
        line = " ".join(words if last else words[:number])
        lines.append(fit(line, room, size, bold=bold))
        words = [] if last else words[number:]
    return tuple(lines), ELLIPSIS not in "".join(lines) or ELLIPSIS in text


def balance(lines: tuple[str, ...], size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Rebalance two lines so that the longer one is as short as possible."""
    if len(lines) != 2:
        return lines
    words = " ".join(lines).split(" ")
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(breaks, key=lambda pair: max(width(line, size, bold=bold) for line in pair))


def _fitting_words(words: list[str], room: float, size: float, *, bold: bool) -> int:
    """Return how many words fit on the next line, at least one."""
    number = 1
    while number < len(words) and width(" ".join(words[: number + 1]), size, bold=bold) <= room:
        number += 1
    return number
