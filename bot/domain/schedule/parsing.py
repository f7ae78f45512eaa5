"""From words to a Schedule: what stands after ``subscribe``, in any order, with the usual ways of writing times and zones."""

from __future__ import annotations

import re
from datetime import time
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from analytics.errors import HfStatsError, QueryError
from bot.domain.schedule.values import MONTH_DAYS, WEEKDAYS, Day, Rhythm, Schedule

if TYPE_CHECKING:
    from collections.abc import Collection

EXAMPLE = "subscribe monthly at 09:00 Europe/Berlin"
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?", re.IGNORECASE)
_FILLERS = frozenset({"on", "the", "of", "every", "each", "day", "working", "month", "week", "and", "in", "zone", "timezone"})
_RHYTHMS = {"monthly": Rhythm.MONTHLY, "weekly": Rhythm.WEEKLY, "month": Rhythm.MONTHLY, "week": Rhythm.WEEKLY}
_DAYS: dict[str, Day] = {
    **{day.value: day for day in (*MONTH_DAYS, *WEEKDAYS)},
    **{day.value[:3]: day for day in WEEKDAYS},
    **{day.value + "s": day for day in WEEKDAYS},
    "first": Day.FIRST_WORKING,
    "last": Day.LAST,
}
_AMBIGUOUS = {
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "ist": ("Asia/Kolkata", "Europe/Dublin"),
    "est": ("America/New_York", "Australia/Sydney"),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "pst": ("America/Los_Angeles", "Asia/Manila"),
    "cet": ("Europe/Berlin", "Europe/Paris"),
    "edt": ("America/New_York",),
    "pdt": ("America/Los_Angeles",),
    "cdt": ("America/Chicago",),
    "mst": ("America/Denver", "America/Phoenix"),
    "cest": ("Europe/Berlin", "Europe/Paris"),
    "eet": ("Europe/Helsinki", "Africa/Cairo"),
    "gmt": ("Europe/London", "UTC"),
}
"""Abbreviations say an offset and not where clocks change; what is meant, IANA's names say."""
_GOOD_ENOUGH = 78


def parse_schedule(text: str) -> Schedule:
    """Read the canonical words of a schedule.

    Raises:
        QueryError: for anything that :func:`str` of a schedule does not give, or nearly so.

    """
    return read_schedule(text)[0]


def read_schedule(text: str, others: Collection[str] = ()) -> tuple[Schedule, bool, list[str]]:
    """Read words in any order.

    Returns the schedule, in UTC where no time zone is named; whether one is; and those of the words that are among ``others``,
    in order, which are the caller's to read.

    Raises:
        QueryError: naming the word that is not understood, and what to write instead.

    """
    words = _joined(text.replace(",", " ").split())
    rest = [word.casefold() for word in words if word.casefold() in others]
    rhythm, day, at, zone = _read([word for word in words if word.casefold() not in others])
    if rhythm is None:
        rhythm = Rhythm.WEEKLY if day in WEEKDAYS else Rhythm.MONTHLY
    day = day or (Day.FIRST_WORKING if rhythm is Rhythm.MONTHLY else Day.MONDAY)
    try:
        return Schedule(rhythm, day, at or time(9), zone or "UTC"), zone is not None, rest
    except ValueError:
        fits = "a weekday, such as friday" if rhythm is Rhythm.WEEKLY else "first-working-day or last-day"
        raise QueryError(f"“{day}” does not go with {rhythm}: write {fits}.") from None


def _read(words: list[str]) -> tuple[Rhythm | None, Day | None, time | None, str | None]:
    """Read what is said of rhythm, day, time and zone."""
    rhythm: Rhythm | None = None
    day: Day | None = None
    at: time | None = None
    zone: str | None = None
    place = 0
    while place < len(words):
        low, used = words[place].casefold(), 1
        if low in _RHYTHMS and not (low in _FILLERS and rhythm):
            rhythm = _RHYTHMS[low]
        elif low in _DAYS:
            day = _DAYS[low]
        elif low == "at" or _is_time(low):
            used = 2 if low == "at" else 1
            at = _time(words[place + used - 1] if place + used <= len(words) else "at")
        elif low not in _FILLERS:
            zone, used = _zone(words[place:])
        place += used
    return rhythm, day, at, zone


def _is_time(word: str) -> bool:
    return bool(_CLOCK.fullmatch(word)) and (":" in word or word.endswith("m"))


def _joined(words: list[str]) -> list[str]:
    """Put ``9`` and ``am`` together."""
    joined: list[str] = []
    for word in words:
        if word.casefold() in {"am", "pm"} and joined and _CLOCK.fullmatch(joined[-1]):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _time(word: str) -> time:
    found = _CLOCK.fullmatch(word)
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").casefold()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 99
        try:
            return time(hour, minute)
        except ValueError:
            pass
    raise QueryError(f"“{word}” is no time of the day; write it as 09:00 or 9am.")


def _zone(words: list[str]) -> tuple[str, int]:
    """Read a zone from the first words, as many as make one; returns it and how many they were."""
    for many in (3, 2, 1):
        some = words[:many]
        if len(some) == many:
            found = _canonical("_".join(some)) or _city("_".join(some))
            if found:
                return found, many
    word = words[0]
    if word.casefold() in _AMBIGUOUS:
        named = " or ".join(_AMBIGUOUS[word.casefold()])
        raise QueryError(f"“{word}” does not say where clocks are changed; write the zone as {named}.")
    raise _unknown(word)


def _unknown(word: str) -> HfStatsError:
    known = [*(rhythm.value for rhythm in Rhythm), *_DAYS, *_cities()]
    near = process.extractOne(word.casefold(), known, scorer=fuzz.ratio, score_cutoff=_GOOD_ENOUGH)
    meant = _cities().get(near[0], near[0]) if near else None
    hint = f" Did you mean {meant}?" if meant else ""
    return QueryError(f"“{word}” is neither a rhythm, a day, a time nor a time zone.{hint} For example: {EXAMPLE}")


def _canonical(name: str) -> str | None:
    return _zones().get(name.casefold().replace(" ", "_"))


def _city(name: str) -> str | None:
    return _cities().get(name.casefold())


@cache
def _zones() -> dict[str, str]:
    """Return the zones by their names in small letters; abbreviations are none."""
    return {name.casefold(): name for name in available_timezones() if "/" in name or name == "UTC"}


@cache
def _cities() -> dict[str, str]:
    """Return the zones by the names of their cities, where a city is in one zone only."""
    cities: dict[str, set[str]] = {}
    for name in available_timezones():
        area, _, city = name.partition("/")
        if city and area not in {"Etc", "US", "SystemV", "posix", "right"}:
            cities.setdefault(city.rpartition("/")[2].casefold(), set()).add(name)
    return {city: min(names) for city, names in cities.items() if len(names) == 1 or _same(names)}


def _same(names: set[str]) -> bool:
    """Tell whether names are of one zone: ``Asia/Kolkata`` and its older spellings."""
    return len({ZoneInfo(name).key for name in names}) == 1
