"""Slack's own chart and table, for every chart there may be: within Slack's limits, and true to the numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import chart_examples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.chart import Chart, ChartKind, Series, Unit
from analytics.questions.registry import QUESTIONS, ask, parse
from bot.blocks.figures.native_chart import LABEL, native_chart, shorten_labels
from bot.blocks.figures.table_block import table_blocks
from bot.blocks.table_rows import table
from playground.block_kit.blocks import check_blocks

EXAMPLES = [example for question in QUESTIONS for example in question.examples]
IN_THE_SIMULATION = {
    "model openai-community/gpt2": "model MiniLM-L6-sim",
    "model all-MiniLM-L6-v2": "model sentence-transformers/MiniLM-L6-sim",
}
CHARTS = {name: value for name, value in vars(chart_examples).items() if isinstance(value, Chart)}
DRAWN = {ChartKind.PAIRED, ChartKind.BARS, ChartKind.FOCUS, ChartKind.LINES, ChartKind.AREA, ChartKind.SLOPE}


def plots(blocks):
    return [block["chart"] for block in blocks if block["chart"]["type"] != "pie"]


def points(plot):
    return {one["name"]: [point["value"] for point in one["data"]] for one in plot["series"]}


NAME = st.text(min_size=0, max_size=60)
VALUE = st.none() | st.floats(min_value=0, allow_nan=False, allow_infinity=False) | st.just(math.inf)


@st.composite
def any_chart(draw):
    """Any chart at all, whether it makes sense or not."""
    places = draw(st.integers(0, 45))
    series = draw(
        st.lists(st.builds(Series, NAME, st.lists(VALUE, min_size=places, max_size=places).map(tuple)), max_size=9).map(tuple)
    )
    return Chart(
        kind=draw(st.sampled_from(ChartKind)),
        title=draw(NAME),
        subtitle=draw(NAME),
        footer="",
        alt="",
        categories=tuple(draw(st.lists(NAME, min_size=places, max_size=places))),
        series=series,
        unit=draw(st.sampled_from(Unit)),
        emphasis=tuple(one.name for one in series[7:]),
        parts=tuple(draw(st.lists(st.tuples(NAME, st.floats(0, 1)), max_size=9))),
        parts_title=draw(NAME),
        y_label=draw(st.text(max_size=80)),
    )


@given(any_chart())
def test_slack_takes_whatever_comes_of_a_chart(chart):
    blocks = native_chart(chart)
    assert check_blocks(blocks) == []
    assert len(blocks) <= 2
    json.dumps(blocks, allow_nan=False)
    if any(value is None for one in chart.series for value in one.values):
        assert blocks == [], "a gap is neither 0 nor a line across"


@given(st.lists(st.text(max_size=50), max_size=40))
def test_cut_names_stay_different(names):
    labels = shorten_labels(names)
    assert len(labels) == len(names) == len(set(labels))
    assert all(0 < len(label) <= LABEL for label in labels)


def test_a_model_keeps_its_own_name_rather_than_its_owners():
    assert shorten_labels(["sentence-transformers/all-MiniLM-L6-v2", "BAAI/bge-m3"]) == ["all-MiniLM-L6-v2", "BAAI/bge-m3"]
    assert shorten_labels(["minimax-h3-community-license-agreement"]) == ["minimax-h3-communit…"]
    assert shorten_labels(["a-very-long-name-that-ends-in-1", "a-very-long-name-that-ends-in-2"])[1].endswith("…2")


@pytest.mark.parametrize("name", CHARTS)
def test_the_charts_that_are_drawn_have_a_native_form_where_slack_has_one(name):
    blocks = native_chart(CHARTS[name])
    assert check_blocks(blocks) == []
    gaps = any(value is None for one in CHARTS[name].series for value in one.values)
    assert bool(blocks) == (CHARTS[name].kind in DRAWN and not gaps)


@pytest.mark.parametrize("question", EXAMPLES)
def test_every_answer_has_a_form_without_a_picture(question, history, long_history):
    history = long_history if question.startswith("forecast") else history
    answer = ask(parse(IN_THE_SIMULATION.get(question, question).replace("2026-01", "2026-05")), history)
    assert check_blocks(native_chart(answer.chart)) == []
    rows = table_blocks(answer)
    assert check_blocks(rows) == []
    assert rows[0]["type"] == "table"
    shown = {cell["text"] for row in rows[0]["rows"] for cell in row}
    assert {cell for row in table(answer, 20).rows for cell in row if cell} <= shown


def test_bars_show_the_charts_own_numbers_in_per_cent():
    (block,) = native_chart(chart_examples.PAIRED)
    assert block["title"] == "Share of models and downloads, %"
    assert points(block["chart"])["downloads"][:3] == [52.4, 22.1, 17.8]
    assert block["chart"]["axis_config"]["y_label"] == "share, %"


def test_what_a_subject_is_made_of_is_a_pie_beside_the_field():
    field, parts = native_chart(chart_examples.FOCUS)
    assert field["chart"]["type"] == "bar"
    assert parts["title"] == "Google by namespace: share of downloads"
    assert parts["chart"]["segments"][0] == {"label": "google-bert", "value": 5.57}


def test_six_lines_are_kept_the_subject_among_them_and_dates_are_thinned_evenly():
    days = tuple(f"2026-01-{day:02}" for day in range(1, 32))
    series = tuple(Series(f"s{place}", (place / 100,) * 31) for place in range(8))
    chart = replace(chart_examples.LINES, categories=days, series=series, emphasis=("s0",))
    (plot,) = plots(native_chart(chart))
    assert [one["name"] for one in plot["series"]] == ["s0", "s3", "s4", "s5", "s6", "s7"]
    kept = plot["axis_config"]["categories"]
    assert (len(kept), kept[0], kept[-1]) == (20, days[0], days[-1])


def test_dates_are_chosen_evenly_in_time_where_some_lie_far_apart():
    days = ("2026-05-31", "2026-06-30", *(f"2026-08-{day:02}" for day in range(1, 31)))
    chart = replace(chart_examples.LINES, categories=days, series=(Series("s", tuple(place / 100 for place in range(32))),))
    (plot,) = plots(native_chart(chart))
    kept = plot["axis_config"]["categories"]
    assert kept[:2] == ["2026-05-31", "2026-06-30"]
    assert kept[-1] == "2026-08-30"
    assert 5 <= len(kept) <= 10, "as many days as the months before have room for"


def test_layers_have_the_largest_at_the_back():
    (plot,) = plots(native_chart(chart_examples.AREA))
    assert plot["type"] == "area"
    last = [values[-1] for values in points(plot).values()]
    assert last == sorted(last, reverse=True)


def test_two_dates_are_two_bars_a_name():
    chart = replace(
        chart_examples.SLOPE,
        categories=("2026-07-31", "2026-08-22"),
        series=(Series("Meta", (0.1, 0.2)), Series("BAAI", (0.3, 0.1))),
    )
    (plot,) = plots(native_chart(chart))
    assert plot["axis_config"]["categories"] == ["Meta", "BAAI"]
    assert points(plot) == {"2026-07-31": [10, 30], "2026-08-22": [20, 10]}


def test_a_table_tells_how_many_rows_it_leaves_out(history):
    answer = ask(parse("creators"), history)
    *_, note = table_blocks(answer)
    assert note["elements"][0]["text"] == f"… and {len(table(answer, 1000).rows) - 20} more"
