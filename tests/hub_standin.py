"""A Hub on loopback: the listing of models as the real one serves it, and every way in which it can misbehave.

    with HubStandIn() as standin:
        standin.fail_next(status(502))
        hub.listing(…, endpoint=standin.endpoint)

What it knows of the real one: ``/api/models`` takes ``sort``, ``direction``, ``limit`` (1,000 a page at most), ``expand`` and
``cursor``; a page ends with a cursor that says after which value and ``_id`` the next one starts, so rows that move between
two pages are repeated or skipped; ``expand`` leaves nothing but ``_id``, ``id`` and the fields named, and of these what the
model has; errors are JSON with an ``error``; each answer carries the rate limit's headers.
"""

from __future__ import annotations

import base64
import json
import random
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from hub_repositories import Repositories

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub_repositories import Commit

Row = dict[str, Any]
SORTS = ("createdAt", "downloads", "lastModified", "likes", "trendingScore")
EXPANDS = frozenset(
    {
        *("author", "cardData", "config", "createdAt", "disabled", "downloads", "downloadsAllTime", "gated", "gguf"),
        *("inference", "lastModified", "library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private"),
        *("safetensors", "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "usedStorage", "widgetData"),
    }
)
WINDOW = 300
"""Seconds of the rate limit."""


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(frozen=True)
class Misbehaviour:
    """An answer that is not the listing: see the functions below."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Send only so many bytes of the body, though the header promises all."""
    drop: bool = False
    """Close the connection without a word."""
    silence: float = 0.0
    """Seconds before anything is sent."""
    drip: float = 0.0
    """Seconds between two bytes."""


def status(code: int, error: str = "", **headers: str) -> Misbehaviour:
    """Answer with an HTTP status and the Hub's form of an error; ``Retry_After="7"`` is a header."""
    named = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Misbehaviour(json.dumps({"error": error or f"status {code}"}).encode(), code, named)


def says(body: bytes | str, content_type: str = "application/json", **headers: str) -> Misbehaviour:
    """Answer 200 with this body."""
    data = body.encode() if isinstance(body, str) else body
    return Misbehaviour(data, headers={"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}})


def html() -> Misbehaviour:
    """Answer with a login page, as captive portals do."""
    return says("<!doctype html><title>Log in</title>", "text/html; charset=utf-8")


def half(rows: list[Row]) -> Misbehaviour:
    """Promise a page and close the connection in its middle."""
    body = json.dumps(rows).encode()
    return Misbehaviour(body, headers={"Content-Type": "application/json"}, cut=len(body) // 2)


def dropped() -> Misbehaviour:
    """Close the connection without an answer."""
    return Misbehaviour(drop=True)


def silent(seconds: float) -> Misbehaviour:
    """Answer, but late."""
    return Misbehaviour(b"[]", silence=seconds)


def dripping(seconds: float) -> Misbehaviour:
    """Answer one byte at a time."""
    return Misbehaviour(b" " * 10_000, headers={"Content-Type": "application/json"}, drip=seconds)


def some_models(count: int = 400, seed: int = 1) -> list[Row]:
    """Make up models as the Hub describes them: Zipf downloads, likes that tell little about them, fields that may be missing."""
    luck = random.Random(seed)
    licenses = ["apache-2.0"] * 12 + ["mit"] * 6 + ["other", "llama3.1", "cc-by-nc-4.0", "gemma", "openrail"]
    tasks = ["text-generation"] * 4 + ["fill-mask", "sentence-similarity", "text-classification", "automatic-speech-recognition"]
    rows = []
    for rank in range(1, count + 1):
        task = luck.choice([*tasks, None])
        library = luck.choice(["transformers", "sentence-transformers", "diffusers", None])
        declared = [] if rank % 11 == 0 else [luck.choice(licenses)]
        if rank % 97 == 0:
            declared = ["mit", "apache-2.0"]
        row: Row = {
            "_id": f"{luck.getrandbits(96):024x}",
            "id": f"org-{luck.randrange(60)}/model-{rank}",
            "author": "someone",
            "gated": luck.choice([False] * 8 + ["auto", "manual"]),
            "likes": int(luck.lognormvariate(4, 1.5)),
            "trendingScore": luck.randrange(1, 500),
            "private": False,
            "downloads": int(200e6 / rank**0.9),
            "downloadsAllTime": int(3e9 / rank**0.9),
            "tags": [*filter(None, (library, task, "safetensors")), *(f"license:{tag}" for tag in declared), "region:us"],
            "createdAt": f"20{luck.randrange(22, 26)}-{luck.randrange(1, 13):02}-{luck.randrange(1, 29):02}T08:00:00.000Z",
            "lastModified": "2026-01-01T00:00:00.000Z",
            "sha": f"{luck.getrandbits(160):040x}",
        }
        row |= {name: value for name, value in (("pipeline_tag", task), ("library_name", library)) if value}
        rows.append(row)
    return rows


class HubStandIn:
    """A server in a thread, from ``with`` to its end.

    ``models`` may be changed at any time. ``page_size`` bounds what one page holds. With ``token``, every request must bring
    it. ``asked`` holds the requests that came.
    """

    def __init__(
        self,
        models: list[Row] | None = None,
        *,
        page_size: int = 1_000,
        token: str | None = None,
        datasets: dict[str, list[Commit]] | None = None,
    ) -> None:
        self.models = some_models() if models is None else models
        self.page_size = page_size
        self.token = token
        self.asked: list[Asked] = []
        self._planned: deque[Misbehaviour | None] = deque()
        self._rewrite: Callable[[int, list[Row]], list[Row]] = lambda _, rows: rows
        self._after: Callable[[int, list[Row]], None] = lambda _, __: None
        self._links = True
        self._closing = threading.Event()
        self._server = _Server(self)
        self.datasets = Repositories(self.endpoint, datasets or {})
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def endpoint(self) -> str:
        """What ``HF_ENDPOINT`` would be."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail_next(self, how: Misbehaviour, *, times: int = 1, after: int = 0) -> None:
        """Misbehave ``times`` times, after so many requests that go well."""
        self._planned.extend([None] * after + [how] * times)

    def rewrite(self, change: Callable[[int, list[Row]], list[Row]]) -> None:
        """Pass each page, by its number from 1, through ``change`` before it is sent; the rows are copies."""
        self._rewrite = change

    def after_page(self, happens: Callable[[int, list[Row]], None]) -> None:
        """Call ``happens(page, models)`` when a page was made: this is how counts move between two pages."""
        self._after = happens

    def without_links(self) -> None:
        """Forget to say where the next page is."""
        self._links = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.datasets.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, query: dict[str, list[str]], headers: dict[str, str]) -> Misbehaviour:
        """Return what is planned for this request, or the page that it asks for."""
        self.asked.append(Asked(query, headers))
        if self._planned and (planned := self._planned.popleft()) is not None:
            return planned
        if self.token and headers.get("authorization") != f"Bearer {self.token}":
            return status(401, "Invalid credentials in Authorization header")
        return self._page(query)

    def of_dataset(self, url: str, headers: dict[str, str], body: bytes) -> Misbehaviour:
        """Return what is planned for this request to a dataset, or what it asks for."""
        self.asked.append(Asked({"url": [url]}, headers))
        if self._planned and (planned := self._planned.popleft()) is not None:
            return planned
        part = self.datasets.answer(url, headers, body)
        return Misbehaviour(part.body, part.status, part.headers)

    def _page(self, query: dict[str, list[str]]) -> Misbehaviour:
        sort = query.get("sort", ["trendingScore"])[0]
        expand = query.get("expand", []) + query.get("expand[]", [])
        if sort not in SORTS:
            return status(400, f'"sort" must be one of [{", ".join(SORTS)}]')
        for number, name in enumerate(expand):
            if name not in EXPANDS:
                return status(400, f'"expand[{number}]" must be one of [{", ".join(sorted(EXPANDS))}]')
        start = json.loads(base64.urlsafe_b64decode(query["cursor"][0])) if "cursor" in query else {"page": 1}
        sign = -1 if query.get("direction", ["-1"])[0] == "-1" else 1
        ranked = _ranked(self.models, sort, sign)
        if "value" in start:
            ranked = [row for row in ranked if _comes_after(row, sort, sign, start)]
        size = min(int(query.get("limit", ["1000"])[0]), 1_000, self.page_size)
        rows = [dict(row) for row in ranked[:size]]
        page = start["page"]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "ratelimit": f'"api";r=499;t={WINDOW}',
            "ratelimit-policy": f'"fixed window";"api";q=500;w={WINDOW}',
        }
        if self._links and len(ranked) > size:
            cursor = {"value": rows[-1][sort], "_id": rows[-1]["_id"], "page": page + 1}
            packed = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
            following = urlencode({**query, "cursor": [packed]}, doseq=True)
            headers["Link"] = f'<{self.endpoint}/api/models?{following}>; rel="next"'
        if expand:
            rows = [{name: value for name, value in row.items() if name in {"_id", "id", *expand}} for row in rows]
        body = json.dumps(self._rewrite(page, rows)).encode()
        self._after(page, self.models)
        return Misbehaviour(body, headers=headers)

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the stand-in."""
        self._closing.wait(seconds)


def _ranked(models: list[Row], sort: str, sign: int) -> list[Row]:
    by_id = sorted(models, key=lambda row: row["_id"])
    return sorted(by_id, key=lambda row: row[sort], reverse=sign < 0)


def _comes_after(row: Row, sort: str, sign: int, start: dict[str, Any]) -> bool:
    if row[sort] == start["value"]:
        return bool(row["_id"] > start["_id"])
    return bool((row[sort] > start["value"]) is (sign > 0))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: HubStandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hub = hub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if url.path.startswith(("/api/datasets/", "/datasets/")):
            body = self.rfile.read(int(headers.get("content-length", 0)))
            self._send(self.server.hub.of_dataset(self.path, headers, body))
            return
        known = url.path == "/api/models"
        self._send(self.server.hub.answer(parse_qs(url.query), headers) if known else status(404, "Sorry, this is no page."))

    def _send(self, answer: Misbehaviour) -> None:
        self.server.hub.wait(answer.silence)
        self.close_connection = True
        if answer.drop:
            return
        try:
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for byte in answer.body if answer.drip else ():
                self.wfile.write(bytes([byte]))
                self.server.hub.wait(answer.drip)
            if self.command != "HEAD":
                self.wfile.write(b"" if answer.drip else answer.body[: answer.cut])
        except (BrokenPipeError, ConnectionResetError):
            pass  # who asked has given up, as it should

    def log_message(self, *_: object) -> None:
        pass
