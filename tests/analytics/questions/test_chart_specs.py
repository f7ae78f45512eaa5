"""Charts as values: few enough to read, as long as they must be, and adding up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.answer import Moment, Ranking, Share, Source
from analytics.chart import Chart, ChartKind, Unit
from analytics.charts.validation import must_be_drawable
from analytics.domain import Dimension, ListName, Measure, Snapshot
from analytics.query import Period, Query
from analytics.questions import chart_specs
from analytics.questions.comparability import Scope

SOURCE = Source(ListName.TOP, date(2026, 8, 22), 300, 1.0, simulated=False, origin="hub")
NAMES = tuple(f"name {number}" for number in range(30))


def ranking_of(values: dict[str, int], by: Measure = Measure.DOWNLOADS) -> Ranking:
    total = float(sum(values.values()))
    shares = tuple(
        Share(name, value, value / total if total else 0.0, 1 + sum(other > value for other in values.values()))
        for name, value in sorted(values.items(), key=lambda item: (-item[1], item[0]))
    )
    return Ranking(by, "task", total, total, shares)


def rankings(least: int = 1) -> st.SearchStrategy[Ranking]:
    return st.dictionaries(st.sampled_from(NAMES), st.integers(1, 1000), min_size=least).map(ranking_of)


@st.composite
def runs(draw: st.DrawFn, least: int = 1) -> list[Moment]:
    found = draw(st.lists(rankings(), min_size=least, max_size=8))
    return [Moment(date(2026, 1, 1) + timedelta(days=30 * place), ranking) for place, ranking in enumerate(found)]


def others(text: str) -> int:
    match = re.fullmatch(r"(\d+) others", text)
    return int(match[1]) if match else 0


@given(rankings(), st.integers(2, 8), st.none() | st.sampled_from(NAMES))
def test_bars_are_few_and_sum_to_the_whole(ranking: Ranking, limit: int, keep: str | None) -> None:
    categories, (series,) = chart_specs.bars(ranking, Dimension.TASK, keep, limit)
    assert len(categories) == len(series.values) <= limit
    assert len(set(categories)) == len(categories)
    assert sum(value or 0 for value in series.values) == pytest.approx(1)
    rest = others(categories[-1])
    assert len(categories) - (1 if rest else 0) + rest == len(ranking.shares)
    assert rest != 1, "one other is shown by its name"
    portions = {share.name: share.portion for share in ranking.shares}
    for label, value in zip(categories, series.values, strict=True):
        if not others(label):
            assert value == portions[re.sub(r"^\d+\. ", "", label)]
    if keep in portions:
        assert [label for label in categories if label == keep or label.endswith(f". {keep}")]


def test_a_subject_far_down_brings_its_rank() -> None:
    ranking = ranking_of({name: 100 - place for place, name in enumerate(NAMES)})
    categories, _ = chart_specs.bars(ranking, Dimension.TASK, required="name 20", limit=7)
    assert categories == ("name 0", "name 1", "name 2", "name 3", "name 4", "21. name 20", "24 others")


@given(rankings(), rankings(), st.integers(2, 7))
def test_pairs_are_few_and_both_sum_to_the_whole(one: Ranking, other: Ranking, limit: int) -> None:
    one = replace(one, by=Measure.MODELS)
    categories, series = chart_specs.paired((one, other), Dimension.TASK, limit)
    assert [s.name for s in series] == ["models", "downloads"]
    assert len(categories) <= limit
    for side, ranking in zip(series, (one, other), strict=True):
        assert len(side.values) == len(categories)
        assert sum(value or 0 for value in side.values) == pytest.approx(1)
        assert sum(share.portion for share in ranking.shares) == pytest.approx(1)
    shown = categories[:-1] if others(categories[-1]) else categories
    every = {share.name for ranking in (one, other) for share in ranking.shares}
    assert len(shown) + others(categories[-1]) == len(every)
    assert others(categories[-1]) != 1
    second = [value or 0 for value in series[1].values[: len(shown)]]
    assert second == sorted(second, reverse=True)


@given(runs(), st.integers(1, 7))
def test_leaders_are_those_with_the_highest_peak(moments: list[Moment], limit: int) -> None:
    chosen = chart_specs.leaders(moments, limit)
    peaks = {share.name: 0.0 for moment in moments for share in moment.ranking.shares}
    for moment in moments:
        for share in moment.ranking.shares:
            peaks[share.name] = max(peaks[share.name], share.portion)
    assert len(chosen) == len(set(chosen)) == min(limit, len(peaks))
    assert min(peaks[name] for name in chosen) >= max([peaks[name] for name in peaks if name not in chosen], default=0)
    last = {share.name: share.portion for share in moments[-1].ranking.shares}
    now = [last.get(name, 0.0) for name in chosen]
    assert now == sorted(now, reverse=True)


@given(runs(least=2), st.sampled_from([ChartKind.LINES, ChartKind.AREA, ChartKind.BUMP]))
def test_a_picture_over_time_can_be_drawn(moments: list[Moment], wished: ChartKind) -> None:
    names = chart_specs.leaders(moments, chart_specs.LINES)
    kind, series, unit = chart_specs.timed(wished, moments, names, Dimension.TASK)
    chart = Chart(kind, "T", "S", "F", "A.", chart_specs.dates(moments), series, unit)
    must_be_drawable(chart)
    assert [one.name for one in series][: len(names)] == names
    assert len(series) <= 8
    assert all(len(one.values) == len(moments) for one in series)
    if len(moments) == 2:
        assert (kind, unit) == (ChartKind.SLOPE, Unit.PORTION)
    elif kind is ChartKind.AREA and len(names) > 1:
        assert series[-1].name == "others"
        for column in zip(*(one.values for one in series), strict=True):
            assert sum(value or 0.0 for value in column) == pytest.approx(1)
    elif kind is ChartKind.BUMP:
        assert unit is Unit.RANK
        for one in series:
            assert all(value is None or 1 <= value <= len(names) + 2 for value in one.values)


def test_nothing_under_a_name_is_zero_but_no_rank() -> None:
    moments = [Moment(date(2026, 1, 1), ranking_of({"a": 1})), Moment(date(2026, 2, 1), ranking_of({"b": 1, "a": 3}))]
    assert [one.values for one in chart_specs.portions_over_time(moments, ["a", "b"], None)] == [(1, 0.75), (0, 0.25)]
    assert [one.values for one in chart_specs.ranks_over_time(moments, ["a", "b"], None, 2)] == [(1, 1), (None, 2)]
    assert [one.values for one in chart_specs.ranks_over_time(moments, ["a", "b"], None, 1)] == [(1, 1), (None, None)]


@given(st.text(min_size=1, max_size=300), st.lists(st.text(max_size=400), max_size=30))
def test_alt_text_has_the_finding_and_never_too_much(headline: str, details: list[str]) -> None:
    text = chart_specs.alt(headline, details)
    assert text.startswith(headline.rstrip("."))
    assert text.endswith(".")
    assert len(text) <= 1000
    if len(headline) + sum(len(detail) + 2 for detail in details) < 990:
        assert all(detail in text for detail in details), "what fits is there"


def test_alt_text_reads_as_sentences() -> None:
    assert chart_specs.alt("A leads", ["A: 5", "B: 4"]) == "A leads. A: 5; B: 4."
    assert chart_specs.alt("A leads.", []) == "A leads."
    assert chart_specs.alt("A leads", ["x" * 995, "B: 4"]) == "A leads."


@pytest.mark.parametrize(
    ("source", "words", "task", "by", "said"),
    [
        (SOURCE, "licenses", "", None, "300 most-downloaded models · downloads in the last 30 days · Aug 22, 2026"),
        (SOURCE, "licenses", "", Measure.MODELS, "300 most-downloaded models · number of models · Aug 22, 2026"),
        (SOURCE, "licenses", "", Measure.LIKES, "300 most-downloaded models · all-time likes · Aug 22, 2026"),
        (
            replace(SOURCE, models=12),
            "licenses",
            "fill-mask",
            None,
            "12 fill-mask models in the top list · downloads in the last 30 days · Aug 22, 2026",
        ),
        (
            replace(SOURCE, models=1),
            "licenses",
            "robotics",
            None,
            "1 robotics model in the top list · downloads in the last 30 days · Aug 22, 2026",
        ),
        (
            replace(SOURCE, since=date(2026, 1, 31), list=ListName.TRENDING),
            "licenses",
            "",
            Measure.DOWNLOADS,
            "300 models with the highest trending score · downloads in the last 30 days · Jan 31 \u2013 Aug 22, 2026",
        ),
    ],
)
def test_a_subtitle_says_list_window_and_date(source: Source, words: str, task: str, by: Measure | None, said: str) -> None:
    assert chart_specs.subtitle(source, Query(words), task, by) == said


def test_a_subtitle_takes_the_measure_of_the_query() -> None:
    assert " · all-time likes · " in chart_specs.subtitle(SOURCE, Query("licenses", by=Measure.LIKES))
    assert " · by number of models · " in chart_specs.subtitle(SOURCE, Query("licenses", by=Measure.MODELS), over_time=True)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SOURCE, "Source: Hugging Face Hub, Aug 22, 2026 · hfstats"),
        (replace(SOURCE, origin="top300"), "Source: Hugging Face Hub, Aug 22, 2026 · hfstats · top300"),
        (replace(SOURCE, simulated=True, origin="simulation"), "Source: simulated history, Aug 22, 2026 · hfstats"),
        (replace(SOURCE, coverage=0.72), "Source: Hugging Face Hub, Aug 22, 2026 · known for 72.0% of models · hfstats"),
        (replace(SOURCE, coverage=0.9999), "Source: Hugging Face Hub, Aug 22, 2026 · hfstats"),
    ],
)
def test_a_footer_says_where_from_and_how_much_of_it(source: Source, said: str) -> None:
    assert chart_specs.footer(source) == said


def test_a_chart_is_put_together_and_marked() -> None:
    simulated = replace(SOURCE, simulated=True)
    chart = chart_specs.chart(ChartKind.BARS, "A leads", simulated, "under", ["A: 5"])
    assert (chart.title, chart.subtitle, chart.alt, chart.simulated) == ("A leads", "under", "A leads. A: 5.", True)
    assert not chart_specs.chart(ChartKind.BARS, "A leads", SOURCE, "under", []).simulated


@pytest.mark.parametrize(
    ("first", "now", "period"),
    [
        (date(2020, 1, 31), date(2026, 8, 22), Period(2025, 8)),
        (date(2026, 5, 31), date(2026, 8, 22), Period(2026, 5)),
        (date(2020, 1, 31), date(2024, 2, 29), Period(2023, 2)),
    ],
)
def test_a_year_back_or_what_there_is(first: date, now: date, period: Period) -> None:
    then, last = (Snapshot(number, day, ListName.TOP, "hub", 300, simulated=False) for number, day in enumerate((first, now)))
    assert chart_specs.year_back(Scope(last, (then, last), ())) == period
    assert chart_specs.year_back(Scope(last, (last,), (then,))) is None


def moments_on(*days: date) -> list[Moment]:
    return [Moment(day, ranking_of({"name 1": 1})) for day in days]


def test_no_line_is_drawn_across_a_hole_of_more_than_half_the_span() -> None:
    cluster = [date(2026, 8, day) for day in range(7, 23)]
    across = moments_on(date(2024, 9, 20), *cluster)
    assert chart_specs.drawable(across) == (across[0], across[-1])
    assert list(chart_specs.drawable(moments_on(*cluster))) == moments_on(*cluster)
    monthly = moments_on(date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31), *cluster)
    assert list(chart_specs.drawable(monthly)) == monthly
