"""A database with a simulated history; and made-up top lists of any size."""

from __future__ import annotations

import shutil
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from build_once import build_once
from databases import upgrade_all

from analytics.domain import Listing, ListName, Model
from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 8, 22)
TASKS = ("text-generation", "fill-mask", "image-classification")


def filled(path: Path, months: int = 4) -> str:
    """Make a database with a simulated history and return its address."""
    shutil.copy(build_once(f"simulated-{months}.db", lambda draft: _build(draft, months)), path)
    return f"sqlite:///{path}"


def _build(path: Path, months: int) -> None:
    engine = database.engine(f"sqlite:///{path}")
    upgrade_all(engine)
    history = SqlHistory(engine)
    for _, day in groupby(simulation.listings(TODAY, months=months), key=lambda listing: listing.taken_on):
        ingest.store(list(day), history)
    engine.dispose()


def listing(day, size=300, *, meta=1.0, within=ListName.TOP, source="import"):
    """Return a list in which Meta has more than a quarter of 300 models' downloads, none of 30's; ``meta`` multiplies them."""
    models = [
        Model(
            f"{_namespace(place)}/model-{place}",
            round((10_000 - 20 * place) * (meta if _namespace(place) == "facebook" else 1.0)),
            licenses=("mit",) if place % 3 else ("apache-2.0",),
            task=TASKS[place % 3],
            likes=place,
        )
        for place in range(size)
    ]
    ranked = tuple(sorted(models, key=lambda model: -model.downloads))
    return Listing(date.fromisoformat(day), within, source, ranked, simulated=source == "simulation")


def _namespace(place):
    if place < 30:
        return "google"
    return ("facebook", "Qwen", "google")[place % 3]


def put(store, *listings):
    """Store lists of any days."""
    for one in listings:
        ingest.store([one], store)
