"""Charts as PNG pictures."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest
from chart_examples import AREA, BARS, EXAMPLES, LINES, PAIRED
from matplotlib.text import Text
from PIL import Image

from analytics.charts import style
from analytics.charts.drawing import build, draw
from analytics.charts.frame import SIMULATED
from analytics.charts.kinds.shifts import height_of_shifts

if TYPE_CHECKING:
    from analytics.chart import Chart

every_kind = pytest.mark.parametrize("chart", EXAMPLES, ids=lambda chart: chart.kind)


drawn = cache(draw)


def opened(chart: Chart) -> Image.Image:
    return Image.open(BytesIO(drawn(chart)), formats=["PNG"])


def hues(chart: Chart) -> set[str]:
    with opened(chart) as picture:
        colors = picture.convert("RGB").getcolors() or []
    return {"#{:02X}{:02X}{:02X}".format(*rgb) for _, rgb in colors if isinstance(rgb, tuple)}


@every_kind
def test_is_a_palette_png_of_the_size_that_slack_shows_well(chart: Chart) -> None:
    with opened(chart) as picture:
        assert picture.size == (1200, 675 + height_of_shifts(chart))
        assert picture.mode == "P"
        assert len(picture.getcolors() or []) <= 64


@every_kind
def test_takes_less_than_four_tenths_of_matplotlibs_bytes(chart: Chart) -> None:
    plain = BytesIO()
    build(chart).figure.savefig(plain, format="png")
    assert len(drawn(chart)) < 0.4 * len(plain.getvalue())


@every_kind
def test_same_chart_same_bytes(chart: Chart) -> None:
    first = drawn(chart)
    draw(BARS)
    assert draw(chart) == first


@every_kind
def test_carries_its_alt_text(chart: Chart) -> None:
    with opened(replace(chart, alt="Größe: 中文 \ud800 \0")) as picture:
        assert picture.info["Description"] == "Größe: 中文 ? "


@every_kind
def test_colours_survive_the_palette(chart: Chart) -> None:
    used = build(chart).hues
    translucent = {style.SKY} if chart.dots else set()
    assert set(used) - translucent <= hues(chart)


def test_paper_is_white() -> None:
    with opened(PAIRED) as picture:
        assert picture.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_pairs_differ_in_lightness_and_not_only_in_hue() -> None:
    light, dark = (style.contrast(*bytes.fromhex(hue[1:])) for hue in (style.SKY, style.BLUE))
    assert dark > 2 * light


def test_simulated_data_are_called_so() -> None:
    def words(chart: Chart) -> list[str]:
        return [text.get_text() for text in build(chart).figure.findobj(Text)]

    assert SIMULATED in words(replace(AREA, simulated=True))
    assert SIMULATED not in words(AREA)


def test_settings_of_matplotlib_change_nothing_and_are_left_alone() -> None:
    expected = draw(LINES)
    with mpl.rc_context(
        {"text.usetex": True, "font.size": 30, "lines.linestyle": "--", "figure.dpi": 200, "savefig.bbox": "tight"}
    ):
        before = dict(mpl.rcParams)
        assert draw(LINES) == expected
        assert dict(mpl.rcParams) == before


def test_needs_neither_pyplot_nor_pandas_nor_the_bot() -> None:
    code = "import sys, analytics.charts.drawing; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())
    assert "matplotlib.figure" in loaded
    assert not loaded & {"matplotlib.pyplot", "pandas", "bot", "analytics.statistics.comparison"}
