"""The layout of charts: no overlapping labels, nothing outside the picture."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from chart_cases import CASES
from chart_examples import BARS, BUMP, DUMBBELL, FORECAST, LINES, PAIRED, SCATTER, SHIFTS, SLOPE
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from analytics.chart import Band, Chart, Series
from analytics.charts import style, validation
from analytics.charts.canvas import Area, Sheet
from analytics.charts.drawing import build, draw
from analytics.charts.text_measurement import CAPITAL, ELLIPSIS

PAPER = Area(0, 0, style.WIDTH, style.HEIGHT)
WITHIN = Area(style.MARGIN - 2, 0, style.WIDTH - style.MARGIN + 2, style.HEIGHT)


def texts(sheet: Sheet) -> list[Text]:
    return [artist for artist in sheet.figure.artists if isinstance(artist, Text) and artist.get_text()]


def rectangles(sheet: Sheet) -> list[Rectangle]:
    return [artist for artist in sheet.figure.artists if isinstance(artist, Rectangle)]


def extent(text: Text, sheet: Sheet) -> Area:
    """Return the pixels from baseline to capital height: letters that touch, not line spacing."""
    box = text.get_window_extent(sheet.canvas.get_renderer())
    baseline = text.get_position()[1]
    return Area(box.x0, baseline - CAPITAL * text.get_fontsize(), box.x1, baseline)


def words(chart: Chart) -> dict[str, Area]:
    sheet = build(chart)
    return {text.get_text(): extent(text, sheet) for text in texts(sheet)}


@pytest.mark.parametrize("chart", CASES.values(), ids=CASES)
def test_no_words_leave_the_margins_or_touch_others(chart: Chart) -> None:
    sheet = build(chart)
    placed = [(text.get_text(), extent(text, sheet)) for text in texts(sheet)]
    assert placed
    assert [words for words, area in placed if not Area(WITHIN.left, 0, WITHIN.right, sheet.height).contains(area)] == []
    assert [(one, other) for (one, here), (other, there) in combinations(placed, 2) if here.overlaps(there)] == []


@pytest.mark.parametrize("chart", CASES.values(), ids=CASES)
def test_can_be_drawn_without_a_warning(chart: Chart) -> None:
    assert draw(chart).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", [name for name, chart in CASES.items() if "bar" in chart.kind or chart.kind == "paired"])
def test_no_words_lie_on_a_bar(name: str) -> None:
    sheet = build(replace(CASES[name], simulated=False))
    bars = rectangles(sheet)
    areas = [Area(b.get_x(), b.get_y(), b.get_x() + b.get_width(), b.get_y() + b.get_height()) for b in bars]
    assert not [text for text in texts(sheet) for area in areas if area.overlaps(extent(text, sheet))]


def test_bars_are_as_long_as_their_values() -> None:
    bars = rectangles(build(BARS))
    scale = bars[0].get_width() / (BARS.series[0].values[0] or 0)
    assert [bar.get_width() / scale for bar in bars] == pytest.approx(BARS.series[0].values)


def test_a_tiny_share_does_not_look_like_all() -> None:
    bars = rectangles(build(CASES["tiny"]))
    assert [bar.get_width() > 0 for bar in bars] == [True, True]
    assert max(bar.get_width() for bar in bars) < 50
    assert list(words(CASES["tiny"])).count("<0.1%") == 1


def test_others_who_dwarf_all_names_are_written_and_the_leaders_drawn_at_their_length() -> None:
    chart = CASES["others dwarf bars"]
    drawn = [bar.get_width() for bar in rectangles(build(chart))]
    assert drawn[0] > style.WIDTH / 3
    assert drawn == [drawn[0], pytest.approx(drawn[0] / 2)]
    assert "97.0% · not drawn" in words(chart)
    twice = replace(chart, series=(Series("downloads", (0.19, 0.05, 0.76)),))
    assert len(rectangles(build(twice))) == 3, "four times the longest is drawn"


def test_written_others_leave_the_first_name_to_say_which_bar_is_which() -> None:
    written = words(CASES["others dwarf pairs"])
    assert {"1.0% of models", "6.0% of downloads", "98.0% of models, 90.0% of downloads · not drawn"} <= set(written)
    assert len(rectangles(build(CASES["others dwarf pairs"]))) == 4
    assert len(rectangles(build(CASES["nothing but others"]))) == 2


def test_names_that_do_not_fit_say_so() -> None:
    written = words(BARS)
    assert all(
        name in written or any(ELLIPSIS in text and text[-8:] == name[-8:] for text in written) for name in BARS.categories
    )


def test_time_is_spaced_as_it_went_by() -> None:
    line = next(
        one
        for one in reversed(build(CASES["far apart dates"]).figure.artists)
        if isinstance(one, Line2D) and len(one.get_xdata()) > 2
    )
    xs = list(line.get_xdata())
    steps = [after - before for before, after in pairwise(xs[1:])]
    assert max(steps) == pytest.approx(min(steps))
    assert (xs[1] - xs[0]) / steps[0] == pytest.approx(2513)


def test_ends_stand_in_the_order_of_their_values() -> None:
    ends = [text for text in texts(build(LINES)) if text.get_text() in {one.name for one in LINES.series}]
    by_height = [text.get_text() for text in sorted(ends, key=lambda text: text.get_position()[1])]
    assert by_height == [one.name for one in sorted(LINES.series, key=lambda one: -(one.values[-1] or 0))]


def test_first_rank_is_on_top_and_who_left_is_below_all() -> None:
    written = words(BUMP)
    tops = [written[name].top for name in ("google-bert/bert-base-uncased", "BAAI/bge-small-en-v1.5", "amazon/chronos-2")]
    assert tops == sorted(tops)
    assert written["Falconsai/nsfw_image_detection"].top > tops[-1]


def test_scatter_writes_both_coefficients() -> None:
    assert "R² 0.02 raw, 0.09 log-log · n = 300" in words(SCATTER)


@pytest.mark.parametrize("number", [9, 10, 20, 30])
@pytest.mark.parametrize("example", [BARS, PAIRED], ids=lambda chart: chart.kind)
def test_many_bars_make_the_picture_higher_and_not_the_type_smaller(example: Chart, number: int) -> None:
    categories = tuple(f"some-creator/a-model-with-a-name-{at}" for at in range(number))
    series = tuple(replace(one, values=tuple(0.3 / (at + 1) for at in range(number))) for one in example.series)
    sheet = build(replace(example, categories=categories, series=series, emphasis=()))
    placed = [(text.get_text(), extent(text, sheet)) for text in texts(sheet)]
    assert [name for name, area in placed if not Area(WITHIN.left, 0, WITHIN.right, sheet.height).contains(area)] == []
    assert [(one, other) for (one, here), (other, there) in combinations(placed, 2) if here.overlaps(there)] == []
    bars = sorted(bar.get_y() for bar in rectangles(sheet))
    rows = bars[:: len(series)]
    assert all(after - before >= 44 for before, after in pairwise(rows))


def test_changes_are_drawn_to_scale_and_to_their_side_of_zero() -> None:
    before, after = (series.values[1:] for series in SHIFTS.series)
    chart = replace(SHIFTS, bounds=(), series=(Series("before", (0.2, *before)), Series("after", (0.21, *after))))
    bars = rectangles(build(chart))
    changes = [(after or 0) - (before or 0) for before, after in zip(*(one.values for one in chart.series), strict=True)]
    widths = [bar.get_width() / bars[0].get_width() for bar in bars]
    assert widths == pytest.approx([abs(change) / changes[0] for change in changes], rel=0.05)
    zero = bars[0].get_x()
    assert [bar.get_x() < zero - 1 for bar in bars] == [change < 0 for change in changes]


def test_what_entered_or_left_is_marked_and_bounds_have_no_shares() -> None:
    written = words(SHIFTS)
    assert {"entered the list", "left the list", "none → 0.4%", "at least +0.9", "21.2% → 19.0%", "\N{MINUS SIGN}3.0"} <= set(
        written
    )
    assert not any(" 0.0%" in text or text.startswith("0.0%") for text in written)


def test_a_license_and_a_creator_of_one_name_have_different_colors() -> None:
    licenses, creators = ({bar.get_facecolor() for bar in rectangles(build(SHIFTS))[place : place + 3]} for place in (0, 3))
    assert len(licenses) == len(creators) == 1
    assert licenses != creators


def test_small_changes_do_not_fill_the_width() -> None:
    tiny = replace(SHIFTS, bounds=(), series=(Series("before", (0.2,) * 9), Series("after", (0.201, *(0.2,) * 8))))
    assert rectangles(build(tiny))[0].get_width() < style.WIDTH / 8


@pytest.mark.parametrize(
    ("chart", "says"),
    [
        (replace(LINES, categories=("2026-08-22",) * 12), "dates must rise"),
        (replace(LINES, categories=LINES.categories[::-1]), "dates must rise"),
        (replace(LINES, categories=LINES.categories[1:]), "12 values for 11 categories"),
        (replace(LINES, series=tuple(Series(f"name {at}", (0.1,) * 12) for at in range(9))), "9 series are more than 8"),
        (replace(LINES, series=(Series("never", (None,) * 12),)), "'never' has no value"),
        (replace(LINES, series=()), "needs categories and series"),
        (replace(BARS, categories=("a",) * 8), "categories must differ"),
        (replace(BARS, series=(Series("n", (float("nan"),) * 8),)), "nan is neither"),
        (
            replace(BARS, categories=tuple(f"name {at}" for at in range(31)), series=(Series("n", (0.1,) * 31),)),
            "31 categories are more than 30",
        ),
        (replace(BARS, series=BARS.series * 2), "a bars chart has 1 series, not 2"),
        (replace(CASES["focus on all"], parts=tuple((str(at), 0.1) for at in range(7))), "7 parts are more than 6"),
        (replace(SLOPE, categories=("2026-01-01",), series=(Series("a", (0.1,)),)), "a slope has two dates"),
        (replace(DUMBBELL, series=DUMBBELL.series[:1]), "a series before and one after, not 1"),
        (replace(DUMBBELL, groups=(("Licenses", 3),)), "the groups must hold all categories"),
        (replace(SHIFTS, groups=(("Licenses", 3),)), "the groups must hold all categories"),
        (replace(SHIFTS, bounds=(None,)), "1 bounds for 9 categories"),
        (replace(SHIFTS, bounds=(None,) * 9), "'Apache-2.0' has neither a share before nor one after"),
        (replace(SHIFTS, bounds=((-0.1, 0.2), *(None,) * 8)), "don't tell whether it rose or fell"),
        (replace(FORECAST, measured=12), "not 12 and 0"),
        (replace(FORECAST, measured=0), "not 0 and 12"),
        (replace(FORECAST, series=(Series("Alibaba", (0.1,) * 11 + (None,)),)), "'Alibaba' has a gap"),
        (replace(FORECAST, series=FORECAST.series[:1]), "bands without a line: Alibaba"),
        (replace(FORECAST, bands=(Band("Alibaba", (0.1,) * 6, (0.2,) * 7),)), "needs 7 values"),
        (replace(FORECAST, bands=(Band("Alibaba", (0.3,) * 7, (0.2,) * 7),)), "upside down"),
        (replace(SCATTER, dots=()), "needs dots"),
        (replace(SCATTER, dots=(replace(SCATTER.dots[0], x=0.0),)), "numbers above 0 only"),
    ],
)
def test_refuses_what_it_cannot_draw_well(chart: Chart, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        draw(chart)


def test_eight_series_and_the_others_can_be_drawn() -> None:
    names = [*(f"name {at}" for at in range(validation.MOST)), "12 others"]
    assert draw(replace(LINES, series=tuple(Series(name, (0.1,) * 12) for name in names)))


def test_a_long_task_is_named_in_full_beside_a_bold_one() -> None:
    tasks = (Series("automatic-speech-recognition", (0.2,) * 12), Series("text-generation", (0.3,) * 12))
    assert "automatic-speech-recognition" in words(replace(LINES, series=tasks, emphasis=("text-generation",)))
