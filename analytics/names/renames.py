"""Which models the Hub moved: what ``bert-base-uncased`` and the models of renamed organisations are called today."""

from __future__ import annotations

import tomllib
from pathlib import Path

_MOVED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MODELS: dict[str, str] = _MOVED["models"]
"""Old id to new id."""
NAMESPACES: dict[str, str] = _MOVED["namespaces"]
"""Old namespace to new namespace, for organisations that took all their models along."""


def successor(model_id: str) -> str:
    """Return the id that a model has today; ``model_id`` itself if it was not moved. Ids are matched exactly."""
    moved = MODELS.get(model_id, model_id)
    namespace, slash, name = moved.partition("/")
    return NAMESPACES[namespace] + slash + name if slash and namespace in NAMESPACES else moved


def namespace_of(model_id: str) -> str:
    """Return the namespace under which a model stands today; for an id without one that was not moved, the id itself."""
    return successor(model_id).partition("/")[0]


def former(model_id: str) -> tuple[str, ...]:
    """Return the ids that a model had before: those whose :func:`successor` is ``model_id``, itself left out."""
    namespace, _, name = model_id.partition("/")
    moved_along = [f"{old}/{name}" for old, new in NAMESPACES.items() if new == namespace]
    return tuple(dict.fromkeys([*moved_along, *(old for old in MODELS if successor(old) == model_id)]))
