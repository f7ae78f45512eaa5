"""Formats shares and counts for sentences, tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUFFIXES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def percent(portion: float) -> str:
    """Format 0.5764 as ``57.6%``; 0.0% and 100.0% stand for exact values only, others are ``<0.1%`` and ``>99.9%``."""
    if 0 < portion < 0.0005:
        return "<0.1%"
    if 0.9995 <= portion < 1:
        return ">99.9%"
    return f"{portion:.1%}"


def chance(probability: float) -> str:
    """Format a probability as a whole percentage; 0% and 100% are never certain: ``<1%``, ``>99%``."""
    if probability < 0.005:
        return "<1%"
    return ">99%" if probability >= 0.995 else f"{probability:.0%}"


def rounded_change(before: float, after: float) -> float:
    """Return the change between two portions as a reader computes it: the difference of the two as :func:`percent` rounds them.

    So "25.3% to 22.7%" is told as 2.6 points, also where the exact change rounds to 2.7. Exact values stay in JSON and CSV.
    """
    return round(_tenths(after) - _tenths(before), 1) / 100


def rest_of(change: float, parts: Iterable[float]) -> float:
    """Return what a reader misses between a told change and some parts of it, each rounded to a tenth of a point; often 0.0."""
    return round(_tenths(change) - sum(map(_tenths, parts)), 1) / 100


def _tenths(portion: float) -> float:
    """Return a portion in percent, rounded as in a sentence."""
    return float(f"{portion * 100:.1f}")


def count(value: float) -> str:
    """Format a count with up to three digits: ``60``, ``0.5``, 1234 as ``1.23k``, 257827147 as ``258M``, 2.0e9 as ``2B``."""
    for size, suffix in _SUFFIXES:
        if abs(value) >= size * 0.9995:
            return f"{value / size:.3g}{suffix}" if abs(value) < size * 999.5 else f"{value / size:.0f}{suffix}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"
