"""Words in pixels: the font, how wide a text is in it, and how to make it fit without hiding that it was cut."""

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
# The files that come with matplotlib, not what a machine has under the name: the same picture everywhere.
_REGULAR, _BOLD = str(_FONTS / "DejaVuSans.ttf"), str(_FONTS / "DejaVuSans-Bold.ttf")

_HINTING = LoadFlags.DEFAULT  # as matplotlib draws

ELLIPSIS = "…"
UNKNOWN = "□"
CAPITAL = 0.729
"""Height of DejaVu's capitals and digits in parts of the type size."""


@lru_cache(maxsize=64)
def font(size: float, *, bold: bool) -> FontProperties:
    """Return the font at a size in pixels (the figure has 72 dots an inch, so that a point is a pixel)."""
    return FontProperties(family="DejaVu Sans", fname=_BOLD if bold else _REGULAR, size=size)


@lru_cache(maxsize=4096)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many pixels a printable text takes."""
    face = get_font(_BOLD if bold else _REGULAR)
    face.set_size(size, 72)
    face.set_text(text, 0.0, flags=_HINTING)
    return face.get_width_height()[0] / 64


@lru_cache(maxsize=1024)
def printable(text: str) -> str:
    """Return one line with a box for each character that the font lacks; what has no shape of its own is dropped.

    matplotlib warns of a missing glyph and draws the font's "no such glyph"; names on the Hub may hold anything.
    """
    words = "".join(" " if character.isspace() or unicodedata.category(character) == "Cc" else character for character in text)
    return " ".join("".join(_shape(character) for character in words).split())


def _shape(character: str) -> str:
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    private = unicodedata.category(character) == "Co"  # a font's own sign, which means something else in another
    drawn = not private and all(get_font(path).get_char_index(ord(character)) for path in (_REGULAR, _BOLD))
    return character if drawn else UNKNOWN


def fit(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a printable text that takes at most ``room`` pixels, with an ellipsis where it had to be cut.

    A model's id loses the end of its owner first (``sentence-tr…/all-MiniLM-L6-v2``), another single word its middle,
    a phrase its end.
    """
    if width(text, size, bold=bold) <= room:
        return text
    cuts = [*_cuts(text), ELLIPSIS]  # each shorter than the one before
    return cuts[bisect_left(cuts, True, hi=len(cuts) - 1, key=lambda cut: width(cut, size, bold=bold) <= room)]  # noqa: FBT003 - what to find


def _cuts(text: str) -> Iterator[str]:
    """Yield what remains of a text as more and more is cut."""
    owner, slash, name = text.rpartition("/")
    before = owner[: len(owner) - len(owner.rpartition(" ")[2])]  # a rank
    if slash:
        yield from (f"{owner[:kept]}{ELLIPSIS}/{name}" for kept in range(len(owner) - 1, len(before) - 1, -1))
        before, text = f"{before}{ELLIPSIS}/", name
    for kept in range(len(text) - 1, 0, -1):
        end = 0 if " " in text else kept * 2 // 5
        yield before + text[: kept - end].rstrip(" ,;:.·(") + ELLIPSIS + text[len(text) - end :]


def wrap(text: str, room: float, size: float, *, bold: bool = False, most: int = 2) -> tuple[tuple[str, ...], bool]:
    """Break a printable text into at most ``most`` lines of ``room`` pixels; the flag says whether all of it is there."""
    words = text.split(" ")
    lines: list[str] = []
    while words and len(lines) < most:
        last = len(lines) == most - 1
        taken = _taken(words, room, size, bold=bold)
        line = " ".join(words if last else words[:taken])
        lines.append(fit(line, room, size, bold=bold))
        words = [] if last else words[taken:]
    return tuple(lines), ELLIPSIS not in "".join(lines) or ELLIPSIS in text


def balance(lines: tuple[str, ...], size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break two lines where the longer one is shortest, so that no word is left alone."""
    if len(lines) != 2:
        return lines
    words = " ".join(lines).split(" ")
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(breaks, key=lambda pair: max(width(line, size, bold=bold) for line in pair))


def _taken(words: list[str], room: float, size: float, *, bold: bool) -> int:
    """Return how many words the next line takes: one at least."""
    taken = 1
    while taken < len(words) and width(" ".join(words[: taken + 1]), size, bold=bold) <= room:
        taken += 1
    return taken
