"""The worked examples of docs/explanation/method.md, run: each figure there is what the product computes."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analytics.domain import Dimension, ListName, Measure, Model, Snapshot
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import ordinal, points, signed
from analytics.questions.comparability import RECENT_DAYS, comparable, settling, usual
from analytics.questions.distributions.ages import weighted_median
from analytics.questions.rankings.derivatives import reach
from analytics.questions.rankings.tasks import groups
from analytics.statistics import comparison, correlation, coverage, quality
from analytics.statistics.attribution import explained
from analytics.statistics.concentration import concentration
from analytics.statistics.correlation import correlate
from analytics.statistics.findings import FailedChecks, Kind, findings
from analytics.statistics.prediction import forecasting
from analytics.statistics.robustness import without_largest
from analytics.statistics.spikes import jump, without
from analytics.storage.carry_over import CARRY_DAYS, filled
from analytics.storage.rollup import roll_up

LICENSES = ("apache-2.0", "mit", "gemma", "cc-by-4.0", "llama3.1")
METHOD = (Path(__file__).parents[2] / "docs" / "explanation" / "method.md").read_text(encoding="utf-8")


def example(title):
    """Return the worked example under a heading."""
    section = METHOD.split(f"## {title}\n")[1].split("\n## ")[0]
    return " ".join(line.removeprefix("> ") for line in section.splitlines() if line.startswith(">"))


def ranked(models, dimension, by):
    counts = roll_up(models)
    stored = Dimension.NAMESPACE if dimension is Dimension.CREATOR else dimension
    whole = next(c for c in counts if c.dimension is None and not c.task)
    return comparison.ranking([c for c in counts if c.dimension is stored and not c.task], whole, by, dimension)


def test_shares():
    models = [
        Model("x/a", 60, licenses=("mit",)),
        Model("x/b", 20, licenses=("mit", "apache-2.0")),
        Model("x/c", 20, licenses=("apache-2.0",)),
    ]
    for by in (Measure.MODELS, Measure.DOWNLOADS):
        mit = comparison.find(ranked(models, Dimension.LICENSE, by), "mit")
        assert f"{percent(mit.portion)} of {by}" in example("Shares")
    either = comparison.portion_of_any(models, Dimension.LICENSE, ("mit",), Measure.MODELS)
    assert f"a tag of {percent(either)} of models" in example("Shares")


def test_groups_of_tasks():
    tasks = ("text-to-speech", "automatic-speech-recognition", "fill-mask", "")
    models = [Model(f"x/{n}", value, task=task) for n, (task, value) in enumerate(zip(tasks, (60, 20, 20, 50), strict=True))]
    portions = groups(ranked(models, Dimension.TASK, Measure.DOWNLOADS))
    said = ", ".join(f"{name} {percent(portion)}" for name, portion in portions.items())
    assert example("Groups of tasks").endswith(f"(none declared): {said}.")


def test_what_is_not_declared_or_known():
    models = [Model("x/a", 50, licenses=("mit",)), Model("x/b", 40), Model("x/c", 20, licenses=("apache-2.0",))]
    ranking = ranked(models, Dimension.LICENSE, Measure.DOWNLOADS)
    mit, apache, none = ranking.shares
    said = example("What isn't declared or known")
    assert f"MIT is {ordinal(mit.rank)} of {len(ranking.ranked)} with {percent(mit.portion)}" in said
    assert f"Apache-2.0 is {ordinal(apache.rank)} of {len(ranking.ranked)} with {percent(apache.portion)}" in said
    assert none.rank is None
    assert f"none declared ({percent(none.portion)}) has no rank" in said
    found = concentration([share.value for share in ranking.ranked])
    assert said.endswith(f"HHI = {found.hhi:.2f} and the effective number is {found.effective:.1f}.")


def test_models_that_enter_or_leave_with_over_a_tenth_of_downloads():
    before = [Model("meta/a", 60), Model("google/b", 40)]
    after = [*before, Model("qwen/c", 25)]
    found = jump(before, after)
    then, now = (ranked(models, Dimension.NAMESPACE, Measure.DOWNLOADS) for models in (before, after))
    shifts = without(comparison.shifts(then, now), then, now, found, Dimension.NAMESPACE)
    meta = next(shift for shift in shifts if shift.name == "meta")
    said = example("Models that enter or leave with over a tenth of downloads")
    assert f"entered with {percent(found.portion)} of downloads, which adds {percent(found.of_earlier)} of the earlier" in said
    assert said.endswith(f"Meta's shift is {points(meta.points)}, and {points(meta.without)} without `qwen/c`.")


def test_facts_from_near_dates():
    bare = Model("x/a", 10, licenses=None)
    known = [(date(2026, 5, 27), "mit"), (date(2026, 6, 4), "apache-2.0")]
    records = {"x/a": [(day, Model("x/a", 10, licenses=(license_,))) for day, license_ in known]}
    found = filled([bare, Model("x/b", 10)], date(2026, 6, 1), records)
    assert "the model is Apache-2.0" in example("Facts from near dates").replace("> ", "")
    assert found.models[0].licenses == ("apache-2.0",)
    assert f"within {CARRY_DAYS} days" in METHOD.replace("\n", " ")


def test_coverage():
    before = [Model(f"a/{n}", v, licenses=(w,)) for n, v, w in (("x", 50, "mit"), ("y", 30, "apache"), ("z", 20, "apache"))]
    after = [*before[:2], Model("a/z", 20, licenses=None)]
    said = example("Coverage")
    plain = coverage.compare_rankings(*(ranked(m, Dimension.LICENSE, Measure.DOWNLOADS) for m in (before, after)))
    assert f"MIT has {percent(0.5)} before and {percent(comparison.find(plain.rankings[1], 'mit').portion)}" in said
    found = coverage.compare(before, after, Dimension.LICENSE, Measure.DOWNLOADS)
    mit = next(shift for shift in found.shifts if shift.name == "mit")
    assert f"{signed(0.0 + mit.low).replace('±', '+')} and {points(mit.high)}" in said
    assert f"Without `z`, MIT has {percent(mit.after)} on both dates" in said
    assert mit.points == 0


def test_shifts_and_their_reasons():
    before, after = ([Model("x/a", a), Model("y/b", b)] for a, b in ((60, 40), (66, 84)))
    then, now = (ranked(models, Dimension.NAMESPACE, Measure.DOWNLOADS) for models in (before, after))
    (shift,) = explained([s for s in comparison.shifts(then, now) if s.name == "x"], before, after, Dimension.NAMESPACE)
    assert f"from {percent(shift.before)} to {percent(shift.after)}, {shift.reasons[0].cause}" in example(
        "Shifts and their reasons"
    )


def test_owners_and_countries():
    counts = roll_up([Model("jinaai/a", 20), Model("google/b", 80)])
    namespaces = [c for c in counts if c.dimension is Dimension.NAMESPACE and not c.task]
    whole = next(c for c in counts if c.dimension is None and not c.task)
    said = example("Owners and countries")
    for day, owner, country in ((date(2024, 9, 20), "Jina AI", "Germany"), (date(2026, 8, 22), "Elastic", "Netherlands")):
        for dimension, subject in ((Dimension.CREATOR, owner), (Dimension.COUNTRY, country)):
            found = comparison.ranking(namespaces, whole, Measure.DOWNLOADS, dimension, day)
            assert percent(comparison.find(found, subject).portion) == "20.0%"
        assert day.isoformat() in said
        assert re.search(rf"{owner}, from (?:the )?{country}, (?:has )?20.0%", said)


def test_spellings():
    declared = (("a", 60, "apache-2.0"), ("b", 30, "apache-license-2.0"), ("c", 10, "MIT"))
    models = [Model(f"x/{name}", downloads, licenses=(license_,)) for name, downloads, license_ in declared]
    apache = comparison.find(ranked(models, Dimension.LICENSE, Measure.DOWNLOADS), "apache-2.0")
    assert f"Apache-2.0 has {percent(apache.portion)} of downloads" in example("Spellings")


def test_which_snapshots_are_compared():
    days = [date(2026, month, 28) for month in (5, 6, 7, 8)]
    snapshots = tuple(
        Snapshot(number, day, ListName.TOP, "hub", size, simulated=False)
        for number, (day, size) in enumerate(zip(days, (300, 300, 30, 300), strict=True))
    )
    _, second, _, fourth = snapshots
    said = example("Which snapshots are compared")
    assert "the fourth is compared with the second" in said
    assert [s for s in snapshots[:-1] if comparable(s, fourth)][-1] == second
    assert "an alert ignores the third" in said
    assert usual(snapshots[:3], RECENT_DAYS) == second
    assert usual(snapshots, RECENT_DAYS) == fourth
    assert "a bet on the third's month is void" in said
    assert settling(snapshots[:3], second, date(2026, 7, 31)) is None
    assert settling((*snapshots[:2], replace(snapshots[2], size=300)), second, date(2026, 7, 31)) is not None


def test_growth_and_mix():
    before = [Model("meta/a", 60), Model("google/b", 40)]
    after = [Model("meta/a", 60), Model("google/b", 20), Model("qwen/c", 20)]
    then, now = (ranked(models, Dimension.NAMESPACE, Measure.DOWNLOADS) for models in (before, after))
    (shift,) = explained([s for s in comparison.shifts(then, now) if s.name == "meta"], before, after, Dimension.NAMESPACE)
    said = example("Growth and mix")
    assert shift.points == 0
    assert percent(shift.before) in said
    assert points(shift.split.grew) in said
    assert f"took {points(-shift.split.entered).split()[0].lstrip('+')}" in said
    assert (shift.split.left, shift.split.declared) == (0.0, 0.0)


def test_what_the_headline_says():
    before, after = (
        [Model(f"x/{tag}", value, licenses=(tag,)) for tag, value in zip(LICENSES, values, strict=True)]
        for values in ((60, 34, 2, 3, 1), (63, 31, 3, 2, 1))
    )
    rankings = [ranked(models, Dimension.LICENSE, Measure.DOWNLOADS) for models in (before, after)]
    shifts = comparison.shifts(*rankings)
    said = example("What the headline says")
    weights = {(f.kind, f.shift.name): f"{f.weight * 100:.1f}" for f in findings(shifts, rankings)}
    assert f"Apache-2.0 weighs 3 · 1.63 = {weights[Kind.SHIFT, 'apache-2.0']}" in said
    assert f"MIT 3 · 1.34 = {weights[Kind.SHIFT, 'mit']}" in said
    assert f"crossing (1 + 1) · (1 + ⅓) = {weights[Kind.CROSSING, 'gemma']}" in said
    assert findings(shifts, rankings)[0].shift.name == "apache-2.0"
    assert findings(shifts, rankings, FailedChecks(one_model={"apache-2.0"}))[0].shift.name == "mit"


def test_concentration():
    found = concentration([50, 30, 10, 10])
    said = example("Concentration")
    assert f"= {found.hhi:.2f}, effective number = {found.effective:.1f}" in said
    assert said.endswith(f"= {found.gini:.2f}.")


def test_without_the_largest():
    models = [Model("meta/large", 50), Model("meta/small", 10), Model("qwen/one", 40)]
    found = without_largest(models, Dimension.NAMESPACE, ("meta",), Measure.DOWNLOADS)
    said = example("Without the largest")
    assert f"Meta has {percent(found.portion)}" in said
    assert said.endswith(f"= {percent(found.rest)}.")


def test_likes_and_downloads():
    statistics, _ = correlate([Model(f"a/{n}", downloads, n) for n, downloads in ((1, 10), (2, 20), (3, 60))])
    said = example("Likes and downloads")
    assert f"R² = {statistics['r2']:.2f}" in said
    assert f"Spearman's is {statistics['spearman']:.0f}" in said
    assert f"{correlation.RESAMPLES:,} samples" in METHOD
    assert f"{correlation.LEVEL:.0%} interval" in METHOD.replace("\n", " ")


def test_age():
    ages, downloads = (1.0, 2.0, 4.0), (10.0, 10.0, 30.0)
    plain = weighted_median([(age, 1.0) for age in ages])
    weighted = weighted_median(list(zip(ages, downloads, strict=True)))
    assert f"the median is {plain:.0f} years, weighted by downloads {weighted:.0f}" in example("Age")


def test_derivatives():
    made = ("base_model:Qwen/base", "base_model:finetune:Qwen/base")
    both = ("base_model:Qwen/base", "base_model:google/base", "base_model:merge:Qwen/base", "base_model:merge:google/base")
    models = [
        Model("Qwen/base", 400, tags=("region:us",)),
        Model("someone/tuned", 200, tags=made),
        Model("someone/merged", 100, tags=both),
    ]
    found = reach(models, Measure.DOWNLOADS)
    qwen = found.shares[0]
    assert f"adds {dict(qwen.members)['made by others']:.0f} of {found.recorded:.0f}" in example("Derivatives")


def test_forecasts():
    log_odds = [math.log(0.2 / 0.8)]
    for step in (0.1, 0.3, 0.1, 0.3, 0.1):
        log_odds.append(log_odds[-1] + step)
    course = [1 / (1 + math.exp(-x)) for x in log_odds]
    walk = forecasting.fit({"a": course})["a"]
    found = forecasting.Forecaster({"a": course}).distributions(3)["a"]
    said = example("Forecasts")
    assert f"{-log_odds[-1]:.3f} ({percent(course[-1])})" in said
    assert f"s² = {walk.variance:.4f}, Var(m) = {walk.trend_variance:.4f}" in said
    shrinkage = 1 - 3 * walk.trend_variance / float(re.search(r" m = (0\.\d+)", said)[1]) ** 2
    assert f"w = {shrinkage:.2f}" in said
    assert f"the median is {percent(found.expected)}, and" in said
    assert said.endswith(f"{percent(found.low)} to {percent(found.high)}.")


def test_what_is_distrusted():
    before = [Model(f"a/{n}", 1000 + n) for n in range(300)]
    after = [Model(f"a/{n}", 1000 + n + (n < 10)) for n in range(300)]
    eve, now = (Snapshot(n, date(2026, 8, 20 + n), ListName.TOP, "hub", 300, simulated=False) for n in (1, 2))
    (warning,) = quality.stalled(eve, before, now, after)
    share = re.match(r"[\d.]+%", warning.sentence)[0]
    assert f"{share} of the counts" in example("When data is suspect")


@pytest.mark.parametrize(
    ("constant", "said"),
    [
        (quality.STALLED, "90% of the counts"),
        (quality.REGRESSED, "more than 2% of the models"),
        (coverage.COVERAGE_DIFFERENCE, "at most 5 points"),
        (quality.DOMINANT, "more than 10% of all downloads"),
    ],
)
def test_the_thresholds_are_those_of_the_page(constant, said):
    assert said in METHOD
    assert re.search(r"\d+", said)[0] == f"{constant * 100:.0f}"
