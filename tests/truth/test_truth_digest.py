"""Each digest's figures agree with the second computation: which days it compares, every share, every shift, every reason."""

from __future__ import annotations

import re
from datetime import date

import pytest
from truth import reference
from truth.listings import NONE, Row, Snapshot, asked_at, comparable, filled

from analytics.answer import Basis
from analytics.charts.drawing import draw
from analytics.digest.builder import DIMENSIONS, digest
from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.errors import NoDataError
from analytics.formatting.phrases import name, points_of
from analytics.sources.simulation import listings
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.blocks.digest import digest_content

pytestmark = pytest.mark.shared

EDITIONS = {
    "2026-04": ("2026-04-30", "2026-03-31"),
    "2026-05": ("2026-05-31", "2026-04-30"),
    "2026-06": ("2026-06-30", "2026-05-31"),
    "2026-07": ("2026-07-31", "2026-06-30"),
    "2026-08": ("2026-08-22", "2024-09-20"),
    "2026-W30": ("2026-07-26", "2026-07-19"),
}
"""The last day of each, and the day that it is compared with."""
EXACT = 1e-12
MONTHS = [f"{2025 + (9 + n) // 12}-{(9 + n) % 12 + 1:02}" for n in range(12)]
"""Of the simulated history; the last is that of its last day."""
LAST = date(2026, 9, 28)


@pytest.fixture(scope="module", params=EDITIONS)
def told(request, history):
    return digest(Edition.parse(request.param), history)


@pytest.fixture(scope="module")
def known(told, recorded_listings):
    """The listings with what a digest may fill in: from its own list, up to its end."""
    return filled(recorded_listings, reference.today, "top", told.edition.last.isoformat())


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """A year of the simulated history, in a store and as the reference takes it."""
    found = [one for one in listings(LAST, months=13) if one.list is ListName.TOP]
    opened = database.engine(f"sqlite:///{tmp_path_factory.mktemp('year') / 'hfstats.db'}")
    database.upgrade(opened)
    store = SqlHistory(opened)
    for one in found:
        ingest.store([one], store)
    return store, tuple(_snapshot(one.taken_on.isoformat(), one.models) for one in found)


def _snapshot(day, models):
    return Snapshot(day, "top", "simulation", tuple(_row(model, day) for model in models))


def _row(model, day):
    bare = (NONE,)
    return Row(model.id, model.downloads, model.likes, model.licenses or bare, model.task or NONE, model.library or NONE, day)


def section_of(told, dimension):
    return next(section for section in told.sections if section.dimension == dimension)


def sides(known, told, section):
    """Return the rows of both days, the earlier first; nothing for it where no comparable day records the dimension."""
    now = asked_at(known, "top", told.source.snapshot.isoformat())
    earlier = [one for one in comparable(known, now)[:-1] if one.day < told.edition.first.isoformat()]
    then = next((one for one in reversed(earlier) if _records(one, section.dimension)), None)
    return then, now


def _records(snapshot, dimension):
    return any(reference.names(row, dimension) is not None for row in snapshot.rows)


def test_the_days_are_the_last_of_the_edition_and_the_last_comparable_one_before_it(told, known):
    day, since = EDITIONS[str(told.edition)]
    assert told.source.snapshot.isoformat() == day
    for section in told.sections:
        then, _ = sides(known, told, section)
        if section.since:
            assert section.since.isoformat() == then.day == since


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_share_and_every_shift_is_the_exact_one(told, known, dimension):
    section = section_of(told, dimension)
    then, now = sides(known, told, section)
    for ranking in section.rankings:
        wanted = reference.ranking(now.rows, dimension, ranking.by)["shares"]
        assert [share.name for share in ranking.shares] == [share["name"] for share in wanted]
        assert [share.rank for share in ranking.shares] == [share["rank"] for share in wanted]
        assert [share.portion for share in ranking.shares] == pytest.approx([float(one["portion"]) for one in wanted], abs=EXACT)
    if not section.since:
        assert not section.shifts
        return
    _, moved, _ = reference.told([then.rows, now.rows], dimension, "downloads")
    wanted = {shift["name"]: shift for shift in moved}
    assert {shift.name for shift in section.shifts} == set(wanted)
    for shift in section.shifts:
        exact = wanted[shift.name]
        got = [shift.before, shift.after, shift.points]
        assert got == pytest.approx([float(exact[part]) for part in ("before", "after", "points")], abs=EXACT)
        assert (shift.rank_before, shift.rank_after) == (exact["rank_before"], exact["rank_after"])
        assert shift.basis == exact["basis"]
        assert (shift.low is None) is ("low" not in exact)
        if shift.low is not None:
            assert [shift.low, shift.high] == pytest.approx([float(exact["low"]), float(exact["high"])], abs=EXACT)
    assert [s.name in reference.UNRANKED for s in section.shifts] == sorted(s.name in reference.UNRANKED for s in section.shifts)
    ranked = [shift for shift in section.shifts if shift.name not in reference.UNRANKED]
    certain = [min(abs(s.low), abs(s.high)) if s.basis is Basis.BOUNDS else abs(s.points) for s in ranked]
    assert certain == sorted(certain, reverse=True)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_reasons_are_the_exact_ones_and_add_up_to_the_shift(told, known, dimension):
    section = section_of(told, dimension)
    then, now = sides(known, told, section)
    explained = [shift for shift in section.shifts if shift.reasons]
    assert bool(explained) == bool(section.since)
    for shift in explained:
        rows = reference.told([then.rows, now.rows], dimension, "downloads")[2][shift.basis]
        wanted = reference.reasons(*rows, dimension, shift.name, "downloads")
        exact = {one["model"]: one for one in wanted}
        assert {reason.model for reason in shift.reasons} == set(exact)
        for reason in shift.reasons:
            assert reason.points == pytest.approx(float(exact[reason.model]["points"]), abs=EXACT)
            assert reason.cause == exact[reason.model]["cause"]
        assert sum(reason.points for reason in shift.reasons) == pytest.approx(shift.points, abs=1e-9)
        parted = reference.split(*rows, dimension, shift.name, "downloads")
        got = [shift.split.grew, shift.split.declared, shift.split.entered, shift.split.left]
        assert got == pytest.approx([float(parted[part]) for part in ("grew", "declared", "entered", "left")], abs=EXACT)
        assert sum(got) == pytest.approx(shift.points, abs=1e-9)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_who_came_into_the_leaders_and_who_left_them(told, known, dimension):
    section = section_of(told, dimension)
    if not section.since:
        assert (section.entered, section.left) == ((), ())
        return
    entries, changes, _ = reference.told([side.rows for side in sides(known, told, section)], dimension, "downloads")
    if any("low" in change and change["basis"] != Basis.BOTH for change in changes):
        assert (section.entered, section.left) == ((), ()), "what isn't recorded could change the ranks"
        return
    was, now = ({one["name"] for one in entry["shares"] if (one["rank"] or 99) <= 10} for entry in entries)
    assert set(section.entered) == now - was
    assert set(section.left) == was - now


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_picture_draws_the_exact_shares_and_only_bounds_where_no_more_is_known(told, dimension):
    """And never a share of nothing: what wasn't in one of the lists has entered or left."""
    section, chart = section_of(told, dimension), told.chart
    shown = [shift for shift in section.shifts[:3] if shift.is_ranked and points_of(shift)]
    titles = [title for title, _ in chart.groups]
    if dimension.plural.capitalize() not in titles:
        assert not shown
        return
    place = titles.index(dimension.plural.capitalize())
    start, size = sum(number for _, number in chart.groups[:place]), chart.groups[place][1]
    before, after = (series.values for series in chart.series)
    rows = list(zip(chart.categories, before, after, chart.bounds, strict=True))[start : start + size]
    assert [row[0] for row in rows] == [name(dimension, shift.name) for shift in shown]
    for (_, was, now, bounds), shift in zip(rows, shown, strict=True):
        if shift.basis is Basis.BOUNDS:
            assert (was, now, bounds) == (None, None, (shift.low, shift.high))
            continue
        assert bounds is None
        absent = [rank is None and shift.low is None for rank in (shift.rank_before, shift.rank_after)]
        assert (was, now) == (None if absent[0] else shift.before, None if absent[1] else shift.after)


@pytest.mark.parametrize("edition", MONTHS)
def test_twelve_simulated_months_agree_as_well(edition, simulated):
    store, snapshots = simulated
    made = digest(Edition.parse(edition), store)
    assert made.source.simulated
    for section in made.sections:
        then, now = sides(snapshots, made, section)
        before, after = (reference.ranking(one.rows, section.dimension, "downloads") for one in (then, now))
        wanted = {shift["name"]: shift for shift in reference.shifts(before, after)}
        assert section.since.isoformat() == then.day
        assert {shift.name: shift.points for shift in section.shifts} == pytest.approx(
            {name: float(shift["points"]) for name, shift in wanted.items()}, abs=EXACT
        )
        for shift in section.shifts:
            assert (shift.rank_before, shift.rank_after) == (wanted[shift.name]["rank_before"], wanted[shift.name]["rank_after"])
            if shift.reasons:
                assert sum(reason.points for reason in shift.reasons) == pytest.approx(shift.points, abs=1e-9)
    assert made.chart.simulated
    assert draw(made.chart)
    assert words_of(digest_content(made, "key")) <= 80


@pytest.mark.parametrize("edition", ["2022-07", "2024-09", *(f"2026-{month:02}" for month in range(2, 9))])
@pytest.mark.parametrize("within", [ListName.TOP, ListName.TRENDING])
def test_a_message_has_at_most_80_words_in_three_lines_and_tells_no_model_twice(edition, within, history):
    try:
        told = digest(Edition.parse(edition), history, within=within)
    except NoDataError:
        return
    content = digest_content(told, "key", sample=True, age="The latest snapshot is from August 22, 2026, 98 days ago.")
    assert words_of(content) <= 80
    lines = content.above[1]["text"]["text"].split("\n")
    assert len(lines) <= 3
    models = {reason.model.rpartition("/")[2] for section in told.sections for s in section.shifts for reason in s.reasons}
    shown = "\n".join(block["text"]["text"] for block in content.above)
    twice = [model for model in models if len(re.findall(rf"(?<![\w.-]){re.escape(model)}(?![\w.-])", shown)) > 1]
    assert not twice, shown


def words_of(content):
    """Return how many words a message shows besides its buttons and picture: everything in its text blocks."""
    texts = [block["text"]["text"] for block in content.above if block["type"] == "section"]
    texts += [element["text"] for block in content.below if block["type"] == "context" for element in block["elements"]]
    return len([word for text in texts for word in text.split() if re.search(r"\w", word) and not word.startswith(":")])


def test_a_gap_of_two_years_is_reported_first(history):
    told = digest(Edition.parse("2026-08"), history)
    assert any("no comparable snapshot from July 2026" in note and "September 20" in note for note in told.notes), told.notes
    first = digest_content(told, "key").above[1]["text"]["text"].split("\n")[0]
    assert "no comparable snapshot from July 2026" in first
    assert "since September 20" in told.headline


def test_a_first_digest_says_so_and_shifts_nothing(history):
    told = digest(Edition.parse("2022-07"), history)
    assert any("first digest" in note for note in told.notes), told.notes
    assert not any(section.shifts for section in told.sections)
    assert "Google leads" in told.headline


def test_a_dimension_that_is_recorded_for_other_models_than_before_is_compared_without_them(history):
    told = section_of(digest(Edition.parse("2026-03"), history), "license")
    assert {shift.basis for shift in told.shifts} == {Basis.BOTH}
    assert any("Changes leave out" in note for note in told.notes), told.notes


def test_one_model_that_moves_everything_is_told_once_and_first(history):
    told = digest(Edition.parse("2024-09"), history)
    assert told.headline.startswith("MIT/ast-finetuned-audioset")
    assert told.headline.endswith("adding 101.6% of the earlier total")
    assert not any("ast-finetuned-audioset" in note for note in told.notes), told.notes


def test_a_month_without_a_snapshot_has_no_digest(history):
    with pytest.raises(NoDataError, match=r"no snapshots of the .* from that time\. The latest one is from August 22"):
        digest(Edition.parse("2026-10"), history)
