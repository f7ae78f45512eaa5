"""An HTTP session with the Hub's API: timeouts, a deadline, size limits, and an error message for each failure."""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory, parse_ratelimit_headers  # neither has a typed public name

from analytics.errors import NotOnHubError, SourceError
from analytics.sources import json_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_log = logging.getLogger(__name__)

_MOST_BYTES = 16 * 1024**2
"""Of one page, decompressed. A page of 300 models has less than 1 MB."""
_RETRIED = {408, 429, 500, 502, 503, 504}
"""Statuses that huggingface_hub retries, up to five times."""
_REMEDIES = {
    400: "its API may have changed: update hfstats and huggingface_hub",
    401: "it does not know the token; correct HF_TOKEN or unset it, what is public needs none",
    403: "unset HF_TOKEN or give its token the right to read, or try from another network",
    404: "check HF_ENDPOINT: no Hub answers at that address",
    410: "its API may have changed: update hfstats and huggingface_hub",
}


class _RetryDetails(logging.Handler):
    """Logs for debugging what huggingface_hub reports of each retry: users get one sentence about what came of the request."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.log(record.levelno if record.levelno >= logging.ERROR else logging.DEBUG, "%s", record.getMessage())


_client_log = logging.getLogger("huggingface_hub")
_client_log.handlers[:] = [_RetryDetails()]
_client_log.propagate = False


@dataclass(frozen=True, slots=True)
class Address:
    """A Hub's address and the token for it; the token is never printed."""

    url: str
    token: str | None

    @classmethod
    def of(cls, endpoint: str | None, token: str | None) -> Address:
        """Return the address; without ``endpoint``, huggingface_hub's.

        Raises:
            SourceError: when either cannot be used; the token is not repeated.

        """
        url = (endpoint or constants.ENDPOINT).rstrip("/")
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or True)
        except ValueError:
            usable = False
        if not usable:
            raise SourceError("HF_ENDPOINT is not an address such as https://huggingface.co; correct or unset it.")
        if "@" in parts.netloc:
            # The HTTP library writes addresses to its log.
            raise SourceError("HF_ENDPOINT holds a user name or a password; leave it out, HF_TOKEN is what opens a Hub.")
        if token is not None and not (token.isascii() and token.isprintable() and token and " " not in token):
            # The HTTP library would repeat it in its complaint.
            raise SourceError("HF_TOKEN is empty or holds a character that no token has; correct or unset it.")
        return cls(url, token)

    def __str__(self) -> str:
        return f"The Hub at {self.url}"


@dataclass(slots=True)
class HubSession:
    """The state of a paginated request: progress, deadline and error messages."""

    address: Address
    what: str
    """The name for messages, such as ``"top list"``."""
    timeout: float
    deadline: float
    ends: float
    """On the monotonic clock."""
    page: int = 0
    """Pages read in full."""
    kind: str = ""
    """Content type of the last page."""
    failures: int = 0
    """Consecutive failures."""
    remedies: Mapping[int, str] = field(default_factory=lambda: _REMEDIES)
    """What to do about a refusal, by HTTP status."""

    @property
    def left(self) -> float:
        """Seconds to the deadline."""
        return self.ends - time.monotonic()

    def pause(self, answer: httpx2.Response | None = None) -> float:
        """Return for how many seconds huggingface_hub will wait before it tries again."""
        self.failures += 1
        stated = None if answer is None else _stated_wait(answer)
        return min(8.0, 2.0 ** (self.failures - 1)) if stated is None else stated + 1.0

    def raise_for_row(self, rank: int, what: object) -> NoReturn:
        """Refuse the list because of one of its rows."""
        row = f"row {rank} (page {self.page}) of the {self.what}"
        raise SourceError(
            f"{self.address} gave {row} that cannot be used: {what}; nothing was kept, try again later and report it if it stays."
        ) from None

    def raise_for_invalid_page(self) -> NoReturn:
        """Refuse the last page, which isn't JSON."""
        page = f"page {self.page} of the {self.what}"
        if "json" in self.kind:
            raise SourceError(f"{self.address} gave {page} as broken JSON; nothing was kept, try again.") from None
        raise SourceError(
            f"{self.address} gave {page} as {self.kind or 'something unnamed'} instead of JSON; "
            "a proxy or a login page may answer in its place: open the address in a browser."
        ) from None

    def raise_for_deadline(self) -> NoReturn:
        """Raise because the deadline has passed."""
        raise SourceError(
            f"{self.address} did not give the {self.what} within {self.deadline:g} s (it came to page {self.page + 1}); "
            "try again later."
        ) from None

    def raise_for_connection(self, error: httpx2.HTTPError) -> NoReturn:
        """Raise for an answer that didn't come, or only in part."""
        what = f"page {self.page + 1} of the {self.what}"
        if isinstance(error, httpx2.TimeoutException):
            waited = min(self.timeout, self.deadline)
            raise SourceError(
                f"{self.address} gave no answer within {waited:g} s to the request for {what}; try again later."
            ) from None
        if isinstance(error, httpx2.ConnectError):
            raise SourceError(
                f"{self.address} cannot be reached ({_line(error)}) for {what}; check the network, and HF_ENDPOINT if you set it."
            ) from None
        raise SourceError(
            f"{self.address} broke off {what} ({type(error).__name__}); nothing was kept, try again later."
        ) from None

    def raise_for_status(self, answer: httpx2.Response) -> NoReturn:
        """Raise for an answer other than 200, with what to do about it."""
        code = answer.status_code
        reason = _reason(answer)
        if answer.is_redirect:
            what = f"it sends elsewhere, to {_line(answer.headers.get('location', ''))}; set HF_ENDPOINT to that address"
        elif code in {400, 403, 404, 410}:
            what = f"{reason or 'it gives no reason'}; {self.remedies[code]}"
        elif code == 429:
            wait = _stated_wait(answer)
            again = f"in {wait:,.0f} s" if wait is not None and wait < 86_400 else "tomorrow" if wait else "later"
            what = f"too many requests came from here; try again {again}, or set HF_TOKEN for a higher limit"
        elif code == 401:
            what = self.remedies[code]
        else:
            what = f"{'the fault is on its side; ' if code >= 500 else ''}nothing was kept, try again later"
        kind = NotOnHubError if code in {401, 403, 404, 410} else SourceError
        raise kind(
            f"{self.address} answered {code} to the request for page {self.page + 1} of the {self.what}: {what}."
        ) from None


class _Client(httpx2.Client):
    """The client that huggingface_hub uses during a session. It adds a timeout and limits how long a server can make it wait."""

    def __init__(self, session: HubSession) -> None:
        super().__init__(timeout=session.timeout)
        self._session = session

    def send(self, request: httpx2.Request, **_: Any) -> httpx2.Response:  # noqa: ANN401 - as inherited
        """Send with a timeout and a size limit; raises if waiting for a retry would exceed the deadline."""
        session = self._session
        if constants.is_offline_mode():
            raise SourceError("HF_HUB_OFFLINE is set, so the Hub is not asked; unset it.")
        if session.left <= 0:
            session.raise_for_deadline()
        request.extensions["timeout"] = httpx2.Timeout(min(session.timeout, session.left)).as_dict()
        if request.url.netloc != httpx2.URL(session.address.url).netloc:
            request.headers.pop("authorization", None)  # a page's link to the next may lead anywhere
        try:
            with closing(super().send(request, stream=True)) as streamed:
                answer = self._read(streamed, request)
        except httpx2.TransportError as error:
            if session.pause() >= session.left:
                session.raise_for_connection(error)
            raise
        if answer.is_success:
            session.page, session.failures, session.kind = session.page + 1, 0, content_type(answer)
        elif answer.status_code not in _RETRIED or session.pause(answer) >= session.left:
            session.raise_for_status(answer)
        return answer

    def _read(self, streamed: httpx2.Response, request: httpx2.Request) -> _Page:
        body = bytearray()
        for chunk in streamed.iter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise SourceError(
                    f"{self._session.address} gave a page of more than {_MOST_BYTES // 1024**2} MiB; "
                    "none is that long, check HF_ENDPOINT if you set it."
                )
            if self._session.left <= 0:
                self._session.raise_for_deadline()
        of_transfer = {"content-encoding", "content-length", "transfer-encoding"}
        headers = [(name, value) for name, value in streamed.headers.multi_items() if name.lower() not in of_transfer]
        return _Page(streamed.status_code, headers=headers, content=bytes(body), request=request)


class _Page(httpx2.Response):
    """A response whose JSON may contain odd values."""

    def json(self, **_: Any) -> Any:  # noqa: ANN401 - as inherited
        return json_page.parse(self.content)


_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def through(session: HubSession) -> Iterator[None]:
    """Make huggingface_hub, which has one client per process, use this session's client."""
    if not _ONE_AT_A_TIME.acquire(timeout=session.deadline):
        session.raise_for_deadline()
    try:
        set_client_factory(lambda: _Client(session))
        yield
    finally:
        set_client_factory(default_client_factory)
        _ONE_AT_A_TIME.release()


def _stated_wait(answer: httpx2.Response) -> float | None:
    """Return the seconds to wait that an answer states, as huggingface_hub reads them; ``None`` if it states none."""
    try:
        if answer.status_code == 429 and (limit := parse_ratelimit_headers(answer.headers)) and limit.remaining == 0:
            return float(limit.reset_in_seconds)
        after = answer.headers.get("retry-after", "").strip()
        return float(int(after)) if after.isdigit() else None
    except (ValueError, OverflowError):
        return float("inf")


def _reason(answer: httpx2.Response) -> str:
    """Return the Hub's own reason in one short line, with the token removed."""
    try:
        reason = json.loads(answer.content)["error"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    token = answer.request.headers.get("authorization", "").removeprefix("Bearer ")
    text = str(reason)
    return _line(text.replace(token, "…") if token else text)


def _line(text: object) -> str:
    flat = " ".join("".join(char if char.isprintable() else " " for char in str(text)[:1_000]).split())
    return (flat if len(flat) <= 200 else f"{flat[:199]}…").rstrip(".")


def content_type(answer: httpx2.Response) -> str:
    """Return a response's content type, such as ``"application/json"``."""
    return _line(answer.headers.get("content-type", "").partition(";")[0].lower())
