"""A small, seeded part of ``bench/fuzz_sources.py``: no day is lost for a field that no ranking needs, and nothing is a traceback."""

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
from analytics.sources.dumps.reader import whole
from analytics.storage.rollup import roll_up

DAY = date(2026, 8, 22)
MEASURES = {ListName.TOP: "downloads", ListName.TRENDING: "trendingScore", ListName.LIKED: "likes"}


@pytest.mark.parametrize("within", MEASURES)
def test_pages_with_a_broken_row(within):
    measure = MEASURES[within]
    rows = sorted(some_models(40), key=lambda row: -row[measure])
    luck = random.Random(within.value)
    with HubStandIn() as standin:
        for _ in range(30):
            broken, body = broken_page(rows, luck)
            standin.fail_next(says(body))
            try:
                listing = hub.listing(within, taken_on=DAY, endpoint=standin.endpoint, size=40, timeout=10.0, deadline=30.0)
            except SourceError as error:
                assert broken.field in {"id", "downloads", measure}, f"{broken}: {error}"
                assert str(error).endswith(".")
            else:
                assert len(listing.models) == 40, broken
                assert roll_up(listing.models)


def test_dumps_with_a_broken_row(tmp_path):
    rows = some_models(40)
    luck = random.Random(3)
    path = tmp_path / "dump.parquet"
    for _ in range(60):
        broken, table = broken_dump(rows, luck)
        pq.write_table(table, path, row_group_size=15)
        try:
            listing, _ = whole(path, DAY, "dump")
        except SourceError as error:
            assert broken.field in {"id", "downloads"} or (broken.field, broken.kind) == ("tags", "type"), f"{broken}: {error}"
            assert str(error).endswith(".")
        else:
            assert listing.size == 40, broken
