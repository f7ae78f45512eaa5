"""The basic values: models, listings, snapshots, dimensions and measures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

LIST_SIZE = 300
"""Number of models of a list, as in the article's top 300."""

LIVE = "hub"
"""The source of lists that were taken live from the Hub."""

RESERVED_SOURCES = frozenset({LIVE, "simulation"})
"""Names of sources that aren't files."""

NONE_DECLARED = "none declared"
"""The name of models that declare no license, task or library. Always shown, never dropped."""


EVERYONE_ELSE = "everyone else"
"""The combined creators of the whole Hub that are too small to be stored by name."""

EVERYTHING_ELSE = "everything else"
"""The same for licenses, tasks and libraries."""

KEPT_ROWS = 1_000
"""How many models of the whole Hub are stored with their rows, by each of downloads, likes and trending score."""

REST = frozenset({EVERYONE_ELSE, EVERYTHING_ELSE})


class ListName(StrEnum):
    """The lists of models."""

    TOP = "top"
    """The 300 models with most downloads."""
    TRENDING = "trending"
    """The 300 models with the highest trending score."""
    LIKED = "liked"
    """The 300 models with most likes (from imports only)."""
    BOTH = "both"
    """The union of top and trending."""
    HUB = "hub"
    """Every public model. All are counted, but only the leading ones are stored with their rows."""

    @property
    def contents(self) -> str:
        """What the list holds: ``the 300 models with the most downloads``."""
        return _CONTENTS[self]


_CONTENTS = {
    ListName.TOP: f"the {LIST_SIZE} models with the most downloads",
    ListName.TRENDING: f"the {LIST_SIZE} models with the highest trending score",
    ListName.LIKED: "the models with the most likes, if such a list was imported",
    ListName.BOTH: "the top and trending lists together",
    ListName.HUB: "every public model, if the whole Hub was imported",
}


class Measure(StrEnum):
    """What a ranking counts."""

    MODELS = "models"
    """Number of models in the list. A model that declares two licenses is half of each."""
    DOWNLOADS = "downloads"
    """Downloads of the last 30 days: a flow, not a total."""
    LIKES = "likes"
    """Likes since the model was created: a stock."""


class Dimension(StrEnum):
    """What a ranking groups models by."""

    LICENSE = "license"
    CREATOR = "creator"
    """A family of namespaces: Meta is facebook, meta-llama, FacebookAI, …"""
    NAMESPACE = "namespace"
    """The part of a model's id before the slash."""
    TASK = "task"
    LIBRARY = "library"
    FAMILY = "family"
    """A family of licenses: permissive, weak copyleft, model-specific, …"""
    KIND = "kind"
    """Kind of creator: company, lab, university, community or individual."""
    COUNTRY = "country"
    """Country of a creator's headquarters."""
    ACCESS = "access"
    """Open, or gated: users must request access."""
    DERIVATION = "derivation"
    """Original, or derived from another model: fine-tune, quantization, adapter, merge."""

    @property
    def plural(self) -> str:
        """The word for several names, and for the question that ranks them."""
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
    """One row of a listing from the Hub or a file.

    In ``licenses``, ``task`` and ``library``, ``()`` or ``""`` is *none declared*, ``None`` *not recorded by the source*.
    """

    id: str
    downloads: int
    likes: int | None = None
    licenses: tuple[str, ...] | None = ()
    task: str | None = ""
    library: str | None = ""
    trending: float | None = None
    created: str | None = None
    """ISO 8601, as on the Hub."""
    gated: str | None = None
    """``"false"``, ``"auto"``, ``"manual"`` or, without details in the source, ``"true"``; ``None`` when not recorded."""
    tags: tuple[str, ...] = ()
    hub_id: str | None = None
    """The Hub's ``_id``, which a rename doesn't change."""
    downloads_all_time: int | None = None
    """Since the model was created: a stock, which the Hub sometimes corrects downwards."""

    @property
    def namespace(self) -> str:
        """The user or organization; for an early model without one, the model's name."""
        return self.id.partition("/")[0]

    def ranked_by(self, within: ListName) -> float | None:
        """Return the number that the top, trending or liked list is sorted by; ``None`` where it isn't recorded."""
        return {ListName.TOP: self.downloads, ListName.TRENDING: self.trending, ListName.LIKED: self.likes}[within]


@dataclass(frozen=True, slots=True)
class Listing:
    """The models of one list on one day, from one source, in rank order: what a snapshot is made from."""

    taken_on: date
    """UTC."""
    list: ListName
    source: str
    """``"hub"``, the name of an imported file, the repository of a dump, or ``"simulation"``."""
    models: tuple[Model, ...]
    simulated: bool = False
    size: int | None = None
    """Number of models counted, where ``models`` has only some of them; their ranks are then ``ranks``."""
    ranks: tuple[int, ...] = ()
    odd_rows: int = 0
    """Rows of the source with a field that couldn't be read and isn't recorded, or that stood twice and count once.

    The union of two lists counts none of its own.
    """


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stored listing. Immutable."""

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
    """One rollup: the totals of one name in a snapshot."""

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
