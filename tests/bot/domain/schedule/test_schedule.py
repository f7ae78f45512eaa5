"""Schedules: parsing, due dates across clock changes, and each period exactly once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import QueryError
from bot.domain.schedule import (
    Day,
    Rhythm,
    Schedule,
    describe,
    describe_moment,
    due_between,
    next_due,
    parse_schedule,
    read_schedule,
)
from bot.domain.schedule.values import MONTH_DAYS, WEEKDAYS

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "UTC",
]
minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))
schedules = st.one_of(
    st.builds(Schedule, st.just(rhythm), st.sampled_from(days), minutes, st.sampled_from(ZONES))
    for rhythm, days in ((Rhythm.MONTHLY, MONTH_DAYS), (Rhythm.WEEKLY, WEEKDAYS))
)
moments = st.datetimes(datetime(2001, 1, 1), datetime(2039, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds it


@given(schedules)
def test_the_words_of_a_schedule_are_read_as_that_schedule(schedule):
    assert parse_schedule(str(schedule)) == schedule


@given(schedules, moments, st.integers(1, 800))
def test_every_period_is_due_once_and_in_order_at_the_time_asked_for(schedule, after, days):
    found = due_between(schedule, after, after + timedelta(days=days))
    built_digests = [due.edition for due in found]
    assert built_digests == sorted(set(built_digests))
    assert all(one.after == other for one, other in pairwise(built_digests))
    assert [due.at for due in found] == sorted({due.at for due in found})
    zone = ZoneInfo(schedule.zone)
    for due in found:
        local = due.at.astimezone(zone)
        assert after < due.at <= after + timedelta(days=days)
        assert due.edition.last <= local.date()
        wall = local.replace(tzinfo=None)
        assert wall.time() == schedule.at or not_there(wall.replace(hour=schedule.at.hour, minute=schedule.at.minute), zone)


def not_there(wall, zone):
    """Tell whether clocks are put forward over a local time."""
    local = wall.replace(tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall


@given(schedules, moments)
def test_what_is_due_next_is_the_first_due_date(schedule, after):
    due = next_due(schedule, after)
    assert due_between(schedule, after, due.at) == [due]
    assert next_due(schedule, after) == due  # a clock that stepped back asks again and hears the same
    assert due_between(schedule, due.at, due.at) == []


@pytest.mark.parametrize(
    ("words", "after", "utc"),
    [
        # Berlin: 02:30 does not exist on 29 March 2026; twice on 25 October
        ("weekly on sunday at 02:30 Europe/Berlin", "2026-03-28", "2026-03-29T01:00"),
        ("weekly on sunday at 02:30 Europe/Berlin", "2026-10-24", "2026-10-25T00:30"),
        ("weekly on sunday at 09:00 Europe/Berlin", "2026-03-22T12:00", "2026-03-29T07:00"),
        ("weekly on sunday at 09:00 Europe/Berlin", "2026-10-24", "2026-10-25T08:00"),
        # New York: 8 March and 1 November
        ("weekly on sunday at 02:30 America/New_York", "2026-03-07", "2026-03-08T07:00"),
        ("weekly on sunday at 01:30 America/New_York", "2026-10-31", "2026-11-01T05:30"),
        # Lord Howe moves by half an hour: 4 October forward, 5 April back
        ("weekly on sunday at 02:15 Australia/Lord_Howe", "2026-10-03", "2026-10-03T15:30"),
        ("weekly on sunday at 01:45 Australia/Lord_Howe", "2026-04-04", "2026-04-04T14:45"),
        # Casablanca puts clocks back for Ramadan: 15 February, and forward on 22 March
        ("weekly on sunday at 02:30 Africa/Casablanca", "2026-02-14", "2026-02-15T01:30"),
        ("weekly on sunday at 02:30 Africa/Casablanca", "2026-03-21", "2026-03-22T02:00"),
        # A whole day that was left out: Friday 30 December 2011 in Samoa
        ("weekly on friday at 09:00 Pacific/Apia", "2011-12-24", "2011-12-30T10:00"),
        # The first of the month is a Saturday, a Sunday, a Monday; a leap day is the last of February
        ("monthly at 09:00 UTC", "2026-07-31", "2026-08-03T09:00"),
        ("monthly at 09:00 UTC", "2026-10-31", "2026-11-02T09:00"),
        ("monthly at 09:00 UTC", "2026-05-31", "2026-06-01T09:00"),
        ("monthly on last-day at 09:00 UTC", "2028-02-10", "2028-02-29T09:00"),
        ("monthly on last-day at 09:00 UTC", "2027-02-10", "2027-02-28T09:00"),
        # A date line apart: the first of the month in Kiritimati is the last but one in UTC
        ("monthly at 09:00 Pacific/Kiritimati", "2026-08-30", "2026-08-31T19:00"),
    ],
)
def test_the_moment_is_right_wherever_clocks_are_changed(words, after, utc):
    due = next_due(parse_schedule(words), datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert due.at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_months_asleep_are_all_due_in_order():
    schedule = parse_schedule("monthly at 09:00 Europe/Berlin")
    found = due_between(schedule, datetime(2026, 5, 10, tzinfo=UTC), datetime(2026, 8, 20, tzinfo=UTC))
    assert [str(due.edition) for due in found] == ["2026-05", "2026-06", "2026-07"]
    weekly = due_between(
        parse_schedule("weekly at 09:00 UTC"), datetime(2026, 12, 21, 12, tzinfo=UTC), datetime(2027, 1, 11, 12, tzinfo=UTC)
    )
    assert [str(due.edition) for due in weekly] == ["2026-W52", "2026-W53", "2027-W01"]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("", "monthly on first-working-day at 09:00 UTC"),
        ("weekly", "weekly on monday at 09:00 UTC"),
        ("at 9am berlin", "monthly on first-working-day at 09:00 Europe/Berlin"),
        ("Friday at 9:30 PM new york", "weekly on friday at 21:30 America/New_York"),
        ("on the last day of the month at 12am utc", "monthly on last-day at 00:00 UTC"),
        ("sao paulo", "monthly on first-working-day at 09:00 America/Sao_Paulo"),
        ("EUROPE/berlin, at 7", "monthly on first-working-day at 07:00 Europe/Berlin"),
    ],
)
def test_words_are_read_as_people_write_them(words, read):
    assert str(read_schedule(words)[0]) == read


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("America/Argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("louisville", "America/Kentucky/Louisville"),
        ("catamarca", "America/Argentina/Catamarca"),
        ("istanbul", "Asia/Istanbul"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ("port-au-prince", "America/Port-au-Prince"),
        ("Port au Prince", "America/Port-au-Prince"),
        ("St. John's", "America/St_Johns"),
        ("new salem", "America/North_Dakota/New_Salem"),
        ("los angeles", "America/Los_Angeles"),
        ("ushuaia", "America/Argentina/Ushuaia"),
    ],
)
@pytest.mark.parametrize("line", ["weekly at 08:30 {}", "{} weekly at 08:30", "weekly in {}, 8:30am"])
def test_a_zone_is_named_by_its_city(line, typed, zone):
    schedule, zone_named, _ = read_schedule(line.format(typed))
    assert (str(schedule), zone_named) == (f"weekly on monday at 08:30 {zone}", True)


@pytest.mark.parametrize("city", ["west", "aires"])
def test_a_city_that_no_zone_or_two_different_zones_have_is_refused(city):
    with pytest.raises(QueryError, match=f"I don't understand “{city}”"):
        read_schedule(f"weekly {city}")


def test_words_of_others_are_handed_back():
    schedule, zone_named, rest = read_schedule("weekly in trending licenses at 8", {"trending", "licenses"})
    assert (str(schedule), zone_named, rest) == ("weekly on monday at 08:00 UTC", False, ["trending", "licenses"])


@pytest.mark.parametrize(
    ("words", "said_"),
    [
        ("montly", "I don't understand “montly” in a schedule. Did you mean monthly?"),
        ("berlln", "Did you mean Europe/Berlin?"),
        ("at 25:00", "“25:00” isn't a time. Write it like 09:00 or 9am."),
        ("at 13pm", "“13pm” isn't a time"),
        ("at", "“at” isn't a time"),
        ("CST", "Use America/Chicago or Asia/Shanghai"),
        ("weekly on last-day", "“last-day” doesn't work with weekly. Use a weekday, such as friday."),
        ("monthly on friday", "“friday” doesn't work with monthly. Use first-working-day or last-day."),
    ],
)
def test_what_is_not_understood_is_one_clear_sentence(words, said_):
    with pytest.raises(QueryError) as raised:
        read_schedule(words)
    assert said_ in str(raised.value)
    assert "\n" not in str(raised.value)


def test_people_read_it_as_people_write():
    assert describe(Schedule(zone="Europe/Berlin")) == "on the first working day of each month at 09:00 (Europe/Berlin)"
    assert describe(Schedule(day=Day.LAST)) == "on the last day of each month at 09:00 (UTC)"
    assert describe(Schedule(Rhythm.WEEKLY, Day.FRIDAY, time(8, 30))) == "every Friday at 08:30 (UTC)"
    assert describe_moment(datetime(2026, 12, 1, 8, tzinfo=UTC), "Europe/Berlin") == "Tuesday, December 1, 2026, 09:00"


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("every monday", "weekly on monday at 09:00 UTC"),
        ("Fridays", "weekly on friday at 09:00 UTC"),
        ("once a week", "weekly on monday at 09:00 UTC"),
        ("every month", "monthly on first-working-day at 09:00 UTC"),
        ("the first business day each month at 8:30 new york", "monthly on first-working-day at 08:30 America/New_York"),
        ("last at 08:00 Asia/Tokyo", "monthly on last-day at 08:00 Asia/Tokyo"),
        ("weekly on friday every week", "weekly on friday at 09:00 UTC"),
    ],
)
def test_usual_ways_of_saying_a_schedule_are_read(words, read):
    assert str(read_schedule(words)[0]) == read


@pytest.mark.parametrize(
    ("words", "said_"),
    [
        ("every day at 9:00", "A digest comes every month or every week; I can't read “every day” as either."),
        ("daily", "“daily”"),
        ("every 2 weeks", "“every 2”"),
        ("every other week", "“every other”"),
        ("biweekly", "“biweekly”"),
        ("every hour", "“every hour”"),
        ("every working day", "“every working”"),
        ("weekdays at 9", "“weekdays”"),
        ("twice a month", "“twice a”"),
        ("quarterly", "“quarterly”"),
        ("first day of the month", "I can't read “first day” as one of these."),
        ("first monday of the month", "“first monday”"),
        ("last friday of the month", "“last friday”"),
        ("last working day", "“last working”"),
        ("monthly on the 15th", "“15th”"),
        ("end of month", "“end”"),
        ("monday and friday", "“monday” and “friday” are different days. Choose one."),
        ("9:00 and 17:00", "“09:00” and “17:00” are different times. Choose one."),
        ("monthly weekly", "“monthly” and “weekly” are different rhythms. Choose one."),
        ("berlin or tokyo", "“or”"),
        ("in berlin in tokyo", "“Europe/Berlin” and “Asia/Tokyo” are different time zones. Choose one."),
        ("not monday", "“not”"),
        ("monday except holidays", "“except”"),
    ],
)
def test_a_word_that_carries_meaning_is_never_swallowed(words, said_):
    with pytest.raises(QueryError) as raised:
        read_schedule(words)
    assert said_ in str(raised.value)
