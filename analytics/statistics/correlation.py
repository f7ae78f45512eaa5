"""The correlation of likes and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import Fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analytics.domain import Model


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
