"""No sentence, sign, rank or cause that the whole truth contradicts, where sources record only part of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from truth.adversarial import model_claims, sentence_claims, value_claims
from truth.adversarial.histories import History, Life, Recorded, history
from truth.adversarial.histories_asked import run
from truth.adversarial.told_cases import Case
from truth.adversarial.whole_truth import Truth, rank

from analytics.answer import Cause, Reason, Shift
from analytics.domain import Measure
from analytics.storage import database

if TYPE_CHECKING:
    from pathlib import Path

HISTORIES = 50
"""``bench/adversarial.py`` runs 2,000."""
BATCH = 10


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("adversarial") / "empty.db"
    engine = database.engine(f"sqlite:///{path}")
    database.upgrade(engine)
    engine.dispose()
    return path


@pytest.mark.parametrize("first", range(0, HISTORIES, BATCH))
def test_nothing_that_is_told_contradicts_the_truth(first, empty, tmp_path):
    outcomes = {seed: run(seed, empty, tmp_path) for seed in range(first, first + BATCH)}
    problems = [f"{seed}, {asked}: {problem}" for seed, outcome in outcomes.items() for asked, problem in outcome.problems]
    assert not problems, "\n".join(problems[:20])
    assert sum(outcome.counts["told"] for outcome in outcomes.values()) > 100
    assert sum(outcome.counts["sentences"] for outcome in outcomes.values()) > 100


def test_histories_have_what_misleads():
    histories = [history(seed) for seed in range(200)]
    listings = [listing for made_up in histories for listing in made_up.listings]
    assert any(s.source == "source-1" for s in listings)
    assert any(len({len(s.members) for s in h.listings if s.within == "top"}) > 2 for h in histories)
    assert any(len(s.facts) < 3 * len(s.members) for s in listings)
    lives = [life for h in histories for life in h.lives]
    assert any(len(set(life.ids)) == 2 and life.hub_id for life in lives)
    assert any(len(set(life.ids)) == 2 and not life.hub_id for life in lives)
    assert any(max(life.downloads) > 8 * sorted(life.downloads)[-2] > 0 for life in lives)
    assert any(0 in life.downloads for life in lives)
    assert any(len({life.downloads[0] for life in h.lives}) < len(h.lives) for h in histories)
    assert history(7) == history(7)


# The oracle itself, on a history that can be added up by hand


@pytest.fixture
def case() -> Case:
    """MIT falls from 60% to 25% of downloads and passes nobody; ``b/three`` isn't recorded at the later date."""
    lives = (
        _life("google/one", "mit", 60, 50),
        _life("Qwen/two", "apache-2.0", 30, 60),
        _life("lab-0/three", "apache-2.0", 10, 90),
    )
    listings = (_listing(0, (0, 1, 2)), _listing(1, (0, 1)))
    truth = Truth(History(0, (date(2026, 1, 1), date(2026, 6, 1)), lives, listings, has_unseen_changes=False))
    return Case(truth, "license", "downloads", listings[1], listings[0])


def _life(model_id: str, license_: str, *downloads: int) -> Life:
    declared = {fact: ((license_,), (license_,)) if fact == "license" else ((), ()) for fact in ("license", "task", "library")}
    return Life((model_id, model_id), declared, downloads, (0.0, 0.0))


def _listing(place: int, recorded: tuple[int, ...]) -> Recorded:
    return Recorded(place, "top", "made up", (0, 1, 2), frozenset((number, "license") for number in recorded))


def test_the_oracle_adds_up(case):
    assert case.shares() == {"mit": Fraction(1, 4), "apache-2.0": Fraction(3, 4)}
    assert case.change("mit") == Fraction(-35, 100)
    assert (case.rank("mit", case.then), case.rank("mit")) == (1, 2)
    assert not case.truth.is_known(2, 1, "license")
    assert replace(case, among_known=True).shares() == {"mit": Fraction(5, 11), "apache-2.0": Fraction(6, 11)}
    assert rank({"none declared": Fraction(1)}, "none declared") is None


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("MIT fell 35.0 percentage points since January 1, 2026, from 60.0% to 25.0% of downloads", None),
        ("MIT rose 5.0 percentage points since January 1, 2026, from 60.0% to 65.0% of downloads", "sign"),
        ("Apache-2.0 leads with 54.5% of downloads, ahead of MIT (45.5%)", None),
        ("MIT leads with 54.5% of downloads, ahead of Apache-2.0 (45.5%)", "rank"),
        ("Models with no declared license lead with 54.5% of downloads, ahead of MIT (45.5%)", "rank of an unknown"),
        ("Apache-2.0 (54.5% of downloads) passed MIT (45.5%) for 1st place since January 1, 2026", None),
        ("MIT (54.5% of downloads) passed Apache-2.0 (45.5%) for 1st place since January 1, 2026", "rank"),
        ("MIT has 45.5% of downloads (2nd of 2)", None),
        ("MIT has 45.5% of downloads (2nd of 3)", "rank"),
        ("MIT went from 2nd to 1st by downloads since January 1, 2026.", "rank"),
        ("No share of downloads changed by a tenth of a percentage point or more since January 1, 2026", "unchanged"),
        ("New in the top 10: MIT", "rank"),
    ],
)
def test_the_oracle_judges_a_sentence(case, sentence, kind):
    kinds = {problem.kind for problem in sentence_claims.problems(case, sentence)}
    assert kind in kinds if kind else not kinds


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("lab-0/three now leads, up from 3rd; no models entered the list since January 1, 2026", None),
        ("lab-0/three now leads, up from 2nd; no models entered the list since January 1, 2026", "rank"),
        ("lab-0/three now leads, new to the list; 1 model entered the list since January 1, 2026", "membership"),
        ("google/one alone raised total downloads by 10.0%.", "sign"),
    ],
)
def test_the_oracle_judges_a_sentence_about_models(case, sentence, kind):
    kinds = {problem.kind for problem in model_claims.problems(case, sentence)}
    assert kind in kinds if kind else not kinds


@pytest.mark.parametrize(
    ("points", "cause", "kinds"),
    [
        (-0.35, Cause.SHRANK, set()),
        (0.2, Cause.GREW, {"sign", "sign of a reason", "cause: grew"}),
        (-0.35, Cause.DECLARED, {"cause: changed what it declares"}),
        (-0.35, Cause.LEFT, {"cause: left the list"}),
    ],
)
def test_the_oracle_judges_a_shift(case, points, cause, kinds):
    shift = Shift("mit", Measure.DOWNLOADS, 0.6, 0.6 + points, points, 1, None, (Reason("google/one", cause, points),))
    assert {problem.kind for problem in value_claims.of_shift(case, shift)} == kinds


def test_the_oracle_judges_bounds(case):
    shift = SimpleNamespace(name="mit", by="downloads", points=-0.3, rank_before=1, rank_after=None, reasons=(), basis=None)
    outside, around = ({"low": low, "high": -0.1} for low in (-0.3, -0.4))
    assert [p.kind for p in value_claims.of_shift(case, SimpleNamespace(**vars(shift), **outside))] == ["bounds"]
    assert not list(value_claims.of_shift(case, SimpleNamespace(**vars(shift), **around)))
