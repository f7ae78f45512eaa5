"""The real listings, where they are."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

LISTINGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "listings"
Row = dict[str, str]


@pytest.fixture(scope="session")
def listings() -> dict[str, list[Row]]:
    """Rows of every real listing, by file name."""
    if not LISTINGS.is_dir():
        pytest.skip("the real listings (../shared/data) are not on this machine")
    found = {}
    for path in sorted(LISTINGS.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found[path.name] = list(csv.DictReader(file))
    return found
