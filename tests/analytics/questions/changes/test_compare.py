"""Comparing names over time says what happened to them, also where only one of them moved or too little is known."""

from __future__ import annotations

from datetime import date

import pytest
from handmade import stored

from analytics.domain import Listing, ListName, Model
from analytics.questions.registry import ask, parse

BEFORE, AFTER = date(2026, 6, 30), date(2026, 7, 31)


def models(**tasks: int) -> tuple[Model, ...]:
    """Return twelve models with as many of each task as is asked, and of ``summarization`` for the rest."""
    names = [task for task, number in tasks.items() for _ in range(number)]
    names += ["summarization"] * (12 - len(names))
    return tuple(
        Model(f"a/model-{at}", 100 - at, task=None if task == "unknown" else task.replace("_", "-"))
        for at, task in enumerate(names)
    )


@pytest.mark.parametrize(
    ("before", "after", "end"),
    [
        # The one that passes has the same share at both dates.
        ((4, 2), (1, 2), "; fill-mask passed text-ranking for 2nd place since June 30, 2026"),
        ((4, 2), (3, 2), "; text-ranking fell 8.3 points since June 30, 2026"),
        ((2, 4), (2, 5), "; fill-mask rose 8.4 points since June 30, 2026"),
        ((4, 2), (4, 2), "; no share has changed since June 30, 2026"),
    ],
)
def test_what_happened_to_the_compared_names(tmp_path, before, after, end):
    listings = [
        Listing(day, ListName.TOP, "hub", models(text_ranking=first, fill_mask=second))
        for day, (first, second) in ((BEFORE, before), (AFTER, after))
    ]
    answer = ask(parse("compare text-ranking fill-mask by models since 2026-06"), stored(listings, tmp_path / "hfstats.db"))
    assert answer.headline.endswith(end), answer.headline


def test_too_little_known_is_no_lack_of_change(tmp_path):
    listings = [
        Listing(BEFORE, ListName.TOP, "hub", models(text_ranking=4, fill_mask=2)),
        Listing(AFTER, ListName.TOP, "hub", models(unknown=6, text_ranking=2, fill_mask=1)),
    ]
    words = "compare text-ranking fill-mask by models since 2026-06 as recorded"
    answer = ask(parse(words), stored(listings, tmp_path / "hfstats.db"))
    assert "no share has changed" not in answer.headline
    assert "too little is known" in answer.headline
