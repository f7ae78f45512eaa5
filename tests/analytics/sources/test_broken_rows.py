"""A small, seeded part of ``bench/fuzz_sources.py``: odd fields that no ranking needs cause no lost day and no traceback."""

from __future__ import annotations

import random
from datetime import date

import pyarrow.parquet as pq
import pytest
from broken_rows import broken_dump, broken_page
from hub_standin import HubStandIn, says, some_models

from analytics.domain import ListName
from analytics.errors import SourceError
from analytics.sources import hub
from analytics.sources.dumps.reader import read_dump
from analytics.storage.rollup import roll_up

DAY = date(2026, 8, 22)
SIZE = 40
MEASURES = {ListName.TOP: "downloads", ListName.TRENDING: "trendingScore", ListName.LIKED: "likes"}


def taken(take):
    """Return what ``take`` gives and no sentence, or nothing and the sentence."""
    try:
        return take(), ""
    except SourceError as error:
        return None, str(error)


@pytest.mark.parametrize("within", MEASURES)
def test_pages_with_a_broken_row(within):
    rows = sorted(some_models(SIZE), key=lambda row: -row[MEASURES[within]])
    luck = random.Random(within.value)
    with HubStandIn() as standin:
        for _ in range(30):
            broken, body = broken_page(rows, luck)
            standin.fail_next(says(body))
            listing, said = taken(
                lambda: hub.listing(within, taken_on=DAY, endpoint=standin.endpoint, size=SIZE, timeout=10.0, deadline=30.0)
            )
            assert not said or (broken.is_needed(MEASURES[within]) and said.endswith(".")), f"{broken}: {said}"
            assert listing is None or len(listing.models) == SIZE, broken
            assert listing is None or roll_up(listing.models)


def test_dumps_with_a_broken_row(tmp_path):
    rows = some_models(SIZE)
    luck = random.Random(3)
    path = tmp_path / "dump.parquet"
    for _ in range(60):
        broken, table = broken_dump(rows, luck)
        pq.write_table(table, path, row_group_size=15)
        counted, said = taken(lambda: read_dump(path, DAY, "dump"))
        assert not said or (broken.is_needed() and said.endswith(".")), f"{broken}: {said}"
        assert counted is None or counted[0].size == SIZE, broken
