"""Whatever compares two snapshots compares like lists: asked of one history whose lists have 300, 300, 30 and 300 models."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulation import listing, put

from analytics.digest.builder import digest
from analytics.digest.edition import Edition
from analytics.domain import ListName, Snapshot
from analytics.errors import NoDataError
from analytics.questions.comparability import RECENT_DAYS, SETTLING_DAYS, comparable, list_on, same_list, settling, usual
from analytics.questions.registry import ask, parse
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.process import AnalyticsProcess
from bot.domain.outbox import Kind, Outcome
from bot.jobs.clock_jobs import Jobs
from bot.storage.job_slots import JobSlots
from bot.storage.messages.received_events import ReceivedEvents

MONTHS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31")
SIZES = dict(zip(MONTHS, (300, 300, 300, 300, 300, 300, 30, 300), strict=True))
"""Six months as a forecast needs them, of which the last two, with the two after them, are 300, 300, 30 and 300."""
ALIKE = [date.fromisoformat(day) for day, size in SIZES.items() if size == 300]


def months():
    return [listing(day, size, meta=1 + place / 50) for place, (day, size) in enumerate(SIZES.items())]


@pytest.fixture
def store(engine):
    return SqlHistory(engine)


@pytest.fixture
def jobs(kit, engine, store):
    return Jobs(
        None,
        engine,
        kit.delivery_context,
        AnalyticsProcess(store),
        JobSlots(engine),
        ReceivedEvents(engine),
        backfill=None,
        past=None,
    )


def alert(kit, rule="creator Meta by downloads below 10%", looked_at="2026-01-31", channel="general"):
    where, who = kit.channel(channel), kit.workspace().user("ada").id
    day = date.fromisoformat(looked_at)
    return kit.delivery_context.watches.add(kit.workspace().id, where.id, rule, who, crossed=False, looked_at=day)


def alerted(kit):
    """The dates on which alerts were posted, the earliest first."""
    return sorted(line.period for line in kit.delivery_context.outbox.find() if line.kind is Kind.ALERT)


def bet(kit, month, question="creators by downloads"):
    place, who = kit.channel().id, kit.workspace().user("ada").id
    said = {"question": question, "month": month, "name": "Google", "percent": 70}
    return kit.delivery_context.bets.place(kit.workspace().id, place, who, **said)[0]


def settled(kit, jobs, month, moment):
    """Bet on a month on the last day before it and settle at a moment; returns the outcome and what the channel reads."""
    kit.clock.now = datetime.combine(Edition.parse(month).before.last, time(12), UTC)
    placed = bet(kit, month)
    kit.clock.now = moment
    jobs.settle()
    lines = [line for line in kit.delivery_context.outbox.find() if line.kind is Kind.BETS and line.period == month]
    return kit.delivery_context.bets.get(placed.workspace, placed.id).outcome, lines[0].content if lines else ""


def test_seven_ways_to_compare_and_none_compares_unlike_lists(kit, jobs, store):
    for each in months():  # as the days come
        put(store, each)
        if each.taken_on == date(2026, 1, 31):
            alert(kit)
        jobs.watch()
    compared = {
        "digests": [digest(Edition.parse("2026-08"), store).source.since],
        "movers": [ask(parse("movers"), store).source.since],
        "compare": [moment.taken_on for moment in ask(parse("compare meta google since 2026-01"), store).series],
        "since": [moment.taken_on for moment in ask(parse("creators since 2026-01"), store).series],
        "forecasts": [
            date.fromisoformat(day) for day in ask(parse("forecast"), store).chart.categories if date.fromisoformat(day) < OVER
        ],
    }
    for way, days in compared.items():
        assert days, way
        assert set(days) <= set(ALIKE), way
    assert alerted(kit) == [], "alerts"
    outcome, message = settled(kit, jobs, "2026-07", datetime(2026, 9, 1, 1, tzinfo=UTC))
    assert outcome is Outcome.VOID, "bets"
    size = "the list had 30 models on July 31, 2026, fewer than nine tenths of the 300 that it had when the bets were placed"
    assert f"{size}, so this bet is void" in message


OVER = date(2026, 9, 1)


def test_the_short_list_itself_is_compared_with_none(store):
    put(store, *months()[:-1])
    assert digest(Edition.parse("2026-07"), store).source.since is None
    for words in ("movers", "licenses since 2026-01", "compare meta google since 2026-01", "compare 2026-06 2026-07", "forecast"):
        with pytest.raises(NoDataError):
            ask(parse(words), store)


def test_a_share_that_really_falls_is_told_once_across_a_short_list(kit, jobs, store):
    put(store, listing("2026-06-30"))
    alert(kit, looked_at="2026-06-30")
    for each in (
        listing("2026-07-01"),
        listing("2026-07-02", 30),
        listing("2026-07-03", meta=0.2),
        listing("2026-07-04", 30),
        listing("2026-07-05", meta=0.2),
    ):
        put(store, each)
        jobs.watch()
    assert alerted(kit) == ["2026-07-03"]


def test_a_list_that_changed_for_good_is_followed_without_a_message(kit, jobs, store):
    put(store, listing("2026-06-29"), listing("2026-06-30"))
    mine = alert(kit, looked_at="2026-06-30")
    for day in range(1, 5):
        put(store, listing(f"2026-07-0{day}", 30))
        jobs.watch()
    assert alerted(kit) == []
    state = kit.delivery_context.watches.get(mine.workspace, mine.id)
    assert (state.crossed, state.looked_at) == (True, date(2026, 7, 4))
    for day in range(5, 8):
        put(store, listing(f"2026-07-0{day}"))
        jobs.watch()
    put(store, listing("2026-07-08", meta=0.2))
    jobs.watch()
    assert alerted(kit) == ["2026-07-08"], "as soon as it crosses among lists of one kind"


@pytest.mark.parametrize("short", ["2026-07-01", "2026-07-29", "2026-07-31"])
def test_bets_are_settled_by_the_months_last_list_of_the_usual_size(short, kit, jobs, store):
    days = ["2026-05-31", "2026-06-30", "2026-07-01", "2026-07-29", "2026-07-31"]
    put(store, *(listing(day, 30 if day == short else 300) for day in days))
    outcome, message = settled(kit, jobs, "2026-07", datetime(2026, 8, 1, 1, tzinfo=UTC))
    assert outcome is Outcome.RIGHT
    assert ("on July 29, 2026." if short == "2026-07-31" else "on July 31, 2026.") in message


def test_a_larger_import_of_the_same_day_does_not_settle_a_bet(kit, jobs, store):
    put(store, listing("2026-06-30"), listing("2026-07-30"), listing("2026-07-31"), listing("2026-07-31", 400, source="more"))
    _, message = settled(kit, jobs, "2026-07", datetime(2026, 8, 1, 1, tzinfo=UTC))
    assert "on July 30, 2026." in message


BEFORE = "2026-06-30"
FIRST, TENTH = datetime(2026, 8, 1, 1, tzinfo=UTC), datetime(2026, 8, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lists", "day"),
    [
        pytest.param([listing("2026-07-31")], "July 31", id="the last day"),
        pytest.param([listing("2026-07-28")], "July 28", id="exactly three days before the end"),
        pytest.param([listing("2026-07-29"), listing("2026-08-01", meta=9)], "July 29", id="another one after the end"),
        pytest.param([listing("2026-07-31", 270)], "July 31", id="nine tenths"),
        pytest.param([listing("2026-07-31", 333)], "July 31", id="as much larger"),
        pytest.param([listing("2026-07-31", source="hub")], "July 31", id="from the Hub"),
        pytest.param([listing("2026-07-30", source="another file")], "July 30", id="from another file"),
        pytest.param([listing("2026-07-31", source="hub"), listing("2026-07-31", 30)], "July 31", id="two sources, one short"),
        pytest.param([listing("2026-07-30"), listing("2026-07-31", within=ListName.TRENDING)], "July 30", id="another list"),
        pytest.param([listing("2026-07-28"), listing("2026-07-31", 269)], "July 28", id="a short one after it"),
    ],
)
def test_what_settles_a_bet_as_soon_as_its_month_is_over(lists, day, kit, jobs, store):
    put(store, listing(BEFORE), *lists)
    assert settled(kit, jobs, "2026-07", datetime(2026, 7, 31, 23, 59, tzinfo=UTC)) == (None, ""), "the month isn't over"
    outcome, message = settled(kit, jobs, "2026-07", FIRST)
    assert outcome in {Outcome.RIGHT, Outcome.WRONG}
    assert f"on {day}, 2026." in message


@pytest.mark.parametrize(
    ("lists", "missing"),
    [
        pytest.param([], "there's no snapshot of the top list from July 2026", id="nothing"),
        pytest.param([listing("2026-08-01")], "there's no snapshot of the top list from July 2026", id="only after the end"),
        pytest.param(
            [listing("2026-07-27")],
            "the last snapshot of July 2026 is from July 27, 2026, more than three days before the month's end",
            id="four days before the end",
        ),
        pytest.param(
            [listing("2026-07-31", 269)],
            "the list had 269 models on July 31, 2026, fewer than nine tenths of the 300 that it had when the bets were placed",
            id="one model too few",
        ),
        pytest.param(
            [listing("2026-07-31", 269, source="hub")],
            "the list had 269 models on July 31, 2026, fewer than nine tenths of the 300 that it had when the bets were placed",
            id="one too few from the Hub",
        ),
        pytest.param(
            [listing("2026-07-31", 400)],
            "the list had 400 models on July 31, 2026 instead of the 300 that it had when the bets were placed",
            id="a larger list",
        ),
        pytest.param(
            [listing("2026-07-31", source="simulation")], "the snapshot from July 31, 2026 is simulated", id="simulated"
        ),
        pytest.param(
            [listing("2026-07-31", within=ListName.TRENDING)],
            "there's no snapshot of the top list from July 2026",
            id="another list on that day",
        ),
    ],
)
def test_what_does_not_settle_a_bet_makes_it_void_on_the_tenth(lists, missing, kit, jobs, store):
    put(store, listing(BEFORE), *lists)
    assert settled(kit, jobs, "2026-07", TENTH - timedelta(minutes=1)) == (None, ""), "it waits for a late import"
    outcome, message = settled(kit, jobs, "2026-07", TENTH)
    assert outcome is Outcome.VOID
    assert f"{missing}, so this bet is void and doesn't count." in message


def test_a_listing_that_is_imported_late_settles_the_bets_that_wait(kit, jobs, store):
    put(store, listing(BEFORE))
    assert settled(kit, jobs, "2026-07", FIRST) == (None, "")
    put(store, listing("2026-07-31"))
    kit.clock.now = datetime(2026, 8, 9, tzinfo=UTC)
    jobs.settle()
    assert "on July 31, 2026." in next(line.content for line in kit.delivery_context.outbox.find() if line.kind is Kind.BETS)


def test_questions_of_a_channel_are_settled_apart_where_one_has_to_wait(kit, jobs, store):
    put(store, listing(BEFORE), listing("2026-07-31"))
    kit.clock.now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    waits = bet(kit, "2026-07", "creators by downloads in trending")
    assert settled(kit, jobs, "2026-07", FIRST)[0] is Outcome.RIGHT
    assert kit.delivery_context.bets.get(waits.workspace, waits.id).outcome is None
    kit.clock.now = TENTH
    jobs.settle()
    contents = [line.content for line in kit.delivery_context.outbox.find() if line.kind is Kind.BETS]
    assert len(contents) == 2
    assert sum("no snapshot of the trending list" in content for content in contents) == 1


def test_bets_on_lists_of_different_size_are_settled_each_by_its_own(kit, jobs, store):
    """Those of one question, placed before and after the list grew: the larger list settles only the later."""
    put(store, listing("2026-05-31", 30), listing(BEFORE), listing("2026-07-31"))
    kit.clock.now = datetime(2026, 6, 1, tzinfo=UTC)
    said = {"question": "creators by downloads", "month": "2026-07", "name": "Google", "percent": 60}
    early, _ = kit.delivery_context.bets.place(kit.workspace().id, kit.channel().id, kit.workspace().user("grace").id, **said)
    outcome, message = settled(kit, jobs, "2026-07", TENTH)
    assert outcome is Outcome.RIGHT
    assert kit.delivery_context.bets.get(early.workspace, early.id).outcome is Outcome.VOID
    assert "instead of the 30 that it had when the bets were placed, so this bet is void" in message


@pytest.mark.parametrize(
    ("first", "name", "rate"),
    [(6, "Google", 1 / 2), (4, "Google", 2 / 3), (3, "Google", 3 / 4), (3, "Meta", 1 / 4 / 2), (3, "some new lab", 1 / 4 / 2)],
)
def test_the_base_rate_counts_how_often_past_leaders_stayed(first, name, rate, kit, jobs):
    """Google leads Meta and Alibaba since the ``first`` month of 2026, and June isn't over when the bet is placed."""
    store = SqlHistory(jobs.database)
    put(store, *(listing(f"2026-{month:02}-28", meta=0.5) for month in range(first, 7)), listing("2026-07-31", meta=0.5))
    kit.clock.now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    said = {"question": "creators by downloads", "month": "2026-07", "name": name, "percent": 60}
    kit.delivery_context.bets.place(kit.workspace().id, kit.channel().id, kit.workspace().user("ada").id, **said)
    kit.clock.now = FIRST
    jobs.settle()
    (bet_,) = kit.delivery_context.bets.in_channel(kit.workspace().id, kit.channel().id)
    assert bet_.base_rate == pytest.approx(rate)


# One function decides.


def snapshot(number, day, size, *, simulated=False, within=ListName.TOP):
    return Snapshot(number, date.fromordinal(738_000 + day), within, "import", size, simulated)


SIZED = st.lists(st.tuples(st.sampled_from((30, 100, 290, 300, 310, 3000)), st.booleans()), max_size=40).map(
    lambda rows: tuple(snapshot(place, place, size, simulated=simulated) for place, (size, simulated) in enumerate(rows))
)


@given(SIZED)
def test_the_usual_list_is_no_rarer_than_any_other(snapshots):
    chosen = usual(snapshots, RECENT_DAYS)
    recent = snapshots[-RECENT_DAYS:]
    assert (chosen is None) == (not snapshots)
    if chosen:
        assert chosen in recent
        assert not [s for s in recent if s.taken_on > chosen.taken_on and comparable(s, chosen) and comparable(chosen, s)]


@given(SIZED, st.integers(0, 40), st.integers(0, 20))
def test_what_settles_a_bet_lies_at_its_months_end_and_compares_with_what_it_was_placed_on(snapshots, first, days):
    placed, end = (snapshot(0, place, 1).taken_on for place in (first, first + days))
    before = list_on(snapshots, placed)
    assert (before is None) == (not snapshots)
    found = before and settling(snapshots, before, end)
    if found:
        assert 0 <= (end - found.taken_on).days <= SETTLING_DAYS
        assert same_list(before, found)
        assert 9 * before.size <= 10 * found.size
        later = [s for s in snapshots if found.taken_on < s.taken_on <= end]
        assert not [s for s in later if same_list(before, s)]


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_lists_of_another_name_or_origin_never_compare(size, other):
    now = snapshot(1, 1, size)
    assert not comparable(snapshot(2, 0, other, simulated=True), now)
    assert not comparable(snapshot(2, 0, size, within=ListName.TRENDING), now)
    assert comparable(snapshot(2, 0, size), now)
    assert comparable(snapshot(2, 0, other, within=ListName.HUB), snapshot(1, 1, size, within=ListName.HUB))
