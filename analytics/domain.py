"""The values that everything else speaks of: models, listings, snapshots, and what can be counted. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

LIST_SIZE = 300
"""How many models a list has: the article's top 300."""

NONE_DECLARED = "none declared"
"""The name under which models stand that declare no license, task or library. Always shown, never dropped."""


EVERYONE_ELSE = "everyone else"
"""The creators of the whole Hub that are too small to be kept by name, as one."""

EVERYTHING_ELSE = "everything else"
"""The same for licenses, tasks and libraries."""

KEPT_ROWS = 1_000
"""Models of the whole Hub whose rows are kept, by each of downloads, likes and trending score."""

REST = frozenset({EVERYONE_ELSE, EVERYTHING_ELSE})


class ListName(StrEnum):
    """Which models are looked at."""

    TOP = "top"
    """The 300 models with most downloads."""
    TRENDING = "trending"
    """The 300 models with the highest trending score."""
    LIKED = "liked"
    """The 300 models with most likes (from imports; the daily snapshot does not take it)."""
    BOTH = "both"
    """The union of top and trending."""
    HUB = "hub"
    """Every public model. All are counted; rows are kept of those that lead only."""


class Measure(StrEnum):
    """What is added up."""

    MODELS = "models"
    """Number of models in the list. A model that declares two licenses is half of each."""
    DOWNLOADS = "downloads"
    """Downloads of the last 30 days: a flow, not a total."""
    LIKES = "likes"
    """Likes since the model exists: a stock."""


class Dimension(StrEnum):
    """What models are grouped by."""

    LICENSE = "license"
    CREATOR = "creator"
    """A family of namespaces: Meta is facebook, meta-llama, FacebookAI, …"""
    NAMESPACE = "namespace"
    """The part of a model's id before the slash, before families are applied."""
    TASK = "task"
    LIBRARY = "library"
    FAMILY = "family"
    """A family of licenses: permissive, weak copyleft, model-specific, …"""
    KIND = "kind"
    """What a creator is: a company, a lab, a university, a community, an individual."""
    COUNTRY = "country"
    """Where a creator has its headquarters."""
    ACCESS = "access"
    """Whether anybody may download a model, or has to ask first."""
    DERIVATION = "derivation"
    """Whether a model was made from another one, and how: fine-tune, quantization, adapter, merge."""

    @property
    def plural(self) -> str:
        """The word of the question that ranks all names of this dimension."""
        return _PLURALS.get(self.value, f"{self.value}s")


_PLURALS = {
    "library": "libraries",
    "family": "families",
    "country": "countries",
    "access": "access",
    "derivation": "derivatives",
}


@dataclass(frozen=True, slots=True)
class Model:
    """One row of a listing, as the Hub or a file gave it.

    ``licenses``, ``task`` and ``library`` tell *none declared* (``()`` or ``""``) from *not recorded by the source* (``None``).
    """

    id: str
    downloads: int
    likes: int | None = None
    licenses: tuple[str, ...] | None = ()
    task: str | None = ""
    library: str | None = ""
    trending: float | None = None
    created: str | None = None
    """ISO 8601, as the Hub gives it."""
    gated: str | None = None
    """``"false"``, ``"auto"``, ``"manual"`` or, where the source says no more, ``"true"``; ``None`` when not recorded."""
    tags: tuple[str, ...] = ()
    hub_id: str | None = None
    """The Hub's ``_id``: survives a rename."""
    downloads_all_time: int | None = None
    """Since the model exists: a stock, which the Hub corrects downwards now and then."""

    @property
    def namespace(self) -> str:
        """The user or organisation; for a model of the Hub's first years without one, the model's own name."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Listing:
    """The models of one list on one day, from one source, in rank order: what a snapshot is made from."""

    taken_on: date
    """UTC."""
    list: ListName
    source: str
    """``"hub"``, the name of an imported file, or ``"simulation"``."""
    models: tuple[Model, ...]
    simulated: bool = False
    size: int | None = None
    """How many models were counted, where not each has a row in ``models``; their ranks are then ``ranks``."""
    ranks: tuple[int, ...] = ()
    odd_rows: int = 0
    """Rows of the source with a field that couldn't be read and isn't recorded, or that stood twice and count once.

    The union of two lists counts none of its own.
    """


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A listing that the store holds. Immutable."""

    id: int
    taken_on: date
    list: ListName
    source: str
    size: int
    """Number of models."""
    simulated: bool
    odd_rows: int = 0
    """See :attr:`Listing.odd_rows`."""


@dataclass(frozen=True, slots=True)
class Count:
    """One rollup: how much of a snapshot stands under one name."""

    dimension: Dimension | None
    """``None`` for the whole list."""
    name: str
    task: str
    """Only models with this task; ``""`` for all."""
    models: float
    """May be fractional: see :class:`Measure`."""
    downloads: float
    likes: float | None
    """``None`` where the source records no likes."""
