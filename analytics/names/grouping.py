"""Under which names a model stands in each dimension: those that rollups have, and those that are added up when one asks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Dimension
from analytics.names import creators, licenses, renames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analytics.domain import Model

ORIGINAL = "original"
DERIVED = {"finetune": "fine-tune", "quantized": "quantization", "adapter": "adapter", "merge": "merge"}
"""The Hub's words for how a model was made from another one, as in ``base_model:finetune:org/model``, and ours."""
OTHERWISE = "fine-tune"
"""A model that names its base and not how it was made: the Hub takes such a one for a fine-tune."""
_BASE = "base_model:"
_ACCESS = {"false": "open", "auto": "gated, automatic approval", "manual": "gated, manual approval", "true": "gated"}


def stored(dimension: Dimension) -> Dimension:
    """Return the dimension that the rollups have: families are added up when asked, so that mending one mends the past."""
    return _ADDED_UP[dimension][0] if dimension in _ADDED_UP else dimension


def folded(dimension: Dimension, name: str) -> str:
    """Return the name under which a name of the rollups is added up; the name itself where nothing is."""
    return _ADDED_UP[dimension][1](name) if dimension in _ADDED_UP else name


def member(dimension: Dimension, name: str) -> str:
    """Return what a name of the rollups is called among the parts of what it is added up to: a country's are creators."""
    return creator(name) if dimension in {Dimension.KIND, Dimension.COUNTRY} else name


def added_up(dimension: Dimension) -> bool:
    """Tell whether the names of a dimension add up others."""
    return dimension in _ADDED_UP


@lru_cache(maxsize=1 << 15)
def creator(namespace: str) -> str:
    """Return the family that a namespace belongs to; a model of the Hub's first years has only its id, which tells it."""
    return creators.family(renames.NAMESPACES.get(namespace, renames.namespace_of(namespace)))


def weights_of(model: Model, dimension: Dimension) -> dict[str, float]:
    """Return the names that a model stands under with its weight for each; ``{}`` where the source does not record them."""
    found: dict[str, float] = {}
    names = names_of(model, stored(dimension))
    for name in names:
        under = folded(dimension, name)
        found[under] = found.get(under, 0.0) + 1.0 / len(names)
    return found


def names_of(model: Model, dimension: Dimension) -> tuple[str, ...]:
    """Return the names that rollups have for a model, with equal weights; ``()`` where the source does not record them."""
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
            # Every model of the Hub has tags; one without comes from a source that does not record them.
            return (derivation(model),) if model.tags else ()
        case _:
            raise ValueError(f"rollups have no {dimension}")


def access(gated: str) -> str:
    """Return the name under which a model stands that is gated so, in the words of :attr:`analytics.domain.Model.gated`."""
    return _ACCESS.get(gated, "gated")


def derivation(model: Model) -> str:
    """Return how a model was made: ``"original"``, or one of the values of :data:`DERIVED`."""
    ways = [tag.removeprefix(_BASE).partition(":")[0] for tag in model.tags if tag.startswith(_BASE)]
    if not ways:
        return ORIGINAL
    return next((DERIVED[way] for way in ways if way in DERIVED), OTHERWISE)


def bases(model: Model) -> tuple[str, ...]:
    """Return the ids of the models that a model was made from; ``()`` for an original."""
    named = [tag.removeprefix(_BASE) for tag in model.tags if tag.startswith(_BASE)]
    ids = [rest if way in DERIVED else name for name in named for way, _, rest in [name.partition(":")]]
    return tuple(dict.fromkeys(renames.successor(one) for one in ids if one))


def members_of(models: Iterable[Model], dimension: Dimension, name: str) -> list[tuple[Model, float]]:
    """Return the models that stand under a name, each with its weight (a half where a model declares two licenses)."""
    return [(model, weights[name]) for model in models if name in (weights := weights_of(model, dimension))]


def _kind(namespace: str) -> str:
    return creators.kind(creator(namespace))


def _country(namespace: str) -> str:
    return creators.country(creator(namespace))


_ADDED_UP: Mapping[Dimension, tuple[Dimension, Callable[[str], str]]] = {
    Dimension.CREATOR: (Dimension.NAMESPACE, creator),
    Dimension.KIND: (Dimension.NAMESPACE, _kind),
    Dimension.COUNTRY: (Dimension.NAMESPACE, _country),
    Dimension.FAMILY: (Dimension.LICENSE, licenses.license_family),
}
STORED = tuple(dimension for dimension in Dimension if dimension not in _ADDED_UP)
"""The dimensions that rollups have."""
