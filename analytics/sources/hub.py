"""Listings from the Hugging Face Hub: asked for through huggingface_hub, checked row by row, kept whole or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import httpx2
from huggingface_hub import HfApi, ModelInfo, constants
from huggingface_hub.errors import HfHubHTTPError

from analytics.domain import LIST_SIZE, Listing, ListName, Model
from analytics.errors import SourceError
from analytics.sources import validation
from analytics.sources.hub_session import Address, HubSession, content_type, through
from analytics.sources.validation import CellError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

_EXPAND = [
    "cardData",
    "createdAt",
    "downloads",
    "downloadsAllTime",
    "gated",
    "library_name",
    "likes",
    "pipeline_tag",
    "tags",
    "trendingScore",
]
_SORTS: dict[ListName, tuple[Any, str, Callable[[Model], float | None]]] = {
    ListName.TOP: ("downloads", "downloads", lambda model: model.downloads),
    ListName.TRENDING: ("trending_score", "trendingScore", lambda model: model.trending),
    ListName.LIKED: ("likes", "likes", lambda model: model.likes),
}
_SLACK = 1.1
"""A row may have so many times what the row before it has: counts move while a page is put together."""
_TRIES = 3
_UNTAGGED = "other"
_LONGEST_NAME = 100
"""Characters of a license's name on a card; the longest that is in the table of licenses has 37."""


def listing(
    within: ListName,
    *,
    taken_on: date,
    endpoint: str | None = None,
    token: str | None = None,
    size: int = LIST_SIZE,
    timeout: float = 10.0,
    deadline: float = 60.0,
    progress: Callable[[int], None] | None = None,
) -> Listing:
    """Ask the Hub for the first ``size`` models by downloads, trending score or likes.

    A listing that came in one page is the view of one moment. One of several pages can repeat a model, and skip another,
    when counts move between two of them; so it is taken again until two in a row name the same models, three times at most.

    ``timeout`` is for each wait on the network, ``deadline`` for all of it, pauses between tries included; both in seconds.
    (A lookup of the Hub's name cannot be interrupted; the deadline is checked after it.) Without ``endpoint`` and ``token``,
    those of huggingface_hub are used. ``progress`` is called with the number of models read so far.

    Raises:
        SourceError: naming the page or row, what is wrong with it and what to do.
        ValueError: for a list that the Hub has not, the union of two.

    """
    if within not in _SORTS:
        raise ValueError(f"the Hub has no {within} list")
    visit = HubSession(Address.of(endpoint, token), f"{within} list", timeout, deadline, time.monotonic() + deadline)
    before: set[str] = set()
    with through(visit):
        for _ in range(_TRIES):
            visit.page = 0
            models = list(_models(visit, within, size, progress))
            found = {model.id for model in models}
            if len(found) == len(models) and (visit.page == 1 or found == before):
                ranked = sorted(models, key=lambda model: -(_SORTS[within][2](model) or 0))
                return Listing(taken_on, within, "hub", tuple(ranked))
            before = found
    ids = [model.id for model in models]
    twice = next((rank for rank, name in enumerate(ids) if name in ids[:rank]), None)
    what = (
        f"{_TRIES} readings of its {visit.page} pages name different models"
        if twice is None
        else f"row {twice + 1} (of {visit.page} pages) repeats {ids[twice]}, so another model was skipped"
    )
    raise SourceError(
        f"{visit.address} moves its {within} list while it is read: {what}; nothing was kept, try again in some minutes."
    )


def reachable(endpoint: str | None = None, *, timeout: float = 5.0) -> bool:
    """Tell within ``timeout`` seconds whether the Hub's listing answers, one try, name lookup included."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            url = f"{Address.of(endpoint, None).url}/api/models"
            with httpx2.stream("GET", url, params={"limit": 1}, timeout=timeout) as answer:
                answers.append(answer.status_code == 200 and content_type(answer) == "application/json")
        except (SourceError, httpx2.HTTPError, httpx2.InvalidURL, OSError):
            pass  # no answer is the answer

    if constants.is_offline_mode():
        return False
    # Nothing can interrupt a name lookup but to wait for it elsewhere.
    asking = threading.Thread(target=ask, name="hub-reachable", daemon=True)
    asking.start()
    asking.join(timeout)
    return answers == [True]


def model(raw: Mapping[str, Any] | ModelInfo) -> Model:
    """Read one item of the Hub's listing.

    A license that the Hub has no tag for is ``other`` in the tags; its ``license_name`` on the model's card takes that place.
    A missing ``pipeline_tag`` or ``library_name`` means that the model has none, missing ``tags`` that its licenses are
    not recorded.

    Raises:
        CellError: naming the field that no model can have.

    """
    item = _item(raw) if isinstance(raw, ModelInfo) else raw
    tags = None if item.get("tags") is None else validation.words("tags", item["tags"])
    declared = None if tags is None else [tag.partition(":")[2] for tag in tags if tag.lower().startswith("license:")]
    likes, trending, ever = item.get("likes"), item.get("trendingScore"), item.get("downloadsAllTime")
    return Model(
        id=validation.model_id(item.get("id")),
        downloads=validation.count("downloads", item.get("downloads")),
        likes=None if likes is None else validation.count("likes", likes),
        licenses=None if declared is None else validation.licenses(_named(declared, item.get("cardData"))),
        task=validation.word("pipeline_tag", item.get("pipeline_tag")),
        library=validation.word("library_name", item.get("library_name")),
        trending=None if trending is None else validation.score("trendingScore", trending),
        created=validation.moment("createdAt", item.get("createdAt")),
        gated=validation.gate(item.get("gated")),
        tags=validation.tags(tags or ()),
        hub_id=validation.word("_id", item.get("_id")) or None,
        downloads_all_time=None if ever is None else validation.count("downloadsAllTime", ever),
    )


def _named(declared: Iterable[str], card: object) -> list[str]:
    """Put the name that a model's card has for its license in the place of ``other``; a card is free text, so not any name."""
    name = card.get("license_name") if isinstance(card, Mapping) else None
    spoken = isinstance(name, str) and 0 < len(name.strip()) <= _LONGEST_NAME and name.strip().isprintable()
    return [str(name).strip() if spoken and one.strip().lower() == _UNTAGGED else one for one in declared]


def _item(info: ModelInfo) -> dict[str, Any]:
    """Undo huggingface_hub's renaming, so that there is one reader of the Hub's fields."""
    renamed = {
        "createdAt": info.created_at,
        "trendingScore": info.trending_score,
        "downloadsAllTime": info.downloads_all_time,
        "cardData": vars(info.card_data) if info.card_data else None,
    }
    return vars(info) | renamed


def _models(visit: HubSession, within: ListName, size: int, progress: Callable[[int], None] | None) -> Iterator[Model]:
    sort, measure, value = _SORTS[within]
    api = HfApi(endpoint=visit.address.url, token=visit.address.token, library_name="hfstats", library_version=version("hfstats"))
    items = iter(api.list_models(sort=sort, limit=size, expand=_EXPAND))  # type: ignore[arg-type]  # a list of literals
    rank, last = 0, float("inf")
    while (info := _next(items, visit, rank + 1)) is not None:
        rank += 1
        try:
            read = model(info)
            if (now := value(read)) is None:
                raise CellError(f"{measure} is missing")  # noqa: TRY301 - one place says where
        except CellError as error:
            visit.spoiled(rank, error)
        if now > last * _SLACK + 1:
            visit.spoiled(
                rank, f"{read.id} has {now:,.0f} {measure} and the row before it {last:,.0f}, so the list is not sorted"
            )
        last = now
        yield read
        if progress:
            progress(rank)
    if rank < size:
        gave = f"gave {rank:,} of {size:,} models" if rank else "gave no models"
        raise SourceError(
            f"{visit.address} {gave} of its {within} list; nothing was kept, try again later and check HF_ENDPOINT if you set it."
        )


def _next(items: Iterator[ModelInfo], visit: HubSession, rank: int) -> ModelInfo | None:
    """Return the next item, or ``None``; turn everything that may be wrong with an answer into a sentence."""
    try:
        return next(items, None)
    except HfHubHTTPError as error:
        visit.refused(error.response)
    except httpx2.HTTPError as error:
        visit.failed(error)
    except httpx2.InvalidURL:
        visit.spoiled(rank, "its page links to a next page that is no address")
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        visit.garbled()
    except KeyError as error:
        visit.spoiled(rank, f"the model has no {validation.shown(error.args[0])[1:-1]}")
    except (AttributeError, TypeError, ValueError):
        # What huggingface_hub stumbles over when an item is not made as it should be.
        visit.spoiled(rank, "this is not a model as the Hub describes one")
