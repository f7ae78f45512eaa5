"""Spreads labels so that they don't overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def spread(desired: Sequence[float], gap: float, lowest: float, highest: float) -> tuple[float, ...]:
    """Move positions as little as possible, in their order, so that they are ``gap`` apart and within bounds.

    The sum of squared moves is minimal (pool adjacent violators: Ayer et al. 1955). Equal positions keep their order. Where the
    room is too small for ``gap``, they share it evenly.
    """
    if not desired:
        return ()
    gap = min(gap, (highest - lowest) / max(1, len(desired) - 1))
    order = sorted(range(len(desired)), key=lambda at: (desired[at], at))
    pools: list[tuple[float, int]] = []  # sum and number of desired positions, each less the gaps before it
    for place, at in enumerate(order):
        total, size = desired[at] - place * gap, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            before = pools.pop()
            total, size = total + before[0], size + before[1]
        pools.append((total, size))
    levels = [total / size for total, size in pools for _ in range(size)]
    top = highest - (len(desired) - 1) * gap
    placed = [0.0] * len(desired)
    for place, (at, level) in enumerate(zip(order, levels, strict=True)):
        placed[at] = min(max(level, lowest), max(top, lowest)) + place * gap
    return tuple(placed)
