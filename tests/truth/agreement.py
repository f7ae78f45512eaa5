"""Where a product's answer and the reference differ, told as lines; numbers agree to 1e-9."""

from __future__ import annotations

from fractions import Fraction
from math import isclose
from numbers import Real
from typing import TYPE_CHECKING, Any

from truth.reference import EXPLAINED

if TYPE_CHECKING:
    from collections.abc import Iterator

EXACT = 1e-9
COMPARED = ("rankings", "models", "series")


def differences(expected: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    """Yield every place where two answers differ. Other parts than these are compared in the fields that are expected.

    Which date ``source`` says that an answer reaches back to has a test of its own.
    """
    for part in COMPARED:
        yield from _values(part, expected.get(part) or None, got.get(part))
    for part in ("source", "facts", "statistics"):
        for field in expected.get(part, {}).keys() - {"since"}:
            value = expected[part][field]
            yield from _values(f"{part}.{field}", value, got.get(part, {}).get(field))
    yield from _shifts(expected.get("shifts", []), got.get("shifts", []))


def _values(where: str, expected: Any, got: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in expected.keys() | got.keys():
            yield from _values(f"{where}.{key}", expected.get(key), got.get(key))
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{where}: {len(got)} entries, expected {len(expected)}"
        for place, pair in enumerate(zip(expected, got, strict=False)):
            yield from _values(f"{where}[{place}]", *pair)
    elif not _same(expected, got):
        yield f"{where}: {got}, expected {float(expected) if isinstance(expected, Fraction) else expected}"


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, Real) and isinstance(got, Real) and not isinstance(expected, bool):
        return isclose(expected, got, rel_tol=1e-12, abs_tol=EXACT)
    return expected == got


def _shifts(expected: list[dict[str, Any]], got: list[dict[str, Any]]) -> Iterator[str]:
    """Compare by name: of equally large changes, either may come first, and who did not move is no mover.

    Reasons must add up to their shift.
    """
    known = {(shift["by"], shift["name"]): shift for shift in expected}
    got = [shift for shift in got if _size(shift) > EXACT or (shift["by"], shift["name"]) in known]
    yield from _values("shifts by size", [_size(shift) for shift in expected], [_size(shift) for shift in got])
    explained = [bool(shift["reasons"]) for shift in got]
    wanted = min(EXPLAINED, len(got)) if any(shift["reasons"] for shift in expected) else 0
    yield from _values("shifts with reasons", wanted, sum(explained))
    for shift in got:
        where = f"shift of {shift['name']} by {shift['by']}"
        own = known.get((shift["by"], shift["name"]))
        if own is None:
            yield f"{where}: not expected"
            continue
        yield from _values(where, _numbers(own), _numbers(shift))
        if not shift["reasons"]:
            continue
        yield from _values(f"{where}: reasons", _by_model(own), _by_model(shift))
        yield from _values(f"{where}: reasons by size", [_size(r) for r in own["reasons"]], [_size(r) for r in shift["reasons"]])
        yield from _values(f"{where}: split", own["split"], shift["split"])
        yield from _values(f"{where}: sum of the split", shift["points"], sum(shift["split"].values()))
        yield from _values(f"{where}: sum of reasons", shift["points"], sum(r["points"] for r in shift["reasons"]))


def _size(change: dict[str, Any]) -> float:
    return abs(change["points"])


def _numbers(shift: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shift.items() if key not in {"reasons", "split", "points_without"}}


def _by_model(shift: dict[str, Any]) -> dict[str, Any]:
    return {reason["model"]: {key: reason[key] for key in ("model", "cause", "points")} for reason in shift["reasons"]}
