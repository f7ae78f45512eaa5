"""Parses dates in natural language: "last month", "since spring", "over the past year", "march vs august"."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.query import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

_MONTHS = {
    name.casefold(): number for number in range(1, 13) for name in (calendar.month_name[number], calendar.month_abbr[number])
} | {"sept": 9}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = {
    word: n
    for n, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_NUMBERS |= {"a": 1, "an": 1, "few": 3, "couple": 2, "couple of": 2}
_MONTH = rf"(?:{'|'.join(sorted((m for m in _MONTHS if m != 'may'), key=len, reverse=True))}|may)"
_SEASON = rf"(?:{'|'.join(_SEASONS)})"
_COUNT = rf"(?:\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_DAY = r"\d{4}-\d{1,2}(?:-\d{1,2})?"
_NAMED = rf"{_MONTH}\.?(?: \d{{1,2}}(?:st|nd|rd|th)?,?)?(?: \d{{4}})?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?: \d{{4}})?"
_POINT = (
    rf"{_DAY}|{_NAMED}|(?:last |this )?{_SEASON}(?: \d{{4}})?|(?:the )?(?:start|beginning) of (?:the|this) year"
    rf"|(?:{_COUNT}) (?:months?|years?) ago|last (?:month|year)|yesterday|\d{{4}}"
)
_NOW = r"\b(?:right now|now|today|currently|current|at the moment|at present|these days|this month|nowadays|so far)\b"
_SPAN = rf"(?:(?:over|in|during|for|within) )?(?:the )?(?:last|past) (?:({_COUNT}) )?(months?|years?|quarter|half year)\b"


@dataclass(frozen=True, slots=True)
class When:
    """The dates in a text, and the text without them."""

    rest: str
    at: Period | None = None
    since: Period | None = None
    both: tuple[Period, Period] | None = None
    """Two dates to compare."""
    course: bool = False
    """Whether the text asks for a development over time without a start."""


def when(text: str, today: date) -> When:
    """Parse the dates in a lower-case text; a month without a year is the latest one that has begun."""
    pair = _pair(text, today)
    if pair:
        return pair
    text, since = _first(text, _sinces(today))
    text, course = _take(text, r"\b(?:over time|through time|over the years|historically|the course of|the trend of)\b")
    text, at = (text, None) if since else _first(text, _ats(today))
    text = re.sub(_NOW, " ", text)
    return When(text, at, since, None, bool(course) and since is None)


def year_before(today: date) -> Period:
    """Return the month a year ago."""
    return Period(today.year - 1, today.month)


def _take(text: str, pattern: str) -> tuple[str, re.Match[str] | None]:
    match = re.search(pattern, text)
    return (f"{text[: match.start()]} {text[match.end() :]}", match) if match else (text, None)


def _first(text: str, patterns: Iterator[tuple[str, Callable[[re.Match[str]], Period | None]]]) -> tuple[str, Period | None]:
    for pattern, meaning in patterns:
        rest, match = _take(text, pattern)
        period = meaning(match) if match else None
        if period:
            return rest, period
    return text, None


def _pair(text: str, today: date) -> When | None:
    joined = (
        rf"\b(?:between |from |compare )?(?P<one>{_POINT}) (?:vs\.?|versus|and|with|to|against) (?P<two>{_POINT}|now|today)\b"
    )
    rest, match = _take(text, joined)
    if not match:
        return None
    first, second = (_point(match[side], today) for side in ("one", "two"))
    if match["two"] in {"now", "today"}:
        second = Period(today.year, today.month)
    return When(rest, both=(first, second)) if first and second and first != second else None


def _sinces(today: date) -> Iterator[tuple[str, Callable[[re.Match[str]], Period | None]]]:
    yield rf"\b(?:since|from|starting)(?: in)? (?P<point>{_POINT})(?: on| onwards?)?\b", lambda m: _start(m["point"], today)
    yield rf"\bsince ({_COUNT}) (months?|years?)\b", lambda m: _back(today, m[1], m[2])
    yield rf"\b{_SPAN}", lambda m: _back(today, m[1], m[2]) if m[0].split()[0] != "last" or m[1] else None
    yield r"\b(?:since|in|over|during) this year\b|\bthis year\b|\byear to date\b|\bytd\b", lambda _: Period(today.year, 1)


def _ats(today: date) -> Iterator[tuple[str, Callable[[re.Match[str]], Period | None]]]:
    yield (
        rf"\b(?:in|on|at|as of|by|for|during|back in|of)(?: the end of)? (?P<point>{_POINT})\b",
        lambda m: _point(m["point"], today),
    )
    bare = _POINT.replace("|may", "").replace(r"|\d{4}", "")
    yield rf"(?<![\w-])(?P<point>{bare})\b", lambda m: _point(m["point"], today)


def _point(text: str, today: date) -> Period | None:
    """Return the month or day of an expression; ``None`` if it has none."""
    if re.fullmatch(r"\d{4}", text):
        return Period(int(text), 12) if 2020 <= int(text) <= today.year else None
    return Period.read(text) or _relative(text, today) or _season(text, today) or _named(text, today)


def _start(text: str, today: date) -> Period | None:
    """Return the beginning of an expression: January for a year."""
    point = _point(text, today)
    return Period(point.year, 1) if point and re.fullmatch(r"\d{4}", text) else point


def _relative(text: str, today: date) -> Period | None:
    """Return a date relative to today: "last month", "six months ago", "the start of the year"."""
    ago = re.fullmatch(rf"({_COUNT}) (month|year)s? ago", text)
    if ago:
        return _months_before(today, _number(ago[1]) * (12 if ago[2] == "year" else 1))
    if "start of" in text or "beginning of" in text:
        return Period(today.year, 1)
    return {"last month": _months_before(today, 1), "last year": Period(today.year - 1, 12)}.get(text)


def _season(text: str, today: date) -> Period | None:
    words = text.split()
    season = next((word for word in words if word in _SEASONS), None)
    if season is None:
        return None
    month = _SEASONS[season]
    if words[-1].isdigit():
        return Period(int(words[-1]), month)
    year = today.year if month <= today.month else today.year - 1
    # "Last summer" isn't the present one.
    running = year == today.year and today.month < month + 3
    return Period(year - 1 if words[0] == "last" and running else year, month)


def _named(text: str, today: date) -> Period | None:
    month = next((_MONTHS[word.strip(".,")] for word in text.split() if word.strip(".,") in _MONTHS), None)
    if month is None:
        return None
    year = re.search(r"\b\d{4}\b", text)
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", text)
    of = int(year[0]) if year else today.year if month <= today.month else today.year - 1
    try:
        return Period(of, month, int(day[1]) if day else None)
    except ValueError:  # the thirty-first of June
        return None


def _back(today: date, count: str | None, unit: str) -> Period:
    months = {"year": 12, "years": 12, "quarter": 3, "half year": 6}.get(unit, 1)
    return _months_before(today, months * (_number(count) if count else 1))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _months_before(today: date, months: int) -> Period:
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return Period(year, month + 1)
