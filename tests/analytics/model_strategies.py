"""Models that Hypothesis draws: few names, so that they meet, with families, renames, gaps and ties among them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from analytics.domain import NONE_DECLARED, Dimension, Model
from analytics.names import creators, licenses, renames

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMESPACES = ("facebook", "meta-llama", "FacebookAI", "google", "google-bert", "Qwen", "nobody", "someone", "THUDM", "zai-org")
IDS = (
    *(f"{namespace}/{name}" for namespace in NAMESPACES for name in ("one", "two", "three")),
    "bert-base-uncased",  # moved to google-bert
    "google-bert/bert-base-uncased",
    "roberta-base",  # moved to FacebookAI
    "gpt2",
    "openai-community/gpt2",
    "distilgpt2x",  # no namespace, never moved
)
LICENSES = ("apache-2.0", "mit", "other", "llama3", "cc-by-4.0")
TASKS = ("text-generation", "fill-mask", "robotics")
LIBRARIES = ("transformers", "timm")
TAGS = (
    (),
    ("region:us",),
    ("region:us", "base_model:gpt2", "base_model:quantized:gpt2"),
    ("base_model:Qwen/one", "base_model:Qwen/two", "base_model:merge:Qwen/one", "base_model:merge:Qwen/two"),
    ("base_model:google/one",),
)

COUNTRIES = tomllib.loads(Path(creators.__file__).with_suffix(".toml").read_text(encoding="utf-8"))["countries"]

COUNTS = st.sampled_from([0, 1, 2, 3, 100, 101]) | st.integers(0, 10**12)


@st.composite
def models(draw: st.DrawFn, ids: tuple[str, ...] = IDS, most_licenses: int = 3) -> Model:
    """Draw one model; of licenses, task and library each may be none, several or not recorded."""
    return Model(
        id=draw(st.sampled_from(ids)),
        downloads=draw(COUNTS),
        likes=draw(st.none() | st.sampled_from([0, 1, 5]) | st.integers(0, 10**6)),
        licenses=draw(st.none() | st.lists(st.sampled_from(LICENSES), unique=True, max_size=most_licenses).map(tuple)),
        task=draw(st.none() | st.sampled_from(["", *TASKS])),
        library=draw(st.none() | st.sampled_from(["", *LIBRARIES])),
        gated=draw(st.none() | st.sampled_from(["false", "auto", "manual", "true"])),
        tags=draw(st.sampled_from(TAGS)),
    )


def listings(least: int = 0, most: int = 14, most_licenses: int = 3) -> st.SearchStrategy[list[Model]]:
    """Draw a listing: no id twice."""
    return st.lists(models(most_licenses=most_licenses), min_size=least, max_size=most, unique_by=lambda model: model.id)


def maker(model: Model) -> creators.Family:
    namespace = renames.namespace_of(renames.successor(model.id)).split("/")[0]
    known = {one.casefold(): family for family in creators.FAMILIES for one in family.namespaces}
    return known.get(namespace.casefold()) or creators.Family(namespace, (namespace,), kind="not known")


def expected_names(model: Model, dimension: Dimension) -> Sequence[str]:  # noqa: PLR0911 - a case a dimension
    """Return the names that a model stands under, worked out another way than the product does."""
    match dimension:
        case Dimension.LICENSE:
            return () if model.licenses is None else model.licenses or (NONE_DECLARED,)
        case Dimension.TASK | Dimension.LIBRARY:
            value = getattr(model, dimension.value)
            return () if value is None else (value or NONE_DECLARED,)
        case Dimension.NAMESPACE:
            return (model.id.split("/")[0],)
        case Dimension.CREATOR:
            return (maker(model).name,)
        case Dimension.KIND:
            return (maker(model).kind,)
        case Dimension.COUNTRY:
            country = maker(model).country
            return (COUNTRIES[country][0] if country else "not known",)
        case Dimension.FAMILY:
            families = {license_.tag: license_.family for license_ in licenses.LICENSES}
            tags = () if model.licenses is None else model.licenses
            return tuple(families.get(tag, "other") for tag in tags) or ((NONE_DECLARED,) if tags == model.licenses else ())
        case Dimension.ACCESS:
            approval = {"auto": "gated, automatic approval", "manual": "gated, manual approval", "true": "gated"}
            return () if model.gated is None else (approval.get(model.gated, "open"),)
        case Dimension.DERIVATION:
            way = {2: "quantization", 4: "merge"}.get(len([tag for tag in model.tags if tag.startswith("base_model:")]))
            return (way or ("fine-tune" if "base_model:google/one" in model.tags else "original"),) if model.tags else ()
