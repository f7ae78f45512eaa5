"""Backtest forecasts: made from every earlier month's data by several methods, and compared with what came.

python bench/backtest.py                      simulated histories: 5 of 24 months and 5 of 60, seeds 101 to 105
python bench/backtest.py sqlite:///store.db   a store of real listings, in steps of ten days where months are too few
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from analytics.domain import Dimension, ListName, Measure
from analytics.query import Query
from analytics.questions.question import View
from analytics.sources import simulation
from analytics.statistics.prediction import forecasting
from analytics.statistics.prediction.calibration import Calibration, PastForecast, calibrate
from analytics.statistics.prediction.forecasting import Distribution, Forecaster, Walk, fit
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

RANKINGS = [
    (dimension, by)
    for dimension in (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK)
    for by in (Measure.DOWNLOADS, Measure.MODELS)
]
HORIZONS = (1, 3, 12)
SEEDS = range(101, 106)
"""None of those by which the settings of the forecast were chosen, 1 to 12."""
STEP = 10
"""Days, where there are too few months."""
QUANTILES = tuple(tenth / 10 for tenth in range(1, 10))
Courses = Mapping[str, Sequence[float | None]]


def no_trend(courses: Courses) -> dict[str, Walk]:
    """A random walk: the naive forecast of no change, with the noise of the steps themselves."""
    walks = fit(courses)
    return {name: replace(walk, trend=0.0, trend_variance=0.0) for name, walk in walks.items()}


def plain_trend(courses: Courses) -> dict[str, Walk]:
    """The drift method, unshrunken, with all months alike."""
    walks = fit(courses)
    for name, course in courses.items():
        known = [(month, forecasting._log_odds(value)) for month, value in enumerate(course) if value is not None]  # noqa: SLF001
        trend = (known[-1][1] - known[0][1]) / (known[-1][0] - known[0][0])
        walks[name] = replace(walks[name], trend=trend, trend_variance=walks[name].variance / (known[-1][0] - known[0][0]))
    return walks


def uncalibrated(_: Iterable[PastForecast], __: int) -> Calibration:
    return Calibration(1.0, 1.0)


def width_only(past: Iterable[PastForecast], months: int) -> Calibration:
    """Calibrate the width of forecasts that use the whole trend."""
    scored = [replace(forecast, trend=0.0, change=forecast.change - forecast.trend) for forecast in past]
    return Calibration(1.0, calibrate(scored, months).width)


@dataclass(frozen=True)
class Method:
    name: str
    fit: Callable[[Courses], dict[str, Walk]]
    calibrate: Callable[[Iterable[PastForecast], int], Calibration]


METHODS = (
    Method("no change", no_trend, uncalibrated),
    Method("no change, calibrated", no_trend, calibrate),
    Method("drift", plain_trend, uncalibrated),
    Method("shrunken drift", fit, uncalibrated),
    Method("shrunken drift, calibrated width", fit, width_only),
    Method("shrunken drift, calibrated (used)", fit, calibrate),
)


@dataclass
class Score:
    made: int = 0
    held: int = 0
    pinball: float = 0.0
    width: float = 0.0
    error: float = 0.0
    leaders: int = 0
    brier: float = 0.0
    """Of the chance given to each name that it leads."""

    def add(self, distribution: Distribution, later: float) -> None:
        self.made += 1
        self.held += distribution.holds(later)
        self.width += distribution.high - distribution.low
        self.error += abs(distribution.expected - later)
        for quantile in QUANTILES:
            above = later - distribution.quantile(quantile)
            self.pinball += max(quantile * above, (quantile - 1) * above) / len(QUANTILES)

    def add_leader(self, distributions: Mapping[str, Distribution], later: Mapping[str, float]) -> None:
        first = max(later, key=lambda name: later[name])
        self.leaders += 1
        self.brier += sum(
            (chance - (name == first)) ** 2 for name, chance in forecasting.chances_of_leading(distributions).items()
        )

    def row(self, ahead: int, method: str) -> str:
        points = [f"{total / self.made * 100:.3f}" for total in (self.pinball, self.width, self.error)]
        brier = f"{self.brier / self.leaders:.3f}"
        return f"| {ahead} | {method} | {self.made:,} | {self.held / self.made:.0%} | {' | '.join(points)} | {brier} |"


def simulated(folder: Path, months: int, seed: int) -> SqlHistory:
    engine = database.engine(f"sqlite:///{folder / f'{months}-{seed}.db'}")
    database.upgrade(engine)
    history = SqlHistory(engine)
    days = simulation.listings(date(2026, 8, 31), months=months, seed=seed, daily=1)
    for _, listings in groupby(days, key=lambda listing: listing.taken_on):
        ingest.store([listing for listing in listings if listing.list is ListName.TOP], history)
    return history


def courses(history: SqlHistory, dimension: Dimension, by: Measure, *, days: int = 0) -> dict[str, tuple[float | None, ...]]:
    """Portions of every name by months, or by steps of some days."""
    view = View(Query(dimension.plural), history, dimension)

    def place(taken_on: date) -> int:
        return taken_on.toordinal() // days if days else taken_on.year * 12 + taken_on.month

    last = {place(snapshot.taken_on): snapshot for snapshot in view.scope.comparable}
    moments = view.moments(view.recording(tuple(last.values())), by)
    portions = {place(m.taken_on): {share.name: share.portion for share in m.ranking.shares} for m in moments}
    names = {name for own in portions.values() for name in own}
    span = range(min(portions), max(portions) + 1)
    return {name: tuple(portions[at].get(name, 0.0) if at in portions else None for at in span) for name in names}


def table(title: str, histories: Sequence[Courses], unit: str) -> None:
    print(f"\n{title}\n")
    print(f"| {unit} ahead | method | forecasts | intervals held | pinball loss | width | error | Brier score of who leads |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    scores: dict[tuple[int, str], Score] = defaultdict(Score)
    for method in METHODS:
        for history in histories:
            forecaster = Forecaster(history, method.fit, method.calibrate)
            for ahead in HORIZONS:
                score = scores[ahead, method.name]
                for end, results in groupby(forecaster.results(ahead), key=lambda result: result[0]):
                    later = {}
                    for _, name, distribution, portion in results:
                        score.add(distribution, portion)
                        later[name] = portion
                    distributions = forecaster.distributions(ahead, end)
                    if len(later) == len(distributions) > 1:
                        score.add_leader(distributions, later)
    for ahead in HORIZONS:
        for method in METHODS:
            if scores[ahead, method.name].made:
                print(scores[ahead, method.name].row(ahead, method.name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="a store; simulated histories where none is named")
    url = parser.parse_args().url
    if url:
        history = SqlHistory(database.engine(url))
        table("By months", [courses(history, *ranking) for ranking in RANKINGS], "months")
        table(f"In steps of {STEP} days", [courses(history, *ranking, days=STEP) for ranking in RANKINGS], "steps")
        return
    with tempfile.TemporaryDirectory() as folder:
        for months in (24, 60):
            simulations = [simulated(Path(folder), months, seed) for seed in SEEDS]
            title = f"Simulated: 5 histories of {months} months"
            table(title, [courses(store, *ranking) for store in simulations for ranking in RANKINGS], "months")


if __name__ == "__main__":
    main()
