"""The headline about likes says no more than the correlation does."""

from __future__ import annotations

import pytest

from analytics.questions.distributions import likes


@pytest.mark.parametrize(
    ("r2", "r2_log", "said"),
    [
        (0.0243, 0.0801, "Likes barely predict downloads (R² = 0.02)"),
        (0.0423, 0.6301, "Likes only roughly predict downloads (R² = 0.63 for logarithms, 0.04 for raw counts)"),
        (0.832, 0.5417, "Likes explain 83.2% of the variation in downloads (R² = 0.83)"),
    ],
)
def test_the_headline_fits_both_correlations(r2: float, r2_log: float, said: str) -> None:
    assert likes._headline(r2, r2_log) == said
