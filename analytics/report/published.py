"""The article's own figures about the 300 most-downloaded models of January 2024, and the same figures now.

Only figures that the article printed are here. Its list isn't known to be recorded anywhere, so they can't be calculated again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError
from analytics.report.licenses import permissive_pair
from analytics.report.likes import correlation
from analytics.report.values import PublishedFigure
from analytics.statistics.comparison import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.report.month import Month

_META = "Meta"


def then_and_now(month: Month) -> tuple[PublishedFigure, ...]:
    """Return the published figures beside the same ones of a month; ``now`` is ``None`` where the month doesn't record it."""
    return tuple(
        PublishedFigure(key, label, published, _now(calculate, month), is_portion)
        for key, label, published, calculate, is_portion in _FIGURES
    )


def _now(calculate: Callable[[Month], float], month: Month) -> float | None:
    with suppress(NoDataError):
        return calculate(month)
    return None


def _permissive(by: Measure) -> Callable[[Month], float]:
    def calculate(month: Month) -> float:
        month.view(Dimension.LICENSE).ranking(by)  # raises where no license is recorded
        return permissive_pair(month, by)

    return calculate


def _meta(month: Month) -> float:
    share = find(month.view(Dimension.CREATOR).ranking(Measure.DOWNLOADS), _META)
    return share.portion if share else 0.0


def _r2(month: Month) -> float:
    return correlation(month).statistics["r2"]


_FIGURES: tuple[tuple[str, str, float, Callable[[Month], float], bool], ...] = (
    ("permissive_models", "Apache-2.0 or MIT, of models", 0.76, _permissive(Measure.MODELS), True),
    ("permissive_downloads", "Apache-2.0 or MIT, of downloads", 0.92, _permissive(Measure.DOWNLOADS), True),
    ("meta_downloads", "Meta, of downloads", 0.30, _meta, True),
    ("likes_r2", "R² of likes and downloads", 0.06, _r2, False),
)
"""Key, label, the figure as printed, how to calculate it now, and whether it's a portion."""
