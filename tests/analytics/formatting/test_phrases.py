"""How numbers, lists and dates read, at every edge."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain import Dimension, ListName, Measure
from analytics.formatting import numbers, phrases


@pytest.mark.parametrize(
    ("portion", "said"),
    [
        (0, "0.0%"),
        (1e-9, "<0.1%"),
        (0.000499, "<0.1%"),
        (0.0005, "0.1%"),
        (0.00149, "0.1%"),
        (0.5764, "57.6%"),
        (0.9994, "99.9%"),
        (0.99949, "99.9%"),
        (0.9995, ">99.9%"),
        (1 - 1e-12, ">99.9%"),
        (1, "100.0%"),
        (1 + 1e-12, "100.0%"),
    ],
)
def test_percent(portion: float, said: str) -> None:
    assert numbers.percent(portion) == said


@given(st.floats(0, 1))
def test_only_nothing_is_0_and_only_all_is_100(portion: float) -> None:
    said = numbers.percent(portion)
    assert (said == "0.0%") == (portion == 0)
    assert (said == "100.0%") == (portion == 1)
    if said[0].isdigit():
        assert float(said.rstrip("%")) / 100 == pytest.approx(portion, abs=0.000501)


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (0.041, "+4.1 points"),
        (-0.041, "\u22124.1 points"),
        (0.01, "+1.0 point"),
        (-0.01, "\u22121.0 point"),
        (0.0104, "+1.0 point"),
        (0.0106, "+1.1 points"),
        (0.0, "0.0 points"),
        (-0.0, "0.0 points"),
        (0.0004, "0.0 points"),
        (-0.0004, "0.0 points"),
        (0.0006, "+0.1 points"),
        (1, "+100.0 points"),
    ],
)
def test_points(shift: float, said: str) -> None:
    assert phrases.points(shift) == said


@given(st.floats(-1, 1))
def test_points_have_a_sign_and_never_a_hyphen(shift: float) -> None:
    said = phrases.points(shift)
    assert re.fullmatch("[+\u2212]?\\d+\\.\\d points?", said)
    assert said.translate({ord("+"): "\u2212", ord("\u2212"): "+"}) == phrases.points(-shift)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (1, "1"),
        (60, "60"),
        (999, "999"),
        (0.5, "0.5"),
        (2.5, "2.5"),
        (999.4, "999.4"),
        (999.5, "1k"),
        (1000, "1k"),
        (1004, "1k"),
        (1006, "1.01k"),
        (1234, "1.23k"),
        (99_949, "99.9k"),
        (123_456, "123k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_500_000, "1.5M"),
        (258_123_456, "258M"),
        (999_499_999, "999M"),
        (999_500_000, "1B"),
        (2_023_821_501, "2.02B"),
        (999_499_999_999, "999B"),
        (1_000_000_000_000, "1000B"),
        (12_345_000_000_000, "12345B"),
        (-1234, "-1.23k"),
    ],
)
def test_count(value: float, said: str) -> None:
    assert numbers.count(value) == said


@given(st.integers(0, 10**14))
def test_a_count_is_short_and_within_half_a_per_cent(value: int) -> None:
    said = numbers.count(value)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kMB]?)", said)
    assert match, said
    size = {"": 1, "k": 1e3, "M": 1e6, "B": 1e9}[match[2]]
    assert float(match[1]) * size == pytest.approx(value, rel=0.005, abs=0.05)
    if match[2] != "B":
        assert float(match[1]) < 1000


@pytest.mark.parametrize(
    ("rank", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (10, "10th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (101, "101st"),
        (111, "111th"),
        (112, "112th"),
        (113, "113th"),
        (1002, "1002nd"),
    ],
)
def test_ordinal(rank: int, said: str) -> None:
    assert phrases.ordinal(rank) == said


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "model", "0 models"),
        (1, "model", "1 model"),
        (1.0, "model", "1 model"),
        (0.5, "model", "0.5 models"),
        (2, "library", "2 libraries"),
        (1, "library", "1 library"),
        (2, "day", "2 days"),
        (1500, "like", "1.5k likes"),
    ],
)
def test_plural(number: float, noun: str, said: str) -> None:
    assert phrases.plural(number, noun) == said


@pytest.mark.parametrize(("names", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")])
def test_enumerate(names: list[str], said: str) -> None:
    assert phrases.enumerate_(names) == said


def test_names_are_called_as_people_write_them() -> None:
    assert phrases.name(Dimension.LICENSE, "apache-2.0") == "Apache-2.0"
    assert phrases.name(Dimension.LICENSE, "never-heard-of") == "never-heard-of"
    for dimension in (None, Dimension.CREATOR, Dimension.NAMESPACE, Dimension.TASK, Dimension.LIBRARY):
        assert phrases.name(dimension, "apache-2.0") == "apache-2.0"
    assert phrases.name(Dimension.KIND, "university") == "Universities"
    assert phrases.name(Dimension.DERIVATION, "fine-tune") == "Fine-tunes"
    assert phrases.name(Dimension.COUNTRY, "not known") == "Not known"


@pytest.mark.parametrize(
    ("dimension", "raw", "said"),
    [
        (Dimension.FAMILY, "permissive", ("Permissive licenses", "permissive licenses", "have")),
        (Dimension.FAMILY, "responsible AI", ("Responsible AI licenses", "responsible AI licenses", "have")),
        (Dimension.FAMILY, "none declared", ("Models with no declared license", "models with no declared license", "have")),
        (Dimension.TASK, "none declared", ("Models with no declared task", "models with no declared task", "have")),
        (Dimension.LICENSE, "other", ("Licenses tagged “other”", "licenses tagged “other”", "have")),
        (Dimension.LICENSE, "mit", ("MIT", "MIT", "has")),
        (Dimension.ACCESS, "open", ("Open models", "open models", "have")),
        (
            Dimension.ACCESS,
            "gated, manual approval",
            ("Gated models with manual approval", "gated models with manual approval", "have"),
        ),
        (Dimension.DERIVATION, "fine-tune", ("Fine-tunes", "fine-tunes", "have")),
        (Dimension.KIND, "company", ("Companies", "companies", "have")),
        (Dimension.KIND, "not known", ("Creators of unknown kind", "creators of unknown kind", "have")),
        (Dimension.COUNTRY, "not known", ("Creators with no known country", "creators with no known country", "have")),
        (Dimension.COUNTRY, "United States", ("The United States", "the United States", "has")),
        (Dimension.COUNTRY, "China", ("China", "China", "has")),
        (Dimension.CREATOR, "Meta", ("Meta", "Meta", "has")),
        (Dimension.LIBRARY, "transformers", ("transformers", "transformers", "has")),
    ],
)
def test_subjects_go_with_their_verb(dimension: Dimension, raw: str, said: tuple[str, str, str]) -> None:
    phrase = phrases.noun_phrase(dimension, raw)
    assert (phrase.start, phrase.text, phrase.has) == said


@pytest.mark.parametrize(
    ("within", "size", "said"),
    [
        (ListName.TOP, 300, "the 300 most-downloaded models"),
        (ListName.TRENDING, 2, "the 2 models with the highest trending score"),
        (ListName.LIKED, 300, "the 300 most-liked models"),
        (ListName.HUB, 2_500_000, "the 2.5M public models"),
        (ListName.BOTH, 543, "the 543 models of the top and trending lists"),
    ],
)
def test_of_list(within: ListName, size: int, said: str) -> None:
    assert phrases.of_list(within, size) == said


def test_one_model_is_not_models() -> None:
    assert phrases.of_list(ListName.TOP, 1) == "the 1 most-downloaded model"


def test_every_list_and_measure_has_its_words() -> None:
    assert [phrases.ranked_by(name) for name in ListName] == ["downloads", "trending score", "likes", "downloads", "downloads"]
    assert [phrases.short_list(name) for name in ListName] == [
        "top list",
        "trending list",
        "most-liked list",
        "top and trending lists",
        "whole Hub",
    ]
    assert [phrases.of_measure(by) for by in Measure] == ["models", "downloads", "likes"]
    assert [phrases.window(by) for by in (None, *Measure)] == [
        "downloads in the last 30 days",
        "models",
        "downloads in the last 30 days",
        "all-time likes",
    ]


def test_day() -> None:
    assert phrases.day(date(2026, 8, 2)) == "August 2, 2026"
    assert phrases.short_day(date(2026, 8, 2)) == "Aug 2, 2026"


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (date(2026, 8, 7), "Aug 7 \u2013 22, 2026"),
        (date(2026, 7, 31), "Jul 31 \u2013 Aug 22, 2026"),
        (date(2025, 8, 7), "Aug 7, 2025 \u2013 Aug 22, 2026"),
    ],
)
def test_a_range_of_dates_says_nothing_twice(first: date, said: str) -> None:
    assert phrases.short_period(first, date(2026, 8, 22)) == said


@pytest.mark.parametrize(
    ("dimension", "raw", "said"),
    [
        (Dimension.CREATOR, "Meta", "Meta's downloads"),
        (Dimension.CREATOR, "Sentence Transformers", "Sentence Transformers' downloads"),
        (Dimension.KIND, "lab", "labs' downloads"),
        (Dimension.LICENSE, "none declared", "downloads of models with no declared license"),
        (Dimension.LICENSE, "other", "downloads of licenses tagged “other”"),
    ],
)
def test_what_somebody_has(dimension: Dimension, raw: str, said: str) -> None:
    assert phrases.noun_phrase(dimension, raw).of("downloads") == said
