"""Made-up top lists of any size, in which Meta has a fifth of 300 models' downloads and nothing of the first 30."""

from __future__ import annotations

from datetime import date

from analytics.domain import Listing, ListName, Model
from analytics.storage import ingest

TASKS = ("text-generation", "fill-mask", "image-classification")


def listing(day, size=300, *, meta=1.0, within=ListName.TOP, source="import"):
    """Return a list; ``meta`` multiplies the downloads of Meta's models."""
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
