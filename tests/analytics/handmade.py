"""A small history made by hand: every month has something that a question must get right, and a reader can add it up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from analytics.domain import Listing, ListName, Model
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DAYS = (date(2025, 11, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 22))


@dataclass(frozen=True, slots=True)
class Life:
    """One model, and its downloads and likes at each of :data:`DAYS`; ``None`` where it is not in the list."""

    model: Model
    downloads: tuple[int | None, ...]
    likes: tuple[int, ...]
    trending: float = 0.0


GATED = {"meta-llama/Llama-3.1-8B-Instruct": "manual", "google/gemma-3-4b-it": "manual", "pyannote/segmentation-3.0": "auto"}
MADE_FROM = {
    "deepset/roberta-base-squad2": ("finetune", "FacebookAI/roberta-base"),
    "Qwen/Qwen3-8B": ("finetune", "Qwen/Qwen3-8B-Base"),
    "zai-org/GLM-5": ("quantized", "zai-org/GLM-5-Base"),
}
"""How, and from which model."""
BORN = {
    "meta-llama/Llama-3.1-8B-Instruct": "2024-07-18",
    "Qwen/Qwen3-8B": "2025-04-27",
    "google/gemma-3-4b-it": "2025-02-20",
    "pyannote/segmentation-3.0": "2023-09-22",
    "zai-org/GLM-5": "2026-08-01",
    "someone/quiet-model": "2024-05-06",
}
"""Most of the others were there when the Hub began to keep dates, on 2 March 2022."""


def _life(
    model_id: str,
    declared: tuple[tuple[str, ...] | None, str | None, str | None],
    downloads: Sequence[int | None],
    likes: Sequence[int],
    trending: float = 0.0,
) -> Life:
    """Make a life; ``declared`` are its licenses, task and library."""
    recorded = declared != (None, None, None)
    way, base = MADE_FROM.get(model_id, ("", ""))
    tags = ("region:us", *((f"base_model:{base}", f"base_model:{way}:{base}") if base else ()))
    model = Model(
        model_id,
        0,
        None,
        *declared,
        created=f"{BORN.get(model_id, '2022-03-02')}T23:29:04.000Z",
        gated=GATED.get(model_id, "false") if recorded else None,
        tags=tags if recorded else (),
    )
    return Life(model, tuple(downloads), tuple(likes), trending)


LIVES = (
    _life(
        "sentence-transformers/all-MiniLM-L6-v2",
        (("apache-2.0",), "sentence-similarity", "sentence-transformers"),
        (140_000_000, 150_000_000, 155_000_000, 160_000_000, 150_000_000),
        (3600, 3900, 4000, 4100, 4200),
    ),
    # Called bert-base-uncased in the first listing: the same model.
    _life(
        "google-bert/bert-base-uncased",
        (("apache-2.0",), "fill-mask", "transformers"),
        (90_000_000, 80_000_000, 78_000_000, 76_000_000, 70_000_000),
        (2300, 2400, 2420, 2440, 2460),
    ),
    _life(
        "FacebookAI/roberta-base",
        (("mit",), "fill-mask", "transformers"),
        (45_000_000, 44_000_000, 42_000_000, 41_000_000, 40_000_000),
        (480, 500, 505, 510, 515),
    ),
    _life(
        "openai-community/gpt2",
        (("mit",), "text-generation", "transformers"),
        (25_000_000, 22_000_000, 21_000_000, 20_000_000, 19_000_000),
        (2900, 3000, 3010, 3020, 3030),
        3.0,
    ),
    # Leaves before the last listing.
    _life(
        "facebook/opt-125m",
        (("other",), "text-generation", "transformers"),
        (22_000_000, 20_000_000, 18_000_000, 15_000_000, None),
        (210, 215, 216, 217, 218),
    ),
    # Two licenses: half of each.
    _life(
        "deepset/roberta-base-squad2",
        (("cc-by-4.0", "mit"), "question-answering", "transformers"),
        (12_000_000, 12_000_000, 12_000_000, 11_000_000, 11_000_000),
        (800, 820, 825, 830, 835),
    ),
    _life(
        "meta-llama/Llama-3.1-8B-Instruct",
        (("llama3.1",), "text-generation", "transformers"),
        (8_000_000, 9_000_000, 10_000_000, 12_000_000, 16_000_000),
        (4500, 4700, 4800, 4900, 5000),
        20.0,
    ),
    # The riser of August.
    _life(
        "Qwen/Qwen3-8B",
        (("apache-2.0",), "text-generation", "transformers"),
        (2_000_000, 6_000_000, 12_000_000, 24_000_000, 48_000_000),
        (300, 500, 700, 900, 1200),
        90.0,
    ),
    _life(
        "google/gemma-3-4b-it",
        (("gemma",), "image-text-to-text", "transformers"),
        (3_000_000, 5_000_000, 6_000_000, 7_000_000, 7_000_000),
        (700, 760, 780, 800, 820),
        40.0,
    ),
    # Declares no task.
    _life(
        "pyannote/segmentation-3.0",
        (("mit",), "", "pyannote-audio"),
        (14_000_000, 15_000_000, 15_000_000, 16_000_000, 16_000_000),
        (400, 450, 460, 470, 480),
    ),
    # Declares nothing.
    _life(
        "someone/quiet-model",
        ((), "", ""),
        (5_000_000, 5_000_000, 5_000_000, 5_000_000, 5_000_000),
        (1, 1, 1, 1, 1),
        1.5,
    ),
    # The source records nothing of it.
    _life(
        "somebody/unrecorded",
        (None, None, None),
        (4_000_000, 4_000_000, 4_000_000, 4_000_000, 4_000_000),
        (30, 30, 30, 30, 30),
        1.0,
    ),
    # Enters with the last listing.
    _life(
        "zai-org/GLM-5",
        (("mit",), "text-generation", "transformers"),
        (None, None, None, None, 9_000_000),
        (0, 0, 0, 0, 2000),
        120.0,
    ),
)


def models(place: int) -> list[Model]:
    """Return the models at one of :data:`DAYS`."""
    return [
        replace(life.model, downloads=count, likes=life.likes[place], trending=life.trending or None)
        for life in LIVES
        if (count := life.downloads[place]) is not None
    ]


def listings() -> Iterator[Listing]:
    """Yield the history: three lists on five days, and one shorter list that compares with none."""
    for place, day in enumerate(DAYS):
        present = models(place)
        top = sorted(present, key=lambda model: -model.downloads)
        if place == 0:
            # The first source records neither likes nor libraries, and has a model under its former name.
            top = [replace(model, likes=None, library=None) for model in top]
            top = [replace(m, id=m.id.removeprefix("google-bert/")) for m in top]
        yield Listing(day, ListName.TOP, "handmade", tuple(top))
        trending = sorted((m for m in present if m.trending), key=lambda m: -(m.trending or 0))
        yield Listing(day, ListName.TRENDING, "handmade", tuple(trending[:6]))
        yield Listing(day, ListName.LIKED, "handmade", tuple(sorted(present, key=lambda m: -(m.likes or 0))))
        if place == 1:
            yield Listing(date(2026, 6, 15), ListName.TOP, "top3", tuple(sorted(present, key=lambda m: -m.downloads)[:3]))


def long_listings() -> Iterator[Listing]:
    """Yield the history and seven months before it, in which all but a few models grew: what a forecast needs."""
    for month in range(4, 11):
        present = [
            replace(model, downloads=model.downloads * (40 + month + place % 3) // 55) for place, model in enumerate(models(1))
        ]
        day = date(2025, month, 30)
        yield Listing(day, ListName.TOP, "handmade", tuple(sorted(present, key=lambda model: -model.downloads)))
        trending = sorted((m for m in present if m.trending), key=lambda m: -(m.trending or 0))
        yield Listing(day, ListName.TRENDING, "handmade", tuple(trending[:6]))
        yield Listing(day, ListName.LIKED, "handmade", tuple(sorted(present, key=lambda m: -(m.likes or 0))))
    yield from listings()


def stored(chosen: Sequence[Listing], path: Path) -> SqlHistory:
    """Store listings in a new SQLite file, a day at a time."""
    engine = database.engine(f"sqlite:///{path}")
    database.upgrade(engine)
    history = SqlHistory(engine)
    for _, day in groupby(sorted(chosen, key=lambda listing: listing.taken_on), key=lambda listing: listing.taken_on):
        ingest.store(list(day), history)
    return history
