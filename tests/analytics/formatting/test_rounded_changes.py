"""Changes as a reader adds them up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting.numbers import percent, rest_of, rounded_change
from analytics.formatting.phrases import signed

PORTIONS = st.floats(0, 1)


def shown(portion: float) -> float:
    """Return the number that a reader sees, a bound such as <0.1% as the end that it rounds to."""
    text = percent(portion).rstrip("%")
    return {"<0.1": 0.0, ">99.9": 100.0}.get(text) if text[0] in "<>" else float(text)  # type: ignore[return-value]


@given(PORTIONS, PORTIONS)
def test_a_change_is_the_difference_of_the_shares_as_shown(before: float, after: float) -> None:
    expected = shown(after) - shown(before)
    assert abs(rounded_change(before, after) * 100 - expected) < 1e-6
    told = signed(rounded_change(before, after)).replace("\N{MINUS SIGN}", "-")
    assert abs(float(told) - expected) < 1e-6


@given(PORTIONS, PORTIONS, st.lists(st.floats(-1, 1), max_size=4))
def test_the_parts_of_a_change_and_the_rest_add_up_to_it(before: float, after: float, parts: list[float]) -> None:
    change = rounded_change(before, after)
    told = [float(signed(part).replace("\N{MINUS SIGN}", "-")) for part in (*parts, rest_of(change, parts))]
    assert abs(sum(told) - change * 100) < 1e-6


def test_a_change_that_rounds_another_way_than_its_ends() -> None:
    assert (percent(0.2526), percent(0.2274)) == ("25.3%", "22.7%")
    assert signed(0.2274 - 0.2526) == "\N{MINUS SIGN}2.5"
    assert signed(rounded_change(0.2526, 0.2274)) == "\N{MINUS SIGN}2.6"
