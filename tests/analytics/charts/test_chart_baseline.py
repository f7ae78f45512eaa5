from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from baseline import FOLDER, thumbnail
from chart_examples import EXAMPLES, PAIRED
from PIL import Image

from analytics.chart import Chart, ChartKind
from analytics.charts.drawing import draw

TOLERANCE = 3.0
"""Mean difference of gray, of 255. A bar of another length or a word elsewhere is more, another version of FreeType less."""


def difference(chart: Chart, kind: ChartKind) -> float:
    with Image.open(FOLDER / f"{kind}.png") as baseline:
        before = np.asarray(baseline.convert("L"), dtype=float)
    return float(np.abs(np.asarray(thumbnail(draw(chart)), dtype=float) - before).mean())


@pytest.mark.parametrize("chart", EXAMPLES, ids=lambda chart: chart.kind)
def test_looks_as_it_did_when_someone_last_looked(chart: Chart) -> None:
    assert difference(chart, chart.kind) < TOLERANCE


def test_every_kind_has_a_baseline() -> None:
    assert {chart.kind for chart in EXAMPLES} == set(ChartKind)
    assert {path.stem for path in FOLDER.glob("*.png")} == set(ChartKind)


def test_the_tolerance_sees_a_change() -> None:
    upside_down = replace(PAIRED, categories=PAIRED.categories[::-1])
    assert difference(upside_down, ChartKind.PAIRED) > TOLERANCE
