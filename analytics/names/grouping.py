"""The names of a model in each dimension: those in the rollups, and the groups that are summed up from them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Dimension
from analytics.names import creators, licenses, renames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analytics.domain import Model

UNRANKED = frozenset({NONE_DECLARED, creators.NOT_KNOWN})
"""Names that stand for missing information: they have a share but no rank, since they are no competitor of the others."""

ORIGINAL = "original"
DERIVED = {"finetune": "fine-tune", "quantized": "quantization", "adapter": "adapter", "merge": "merge"}
"""The Hub's words for how a model derives from another, as in ``base_model:finetune:org/model``, with those of answers."""
OTHERWISE = "fine-tune"
"""The derivation of a model whose tags name a base model only; the Hub counts those as fine-tunes."""
_BASE = "base_model:"
_ACCESS = {"false": "open", "auto": "gated, automatic approval", "manual": "gated, manual approval", "true": "gated"}


def stored(dimension: Dimension) -> Dimension:
    """Return the rollups' dimension that a dimension is computed from.

    Groups are summed up when a question is asked, so that a correction of one also corrects the past.
    """
    return _GROUPED[dimension][0] if dimension in _GROUPED else dimension


def grouped_name(dimension: Dimension, name: str) -> str:
    """Return the group of a name in the rollups; the name itself in a dimension without groups."""
    return _GROUPED[dimension][1](name) if dimension in _GROUPED else name


def member(dimension: Dimension, name: str) -> str:
    """Return the member of a group that a name in the rollups belongs to: of a country, a creator."""
    return creator(name) if dimension in {Dimension.KIND, Dimension.COUNTRY} else name


def is_grouped(dimension: Dimension) -> bool:
    """Return whether the names of a dimension are groups of others."""
    return dimension in _GROUPED


@lru_cache(maxsize=1 << 15)
def creator(namespace: str) -> str:
    """Return the family of a namespace, or of a model without a namespace by its id."""
    return creators.family(renames.NAMESPACES.get(namespace, renames.namespace_of(namespace)))


def weights_of(model: Model, dimension: Dimension) -> dict[str, float]:
    """Return a model's names with its weight for each, adding up to 1; ``{}`` where the source doesn't record them."""
    weights: dict[str, float] = {}
    names = names_of(model, stored(dimension))
    for name in names:
        group = grouped_name(dimension, name)
        weights[group] = weights.get(group, 0.0) + 1.0 / len(names)
    return weights


def names_of(model: Model, dimension: Dimension) -> tuple[str, ...]:
    """Return a model's names in the rollups, equally weighted; ``()`` where the source doesn't record them."""
    match dimension:
        case Dimension.NAMESPACE:
            return (model.namespace,)
        case Dimension.LICENSE:
            return () if model.licenses is None else model.licenses or (NONE_DECLARED,)
        case Dimension.TASK:
            return () if model.task is None else (model.task or NONE_DECLARED,)
        case Dimension.LIBRARY:
            return () if model.library is None else (model.library or NONE_DECLARED,)
        case Dimension.ACCESS:
            return () if model.gated is None else (access(model.gated),)
        case Dimension.DERIVATION:
            # Every model on the Hub has tags, so one without comes from a source that doesn't record them.
            return (derivation(model),) if model.tags else ()
        case _:
            raise ValueError(f"rollups have no {dimension}")


def access(gated: str) -> str:
    """Return the access level for a value of :attr:`analytics.domain.Model.gated`."""
    return _ACCESS.get(gated, "gated")


def derivation(model: Model) -> str:
    """Return a model's derivation: ``"original"``, or one of the values of :data:`DERIVED`."""
    kinds = [tag.removeprefix(_BASE).partition(":")[0] for tag in model.tags if tag.startswith(_BASE)]
    if not kinds:
        return ORIGINAL
    return next((DERIVED[kind] for kind in kinds if kind in DERIVED), OTHERWISE)


def bases(model: Model) -> tuple[str, ...]:
    """Return the ids of a model's base models; ``()`` for an original."""
    tags = [tag.removeprefix(_BASE) for tag in model.tags if tag.startswith(_BASE)]
    ids = [rest if kind in DERIVED else tag for tag in tags for kind, _, rest in [tag.partition(":")]]
    return tuple(dict.fromkeys(renames.successor(base) for base in ids if base))


def members_of(models: Iterable[Model], dimension: Dimension, name: str) -> list[tuple[Model, float]]:
    """Return the models under a name, each with its weight (a half where a model declares two licenses)."""
    return [(model, weights[name]) for model in models if name in (weights := weights_of(model, dimension))]


def _kind(namespace: str) -> str:
    return creators.kind(creator(namespace))


def _country(namespace: str) -> str:
    return creators.country(creator(namespace))


_GROUPED: Mapping[Dimension, tuple[Dimension, Callable[[str], str]]] = {
    Dimension.CREATOR: (Dimension.NAMESPACE, creator),
    Dimension.KIND: (Dimension.NAMESPACE, _kind),
    Dimension.COUNTRY: (Dimension.NAMESPACE, _country),
    Dimension.FAMILY: (Dimension.LICENSE, licenses.license_family),
}
STORED = tuple(dimension for dimension in Dimension if dimension not in _GROUPED)
"""The dimensions of the rollups."""
