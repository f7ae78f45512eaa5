"""Chart values and their validation."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.chart import Unit
from analytics.charts import label_placement, number_labels, style, text_measurement, time_axis


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (0.0, Unit.PORTION, "0.0%"),
        (0.0004, Unit.PORTION, "<0.1%"),
        (0.0005, Unit.PORTION, "0.1%"),
        (0.5764, Unit.PORTION, "57.6%"),
        (0.9996, Unit.PORTION, ">99.9%"),
        (1.0, Unit.PORTION, "100.0%"),
        (0.0, Unit.COUNT, "0"),
        (0.5, Unit.COUNT, "0.5"),
        (999, Unit.COUNT, "999"),
        (1234, Unit.COUNT, "1.23k"),
        (999_499, Unit.COUNT, "999k"),
        (999_600, Unit.COUNT, "1M"),
        (257_827_147, Unit.COUNT, "258M"),
        (2_023_821_501, Unit.COUNT, "2.02B"),
        (1.0, Unit.RANK, "1"),
        (12.0, Unit.RANK, "12"),
    ],
)
def test_values_read(value: float, unit: Unit, says: str) -> None:
    assert number_labels.label(value, unit) == says


@given(st.floats(1e-6, 1e12))
def test_a_grid_covers_the_values_in_few_round_steps(highest: float) -> None:
    grid = number_labels.ticks(highest)
    assert grid[0] == 0
    assert 2 <= len(grid) <= 6
    assert grid[-2] < highest * (1 + 1e-9)
    assert grid[-1] >= highest * (1 - 1e-9)


def test_grid_lines_read_short() -> None:
    assert [number_labels.tick(value, Unit.PORTION) for value in number_labels.ticks(0.09)] == [
        "0%",
        "2%",
        "4%",
        "6%",
        "8%",
        "10%",
    ]
    assert [number_labels.tick(value, Unit.COUNT) for value in number_labels.ticks(258e6)] == ["0", "100M", "200M", "300M"]


@given(st.floats(0, 11), st.floats(1, 8))
def test_a_logarithmic_axis_has_some_marks_but_few(low: float, decades: float) -> None:
    marks = number_labels.powers(10**low, 10 ** (low + decades))
    assert 1 <= len(marks) <= 7
    assert all(10**low <= mark <= 10 ** (low + decades) for mark in marks)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=9), st.floats(5, 40))
def test_labels_are_moved_apart_in_their_order_and_stay_inside(wished: list[float], gap: float) -> None:
    placed = label_placement.spread(wished, gap, 0, 400)
    order = sorted(range(len(wished)), key=lambda at: (wished[at], at))
    assert all(placed[after] - placed[before] >= gap - 1e-6 for before, after in pairwise(order))
    assert all(-1e-6 <= y <= 400 + 1e-6 for y in placed)


def test_labels_move_no_farther_than_they_must() -> None:
    assert label_placement.spread([10, 200], 30, 0, 400) == (10, 200)
    assert label_placement.spread([100, 100], 30, 0, 400) == (85, 115)
    assert label_placement.spread([0, 0], 30, 0, 400) == (0, 30)
    assert label_placement.spread([5, 5, 5], 30, 0, 30) == (0, 15, 30)
    assert label_placement.spread([], 30, 0, 30) == ()


@given(st.text(min_size=1, max_size=80), st.floats(60, 900), st.booleans())
@settings(deadline=None)
def test_what_was_cut_to_fit_fits_and_shows_that_it_was_cut(given_text: str, room: float, bold: bool) -> None:
    name = text_measurement.printable(given_text)
    fitted = text_measurement.fit(name, room, 27, bold=bold)
    assert text_measurement.width(fitted, 27, bold=bold) <= room
    assert fitted == name or text_measurement.ELLIPSIS in fitted


@pytest.mark.parametrize(
    ("name", "fitted"),
    [
        ("google-bert/bert-base-uncased", "google-bert/bert-base-uncased"),
        ("sentence-transformers/all-MiniLM-L6-v2", "sentence-tr…/all-MiniLM-L6-v2"),
        ("12. sentence-transformers/all-MiniLM-L6-v2", "12. sentenc…/all-MiniLM-L6-v2"),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "…/paraphrase-mult…LM-L12-v2"),
        ("nvidia-nemotron-open-model-license-agreement", "nvidia-nemotron-…-agreement"),
        ("a phrase that says more than there is room for", "a phrase that says more tha…"),
    ],
)
def test_names_keep_what_tells_them_apart(name: str, fitted: str) -> None:
    assert text_measurement.fit(name, 430, 27) == fitted


@given(st.text(max_size=40))
def test_what_is_printed_is_one_line_of_characters_that_the_font_has(anything: str) -> None:
    shown = text_measurement.printable(anything)
    assert text_measurement.printable(shown) == shown
    assert "\n" not in shown
    assert shown.isprintable() or "\u00ad" in shown


def test_missing_characters_become_boxes() -> None:
    assert text_measurement.printable("千问 🚀\ufe0f a\n\tb\x00") == "□□ □ a b"
    assert text_measurement.printable("Łódź β № ² →") == "Łódź β № ² →"


def test_a_name_has_one_colour_in_every_picture() -> None:
    assert style.color("Apache-2.0") == style.color("apache-2.0") == style.colors(["x", "APACHE-2.0"])["APACHE-2.0"]
    assert style.color("9. Meta") == style.color("Meta")


def test_the_rest_and_the_undeclared_are_grey() -> None:
    assert style.colors(["others", "12 others", "all others", "None declared"]) == {
        "others": style.REST,
        "all others": style.REST,
        "12 others": style.REST,
        "None declared": style.NOTHING,
    }


def test_a_grey_subject_is_darker_than_its_context() -> None:
    darkness = {
        hue: style.contrast(*bytes.fromhex(hue[1:]))
        for hue in (*style.accents(["none declared", "Other"]).values(), style.CONTEXT)
    }
    assert max(darkness, key=lambda hue: darkness[hue]) == style.QUIET
    assert darkness[style.QUIET] > 2 * darkness[style.CONTEXT]


@given(st.lists(st.text(max_size=8), max_size=8, unique_by=str.casefold))
def test_no_two_names_of_a_picture_look_alike_whatever_their_order(names: list[str]) -> None:
    given_colours = style.colors(names)
    colored = [hue for hue in given_colours.values() if hue not in {style.REST, style.NOTHING}]
    assert len(set(colored)) == len(colored)
    assert style.colors(reversed(names)) == given_colours


@pytest.mark.parametrize("hue", [*style.PALETTE, style.YELLOW, style.QUIET])
def test_words_in_a_colour_can_be_read(hue: str) -> None:
    assert style.contrast(*bytes.fromhex(style.readable(hue)[1:])) >= 4.5


@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(0, 4000), st.integers(200, 900))
def test_dates_under_the_axis_are_within_it_and_apart(first: date, days: int, width: int) -> None:
    axis = time_axis.TimeAxis(tuple(dict.fromkeys((first, first + timedelta(days=days)))), 100, 100 + width)
    marks = axis.marks(120)
    assert 1 <= len(marks) <= 8
    assert all(100 <= x <= 100 + width for x, _ in marks)
    assert len(marks) == 2 or all(b - a >= 120 for (a, _), (b, _) in pairwise(marks))


def test_dates_under_the_axis_read() -> None:
    def marks(first: date, last: date) -> list[str]:
        return [words for _, words in time_axis.TimeAxis((first, last), 0, 700).marks(130)]

    assert marks(date(2026, 8, 7), date(2026, 8, 22)) == ["Aug 7", "Aug 14", "Aug 21"]
    assert marks(date(2025, 9, 22), date(2026, 8, 22)) == ["Oct 2025", "Jan 2026", "Apr 2026", "Jul 2026"]
    assert marks(date(2022, 7, 2), date(2026, 8, 22)) == ["2023", "2024", "2025", "2026"]
    assert time_axis.TimeAxis((date(2026, 8, 7),), 0, 700).marks(130) == ((time_axis.ALONE, "Aug 7, 2026"),)


def test_a_sign_that_only_one_font_has_becomes_a_box() -> None:
    assert text_measurement.printable("a\uf400") == "a□"
