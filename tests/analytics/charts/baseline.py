"""Draw what test_chart_baseline.py compares with, after looking at the charts.

Run ``PYTHONPATH=tests python tests/analytics/charts/baseline.py``.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from chart_examples import EXAMPLES
from PIL import Image

from analytics.charts.drawing import draw

FOLDER = Path(__file__).with_name("baseline")
SIZE = (400, 225)


def thumbnail(png: bytes) -> Image.Image:
    """Return the picture gray and small, so that a font's hinting makes no difference that counts."""
    with Image.open(BytesIO(png)) as picture:
        return picture.convert("L").resize(SIZE, Image.Resampling.BOX)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for chart in EXAMPLES:
        thumbnail(draw(chart)).quantize(16).save(FOLDER / f"{chart.kind}.png", optimize=True)
