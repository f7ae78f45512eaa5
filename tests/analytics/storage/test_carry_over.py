"""What a source doesn't record is filled in from the tags, else from the nearest date that records it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.domain import Dimension, Listing, ListName, Model
from analytics.storage import database, ingest
from analytics.storage.carry_over import CARRY_DAYS, filled
from analytics.storage.request_cache import RequestCache
from analytics.storage.sql_history import SqlHistory

DAY = date(2026, 6, 1)
BARE = Model("a/x", 10, licenses=None, task="t", library="l", tags=("region:us",))
KNOWN = Model("a/known", 10, licenses=("gpl",), task="t", library="l", tags=("region:us",))


def records(**licenses):
    """Return records of the model by days before (``b5``) or after (``a5``) the day."""
    sign = {"b": -1, "a": 1}
    return {
        "a/x": [
            (DAY + timedelta(sign[key[0]] * int(key[1:].split("_")[0])), replace(BARE, licenses=(value,)))
            for key, value in licenses.items()
        ]
    }


@pytest.mark.parametrize(
    ("near", "license_", "days"),
    [
        ({"b5": "mit"}, ("mit",), -5),
        ({"b5": "mit", "a3": "apache-2.0"}, ("apache-2.0",), 3),
        ({"b5": "mit", "a5": "apache-2.0"}, ("mit",), -5),
        ({f"b{CARRY_DAYS}": "mit"}, ("mit",), -CARRY_DAYS),
        ({f"a{CARRY_DAYS + 1}": "mit"}, None, None),
        ({"b5": "mit", "b5_": "apache-2.0", "b9": "mit"}, None, None),
        ({}, None, None),
    ],
)
def test_the_nearest_date_wins_and_the_earlier_of_two(near, license_, days):
    found = filled([BARE, KNOWN], DAY, records(**near))
    assert found.models[0].licenses == license_
    assert found.models[1] == KNOWN
    assert [(c.dimension, c.recorded_on) for c in found.carried] == (
        [(Dimension.LICENSE, DAY + timedelta(days))] if days is not None else []
    )


def test_the_tags_of_the_row_come_first():
    tagged = replace(BARE, tags=("license:mit",))
    found = filled([tagged, KNOWN], DAY, records(b1="apache-2.0"))
    assert found.models[0].licenses == ("mit",)
    assert found.carried[0].recorded_on == DAY


def test_what_is_recorded_of_no_model_is_filled_in_for_most_or_for_none():
    others = [replace(BARE, id=f"a/{n}") for n in range(3)]
    assert [m.licenses for m in filled([BARE, *others], DAY, records(b1="mit")).models] == [None] * 4


def test_questions_read_filled_rows_and_counts_and_as_recorded_leaves_them(tmp_path):
    engine = database.engine(f"sqlite:///{tmp_path / 'x.db'}")
    database.upgrade(engine)
    history = SqlHistory(engine)
    for day, licenses in ((DAY, ("mit",)), (DAY + timedelta(9), None)):
        ingest.store([Listing(day, ListName.TOP, "file", (replace(BARE, licenses=licenses), KNOWN))], history)
    last = history.snapshots(ListName.TOP)[-1].id
    read, raw = RequestCache(history), RequestCache(history, as_recorded=True)
    assert [m.licenses for m in read.models(last)] == [("mit",), ("gpl",)]
    assert [m.licenses for m in raw.models(last)] == [None, ("gpl",)]
    assert {c.name for c in read.grouped([last], Dimension.LICENSE)[last]} == {"mit", "gpl"}
    assert {c.name for c in raw.grouped([last], Dimension.LICENSE)[last]} == {"gpl"}
    assert [c.recorded_on for c in read.carried(last, Dimension.LICENSE)] == [DAY]
