"""Models with a new id on the Hub, such as ``bert-base-uncased`` and the models of renamed organizations."""

from __future__ import annotations

import tomllib
from pathlib import Path

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
MODELS: dict[str, str] = _TABLES["models"]
"""Old id to new id."""
NAMESPACES: dict[str, str] = _TABLES["namespaces"]
"""Old namespace to new namespace, for organizations that were renamed with all their models."""


def successor(model_id: str) -> str:
    """Return a model's present id; ``model_id`` itself if it hasn't changed. Ids are matched exactly."""
    moved = MODELS.get(model_id, model_id)
    namespace, slash, name = moved.partition("/")
    return NAMESPACES[namespace] + slash + name if slash and namespace in NAMESPACES else moved


def namespace_of(model_id: str) -> str:
    """Return the namespace of a model's present id; the id itself if it has none."""
    return successor(model_id).partition("/")[0]


def former(model_id: str) -> tuple[str, ...]:
    """Return a model's former ids: the other ids whose :func:`successor` is ``model_id``."""
    namespace, _, name = model_id.partition("/")
    with_namespace = [f"{old}/{name}" for old, new in NAMESPACES.items() if new == namespace]
    return tuple(dict.fromkeys([*with_namespace, *(old for old in MODELS if successor(old) == model_id)]))
