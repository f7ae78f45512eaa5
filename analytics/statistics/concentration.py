"""How concentrated values are: Herfindahl-Hirschman, effective number, Gini, shares of the largest. Numbers in, numbers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEADERS = (1, 3, 10)
"""How many of the largest are taken together."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """What tells of some values how unequal they are. Every part but ``effective`` and ``n`` is between 0 and 1."""

    n: int
    """Values that are not 0."""
    hhi: float
    """Herfindahl-Hirschman index: the sum of the squared shares; 1/n where all are equal, 1 where one has everything."""
    effective: float
    """Effective number: so many equal ones would be as concentrated."""
    gini: float
    """Gini coefficient: 0 where all are equal, (n-1)/n where one has everything."""
    leaders: tuple[float, ...]
    """Share of the first 1, 3 and 10 together."""


def concentration(values: Sequence[float]) -> Concentration:
    """Tell how concentrated values of at least 0 are; those of 0 count for nothing.

    HHI = sum(s²) with s = v / sum(v): Herfindahl, "Concentration in the U.S. steel industry" (1950); Hirschman, "National power
    and the structure of foreign trade" (1945). Effective number = 1 / HHI: Laakso and Taagepera, "Effective number of parties",
    Comparative Political Studies 12 (1979). Gini = 2*sum(i*v_i) / (n*sum(v)) - (n+1)/n, v ascending, i from 1: Gini (1912) in
    the form of Sen, "On economic inequality" (1973).

    Raises:
        ValueError: where there is nothing above 0.

    """
    ascending = sorted(value for value in values if value > 0)
    whole = sum(ascending)
    if not whole:
        raise ValueError("there is nothing to be concentrated")
    n = len(ascending)
    hhi = sum((value / whole) ** 2 for value in ascending)
    weighted = sum(place * value for place, value in enumerate(ascending, start=1))
    gini = 2 * weighted / (n * whole) - (n + 1) / n
    leaders = tuple(sum(ascending[-many:]) / whole for many in LEADERS)
    return Concentration(n, hhi, 1 / hhi, max(0.0, gini), leaders)
