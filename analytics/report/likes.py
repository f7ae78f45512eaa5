"""The chapter about likes: whether they tell what is downloaded."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import NoDataError
from analytics.formatting.phrases import day
from analytics.query import Period
from analytics.questions.registry import ask
from analytics.report.month import Content

if TYPE_CHECKING:
    from analytics.answer import Answer
    from analytics.report.month import Month

_EXPLAINS_FROM = 0.1
"""R² from which likes count as a guide to downloads, as in the question about likes."""


def against_downloads(month: Month) -> Content:
    """Set likes against downloads."""
    answer = correlation(month)
    r2, low, high = (answer.statistics[name] for name in ("r2", "r2_low", "r2_high"))
    explained = f"{r2:.0%}" if r2 >= 0.005 else "less than 1%"
    meaning = f"In other words, likes account for {explained} of the differences in downloads."
    conclusion = f"Likes are a poor guide to use: they account for {explained} of the differences in downloads."
    if low >= _EXPLAINS_FROM:
        conclusion = f"Likes say something about use: they account for {explained} of the differences in downloads."
    elif high >= _EXPLAINS_FROM:
        meaning = "The interval is wide, because a few models decide the number."
        conclusion = "Whether likes tell what is used can't be said for this list: a few models decide the correlation."
    on_chart = tuple(note for note in answer.notes if "on the chart" in note)
    sentences = tuple(note for note in answer.notes if note not in on_chart)
    return Content(
        f"{answer.headline}.", (meaning, *sentences), (answer,), answer.chart, _change(month, r2), on_chart, conclusion
    )


def correlation(month: Month) -> Answer:
    """Return the answer about likes.

    Raises:
        NoDataError: for the whole Hub, and where likes aren't recorded.

    """
    if month.within is ListName.HUB:
        raise NoDataError("Likes can't be compared with downloads for the whole Hub, where only the leading models are stored.")
    return month.ask("likes")


def _change(month: Month, r2: float) -> str:
    """Give R² of the report before, where that records likes."""
    for then in month.earlier[:1]:
        on = then.taken_on
        with suppress(NoDataError):
            before = ask(month.query("likes").but(at=Period(on.year, on.month, on.day)), month.store)
            was, now = f"{before.statistics['r2']:.2f}", f"{r2:.2f}"
            return f"R² was {was} on {day(on)} as well." if was == now else f"R² was {was} on {day(on)} and is {now} now."
    return ""
