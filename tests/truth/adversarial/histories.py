"""Made-up histories in which sources record only part of the truth: seeded, so that each can be looked at again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

LICENSES = {"apache-2.0": 8, "mit": 6, "llama3.1": 3, "cc-by-4.0": 2, "gemma": 2, "openrail": 1}
"""Each with how often it's chosen; so are the next ones."""
TASKS = {"text-generation": 8, "fill-mask": 4, "image-classification": 3, "feature-extraction": 3, "summarization": 1}
LIBRARIES = {"transformers": 9, "timm": 3, "diffusers": 2, "sentence-transformers": 2}
CREATORS = {
    "facebook": ("Meta", "United States"),
    "meta-llama": ("Meta", "United States"),
    "google": ("Google", "United States"),
    "Qwen": ("Alibaba", "China"),
    "deepseek-ai": ("DeepSeek", "China"),
    "mistralai": ("Mistral AI", "France"),
    "google-bert": ("Google", "United States"),
    "bert-base-uncased": ("Google", "United States"),
    "zai-org": ("Z.ai", "China"),
    "THUDM": ("Z.ai", "China"),
    "CohereLabs": ("Cohere", "Canada"),
    "CohereForAI": ("Cohere", "Canada"),
    **{f"lab-{number}": (f"lab-{number}", "not known") for number in range(6)},
}
"""The creator and the country of each namespace."""
MOVED = {
    "bert-base-uncased": "google-bert/bert-base-uncased",
    "THUDM/chatglm-6b": "zai-org/chatglm-6b",
    "CohereForAI/aya-23-8B": "CohereLabs/aya-23-8B",
}
"""Former and present ids, which everybody knows."""
FACTS = ("license", "task", "library")

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """One model, on each day of a history."""

    ids: tuple[str, ...]
    facts: dict[str, tuple[Names, ...]]
    """What it declares, ``()`` for nothing."""
    downloads: tuple[int, ...]
    trending: tuple[float, ...]
    hub_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One list of one day, as a source records it."""

    place: int
    """Of the day."""
    within: str
    source: str
    members: tuple[int, ...]
    """Places of the lives, in the order of the list."""
    facts: frozenset[tuple[int, str]]
    """What is recorded: the life and the fact."""


@dataclass(frozen=True, slots=True)
class History:
    """The whole truth, and what was recorded of it."""

    seed: int
    days: tuple[date, ...]
    lives: tuple[Life, ...]
    listings: tuple[Recorded, ...]
    """In the order in which they are stored."""
    has_unseen_changes: bool
    """Whether a model may declare something new on days whose source doesn't record it."""
    always_recorded: frozenset[tuple[int, str]] = field(default_factory=frozenset)


def history(seed: int) -> History:
    """Return the history of a seed."""
    luck = random.Random(seed)
    days = _days(luck)
    has_unseen_changes = luck.random() < 0.1
    lives, changed = _lives(luck, len(days))
    always = frozenset() if has_unseen_changes else frozenset(changed)
    listings = _listings(luck, len(days), lives, always)
    return History(seed, days, tuple(lives), tuple(listings), has_unseen_changes, always)


def _days(luck: random.Random) -> tuple[date, ...]:
    steps = [luck.choice((1, 7, 28, 30, 31, 31, 45, 61, 120)) for _ in range(luck.randint(2, 7))]
    return tuple(accumulate(steps, lambda day, step: day + timedelta(step), initial=date(2025, 1, luck.choice((3, 15, 31)))))


def _chosen(luck: random.Random, weights: dict[str, int]) -> str:
    return luck.choices(list(weights), list(weights.values()))[0]


def _declared(luck: random.Random, fact: str) -> Names:
    if luck.random() < 0.12:
        return ()
    if fact == "license":
        return tuple(dict.fromkeys(_chosen(luck, LICENSES) for _ in range(luck.choice((1, 1, 1, 1, 1, 1, 2, 3)))))
    return (_chosen(luck, TASKS if fact == "task" else LIBRARIES),)


def _lives(luck: random.Random, days: int) -> tuple[list[Life], set[tuple[int, str]]]:
    """Return the models, and which facts change."""
    ids = [*MOVED, *(f"{luck.choice(list(CREATORS)[:6] + list(CREATORS)[-6:])}/model-{n}" for n in range(luck.randint(8, 55)))]
    changes = luck.choice((0.0, 0.0, 0.0, 0.05, 0.15))
    lives, changed = [], set()
    for number, model_id in enumerate(ids):
        facts = {}
        for fact in FACTS:
            first = _declared(luck, fact)
            second = _declared(luck, fact) if luck.random() < changes else first
            turn = luck.randint(1, days - 1)
            facts[fact] = tuple(second if place >= turn else first for place in range(days))
            if first != second:
                changed.add((number, fact))
        present, moved = MOVED.get(model_id), luck.randint(0, days)
        hub_id = None
        if present is None and luck.random() < 0.04:  # moved to another namespace, which only the Hub's own id tells
            present, hub_id = f"{luck.choice(list(CREATORS)[:6])}/moved-{number}", f"{number:024x}"
        names = tuple(present if present and place >= moved else model_id for place in range(days))
        lives.append(Life(names, facts, _downloads(luck, days), _trending(luck, days), hub_id))
    return lives, changed


def _downloads(luck: random.Random, days: int) -> tuple[int, ...]:
    """Return the downloads of a model: a walk, a spike, a tie with others, or none at all."""
    kind = luck.random()
    if kind < 0.06:
        return tuple(luck.choice((0, 0, 50)) for _ in range(days))
    if kind < 0.2:
        return tuple(luck.choice((1_000, 1_000, 5_000, 20_000)) for _ in range(days))
    level = luck.lognormvariate(10, 1.5)
    course = accumulate((luck.gauss(0, 0.35) for _ in range(days - 1)), lambda x, step: x * 2.718**step, initial=level)
    counts = [int(count) for count in course]
    if kind > 0.93:
        counts[luck.randrange(days)] *= luck.choice((10, 40, 100))
    return tuple(counts)


def _trending(luck: random.Random, days: int) -> tuple[float, ...]:
    return tuple(float(luck.randint(0, 400)) for _ in range(days))


def _listings(luck: random.Random, days: int, lives: list[Life], always: frozenset[tuple[int, str]]) -> list[Recorded]:
    size = luck.randint(min(10, len(lives) // 2), len(lives))
    has_trending = luck.random() < 0.25
    record = _recording(luck, days, lives)
    listings = []
    for place in range(days):
        sizes = [max(4, round(size * luck.choice((1, 1, 1, 1, 0.95, 1.04, 1.3, 0.4))))]
        if luck.random() < 0.25:  # a second source
            sizes.append(max(4, round(sizes[0] * luck.choice((0.5, 0.93, 0.97, 1.05, 2)))))
        for number, count in enumerate(sizes):
            ranked = sorted(range(len(lives)), key=lambda n, at=place: (-lives[n].downloads[at], lives[n].ids[at]))
            listings.append(_recorded(place, "top", f"source-{number}", ranked[:count], record(place, number), always))
        if has_trending:
            ranked = sorted(range(len(lives)), key=lambda n, at=place: (-lives[n].trending[at], lives[n].ids[at]))
            listings.append(_recorded(place, "trending", "source-0", ranked[: max(4, size // 2)], record(place, 0), always))
    return listings


def _recorded(  # noqa: PLR0917 - they are the fields of the value
    place: int,
    within: str,
    source: str,
    members: list[int],
    facts: set[tuple[int, str]],
    always: frozenset[tuple[int, str]],
) -> Recorded:
    own = frozenset((number, fact) for number in members for fact in FACTS if (number, fact) in facts or (number, fact) in always)
    return Recorded(place, within, source, tuple(members), own)


def _recording(luck: random.Random, days: int, lives: list[Life]):
    """Return what a source records on a day; for each fact in another way."""
    kinds = {
        fact: luck.choice(("all", "all", "some", "days", "source", "largest", "name", "name", "never", "since")) for fact in FACTS
    }
    missing = {fact: luck.choice((0.02, 0.1, 0.3, 0.6)) for fact in FACTS}
    thin_days = {fact: {place for place in range(days) if luck.random() < 0.4} for fact in FACTS}
    names = {"license": _chosen(luck, LICENSES), "task": _chosen(luck, TASKS), "library": _chosen(luck, LIBRARIES)}
    untold = {fact: {n for n in range(len(lives)) if luck.random() < missing[fact] / 2} for fact in FACTS}
    start = luck.randrange(days)
    largest = sorted(range(len(lives)), key=lambda n: -max(lives[n].downloads))[: luck.randint(1, 3)]

    def is_recorded(place: int, source: int, number: int, fact: str) -> bool:  # noqa: PLR0911 - one for each kind
        thin = place in thin_days[fact]
        match kinds[fact]:
            case "some":
                return luck.random() >= missing[fact]
            case "days":
                return not thin or luck.random() >= missing[fact]
            case "source":
                return source == 0 or luck.random() >= missing[fact]
            case "largest":
                return not (thin and number in largest)
            case "name":
                return not (thin and names[fact] in lives[number].facts[fact][place])
            case "never":
                return number not in untold[fact]
            case "since":
                return (place >= start) == (days % 2 == 0) or number not in untold[fact]
            case _:
                return True

    return lambda place, source: {
        (number, fact) for number in range(len(lives)) for fact in FACTS if is_recorded(place, source, number, fact)
    }
