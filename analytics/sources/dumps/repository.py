"""List the revisions of a dataset repository of dumps on the Hub, and download its files. Nothing in it is executed."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import httpx2
from huggingface_hub import HfApi, constants, parse_hf_uri
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HfUriError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    XetDownloadError,
)
from huggingface_hub.utils import build_hf_headers, paginate, tqdm, validate_repo_id  # type: ignore[attr-defined]

from analytics.errors import OutOfReachError, SourceError
from analytics.sources import validation
from analytics.sources.hub_session import Address, HubSession, through
from analytics.sources.validation import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MOST_BYTES = 32 * 1024**3
"""Of one file; the whole Hub takes some 1 GB."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MISSING = "check its name, which is as in the address of its page; one that is private needs HF_TOKEN"
_REMEDIES = dict.fromkeys((400, 403, 404, 410), _MISSING) | {401: f"there is no such repository, or not for us; {_MISSING}"}
_LATER = {408, 429, 500, 502, 503, 504}


class Interval(StrEnum):
    """The interval from which one revision is selected."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of a repository."""

    commit: str
    """Forty hexadecimal digits."""
    day: date
    """On which it was made (UTC)."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository, at one of its revisions."""

    repo: str
    """``owner/name``."""
    path: str
    revision: str | None = None
    """A commit, branch or tag; the main branch without one."""
    kind: str = "dataset"

    @classmethod
    def parse(cls, uri: str) -> HubFile:
        """Read an address such as ``hf://datasets/owner/name@revision/folder/file.parquet``.

        Raises:
            SourceError: saying what is wrong with it.

        """
        example = "write hf://datasets/owner/name@revision/file.parquet, where @revision may be left out"
        try:
            found = parse_hf_uri(uri)
        except HfUriError as error:
            raise SourceError(f"{shown(uri)[1:-1]} cannot be read ({str(error.msg).rstrip('.')}); {example}.") from None
        if found.is_bucket or not found.path_in_repo:
            raise SourceError(f"{shown(uri)[1:-1]} isn't a file in a repository; {example}.")
        return cls(found.id, found.path_in_repo, found.revision, found.type)

    def __str__(self) -> str:
        at = f" at {self.revision[:12]}" if self.revision else ""
        return f"{self.path} of {self.repo}{at}"


def revisions(
    repo: str, *, endpoint: str | None = None, token: str | None = None, timeout: float = 10.0, deadline: float = 300.0
) -> list[Revision]:
    """Return every revision of a dataset's main branch, the latest first.

    ``timeout`` is for each wait, ``deadline`` for all of it; both in seconds.

    Raises:
        SourceError: saying what is wrong, with the name or with what came.

    """
    validate_repository(repo)
    address = Address.of(endpoint, token)
    session = HubSession(address, f"history of {repo}", timeout, deadline, time.monotonic() + deadline)
    session.remedies = _REMEDIES
    with through(session):
        headers = build_hf_headers(
            token=session.address.token or False, library_name="hfstats", library_version=version("hfstats")
        )
        try:
            # Read from the JSON: of a commit's authors and titles, which huggingface_hub parses too, nothing is needed.
            commits = list(paginate(f"{address.url}/api/datasets/{repo}/commits/main", params={}, headers=headers))
        except HfHubHTTPError as error:
            session.raise_for_status(error.response)
        except httpx2.HTTPError as error:
            session.raise_for_connection(error)
        except (httpx2.InvalidURL, AttributeError, TypeError, ValueError):
            session.raise_for_invalid_page()
    return [_revision(session, rank, commit) for rank, commit in enumerate(commits, start=1)]


def _revision(session: HubSession, rank: int, commit: object) -> Revision:
    item = commit if isinstance(commit, dict) else {}
    name = item.get("id")
    if not isinstance(name, str) or not _COMMIT.fullmatch(name):
        session.raise_for_row(rank, "its id is no commit's")
    try:
        made_at = validation.moment("date", item.get("date"))
    except validation.CellError as error:
        session.raise_for_row(rank, error)
    if made_at is None:
        session.raise_for_row(rank, "it has no date")
    return Revision(name, date.fromisoformat(made_at[:10]))


def select_revisions(found: Iterable[Revision], since: date, interval: Interval) -> list[Revision]:
    """Return the last revision of each day, week or month since a day, the latest first."""
    last: dict[object, Revision] = {}
    for one in found:
        if one.day >= since:
            last.setdefault(_slot(one.day, interval), one)
    return list(last.values())


def _slot(day: date, interval: Interval) -> object:
    if interval is Interval.WEEK:
        return tuple(day.isocalendar())[:2]
    return day if interval is Interval.DAY else (day.year, day.month)


def validate_repository(repo: str) -> str:
    """Return a repository's name unchanged.

    Raises:
        SourceError: if the name isn't valid.

    """
    try:
        validate_repo_id(repo)
    except HFValidationError:
        raise SourceError(f"{shown(repo)} isn't the name of a repository. Write it as owner/name.") from None
    if repo.count("/") != 1:
        raise SourceError(f"{shown(repo)} isn't the name of a repository. Write it as owner/name.")
    return repo


def last_changed(file: HubFile, *, endpoint: str | None = None, token: str | None = None) -> date:
    """Return the day (UTC) on which a file was last changed, as of its revision.

    Raises:
        SourceError: when it cannot be found out.

    """
    address = Address.of(endpoint, token)
    try:
        found = _api(address).get_paths_info(file.repo, [file.path], expand=True, revision=file.revision, repo_type=file.kind)
    except (HfHubHTTPError, httpx2.HTTPError, OSError, ValueError) as error:
        raise_fetch_error(error, file, address)
    if not found:
        raise SourceError(f"{file.repo} has no file {file.path}{_at(file)}; {_MISSING}.")
    last = getattr(found[0], "last_commit", None)
    if last is None:
        raise SourceError(f"{address} doesn't say when {file} was changed. Add --on YYYY-MM-DD.")
    return last.date.date()  # type: ignore[no-any-return]


def fetch(
    file: HubFile,
    folder: Path,
    *,
    endpoint: str | None = None,
    token: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Download a file into a folder and return where it is; a broken connection is resumed.

    ``progress`` is called with the bytes that are there and the bytes of all.

    Raises:
        OutOfReachError: if a later attempt may succeed.
        SourceError: for a permanent error.

    """
    address = Address.of(endpoint, token)
    wanted: dict[str, Any] = {"repo_type": file.kind, "revision": file.revision, "local_dir": folder}
    try:
        api = _api(address)
        size = api.hf_hub_download(file.repo, file.path, dry_run=True, **wanted).file_size or 0
        if size > _MOST_BYTES:
            raise SourceError(f"{file} has {size / 1024**3:,.0f} GiB. That's too large for a dump of the Hub.")
        return Path(str(api.hf_hub_download(file.repo, file.path, tqdm_class=_bar(size, progress), **wanted)))
    except (HfHubHTTPError, httpx2.HTTPError, XetDownloadError, OSError, RuntimeError, ValueError) as error:
        raise_fetch_error(error, file, address)


def _api(address: Address) -> HfApi:
    return HfApi(endpoint=address.url, token=address.token or False, library_name="hfstats", library_version=version("hfstats"))


def _at(file: HubFile) -> str:
    return f" at {file.revision[:12]}" if file.revision else ""


def _bar(size: int, progress: Callable[[int, int], None] | None) -> type[tqdm]:
    """Return a progress bar class that draws nothing and calls ``progress``."""

    class CallbackBar(tqdm):
        def __init__(self, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 - as inherited
            self.there = int(kwargs.get("initial") or 0)
            super().__init__(*args, **{**kwargs, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            self.there += int(n or 0)
            if progress:
                progress(min(self.there, size), size)

    return CallbackBar


def raise_fetch_error(error: Exception, file: HubFile, address: Address) -> NoReturn:
    """Raise an OutOfReachError for a temporary failure to fetch a file, else a SourceError."""
    wrapped = isinstance(error, LocalEntryNotFoundError) or type(error) is FileNotFoundError
    cause = error.__cause__ if wrapped and error.__cause__ else error
    status = cause.response.status_code if isinstance(cause, HfHubHTTPError) else None
    if isinstance(cause, SourceError):
        raise cause from None
    if isinstance(cause, OfflineModeIsEnabled) or constants.is_offline_mode():
        raise SourceError("HF_HUB_OFFLINE is set, so the Hub is not asked; unset it.") from None
    if isinstance(cause, GatedRepoError):
        raise SourceError(f"{file.repo} is gated; accept its terms on its page and set HF_TOKEN.") from None
    if isinstance(cause, RevisionNotFoundError):
        raise SourceError(
            f"{file.repo} has no revision {shown(file.revision or 'main')[1:-1]}; look it up on its page."
        ) from None
    if isinstance(cause, RepositoryNotFoundError) or status == 401:
        raise SourceError(f"{address} has no {file.kind} {file.repo}, or not for us; {_MISSING}.") from None
    if isinstance(cause, EntryNotFoundError) or type(cause) is FileNotFoundError:
        raise SourceError(f"{file.repo} has no file {file.path}{_at(file)}; {_MISSING}.") from None
    if isinstance(cause, OSError) and cause.errno and status is None and not isinstance(cause, ConnectionError | TimeoutError):
        raise OutOfReachError(f"{file} could not be written here ({cause.strerror}); make room and try again.") from None
    if status in _LATER:
        raise OutOfReachError(f"{address} answered {status} to the request for {file}; try again later.") from None
    if status is not None:
        raise SourceError(f"{address} answered {status} to the request for {file}.") from None
    raise OutOfReachError(f"{address} did not give {file} ({type(cause).__name__}); check the network and try again.") from None
