"""Measures of concentration: Herfindahl-Hirschman index, effective number, Gini coefficient, shares of the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEADERS = (1, 3, 10)
"""Sizes of the groups of the largest."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Measures of how unequal some values are. All but ``effective`` and ``n`` are between 0 and 1."""

    n: int
    """Number of values above 0."""
    hhi: float
    """Herfindahl-Hirschman index: the sum of the squared shares; 1/n where all are equal, 1 where one has everything."""
    effective: float
    """Effective number: how many equal values would be as concentrated."""
    gini: float
    """Gini coefficient: 0 where all are equal, (n-1)/n where one has everything."""
    leaders: tuple[float, ...]
    """Shares of the largest 1, 3 and 10, 0 to 1."""


def concentration(values: Sequence[float]) -> Concentration:
    """Measure the concentration of values of at least 0; zeros are ignored.

    HHI = sum(s²) with s = v / sum(v): Herfindahl, "Concentration in the U.S. steel industry" (1950); Hirschman, "National power
    and the structure of foreign trade" (1945). Effective number = 1 / HHI: Laakso and Taagepera, "Effective number of parties",
    Comparative Political Studies 12 (1979). Gini = 2*sum(i*v_i) / (n*sum(v)) - (n+1)/n, v ascending, i from 1: Gini (1912) in
    the form of Sen, "On economic inequality" (1973).

    Raises:
        ValueError: where no value is above 0.

    """
    ascending = sorted(value for value in values if value > 0)
    whole = sum(ascending)
    if not whole:
        raise ValueError("no value is above 0")
    n = len(ascending)
    hhi = sum((value / whole) ** 2 for value in ascending)
    weighted = sum(place * value for place, value in enumerate(ascending, start=1))
    gini = 2 * weighted / (n * whole) - (n + 1) / n
    leaders = tuple(sum(ascending[-number:]) / whole for number in LEADERS)
    return Concentration(n, hhi, 1 / hhi, max(0.0, gini), leaders)
