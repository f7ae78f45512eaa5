"""The correlation of likes and downloads, and how far it depends on which models are in the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.chart import Fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analytics.domain import Model


RESAMPLES = 5_000
"""Samples of the bootstrap."""
LEVEL = 0.95
"""Part of the samples within the interval."""
_SEED = 42
_CELLS = 200_000
"""Most numbers in memory for a batch of samples."""


@dataclass(frozen=True, slots=True)
class Robustness:
    """R² of likes and downloads: its interval, and its value without one model."""

    low: float
    """Lower end of the 95% interval of R² on the raw counts."""
    high: float
    low_log: float
    """The same for the logarithms."""
    high_log: float
    largest: str
    """The model with the most downloads."""
    without: float | None
    """R² on the raw counts without it; ``None`` where the others can't be correlated."""


def robustness(models: Sequence[Model]) -> Robustness:
    """Resample the models whose likes are recorded, and leave out the most downloaded one.

    The intervals are percentile intervals of the bootstrap over the models: B. Efron, "Bootstrap methods: another look at the
    jackknife", Annals of Statistics 7 (1979). The seed is fixed, so the same models always have the same interval. Samples in
    which all likes or all downloads are equal have no correlation and are left out.

    Raises:
        ValueError: where :func:`correlate` does.

    """
    import numpy as np  # noqa: PLC0415 - see correlate

    recorded = [model for model in models if model.likes is not None]
    correlate(recorded)
    counts = np.array([(model.likes, model.downloads) for model in recorded], dtype=float)
    logs = np.log10(counts[(counts > 0).all(axis=1)])
    (low, high), (low_log, high_log) = (_interval(pairs) for pairs in (counts, logs))
    largest = max(recorded, key=lambda model: (model.downloads, model.id))
    try:
        without = correlate([model for model in recorded if model is not largest])[0]["r2"]
    except ValueError:
        without = None
    return Robustness(low, high, low_log, high_log, largest.id, without)


def _interval(pairs: np.ndarray) -> tuple[float, float]:
    """Return the interval of R² over resampled rows of ``pairs``, of shape (models, 2)."""
    import numpy as np  # noqa: PLC0415 - see correlate

    random, values = np.random.default_rng(_SEED), []
    batch = max(1, _CELLS // len(pairs))
    for start in range(0, RESAMPLES, batch):
        drawn = pairs[random.integers(0, len(pairs), (min(batch, RESAMPLES - start), len(pairs)))]
        x, y = np.moveaxis(drawn - drawn.mean(axis=1, keepdims=True), 2, 0)
        variation = (x**2).sum(axis=1) * (y**2).sum(axis=1)
        has_both = variation > 0
        values.append((x * y).sum(axis=1)[has_both] ** 2 / variation[has_both])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(np.concatenate(values), [tail, 1 - tail])
    return float(low), float(min(high, 1.0))


def correlate(models: Sequence[Model]) -> tuple[dict[str, float], Fit]:
    """Correlate downloads with likes, over the models whose likes are recorded.

    ``r2`` is Pearson's correlation squared on the raw counts, as the article has it; ``spearman`` is Pearson's on the ranks,
    equal values at their mean rank; ``r2_loglog`` is Pearson's squared on the logarithms and the fit the least-squares line
    through them, both over the models with at least one like and one download.

    Raises:
        ValueError: with fewer than three models, or where all have the same likes or the same downloads.

    """
    import numpy as np  # noqa: PLC0415 - loading it takes as long as answering any other question

    def pearson(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.corrcoef(x, y)[0, 1])

    def mean_ranks(values: np.ndarray) -> np.ndarray:
        """Return ranks from 1, the smallest first; equal values share the mean of their ranks."""
        _, place, many = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(many) - (many - 1) / 2)[place]

    likes, downloads = np.array([(m.likes, m.downloads) for m in models if m.likes is not None], dtype=float).reshape(-1, 2).T
    both = (likes > 0) & (downloads > 0)
    x, y = np.log10(likes[both]), np.log10(downloads[both])
    if len(x) < 3 or not np.ptp(x) or not np.ptp(y):
        raise ValueError("too few different models for a correlation")
    slope, intercept = np.polyfit(x, y, 1)
    r2 = pearson(likes, downloads) ** 2
    rho = pearson(mean_ranks(likes), mean_ranks(downloads))
    r2_log = pearson(x, y) ** 2
    statistics = {"r2": r2, "spearman": rho, "r2_loglog": r2_log, "n": len(likes)}
    return statistics, Fit(float(slope), float(intercept), r2, r2_log, len(likes))
