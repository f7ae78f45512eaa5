"""Models that Hypothesis draws: few names, so that they meet, with families, renames, gaps and ties among them."""

from __future__ import annotations

from hypothesis import strategies as st

from analytics.domain import Model

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
    )


def listings(least: int = 0, most: int = 14, most_licenses: int = 3) -> st.SearchStrategy[list[Model]]:
    """Draw a listing: no id twice."""
    return st.lists(models(most_licenses=most_licenses), min_size=least, max_size=most, unique_by=lambda model: model.id)
