"""A simulated history for trying the product without the Hub: the same arguments always give the same listings.

No number here is measured. Magnitudes and proportions follow what is known of the real lists: Zipf-like downloads, three of ten
of them Meta's at the start, Apache-2.0 and MIT on three of four models, likes that tell next to nothing about downloads.
"""

from __future__ import annotations

import hashlib
import math
import random
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.domain import LIST_SIZE, Listing, ListName, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "simulation"
DAILY = 30
"""Days up to the last that have a listing each; before them, month ends."""

_MONTH = 30.44
"""Days."""
_NEVER = date.max.toordinal()
_TAIL_BEFORE = 84
"""Months before the history in which models of its first list were published."""
_TAIL_A_MONTH = 15
_TAIL_LEVEL = 0.8e6
"""Downloads of the smallest that is published for the top list; the three hundredth has more."""
_HOT_BEFORE = 365
"""Days in which a model may trend, and so before the history in which those of its first trending list were published."""
_HOT_A_DAY = 8
_ZIPF = 1 / 0.857
"""Pareto exponent that gives 200 M downloads at rank 1 and 1.5 M at rank 300."""
_FREE = {"apache-2.0", "mit"}
_RESERVE = 0.8
"""Downloads of a trending model under any other license, against one under these."""


def listings(until: date, months: int = 24, seed: int = 7, daily: int = DAILY) -> Iterator[Listing]:
    """Yield top and trending listings in date order: of the last ``months`` month ends and of ``daily`` days up to ``until``.

    Each has exactly 300 models, in rank order. The same arguments give the same listings; ids and ``hub_id`` mean the
    same model throughout.

    Raises:
        ValueError: if ``months`` is negative.

    """
    days = _days(until, months, daily)
    models = _simulated_models(days[0], until, random.Random(seed))  # noqa: S311 - repeatable is what is wanted
    for day in days:
        yield _listing(day, ListName.TOP, models, _SimulatedModel.downloads)
        yield _listing(day, ListName.TRENDING, models, _SimulatedModel.score)


def _listing(day: date, name: ListName, models: list[_SimulatedModel], measure: Callable[[_SimulatedModel, int], int]) -> Listing:
    number = day.toordinal()
    ranked = sorted((-measure(model, number), model.id, model) for model in models if model.may_be_in(name, number))
    return Listing(day, name, SOURCE, tuple(model.on(number) for _, _, model in ranked[:LIST_SIZE]), simulated=True)


def _days(until: date, months: int, daily: int) -> list[date]:
    if months < 0:
        raise ValueError(f"months is {months}; a history cannot have fewer than none")
    return sorted({*_month_ends(until, months), *(until - timedelta(days=back) for back in range(daily))})


def _month_ends(until: date, count: int) -> list[date]:
    """Return the last ``count`` ends of months up to ``until``, latest first."""
    ends: list[date] = []
    first_of_next = (until + timedelta(days=1)).replace(day=1)
    for _ in range(count):
        ends.append(first_of_next - timedelta(days=1))
        first_of_next = ends[-1].replace(day=1)
    return ends


@dataclass(frozen=True, slots=True)
class _Popularity:
    """How a model's downloads, likes and trending score develop."""

    level: float
    """Downloads of 30 days to begin with, once it is known."""
    growth: float
    """Growth of the natural logarithm of downloads per day."""
    swing: float
    """Part of the downloads that comes and goes with the weeks."""
    phase: float
    fame: float
    """Likes, in the end."""
    heat: float = 0.0
    """Trending score when published."""
    cooling: float = 30.0
    """Days until a third of the heat is left."""


@dataclass(frozen=True, slots=True)
class _SimulatedModel:
    """A model and how its popularity develops. Days are ordinals."""

    id: str
    hub_id: str
    created: str
    task: str
    library: str
    licenses: tuple[str, ...]
    gated: str
    tags: tuple[str, ...]
    life: _Popularity
    born: int
    since: int
    """From when on ``life.level`` grows."""
    gone: int = _NEVER
    relicensed: int = _NEVER
    next_licenses: tuple[str, ...] = ()

    def may_be_in(self, name: ListName, day: int) -> bool:
        """Return whether the model exists on ``day`` and is neither too small nor too old for the list."""
        if not self.born <= day < self.gone:
            return False
        return self.life.level >= _TAIL_LEVEL if name is ListName.TOP else self.life.heat > 0 and day - self.born < _HOT_BEFORE

    def downloads(self, day: int) -> int:
        """Return the downloads of the 30 days up to ``day``."""
        life = self.life
        wave = math.sin(day / 11 + life.phase) + math.sin(day / 29 + 2 * life.phase)
        known = 1 - math.exp(-(day - self.born + 1) / 12)
        return int(life.level * known * math.exp(life.growth * (day - self.since) + life.swing * wave))

    def score(self, day: int) -> int:
        """Return the trending score of ``day``."""
        return round(self.life.heat * math.exp(-(day - self.born) / self.life.cooling))

    def on(self, day: int) -> Model:
        """Return the model's row for ``day``."""
        licenses = self.licenses if day < self.relicensed else self.next_licenses
        return Model(
            id=self.id,
            downloads=self.downloads(day),
            likes=int(self.life.fame * (1 - math.exp(-(day - self.born + 1) / (15 * _MONTH)))),
            licenses=licenses,
            task=self.task,
            library=self.library,
            trending=float(self.score(day)),
            created=self.created,
            gated=self.gated,
            tags=(*self.tags, *(f"license:{tag}" for tag in licenses)),
            hub_id=self.hub_id,
            downloads_all_time=self.all_time_downloads(day),
        )

    def all_time_downloads(self, day: int) -> int:
        """Return the downloads up to ``day``: a month's for each month of the life, by the level that it had on the whole."""
        return int(self.life.level * (day - self.born + 1) / _MONTH * math.exp(max(0.0, self.life.growth * (day - self.since))))


def _simulated_models(first: date, until: date, rng: random.Random) -> list[_SimulatedModel]:
    """Return all models of the history: the leaders, the rest of the top list, and those that trend for some weeks."""
    story = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    start, end = first.toordinal(), until.toordinal()
    numbers: Counter[str] = Counter()

    def publish(profile: dict[str, Any], born: int, life: _Popularity) -> _SimulatedModel:
        stem = f"{profile['maker']}/{profile['stem']}-sim"
        numbers[stem] += 1
        return _SimulatedModel(**_identity(profile, f"{stem}-{numbers[stem]:03}", born), life=life, born=born, since=born)

    return [
        *(_leader(entry, first, until, rng) for entry in story["leader"]),
        *(publish(profile, born, _slow(profile, rng)) for profile, born in _tail(story["profile"], start, end, rng)),
        *(publish(profile, born, _fast(profile, rng)) for profile, born in _hot(story["profile"], start, end, rng)),
    ]


def _leader(entry: dict[str, Any], first: date, until: date, rng: random.Random) -> _SimulatedModel:
    def when(event: str) -> int | None:
        return _story_day(until, entry[event]) if event in entry else None

    enters = when("enters")
    born = enters or first.toordinal() - rng.randint(500, 1200)
    since = max(first.toordinal(), born)
    change = entry.get("relicensed")
    life = _Popularity(
        level=entry["from"] * 1e6,
        growth=math.log(entry["to"] / entry["from"]) / max(1, until.toordinal() - since),
        swing=0.012,
        phase=rng.uniform(0, math.tau),
        fame=rng.lognormvariate(7.2, 0.7),
    )
    return _SimulatedModel(
        **_identity(entry, entry["id"], born),
        life=life,
        born=born,
        since=since,
        gone=when("leaves") or _NEVER,
        relicensed=_story_day(until, change["month"]) if change else _NEVER,
        next_licenses=tuple(change["licenses"]) if change else (),
    )


def _story_day(until: date, month: int) -> int:
    """Return the middle of the last complete month (1), of the one before (2), …; for 0, two weeks before the last day."""
    if month == 0:
        return until.toordinal() - 14
    return _month_ends(until, month)[-1].replace(day=15).toordinal()


def _tail(profiles: list[dict[str, Any]], start: int, end: int, rng: random.Random) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield what is published for the top list, and when: evenly over the years, of the old kinds first."""
    early, late = _weighted_cycle(profiles, "early", rng), _weighted_cycle(profiles, "late", rng)
    step = _MONTH / _TAIL_A_MONTH
    births = int((end - start + _TAIL_BEFORE * _MONTH) / step)
    for number in range(births):
        born = end - round(step * (births - number - rng.random()))
        yield next(early if born < start else late), born


def _hot(profiles: list[dict[str, Any]], start: int, end: int, rng: random.Random) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield what is published and trends, and when."""
    cycle = _weighted_cycle(profiles, "hot", rng)
    for born in range(start - _HOT_BEFORE, end + 1):
        for _ in range(_HOT_A_DAY):
            yield next(cycle), born


def _weighted_cycle(profiles: list[dict[str, Any]], weight: str, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Yield profiles in proportion to their weights; unlike with independent draws, so does any stretch of the sequence."""
    weighted = [profile for profile in profiles for _ in range(profile.get(weight, 0))]
    while True:
        rng.shuffle(weighted)
        yield from weighted


def _slow(profile: dict[str, Any], rng: random.Random) -> _Popularity:
    """Return the popularity of a model that is downloaded for years."""
    free = _is_free(profile)
    level = min(12e6 if free else 5e6, _TAIL_LEVEL * rng.paretovariate(_ZIPF))
    heat = min(400.0, 20 * rng.paretovariate(1.3))
    return _Popularity(
        level=level,
        growth=-math.log(2) / (rng.uniform(10, 50) * _MONTH),
        swing=0.04,
        phase=rng.uniform(0, math.tau),
        fame=rng.lognormvariate(5.8, 1.0) * (level / 1e6) ** 0.3,
        heat=heat if profile.get("hot") and free and level < 4.5e6 else 0.0,
        cooling=rng.uniform(20, 70),
    )


def _fast(profile: dict[str, Any], rng: random.Random) -> _Popularity:
    """Return the popularity of a model that trends for weeks."""
    heat = min(2000.0, 8 * rng.paretovariate(1.3))
    return _Popularity(
        level=min(4e6, rng.lognormvariate(10.6, 1.3)) * (1.0 if _is_free(profile) else _RESERVE),
        growth=-math.log(2) / (rng.uniform(2, 12) * _MONTH),
        swing=0.08,
        phase=rng.uniform(0, math.tau),
        fame=heat * rng.uniform(2, 12),
        heat=heat,
        cooling=rng.uniform(20, 70),
    )


def _is_free(profile: dict[str, Any]) -> bool:
    return bool(profile["licenses"]) and _FREE.issuperset(profile["licenses"])


def _identity(entry: dict[str, Any], identity: str, born: int) -> dict[str, Any]:
    """Return a model's declared metadata."""
    library = entry.get("library", "transformers")
    tags = [library, "safetensors", *filter(None, [entry["task"]]), SOURCE, "region:us"]
    if "base" in entry:
        tags += [f"base_model:{entry['base']}", f"base_model:{entry['derives']}:{entry['base']}"]
    return {
        "id": identity,
        "hub_id": hashlib.sha256(identity.encode()).hexdigest()[:24],
        "created": f"{date.fromordinal(born)}T00:00:00.000Z",
        "task": entry["task"],
        "library": library,
        "licenses": tuple(entry["licenses"]),
        "gated": entry.get("gated", "false"),
        "tags": tuple(tags),
    }
