"""The real listings, or the extract of them."""

from __future__ import annotations

import csv
import gzip

import pytest
from data.real_listings import real_files

Row = dict[str, str]


@pytest.fixture(scope="session")
def listings() -> dict[str, list[Row]]:
    """Rows of every real listing, by file name."""
    found = {}
    for path in real_files():
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found[path.name] = list(csv.DictReader(file))
    return found
