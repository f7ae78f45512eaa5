"""Fetch listings from the Hugging Face Hub with huggingface_hub's HTTP client. Incomplete or unsorted lists are refused.

Rows are read from the Hub's JSON, since huggingface_hub's own classes raise for unexpected model cards.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING

import httpx2
from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import build_hf_headers, paginate  # type: ignore[attr-defined]

from analytics.domain import LIST_SIZE, LIVE, Listing, ListName
from analytics.errors import SourceError
from analytics.sources import hub_rows
from analytics.sources.hub_session import Address, HubSession, content_type, through
from analytics.sources.validation import CellError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from analytics.sources.hub_rows import HubRow

_log = logging.getLogger(__name__)

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
_SORTS = {ListName.TOP: "downloads", ListName.TRENDING: "trendingScore", ListName.LIKED: "likes"}
"""The Hub's name of each list's measure."""
_SLACK = 1.1
"""Maximum ratio of a row's value to the previous row's, since counts change while the Hub builds a page."""
_TRIES = 3


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
    """Fetch the first ``size`` models by downloads, trending score or likes.

    A list of one page shows one moment. A list of several pages can repeat a model and skip another when counts move
    between two pages, so it is read again until two readings name the same models, three times at most.

    A field that can't be read is not recorded and its row stays; :attr:`Listing.odd_rows` counts these rows, and the log has the
    first three. The id, the downloads and the list's own measure are needed: without one of them the list is refused.

    ``timeout`` is for each wait on the network, ``deadline`` for all of it including pauses; both in seconds.
    (A name lookup can't be interrupted; the deadline is checked after it.) ``endpoint`` and ``token`` default to
    huggingface_hub's. ``progress`` is called with the number of models read so far.

    Raises:
        SourceError: naming the page or row, what is wrong with it and what to do.
        ValueError: for a list that the Hub doesn't have, the union of two.

    """
    if within not in _SORTS:
        raise ValueError(f"the Hub has no {within} list")
    session = HubSession(Address.of(endpoint, token), f"{within} list", timeout, deadline, time.monotonic() + deadline)
    before: set[str] = set()
    with through(session):
        for _ in range(_TRIES):
            session.page = 0
            rows = list(_rows(session, within, size, progress))
            names = {row.model.id for row in rows}
            if len(names) == len(rows) and (session.page == 1 or names == before):
                return _listing(session, within, taken_on, rows)
            before = names
    ids = [row.model.id for row in rows]
    twice = next((rank for rank, name in enumerate(ids) if name in ids[:rank]), None)
    what = (
        f"{_TRIES} readings of its {session.page} pages name different models"
        if twice is None
        else f"row {twice + 1} (of {session.page} pages) repeats {ids[twice]}, so another model was skipped"
    )
    raise SourceError(
        f"{session.address} moves its {within} list while it is read: {what}; nothing was kept, try again in some minutes."
    )


def _listing(session: HubSession, within: ListName, taken_on: date, rows: list[HubRow]) -> Listing:
    odd = [(rank, row.model.id, row.unread) for rank, row in enumerate(rows, start=1) if row.unread]
    if odd:
        _log.warning(
            "%s gave odd rows in its %s list; not recorded: %s", session.address, within, hub_rows.examples(odd, len(odd))
        )
    ranked = sorted((row.model for row in rows), key=lambda model: -(model.ranked_by(within) or 0))
    return Listing(taken_on, within, LIVE, tuple(ranked), odd_rows=len(odd))


def reachable(endpoint: str | None = None, *, timeout: float = 5.0) -> bool:
    """Return whether the Hub's listing responds within ``timeout`` seconds, in one attempt including the name lookup."""
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
    # A name lookup can't be interrupted, so it runs in a thread that may outlive the wait.
    asking = threading.Thread(target=ask, name="hub-reachable", daemon=True)
    asking.start()
    asking.join(timeout)
    return answers == [True]


def _rows(session: HubSession, within: ListName, size: int, progress: Callable[[int], None] | None) -> Iterator[HubRow]:
    measure = _SORTS[within]
    address = session.address
    headers = build_hf_headers(token=address.token, library_name="hfstats", library_version=version("hfstats"))
    params = {"sort": measure, "limit": size, "expand": _EXPAND}
    items = islice(paginate(f"{address.url}/api/models", params=params, headers=headers), size)
    rank, last = 0, float("inf")
    while (item := _next(items, session, rank + 1)) is not _END:
        rank += 1
        if not isinstance(item, dict):
            session.raise_for_row(rank, "this is not a model as the Hub describes one")
        try:
            row = hub_rows.read(item, hub_rows.NEEDED | {measure})
        except CellError as error:
            session.raise_for_row(rank, error)
        now = row.model.ranked_by(within) or 0
        if now > last * _SLACK + 1:
            session.raise_for_row(
                rank, f"{row.model.id} has {now:,.0f} {measure} and the row before it {last:,.0f}, so the list is not sorted"
            )
        last = now
        yield row
        if progress:
            progress(rank)
    if rank < size:
        gave = f"gave {rank:,} of {size:,} models" if rank else "gave no models"
        raise SourceError(
            f"{address} {gave} of its {within} list; nothing was kept, try again later and check HF_ENDPOINT if you set it."
        )


_END = object()


def _next(items: Iterator[object], session: HubSession, rank: int) -> object:
    """Return the next item, or :data:`_END` after the last one; raises SourceError for an invalid response."""
    try:
        return next(items, _END)
    except HfHubHTTPError as error:
        session.raise_for_status(error.response)
    except httpx2.HTTPError as error:
        session.raise_for_connection(error)
    except httpx2.InvalidURL:
        session.raise_for_row(rank, "its page links to a next page that is no address")
    except json.JSONDecodeError:
        session.raise_for_invalid_page()
    except (AttributeError, TypeError, ValueError):  # a page that isn't a list, or a malformed error body
        session.raise_for_row(rank, "this is not a model as the Hub describes one")
