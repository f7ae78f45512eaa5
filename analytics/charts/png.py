"""Encodes a sheet as a PNG with a palette of 64 colors and the alternative text."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analytics.charts.style import PAPER

if TYPE_CHECKING:
    from analytics.charts.canvas import Sheet

COLORS = 64
_COMPRESSION = 4
"""Of 9; level 6 takes 50% more time for 5% fewer bytes."""
_APART = 10
"""Pillow compares six bits of each channel, so closer entries would be confused."""


def encode(sheet: Sheet, alt: str) -> bytes:
    """Draw the sheet and return it as a palette PNG. The same sheet gives the same bytes."""
    sheet.canvas.draw()  # type: ignore[no-untyped-call]
    size = sheet.canvas.get_width_height()
    pixels = sheet.canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    picture = Image.frombytes("RGB", size, pixels, "raw", "RGBX")
    # A given palette is faster than a computed one and keeps the colors exact; without dithering, text stays crisp.
    reduced = picture.quantize(palette=_palette(tuple(sheet.hues)), dither=Image.Dither.NONE)
    description = PngInfo()
    description.add_itxt("Description", alt.encode("utf-8", "replace").decode().replace("\0", ""), lang="en")
    file = BytesIO()
    reduced.save(file, "PNG", pnginfo=description, compress_level=_COMPRESSION)
    return file.getvalue()


@lru_cache(maxsize=64)
def _palette(hues: tuple[str, ...]) -> Image.Image:
    """Return white, each color, and the steps between them that antialiasing needs; dark colors get more steps."""
    entries = [bytes.fromhex(hue[1:]) for hue in dict.fromkeys((PAPER, *hues))][:COLORS]
    colors = entries[1:]
    depths = [255 - min(parts) for parts in colors]
    spare = COLORS - len(entries)
    for parts, depth in zip(colors, depths, strict=True):
        steps = 1 + spare * depth // sum(depths)
        for step in range(1, steps):
            mixed = bytes(255 - (255 - part) * step // steps for part in parts)
            if all(_apart(mixed, entry) >= _APART for entry in entries):
                entries.append(mixed)
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join(entries))
    return palette


def _apart(color: bytes, other: bytes) -> int:
    return max(abs(a - b) for a, b in zip(color, other, strict=True))
