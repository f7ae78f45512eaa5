"""A drawn sheet as the bytes of a PNG: 64 colours chosen from those that were used, and the alt text inside."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analytics.charts.style import PAPER

if TYPE_CHECKING:
    from analytics.charts.canvas import Sheet

COLOURS = 64
_COMPRESSION = 4
"""Of 9; 6 takes half as long again for a twentieth of the bytes."""
_APART = 10
"""Pillow looks at six bits of each part: entries that are closer would be taken for each other."""


def encode(sheet: Sheet, alt: str) -> bytes:
    """Draw the sheet and return it as a palette PNG. The same sheet gives the same bytes."""
    sheet.canvas.draw()  # type: ignore[no-untyped-call]
    size = sheet.canvas.get_width_height()
    drawn = sheet.canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    picture = Image.frombytes("RGB", size, drawn, "raw", "RGBX")
    # A palette of our own is faster than a computed one, keeps the colours exact, and without dithering the type stays crisp.
    reduced = picture.quantize(palette=_palette(tuple(sheet.hues)), dither=Image.Dither.NONE)
    description = PngInfo()
    description.add_itxt("Description", alt.encode("utf-8", "replace").decode().replace("\0", ""), lang="en")
    file = BytesIO()
    reduced.save(file, "PNG", pnginfo=description, compress_level=_COMPRESSION)
    return file.getvalue()


@lru_cache(maxsize=64)
def _palette(hues: tuple[str, ...]) -> Image.Image:
    """Make white, each colour, and steps between them: what antialiasing and translucency mix. Dark colours get more steps."""
    entries = [bytes.fromhex(hue[1:]) for hue in dict.fromkeys((PAPER, *hues))][:COLOURS]
    colours = entries[1:]
    depths = [255 - min(parts) for parts in colours]
    spare = COLOURS - len(entries)
    for parts, depth in zip(colours, depths, strict=True):
        steps = 1 + spare * depth // sum(depths)
        for step in range(1, steps):
            mixed = bytes(255 - (255 - part) * step // steps for part in parts)
            if all(_apart(mixed, entry) >= _APART for entry in entries):
                entries.append(mixed)
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join(entries))
    return palette


def _apart(one: bytes, other: bytes) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
