"""``forecast`` as a question: who leads at the end, what is open, what is too new or too short, and what is told of its worth."""

from __future__ import annotations

from datetime import date, timedelta

import handmade
import pytest

from analytics.chart import ChartKind
from analytics.charts.drawing import draw
from analytics.domain import Listing, ListName, Model
from analytics.errors import NoDataError
from analytics.questions.registry import ask, parse
from analytics.statistics.prediction import forecasting

MIT, APACHE = ("mit",), ("apache-2.0",)


def listing(month, values):
    """One month's list; what has no downloads is not in it, and a tail keeps lists alike in size."""
    day = date(2025 + month // 12, month % 12 + 1, 1) + timedelta(days=27)
    values = {**values, **{f"zz{at}/tail": 1 for at in range(12)}}
    models = [Model(one, n, licenses=(MIT if one < "m" else APACHE), task="fill-mask") for one, n in values.items() if n]
    return Listing(day, ListName.TOP, "simulation", tuple(sorted(models, key=lambda one: -one.downloads)))


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Two years, without the fifth month: google keeps on and wobbles, qwen grows, deepseek came three months ago."""
    months = [
        listing(
            at,
            {
                "google/a": 5000 + (-1) ** at * 90,
                "qwen/b": round(500 * 1.12**at),
                "facebook/c": 2000,
                "deepseek-ai/d": 900 * (at > 20),
            },
        )
        for at in range(24)
        if at != 4
    ]
    return handmade.stored(months, tmp_path_factory.mktemp("forecast") / "hfstats.db")


def test_who_leads_at_the_end_is_notified_with_the_interval(history):
    answer = ask(parse("forecast"), history)
    assert answer.headline.startswith("If trends continue, Alibaba will lead in December 2027 with 74.5% of downloads (")
    assert {one.name for one in answer.forecasts} >= {"Google", "Alibaba", "Meta"}
    assert [one.months for one in answer.forecasts[:2]] == [3, 12]
    assert answer.forecasts[1].at == date(2027, 12, 28)
    assert all(one.low <= one.expected <= one.high for one in answer.forecasts)
    assert "Too new for a forecast, and left out of the chances: DeepSeek." in answer.notes
    assert any(note.startswith("Alibaba has moved the most so far: +1.") for note in answer.notes)


def test_its_worth_in_this_history_is_reported(history):
    answer = ask(parse("forecast"), history)
    (said,) = [note for note in answer.notes if "Tested on earlier months" in note]
    made, held = answer.statistics["made_3_months"], answer.statistics["held_3_months"]
    assert f"contained {held} of {made} results after 3 months" in said
    assert 0 < held <= made


def test_what_the_intervals_leave_open_is_called_open(history):
    answer = ask(parse("forecast creators by models"), history)
    assert answer.headline == ("Not counting DeepSeek, Alibaba and Google are each 25% likely to lead by models in December 2027")


def test_the_chart_has_a_band_a_line_and_can_be_drawn(history):
    chart = ask(parse("forecast licenses"), history).chart
    assert chart.kind is ChartKind.FORECAST
    assert len(chart.categories) == 23 + 12
    assert chart.measured == 23
    assert {band.name for band in chart.bands} == {one.name for one in chart.series} == {"Apache-2.0", "MIT"}
    assert draw(chart).startswith(b"\x89PNG")


def test_no_farther_ahead_than_the_history_reaches_back(tmp_path):
    months = [listing(at, {"google/a": 5000 + at, "qwen/b": 4000}) for at in range(7)]
    answer = ask(parse("forecast"), handmade.stored(months, tmp_path / "hfstats.db"))
    assert {one.months for one in answer.forecasts} == {3}
    assert "A forecast 12 months ahead needs 24 months of history; there are 7." in answer.notes
    assert "The history is too short to test the intervals 3 months ahead." in answer.notes


def test_too_short_a_history_is_refused_with_the_reason(tmp_path):
    months = [listing(at, {"google/a": 5000}) for at in range(forecasting.FEWEST - 1)]
    with pytest.raises(
        NoDataError, match=r"needs 6 months of snapshots .*\. There are only 5 months so far, since January 2025\."
    ):
        ask(parse("forecast"), handmade.stored(months, tmp_path / "hfstats.db"))


def test_only_newcomers_are_refused_with_the_reason(tmp_path):
    months = [listing(at, {f"{'new' if at > 5 else 'old'}{one}/a": 50 for one in range(5)}) for at in range(9)]
    with pytest.raises(NoDataError, match="none of the leading creators has that yet"):
        ask(parse("forecast"), handmade.stored(months, tmp_path / "hfstats.db"))
