"""The headline about likes says no more than the correlation and its interval do."""

from __future__ import annotations

import pytest

from analytics.questions.distributions import likes
from analytics.statistics.correlation import Robustness


@pytest.mark.parametrize(
    ("r2", "r2_log", "interval", "interval_log", "said"),
    [
        (
            *(0.0243, 0.0801, (0.0001, 0.0939), (0.03, 0.15)),
            "Likes barely predict downloads: rank correlation 0.33, R² = 0.02 (n = 300, 95% interval 0.0001 to 0.09)",
        ),
        (
            *(0.0423, 0.6301, (0.02, 0.08), (0.55, 0.7)),
            (
                "Likes only roughly predict downloads: rank correlation 0.33, R² = 0.04 for raw counts and 0.63 for logarithms "
                "(n = 300, 95% interval 0.02 to 0.08)"
            ),
        ),
        (
            *(0.832, 0.5417, (0.6, 0.9), (0.4, 0.6)),
            "Likes explain part of downloads: rank correlation 0.33, R² = 0.83 (n = 300, 95% interval 0.60 to 0.90)",
        ),
        (
            *(0.32, 0.06, (0.0005, 0.74), (0.0, 0.3)),
            (
                "Likes and downloads: rank correlation 0.33, R² = 0.32 (n = 300, 95% interval 0.0005 to 0.74), "
                "too uncertain for a verdict"
            ),
        ),
        (
            *(0.05, 0.31, (0.01, 0.09), (0.25, 0.4)),
            (
                "Likes and downloads: rank correlation 0.33, R² = 0.05 (n = 300, 95% interval 0.01 to 0.09), "
                "too uncertain for a verdict"
            ),
        ),
    ],
)
def test_a_verdict_holds_over_the_whole_interval(
    r2: float, r2_log: float, interval: tuple[float, float], interval_log: tuple[float, float], said: str
) -> None:
    statistics = {"r2": r2, "r2_loglog": r2_log, "spearman": 0.33, "n": 300}
    assert likes._headline(statistics, Robustness(*interval, *interval_log, "a/b", r2)) == said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.7412, "0.74"), (0.0051, "0.005"), (0.00053, "0.0005"), (0.0001, "0.0001"), (0.00008, "0.0001"), (0.00003, "0.00")],
)
def test_a_small_bound_is_written_out(value: float, shown: str) -> None:
    assert likes._two_digits(value) == shown


@pytest.mark.parametrize(
    ("r2", "without", "is_told"),
    [(0.32, 0.01, True), (0.0439, 0.1754, True), (0.11, 0.09, True), (0.0243, 0.0039, False), (0.5, 0.46, False)],
)
def test_a_model_that_makes_the_finding_is_named(r2: float, without: float, is_told: bool) -> None:
    notes = likes._without_largest({"r2": r2}, Robustness(0.0, 1.0, 0.0, 1.0, "a/b", without))
    assert notes == ((f"Without a/b, R² would be {without:.3f} instead of {r2:.3f}.",) if is_told else ())
