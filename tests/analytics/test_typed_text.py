"""What keyboards, phones and pasted text make of words: each kind, not examples of it."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from analytics.errors import QueryError
from analytics.language.numeric_dates import read_date, with_iso_dates
from analytics.questions.registry import parse
from analytics.typed_text import tidy, without_end

EVERYTHING = [chr(number) for number in range(0x11000) if unicodedata.category(chr(number)) != "Cn"]


def of_category(*categories):
    return [c for c in EVERYTHING if unicodedata.category(c) in categories]


RARE = set("\u058a\u1400\u1806\u2e17\u2e1a\u2e40\u2e5d\u30a0\U00010ead\u301c\u3030\ufe31\ufe32\u05be")
"""Hyphens of scripts that no question is asked in, and wavy and vertical ones."""
DASHES = [c for c in of_category("Pd") if c not in RARE]
QUOTES = [c for c in of_category("Pi", "Pf", "Ps", "Pe", "Po") if "QUOTATION MARK" in unicodedata.name(c)]


@pytest.mark.parametrize("dash", DASHES, ids=unicodedata.name)
def test_each_dash_is_a_hyphen(dash):
    assert parse(f"licenses since 2026{dash}01") == parse("licenses since 2026-01")
    assert parse(f"licenses {dash} by downloads") == parse("licenses by downloads")


@pytest.mark.parametrize("quote", [c for c in QUOTES if "REVERSED ROTATED" not in unicodedata.name(c)], ids=unicodedata.name)
def test_each_pair_of_quotation_marks_quotes(quote):
    assert parse(f"creator {quote}stability ai{quote}") == parse('creator "stability ai"')


@pytest.mark.parametrize("space", of_category("Zs", "Zl", "Zp"), ids=unicodedata.name)
def test_each_space_separates(space):
    assert parse(f"licenses{space}by{space}downloads") == parse("licenses by downloads")


@pytest.mark.parametrize("invisible", of_category("Cf"), ids=lambda c: f"{ord(c):04x}")
def test_what_is_invisible_is_not_there(invisible):
    assert parse(f"licenses{invisible} by downloads") == parse("licenses by downloads")


@pytest.mark.parametrize("form", ["\uff41", "\uff21", "\U0001d44e"])
def test_other_forms_of_letters_are_letters(form):
    assert tidy(form).casefold() == "a"


@pytest.mark.parametrize("end", ["?", "!", ".", "…", "?!", " ?", ";", ":", "??", ".."])
def test_a_sentence_may_end(end):
    assert parse(f"creator meta{end}") == parse("creator meta")
    assert parse(f"licenses by downloads{end}") == parse("licenses by downloads")
    assert without_end(f"a.b{end}") == "a.b"


@pytest.mark.parametrize("polite", [", please", " please!", ", thanks", " pls."])
def test_politeness_is_no_name(polite):
    assert parse(f"creator meta{polite}") == parse("creator meta")


DAYS = [
    "2026-08-22",
    "2026/8/22",
    "2026.08.22",
    "20260822",
    "22.08.2026",
    "22.8.2026",
    "22/08/2026",
    "8/22/2026",
    "22-08-2026",
    "2026年8月22日",
]
NO_DATES = ["31/02/2026", "2026-13", "2026/02/31", "99.99.2026", "13/13/2026", "1/2", "300", "3.5", "2026-08-22-1"]


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_as_people_of_several_countries_write_it(typed):
    assert str(read_date(typed)) == "2026-08-22"
    assert parse(f"licenses at {typed}") == parse("licenses at 2026-08-22")
    assert with_iso_dates(f"licenses at {typed}?") == "licenses at 2026-08-22?"


@pytest.mark.parametrize("typed", ["2026-08", "2026/8", "2026.08", "8/2026", "08.2026", "08-2026", "2026年8月"])
def test_a_month_likewise(typed):
    assert parse(f"licenses since {typed}") == parse("licenses since 2026-08")


@pytest.mark.parametrize("typed", ["05/06/2026", "5-6-2026", "12/11/2026"])
def test_a_date_that_is_two_days_is_asked_back_with_both(typed):
    with pytest.raises(QueryError, match=r"can be .* or .*\. Write 2026-\d\d-\d\d or 2026-\d\d-\d\d\.") as refused:
        parse(f"licenses at {typed}")
    assert {"2026-05-06", "2026-06-05"} <= set(str(refused.value).replace(".", " ").split()) or typed == "12/11/2026"
    assert with_iso_dates(typed) == typed


@pytest.mark.parametrize("typed", ["07/07/2026"])
def test_a_date_that_is_one_day_either_way_is_that_day(typed):
    assert read_date(typed).start == date(2026, 7, 7)


@pytest.mark.parametrize("typed", NO_DATES)
def test_other_digits_are_no_date(typed):
    assert read_date(typed) is None
