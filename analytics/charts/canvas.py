"""A canvas for rectangles, lines, dots and text at pixels from the upper left corner.

It's a matplotlib figure without axes, since the layout of labels needs pixels and the ticks are chosen elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import CircleCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, IdentityTransform

from analytics.charts import text_measurement as words
from analytics.charts.style import HEIGHT, INK, PAPER, WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

_DOTS_AN_INCH = 72  # a point is a pixel

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in pixels; ``top`` is less than ``bottom``."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    def overlaps(self, other: Area) -> bool:
        """Return whether the two rectangles overlap."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def contains(self, other: Area) -> bool:
        """Return whether the other rectangle lies inside this one."""
        return self.left <= other.left and other.right <= self.right and self.top <= other.top and other.bottom <= self.bottom


class Sheet:
    """An empty picture. What is drawn later lies on top."""

    def __init__(self, height: int = HEIGHT) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH / _DOTS_AN_INCH, height / _DOTS_AN_INCH), dpi=_DOTS_AN_INCH, facecolor=PAPER)
        self.canvas = FigureCanvasAgg(self.figure)
        self.hues: dict[str, None] = {}
        """The colors used, in order."""
        self._down = Affine2D().scale(1, -1).translate(0, height)
        self._layer = 1.0

    def words(
        self,
        at: Point,
        text: str,
        size: float,
        *,
        hue: str = INK,
        bold: bool = False,
        align: Literal["left", "center", "right"] = "left",
        centered: bool = False,
    ) -> Text:
        """Draw one printable line; ``at`` is on its baseline or, if ``centered``, at half the height of its capitals."""
        x, y = at
        baseline = y + words.CAPITAL * size / 2 if centered else y
        artist = Text(
            x,
            round(baseline),
            text,
            color=self._register(hue),
            fontproperties=words.font(size, bold=bold),
            horizontalalignment=align,
            verticalalignment="baseline",
            parse_math=False,
            usetex=False,
            transform=self._down,
            zorder=self._next(),
        )
        self.figure.add_artist(artist)
        return artist

    def bar(self, area: Area, hue: str, *, opacity: float = 1.0) -> None:
        """Fill a rectangle."""
        self.figure.add_artist(
            Rectangle(
                (area.left, area.top),
                area.width,
                area.height,
                facecolor=self._register(hue),
                linewidth=0,
                alpha=opacity,
                transform=self._down,
                zorder=self._next(),
            )
        )

    def line(self, points: Sequence[Point], hue: str, thickness: float, *, dashed: bool = False) -> None:
        """Draw a line through points."""
        xs, ys = zip(*points, strict=True)
        self.figure.add_artist(
            Line2D(
                xs,
                ys,
                color=self._register(hue),
                linewidth=thickness,
                linestyle=(0, (2, 2)) if dashed else "solid",
                solid_capstyle="round",
                solid_joinstyle="round",
                transform=self._down,
                zorder=self._next(),
            )
        )

    def shape(self, points: Sequence[Point], hue: str, *, opacity: float = 1.0) -> None:
        """Fill a polygon."""
        if opacity < 1:
            self._register(_tint(hue, opacity))
        self.figure.add_artist(
            Polygon(
                points,
                closed=True,
                facecolor=self._register(hue),
                linewidth=0,
                alpha=opacity,
                transform=self._down,
                zorder=self._next(),
            )
        )

    def dots(self, points: Sequence[Point], hue: str, diameter: float, *, opacity: float = 1.0) -> None:
        """Draw filled circles, all in one artist."""
        self.figure.add_artist(
            CircleCollection(
                sizes=(diameter**2 * 3.141592653589793 / 4,),
                offsets=points,
                offset_transform=self._down,
                transform=IdentityTransform(),
                facecolors=self._register(hue),
                linewidths=0,
                alpha=opacity,
                zorder=self._next(),
            )
        )

    def _register(self, hue: str) -> str:
        self.hues[hue] = None
        return hue

    def _next(self) -> float:
        """Return the next z-order: by default matplotlib draws lines over text and patches under both."""
        self._layer += 1
        return self._layer


def _tint(hue: str, opacity: float) -> str:
    """Return a translucent color's appearance on white, so that the palette includes it."""
    parts = zip(bytes.fromhex(hue[1:]), bytes.fromhex(PAPER[1:]), strict=True)
    return "#" + bytes(round(own * opacity + under * (1 - opacity)) for own, under in parts).hex().upper()
