"""Shifts of one task, where a model's task isn't known at one of the dates, and of a name that left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from handmade import stored

from analytics.answer import Basis, Cause
from analytics.domain import Listing, ListName, Model
from analytics.questions.registry import ask, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.storage.sql_history import SqlHistory

FIRST = date(2025, 1, 1)


def history(path, *lists: Sequence[Model]) -> SqlHistory:
    """Store lists so far apart that nothing is filled in."""
    return stored([Listing(FIRST + timedelta(200 * n), ListName.TOP, "file", tuple(m)) for n, m in enumerate(lists)], path)


def test_a_model_without_a_known_task_enters_and_leaves_no_task(tmp_path):
    """Nothing changes but that the task of one model is no longer recorded: it may still have it."""
    before = [Model(f"{name}/x", downloads, None, ("mit",), "fill-mask") for name, downloads in (("a", 60), ("b", 50), ("c", 8))]
    after = [*before[:2], replace(before[2], task=None)]
    answer = ask(parse("movers creators task fill-mask since 2025-01"), history(tmp_path / "x.db", before, after))
    assert answer.headline == "Too little is known to tell which creators changed since January 1, 2025"
    assert not answer.shifts
    assert any("1 model whose task isn't known on every date" in note for note in answer.notes)


def test_what_is_told_by_bounds_has_no_model_leaving_a_task(tmp_path):
    before = [Model("a/x", 10, None, ("mit",), "fill-mask"), Model("b/x", 90, None, ("mit",), "fill-mask")]
    after = [replace(before[0], downloads=95), replace(before[1], downloads=5, task=None)]
    answer = ask(parse("movers creators task fill-mask since 2025-01"), history(tmp_path / "x.db", before, after))
    shift = next(shift for shift in answer.shifts if shift.name == "b")
    assert shift.basis is Basis.BOUNDS
    assert {reason.cause for reason in shift.reasons if reason.model == "b/x"} == {Cause.NO_LONGER_RECORDED}


def test_a_name_of_which_too_little_is_known_has_an_answer(tmp_path):
    before = [Model("a/x", 50, None, ("mit",)), Model("b/x", 50, None, ("apache-2.0",)), Model("c/x", 1, None, ("gemma",))]
    after = [replace(before[0], downloads=40), Model("d/x", 60, None, None), Model("e/x", 1, None, None)]
    answer = ask(parse("license gemma since 2025-01"), history(tmp_path / "x.db", before, after))
    assert answer.headline.startswith("Too little is known to tell whether Gemma rose or fell")
    assert not answer.follow_ups.measures  # no measure would say more


def test_a_rank_that_the_unknown_could_change_is_told_of_the_known(tmp_path):
    listed = [Model("a/x", 50, None, ("mit",)), Model("b/x", 40, None, ("apache-2.0",)), Model("c/x", 5, None, None)]
    store = history(tmp_path / "certain.db", listed)
    assert ask(parse("licenses by downloads"), store).headline == (
        "MIT leads with 55.6% of downloads, ahead of Apache-2.0 (44.4%)"
    )
    listed[2] = replace(listed[2], downloads=20)
    store = history(tmp_path / "open.db", listed)
    assert ask(parse("licenses by downloads"), store).headline == (
        "MIT leads with 55.6% of downloads with a known license, ahead of Apache-2.0 (44.4%)"
    )
    assert ask(parse("license apache-2.0 by downloads"), store).headline == (
        "Apache-2.0 has 44.4% of downloads with a known license (2nd of 2)"
    )
    assert ask(parse("compare mit apache-2.0 by downloads"), store).headline == (
        "MIT has 55.6% of downloads with a known license, 11.1 percentage points more than Apache-2.0 (44.4%)"
    )
