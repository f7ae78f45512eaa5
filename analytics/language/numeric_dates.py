"""Dates in digits, as people of several countries write them."""

from __future__ import annotations

import re

from analytics.errors import QueryError
from analytics.query import Period

_YEAR = r"(?P<y>\d{4})"
_FORMS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"{_YEAR}(?P<s>[-/.])(?P<m>\d{{1,2}})(?:(?P=s)(?P<d>\d{{1,2}}))?",  # 2026-08-22, 2026/08
        rf"{_YEAR}年(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})日)?",
        r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})",  # 20260822
        rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.{_YEAR}",  # with dots, the day comes first everywhere
        rf"(?P<m>\d{{1,2}})[-/.]{_YEAR}",  # 08/2026
    )
)
_EITHER = re.compile(rf"(\d{{1,2}})([-/])(\d{{1,2}})\2{_YEAR}", re.ASCII)
"""The day or the month first, by country."""
ANY = r"\d{1,4}(?:[-/.]\d{1,4}){1,2}|\d{4}年\d{1,2}月(?:\d{1,2}日)?|20\d{6}"
"""A pattern for what may be a date in digits."""


def read_date(text: str) -> Period | None:
    """Return the month or day that digits stand for; ``None`` where they're no date.

    Raises:
        QueryError: for a date that is one day in some countries and another in others, such as 05/06/2026.

    """
    if either := _EITHER.fullmatch(text):
        year, first, second = int(either["y"]), int(either[1]), int(either[3])
        days = list(dict.fromkeys(filter(None, (_period(year, first, second), _period(year, second, first)))))
        if len(days) > 1:
            raise QueryError(f"“{text}” can be {days[0].name} or {days[1].name}. Write {days[0]} or {days[1]}.")
        return days[0] if days else None
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if match is None:
        return None
    day = match.groupdict().get("d")
    return _period(int(match["y"]), int(match["m"]), int(day) if day else None)


def with_iso_dates(text: str) -> str:
    """Write the dates in digits of a text as ISO dates; those that could be two days stay as they are."""
    return re.sub(rf"(?<![\w./-])(?:{ANY})(?![\w/-])", _iso, text)


def _iso(match: re.Match[str]) -> str:
    try:
        return str(read_date(match[0]) or match[0])
    except QueryError:
        return match[0]


def _period(year: int, month: int, day: int | None) -> Period | None:
    try:
        return Period(year, month, day)
    except ValueError:  # a 13th month, a 31st of June
        return None
