"""Parse the schedule in a ``subscribe`` command: words in any order, with common notations of times and time zones."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from analytics.errors import HfStatsError, QueryError
from bot.domain.schedule.values import WEEKDAYS, Day, Rhythm, Schedule

if TYPE_CHECKING:
    from collections.abc import Collection

EXAMPLE = "subscribe monthly at 09:00 Europe/Berlin"
_EXAMPLES = ("subscribe monthly", "subscribe weekly friday")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?", re.IGNORECASE)
_WEEKDAY_NAMES = {
    **{day.value: day for day in WEEKDAYS},
    **{day.value[:3]: day for day in WEEKDAYS},
    **{day.value + "s": day for day in WEEKDAYS},
    "tues": Day.TUESDAY,
    "wednes": Day.WEDNESDAY,
    "thur": Day.THURSDAY,
    "thurs": Day.THURSDAY,
}
_PHRASES: dict[tuple[str, ...], Day | Rhythm] = {
    **{(name,): day for name, day in _WEEKDAY_NAMES.items()},
    **{(every, name): day for name, day in _WEEKDAY_NAMES.items() for every in ("every", "each")},
    **{
        tuple(phrase.split()): Day.FIRST_WORKING
        for phrase in ("first-working-day", "first working day", "first business day", "first workday", "first weekday")
    },
    ("last-day",): Day.LAST,
    ("last", "day"): Day.LAST,
    **{
        tuple(phrase.format(unit).split()): rhythm
        for rhythm, unit in ((Rhythm.MONTHLY, "month"), (Rhythm.WEEKLY, "week"))
        for phrase in (
            "{}",
            "{}ly",
            "every {}",
            "each {}",
            "a {}",
            "per {}",
            "once a {}",
            "of the {}",
            "of each {}",
            "of every {}",
        )
    },
}
"""Phrases and their values. A word that is in no phrase and is no filler, time or zone is refused rather than ignored."""
_ALONE = {"first": Day.FIRST_WORKING, "last": Day.LAST}
"""Words that stand for a day unless another day follows."""
_NEED_ANOTHER = frozenset({"every", "each", "first", "last", "twice", "second", "third", "fourth", "other"})
_DAYS_THERE_ARE = "on the first working day or the last day of a month, or every week on a weekday"
_LONGEST_PHRASE = max(map(len, _PHRASES))
_FILLERS = frozenset({"on", "the", "and", "in", "zone", "timezone", "time"})
"""Words that never change the meaning."""
_OTHER_RHYTHMS = frozenset(
    {"every", "each", "day", "days", "daily", "everyday", "hour", "hourly", "biweekly", "fortnightly", "quarterly", "quarter"}
    | {"yearly", "annually", "year", "weekdays", "weekends", "twice", "other", "second", "working", "business"}
)
_OTHER_DAYS = frozenset({"first", "last", "1st", "2nd", "3rd", "15th", "third", "fourth", "mid", "middle", "end", "start"})
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
"""Abbreviations give an offset but no rules for clock changes; these are the IANA zones to suggest."""
_GOOD_ENOUGH = 78
_SEPARATORS = str.maketrans({"-": "_", " ": "_", ".": None, "'": None, "\N{RIGHT SINGLE QUOTATION MARK}": None})
_YEARS = range(2026, 2038)
"""The years by which two names of a city are compared; time zone files list changes up to 2037."""


def parse_schedule(text: str) -> Schedule:
    """Parse the text that ``str(schedule)`` returns.

    Raises:
        QueryError: if the text isn't a schedule.

    """
    return read_schedule(text)[0]


def read_schedule(text: str, others: Collection[str] = ()) -> tuple[Schedule, bool, list[str]]:
    """Parse a schedule with its words in any order.

    Returns the schedule, in UTC if no time zone is given; whether one is given; and the words that are in ``others``, in order,
    for the caller to parse.

    Raises:
        QueryError: with the word that isn't understood, and what to type instead.

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
        raise QueryError(f"“{day}” doesn't work with {rhythm}. Use {fits}.", _EXAMPLES) from None


def _read(words: list[str]) -> tuple[Rhythm | None, Day | None, time | None, str | None]:
    """Return rhythm, day, time and zone, each given at most once."""
    read: dict[type, Rhythm | Day | time | str] = {}
    place = 0
    while place < len(words):
        value, used = _next(words, place)
        known = read.setdefault(type(value), value) if value is not None else None
        if known != value:
            kind = _KINDS[type(value)]
            raise QueryError(f"“{_shown(known)}” and “{_shown(value)}” are different {kind}. Choose one.", _EXAMPLES)
        place += used
    rhythm, day, at, zone = read.get(Rhythm), read.get(Day), read.get(time), read.get(str)
    return (
        rhythm if isinstance(rhythm, Rhythm) else None,
        day if isinstance(day, Day) else None,
        at if isinstance(at, time) else None,
        zone if type(zone) is str else None,
    )


_KINDS = {Rhythm: "rhythms", Day: "days", time: "times", str: "time zones"}


def _shown(value: object) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _next(words: list[str], place: int) -> tuple[Rhythm | Day | time | str | None, int]:
    """Return the value that starts at a word, ``None`` for a filler, and how many words it takes."""
    low = words[place].casefold()
    for many in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
        phrase = tuple(word.casefold() for word in words[place : place + many])
        if phrase in _PHRASES:
            return _PHRASES[phrase], many
    if low == "at" or _is_time(low):
        used = 2 if low == "at" else 1
        return _time(words[place + used - 1] if place + used <= len(words) else "at"), used
    if low in _FILLERS:
        return None, 1
    following = words[place + 1].casefold() if words[place + 1 :] else ""
    if low in _ALONE and following not in {*_WEEKDAY_NAMES, *_OTHER_RHYTHMS, "week", "weekday", "weekend"}:
        return _ALONE[low], 1
    phrase_ = f"{words[place]} {following}".strip() if low in _NEED_ANOTHER else words[place]
    if low in _OTHER_RHYTHMS:
        raise QueryError(f"A digest comes every month or every week; I can't read “{phrase_}” as either.", _EXAMPLES)
    if low in _OTHER_DAYS:
        raise QueryError(f"A digest can come {_DAYS_THERE_ARE}; I can't read “{phrase_}” as one of these.", _EXAMPLES)
    return _zone(words[place:])


def _is_time(word: str) -> bool:
    return bool(_CLOCK.fullmatch(word)) and (":" in word or word.endswith("m"))


def _joined(words: list[str]) -> list[str]:
    """Join ``9`` and ``am``."""
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
    raise QueryError(f"“{word}” isn't a time. Write it like 09:00 or 9am.")


def _zone(words: list[str]) -> tuple[str, int]:
    """Return the zone that the first words name, and how many words it takes."""
    for many in (3, 2, 1):
        some = words[:many]
        if len(some) == many:
            found = _canonical("_".join(some)) or _city("_".join(some))
            if found:
                return found, many
    word = words[0]
    if word.casefold() in _AMBIGUOUS:
        named = " or ".join(_AMBIGUOUS[word.casefold()])
        raise QueryError(f"“{word}” is an ambiguous time zone. Use {named}.")
    raise _unknown(word)


def _unknown(word: str) -> HfStatsError:
    known = [*(rhythm.value for rhythm in Rhythm), *(day.value for day in Day), *_cities()]
    near = process.extractOne(word.casefold(), known, scorer=fuzz.ratio, score_cutoff=_GOOD_ENOUGH)
    meant = _cities().get(near[0], near[0]) if near else None
    hint = f" Did you mean {meant}?" if meant else ""
    return QueryError(f"I don't understand “{word}” in a schedule.{hint} For example: {EXAMPLE}")


def _canonical(name: str) -> str | None:
    return _zones().get(_spelling(name))


def _city(name: str) -> str | None:
    return _cities().get(_spelling(name))


def _spelling(name: str) -> str:
    """Return a name as zones are looked up: ``São Paulo`` as ``sao_paulo``, ``St. John's`` as ``st_johns``."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return letters.casefold().translate(_SEPARATORS)


@cache
def _zones() -> dict[str, str]:
    """Return the zone names by their spelling, without abbreviations."""
    return {_spelling(name): name for name in available_timezones() if "/" in name or name == "UTC"}


@cache
def _cities() -> dict[str, str]:
    """Return the zones by their city's spelling, for cities with a single zone."""
    cities: dict[str, set[str]] = {}
    for name in available_timezones():
        area, _, city = name.partition("/")
        if city and area not in {"Etc", "US", "SystemV", "posix", "right"}:
            cities.setdefault(_spelling(city.rpartition("/")[2]), set()).add(name)
    return {city: min(names) for city, names in cities.items() if len(names) == 1 or _same(names)}


def _same(names: set[str]) -> bool:
    """Return whether the clocks of zones agree throughout the years that a schedule may run, so that any name will do."""
    days = [datetime(year, month, 1) for year in _YEARS for month in range(1, 13)]  # noqa: DTZ001 - local times
    return len({tuple(ZoneInfo(name).utcoffset(day) for day in days) for name in names}) == 1
