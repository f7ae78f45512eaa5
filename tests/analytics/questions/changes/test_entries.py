"""Which models entered a list and which left it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from handmade import stored

from analytics.domain import Listing, ListName, Model
from analytics.questions.registry import ask, parse


@pytest.fixture
def history(tmp_path):
    """A list in which one model moves to another namespace, which only the Hub's own ID tells."""
    before = (Model("old/name", 90, hub_id="1"), Model("a/other", 10, hub_id="2"))
    after = (replace(before[0], id="new/name", downloads=80), replace(before[1], downloads=11))
    listings = [
        Listing(date(2026, month, 28), ListName.TOP, "file", models) for month, models in enumerate((before, after), start=6)
    ]
    return stored(listings, tmp_path / "moved.db")


def test_a_model_that_moved_neither_enters_nor_leaves(history):
    answer = ask(parse("entries"), history)
    assert answer.headline == "No models entered or left the list since June 28, 2026"
    assert not answer.shifts


def test_a_model_that_moved_has_its_whole_history(history):
    answer = ask(parse("model new/name since 2026-06"), history)
    assert answer.headline == "30-day downloads of new/name fell from 90 to 80 since June 28, 2026 (still 1st)"
    assert not answer.notes


def test_a_model_that_moved_still_leads(history):
    answer = ask(parse("models since 2026-06"), history)
    assert answer.headline == "new/name still leads; no models entered the list since June 28, 2026"
