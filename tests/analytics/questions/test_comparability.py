"""Which snapshots a question is about: asked of a real store, and of every run of dates that Hypothesis draws."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain import Listing, ListName, Model, Snapshot
from analytics.errors import NoDataError
from analytics.formatting.phrases import day
from analytics.query import Period, Query
from analytics.questions.comparability import (
    MOST_MOMENTS,
    Scope,
    month_before,
    notes_on,
    notes_on_month,
    nothing_before,
    over_time,
    scope,
)
from analytics.questions.registry import ask, parse
from analytics.storage import database
from analytics.storage.rollup import roll_up
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Build = Callable[[Sequence[tuple]], SqlHistory]


def listing(day: str, size: int, source: str = "hub", within: ListName = ListName.TOP) -> Listing:
    models = tuple(Model(f"a/{place}", 10_000 - place) for place in range(size))
    return Listing(date.fromisoformat(day), within, source, models, simulated=source == "simulation")


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Make a store of snapshots, each a day, a size and perhaps a source and a list, stored in this order."""
    engine = database.engine(f"sqlite:///{tmp_path / 'scope.db'}")
    database.upgrade(engine)
    history = SqlHistory(engine)

    def made(rows: Sequence[tuple]) -> SqlHistory:
        history.add((one, roll_up(one.models)) for one in (listing(*row) for row in rows))
        return history

    yield made
    engine.dispose()


def past(query: Query, found: Scope) -> tuple[tuple[Snapshot, ...], tuple[str, ...]]:
    """Return what a question with ``since`` looks at, and what it says of it."""
    chosen = over_time(query, found)
    return chosen, notes_on(query, found, chosen)


def days(snapshots: Sequence[Snapshot]) -> list[str]:
    return [snapshot.taken_on.isoformat() for snapshot in snapshots]


# Where a question is asked.

HISTORY = [("2026-05-31", 20), ("2026-06-30", 20), ("2026-07-15", 20), ("2026-07-31", 20), ("2026-08-22", 20)]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("licenses", "2026-08-22"),
        ("licenses at 2026-08", "2026-08-22"),
        ("licenses at 2026-07", "2026-07-31"),
        ("licenses at 2026-07-15", "2026-07-15"),
        ("licenses at 2026-05-31", "2026-05-31"),
    ],
)
def test_a_question_is_asked_at_the_last_snapshot_within_its_date(words: str, day: str, build: Build) -> None:
    found = scope(parse(words), build(HISTORY))
    assert found.now.taken_on.isoformat() == day
    assert found.comparable[-1] == found.now
    assert days(found.comparable) == [other for other, _ in HISTORY if other <= day]


@pytest.mark.parametrize(
    ("words", "sentence", "suggestions"),
    [
        (
            "licenses at 2026-04",
            "There's no snapshot from April 2026. The nearest one is from May 31, 2026.",
            ("licenses at 2026-05-31",),
        ),
        (
            "licenses at 2026-09",
            "There's no snapshot from September 2026. The nearest one is from August 22, 2026.",
            ("licenses at 2026-08-22",),
        ),
        (
            "licenses at 2026-07-20",
            "There's no snapshot from July 20, 2026. The nearest ones are from July 15, 2026 and July 31, 2026.",
            ("licenses at 2026-07-31", "licenses at 2026-07-15"),
        ),
    ],
)
def test_nothing_at_a_date_names_the_nearest(words: str, sentence: str, suggestions: tuple[str, ...], build: Build) -> None:
    history = build(HISTORY)
    with pytest.raises(NoDataError) as raised:
        scope(parse(words), history)
    assert (str(raised.value), raised.value.suggestions) == (sentence, suggestions)
    for offered in suggestions:
        assert scope(parse(offered), history)


def test_an_empty_store_names_what_fills_it(build: Build) -> None:
    with pytest.raises(NoDataError, match=r"“hfstats snapshot”.*“hfstats import FILE”") as raised:
        scope(parse("licenses"), build([]))
    assert raised.value.suggestions == ()


def test_an_empty_list_names_those_that_are_not(build: Build) -> None:
    history = build([("2026-08-22", 3, "hub", ListName.TOP), ("2026-08-22", 3, "hub", ListName.LIKED)])
    with pytest.raises(NoDataError) as raised:
        scope(parse("licenses by likes in trending since 2026-01"), history)
    assert str(raised.value) == "The “trending” list has no snapshots yet. Lists with data: top and liked."
    assert raised.value.suggestions == ("licenses by likes", "licenses by likes in liked")


def test_of_one_day_the_largest_and_then_the_first_stored_counts(build: Build) -> None:
    history = build([("2026-08-22", 3, "small"), ("2026-08-22", 5, "first"), ("2026-08-22", 5, "second")])
    assert scope(parse("licenses"), history).now.source == "first"


def test_a_day_is_compared_once(build: Build) -> None:
    history = build([("2026-07-31", 20, "a"), ("2026-07-31", 21, "b"), ("2026-08-22", 20)])
    found = scope(parse("licenses"), history)
    assert [(s.taken_on.day, s.size) for s in found.comparable] == [(31, 21), (22, 20)]
    assert found.left_out == ()


# What it may be compared with.


@pytest.mark.parametrize(("size", "alike"), [(18, True), (22, True), (17, False), (23, False), (20, True), (300, False)])
def test_lists_compare_whose_sizes_differ_by_a_tenth_at_most(size: int, alike: bool, build: Build) -> None:
    found = scope(parse("licenses"), build([("2026-07-31", size), ("2026-08-22", 20)]))
    assert days(found.comparable) == (["2026-07-31", "2026-08-22"] if alike else ["2026-08-22"])
    assert days(found.left_out) == ([] if alike else ["2026-07-31"])


@pytest.mark.parametrize(("before", "now"), [(21, 19), (19, 21)])
def test_whether_lists_compare_does_not_hang_on_their_order(before: int, now: int, build: Build) -> None:
    found = scope(parse("licenses"), build([("2026-07-31", before), ("2026-08-22", now)]))
    assert days(found.comparable) == ["2026-07-31", "2026-08-22"]


def test_lists_of_another_size_are_left_out_and_reported(build: Build) -> None:
    history = build([("2026-06-30", 20), ("2026-07-15", 5), ("2026-07-31", 7), ("2026-08-22", 20)])
    query = parse("licenses since 2026-06")
    chosen, notes = past(query, scope(query, history))
    assert days(chosen) == ["2026-06-30", "2026-08-22"]
    assert "2 snapshots cover only 5 or 7 models and aren't comparable, so they're left out." in notes


@pytest.mark.parametrize("simulated_last", [True, False])
def test_simulated_and_real_never_meet(simulated_last: bool, build: Build) -> None:
    old, new = ("hub", "simulation") if simulated_last else ("simulation", "hub")
    history = build([("2026-06-30", 20, old), ("2026-07-15", 20, new), ("2026-07-31", 20, old), ("2026-08-22", 20, new)])
    found = scope(parse("licenses"), history)
    assert days(found.comparable) == ["2026-07-15", "2026-08-22"]
    assert {s.simulated for s in found.comparable} == {simulated_last}
    assert days(found.left_out) == ["2026-06-30", "2026-07-31"]


def test_what_is_left_out_for_its_origin_is_not_said_to_be_of_another_size(build: Build) -> None:
    history = build([("2026-06-30", 20), ("2026-07-31", 20, "simulation"), ("2026-08-22", 20)])
    query = parse("licenses since 2026-06")
    _, notes = past(query, scope(query, history))
    assert notes
    assert not [note for note in notes if "n't comparable" in note]
    assert [note for note in notes if "simulated" in note]


# Over time.


def test_since_takes_all_from_its_first_day_on(build: Build) -> None:
    history = build(HISTORY)
    for words, count in {"2026-05": 5, "2026-05-31": 5, "2026-06": 4, "2026-07": 3, "2026-07-16": 2}.items():
        query = parse(f"licenses since {words}")
        chosen, notes = past(query, scope(query, history))
        assert days(chosen) == [day for day, _ in HISTORY][-count:]
        assert notes == ()


def test_a_past_that_starts_late_says_so(build: Build) -> None:
    query = parse("licenses since 2026-01")
    _, notes = past(query, scope(query, build(HISTORY)))
    assert notes[0] == "The earliest comparable snapshot is from May 31, 2026."


@pytest.mark.parametrize(
    "words",
    ["licenses since 2026-08", "licenses since 2026-08-22", "licenses since 2026-09", "licenses at 2026-05 since 2026-05"],
)
def test_one_snapshot_is_no_past(words: str, build: Build) -> None:
    history = build(HISTORY)
    query = parse(words)
    with pytest.raises(
        NoDataError, match=r"There's nothing to compare with (since|yet).* the 20 most-downloaded models .*\.$"
    ) as raised:
        over_time(query, scope(query, history))
    for offered in raised.value.suggestions:
        other = parse(offered)
        assert len(over_time(other, scope(other, history))) >= 2


def test_a_hole_in_the_past_is_reported(build: Build) -> None:
    rows = [("2025-01-31", 9), ("2025-02-28", 9), ("2025-03-31", 9), ("2025-12-31", 9), ("2026-01-31", 9)]
    query = parse("licenses since 2025-01")
    _, notes = past(query, scope(query, build(rows)))
    assert notes == ("There are no snapshots between March 31, 2025 and December 31, 2025.",)


def made(dates: Sequence[date]) -> Scope:
    snapshots = tuple(Snapshot(number, day, ListName.TOP, "hub", 300, simulated=False) for number, day in enumerate(dates))
    return Scope(snapshots[-1], snapshots, ())


RUNS = st.lists(st.integers(1, 40), min_size=1, max_size=400).map(
    lambda steps: [date(2022, 1, 1) + timedelta(days=sum(steps[:place])) for place in range(len(steps) + 1)]
)
DAILY = st.integers(2, 1500).map(lambda length: [date(2022, 1, 1) + timedelta(days=day) for day in range(length)])


@given(RUNS | DAILY)
def test_thinning_keeps_the_ends_and_the_order(dates: list[date]) -> None:
    query = Query("licenses", since=Period(2022, 1))
    chosen, _ = past(query, made(dates))
    kept = [snapshot.taken_on for snapshot in chosen]
    assert (kept[0], kept[-1]) == (dates[0], dates[-1])
    assert kept == sorted(set(kept))
    assert set(kept) <= set(dates)
    if len(dates) <= MOST_MOMENTS:
        assert kept == dates
    elif (dates[-1] - dates[0]).days <= 5 * 365:
        assert len(kept) <= MOST_MOMENTS + 2
        weeks, months = {day.isocalendar()[:2] for day in dates}, {(day.year, day.month) for day in dates}
        assert weeks == {day.isocalendar()[:2] for day in kept} or months == {(day.year, day.month) for day in kept}


def test_thinned_days_are_the_last_of_their_week_or_month() -> None:
    start = date(2026, 1, 1)
    days_of_a_quarter = [start + timedelta(days=day) for day in range(90)]
    chosen, _ = past(Query("licenses", since=Period(2026, 1)), made(days_of_a_quarter))
    assert all(snapshot.taken_on.weekday() == 6 for snapshot in chosen[1:-1])
    two_years = [start + timedelta(days=day) for day in range(730)]
    chosen, _ = past(Query("licenses", since=Period(2026, 1)), made(two_years))
    assert all((snapshot.taken_on + timedelta(days=1)).day == 1 for snapshot in chosen[1:-1])
    assert len(chosen) == 25
    assert all((after.taken_on - before.taken_on).days <= 31 for before, after in pairwise(chosen))


# The month before.


@pytest.mark.parametrize(
    ("dates", "then", "noted"),
    [
        (["2026-07-15", "2026-07-31", "2026-08-05", "2026-08-22"], "2026-07-31", False),
        (["2026-07-01", "2026-08-22"], "2026-07-01", False),
        (["2025-12-05", "2026-01-31"], "2025-12-05", False),
        (["2026-05-31", "2026-06-30", "2026-08-22"], "2026-06-30", True),
        (["2026-08-07", "2026-08-08", "2026-08-22"], "2026-08-07", True),
    ],
)
def test_a_month_is_compared_with_the_end_of_the_one_before(dates: list[str], then: str, noted: bool) -> None:
    found = made([date.fromisoformat(day) for day in dates])
    best, *others = month_before(found)
    assert best.taken_on.isoformat() == then
    assert sorted(days([best, *others])) == dates[:-1], "the others follow, should the best not record what is asked"
    notes = notes_on_month(found, best)
    assert notes == (
        (f"There's no comparable snapshot from the month before, so this compares with {day(best.taken_on)}.",) if noted else ()
    )


@given(RUNS)
def test_the_month_before_is_the_best_of_all_that_came_before(dates: list[date]) -> None:
    found = made(dates)
    first = dates[-1].replace(day=1)
    order = [snapshot.taken_on for snapshot in month_before(found)]
    assert order == sorted((d for d in dates if d < first), reverse=True) + [d for d in dates[:-1] if d >= first]


def test_a_month_before_of_another_size_is_reported(build: Build) -> None:
    found = scope(parse("movers"), build([("2026-06-30", 20), ("2026-07-31", 5), ("2026-08-22", 20)]))
    (then,) = month_before(found)
    assert then.taken_on == date(2026, 6, 30)
    assert notes_on_month(found, then) == (
        "There's no comparable snapshot from the month before, so this compares with June 30, 2026.",
        "1 snapshot covers only 5 models and isn't comparable, so it's left out.",
    )


def test_nothing_before_is_said_with_what_there_is(build: Build) -> None:
    query = parse("movers")
    found = scope(query, build([("2026-07-31", 5), ("2026-08-22", 20)]))
    assert month_before(found) == ()
    error = nothing_before(query, found, "before August 22, 2026")
    assert (
        str(error)
        == "There's nothing to compare with yet: the first snapshot of the 20 most-downloaded models is from August 22, 2026."
    )
    assert error.suggestions == ()


@pytest.mark.parametrize(
    ("rows", "at", "chosen"),
    [
        ([("2026-04-27", 300), ("2026-04-30", 30)], "2026-04", ("2026-04-27", 300)),
        ([("2026-04-02", 300), ("2026-04-27", 290), ("2026-04-30", 30)], "2026-04", ("2026-04-27", 290)),
        ([("2026-04-02", 30), ("2026-04-30", 300)], "2026-04", ("2026-04-30", 300)),
        ([("2026-04-27", 300), ("2026-04-30", 30)], "2026-04-30", ("2026-04-30", 30)),
        ([("2026-04-30", 300, "one"), ("2026-04-30", 30, "two")], "2026-04-30", ("2026-04-30", 300)),
        ([("2026-04-27", 300, "simulation"), ("2026-04-30", 30)], "2026-04", ("2026-04-30", 30)),
        ([("2026-03-31", 300), ("2026-04-27", 30), ("2026-04-30", 30)], "2026-04", ("2026-04-30", 30)),
    ],
)
def test_a_month_is_that_of_its_largest_list_nearest_to_its_end(build, rows, at, chosen):
    history = build(rows)
    now = scope(Query("creators", at=Period.read(at)), history).now
    assert (now.taken_on.isoformat(), now.size) == chosen
    compared = scope(Query("creators", at=Period.read(at)), history).comparable
    assert all(abs(s.size - now.size) <= 30 for s in compared)


def test_the_answer_says_which_list_of_a_month_it_uses(build):
    history = build([("2026-03-31", 300), ("2026-04-27", 300), ("2026-04-30", 30), ("2026-05-31", 300)])
    said = "This uses the list of 300 models from April 27, 2026, the largest of April 2026"
    answer = ask(parse("creators at 2026-04"), history)
    assert f"{said}. The last one, from April 30, 2026, has 30." in answer.notes
    assert answer.source.snapshot == date(2026, 4, 27)
    assert answer.follow_ups.later.query == "creators at 2026-05"
    for other in ("creators at 2026-05", "creators at 2026-04-30", "creators"):
        assert not any(note.startswith("This uses") for note in ask(parse(other), history).notes)
    compared = ask(parse("movers at 2026-05"), history)
    assert compared.source.since == date(2026, 4, 27)
    assert ask(parse("compare 2026-04 2026-05"), history).source.since == date(2026, 4, 27)
