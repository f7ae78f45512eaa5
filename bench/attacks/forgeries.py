"""Generate unsigned requests to all routes, endlessly and reproducibly by seed."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SLACK_ROUTE = "/slack/events"
LEGITIMATE = {"/healthz/ready": {200, 503}, "/healthz": {200}, "/slack/install": {302}, "/slack/oauth_redirect": {200}}
"""What a GET may be answered with besides 4xx, by how its path begins; ``error=…`` of the redirect is a page."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """One request, before any server has read it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    framing: str
    """``length``, ``chunked``, ``none``, ``long`` (promises more than it sends), ``short`` or ``broken`` (no chunks)."""
    version: str = "1.1"

    @property
    def whole(self) -> bool:
        """Whether the connection can be used again."""
        return self.framing in {"length", "chunked"} and self.version == "1.1"

    def may_be(self, status: int) -> bool:
        """Tell whether an answer is no more than a stranger should get."""
        path = f"/{self.target.lstrip('/')}"  # as Werkzeug reads it
        allowed = next((found for known, found in LEGITIMATE.items() if path.startswith(known)), set())
        return 400 <= status < 500 or (self.method in {"GET", "HEAD"} and status in allowed)

    def wire(self, host: str) -> bytes:
        """Return the bytes that go over the wire."""
        lines = [f"{self.method} {self.target} HTTP/{self.version}"]
        if not any(name.casefold() == "host" for name, _ in self.headers):
            lines.append(f"Host: {host}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += [f"{name}: {value}" for name, value in self.framed()]
        body = self.body
        if self.framing == "chunked":
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in self.parts()) + b"0\r\n\r\n"
        if self.framing == "broken":
            body = b"zz\r\n" + body[:50]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body

    def framed(self) -> list[tuple[str, str]]:
        """Return the headers that say where the body ends."""
        if self.framing in {"chunked", "broken"}:
            return [("Transfer-Encoding", "chunked")]
        length = {"length": len(self.body), "long": len(self.body) + 5000, "short": len(self.body) // 2}.get(self.framing)
        return [] if length is None else [("Content-Length", str(length))]

    def parts(self) -> list[bytes]:
        return [self.body[at : at + 60_000] for at in range(0, len(self.body), 60_000)]


class Forger:
    """Makes forgeries. ``elsewhere`` is an address that nothing should be sent to, ``slack`` that of Slack's stand-in."""

    def __init__(self, routes: Sequence[str], elsewhere: str, slack: str, team: dict[str, str], seed: int = 22) -> None:
        self._random = random.Random(seed)
        self._routes = [route for route in routes if route != SLACK_ROUTE]
        self._team = team
        port = elsewhere.rpartition(":")[2]
        self._urls = [
            f"{elsewhere}/a",
            f"http://localhost:{port}/b",
            f"http://[::ffff:127.0.0.1]:{port}/c",
            f"http://hooks.slack.com@127.0.0.1:{port}/d",
            f"http://0x7f000001:{port}/e",
            f"http://127.1:{port}/f",
            f"{slack}/hooks/{team['team']}/g",
            f"{slack}/api/auth.test",
            "http://169.254.169.254/latest/meta-data/",
            "https://hooks.slack.com.evil.example/h",
            "https://hooks.slack.com:8443/i",
            "file:///etc/passwd",
            "//127.0.0.1/j",
        ]

    def make(self, many: int) -> Iterator[Forgery]:
        """Make so many; two thirds go to the route that Slack calls."""
        for _ in range(many):
            yield self._events() if self._random.random() < 0.66 else self._elsewhere()

    def _one(self, *of: Any) -> Any:  # noqa: ANN401 - of anything
        return self._random.choice(of)

    def _events(self) -> Forgery:
        content_type, body = self._body()
        headers = [*self._signature(body), *self._others(), *([("Content-Type", content_type)] if content_type else [])]
        self._random.shuffle(headers)
        cased = tuple((self._one(name, name.lower(), name.upper(), name.title()), value) for name, value in headers)
        target = SLACK_ROUTE + self._one("", "", "", "?ssl_check=1", "?%ff=%fe", "?a&a&a")
        method = "POST" if self._random.random() < 0.95 else self._one("GET", "PUT", "OPTIONS", "FOO", "HEAD")
        return Forgery(method, target, cased, body, self._framing(), self._one("1.1", "1.1", "1.1", "1.0"))

    def _elsewhere(self) -> Forgery:
        route = self._one(*self._routes)
        query = self._query() if self._random.random() < 0.8 else ""
        path = self._one(
            route, route, route, f"/{route}", f"{route}/", quote(route[:4]) + route[4:], f"{route}%00", f"{route}%ff"
        )
        method = self._one("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "DELETE")
        content_type, body = self._body() if self._random.random() < 0.2 else ("", b"")
        headers = [*self._others(), *([("Content-Type", content_type)] if content_type else [])]
        if self._random.random() < 0.5:
            state = self._state()
            headers.append(("Cookie", self._one(f"slack-app-oauth-state={state}", f"a=b; {state}", "=;=;=", f'"{state}', "\xff")))
            query = self._one(query, f"?state={quote(state)}&code=x", f"?code=x&state={quote(state)}&state=y")
        return Forgery(method, path + query, tuple(headers), body, "length" if not body else self._framing())

    def _framing(self) -> str:
        return self._one(*["length"] * 12, "chunked", "chunked", "none", "long", "short", "broken")

    def _others(self) -> list[tuple[str, str]]:
        found = [
            ("X-Slack-Bolt-Lazy-Only", "1"),
            ("X-Slack-Bolt-Lazy-Function-Name", "answered"),
            ("X-Slack-Retry-Num", self._one("1", "-1", "nan")),
            ("X-Forwarded-For", "127.0.0.1"),
            ("X-Forwarded-Host", "hooks.slack.com"),
            ("X-HTTP-Method-Override", "POST"),
            ("Authorization", self._one("Bearer ", "Bearer None", "Basic Og==", "Bearer \xe9")),
            ("Content-Encoding", self._one("gzip", "deflate", "br")),
            ("Host", self._one("hooks.slack.com", "evil.example:80", "[::1", "a b", "\xe9")),
            ("Range", "bytes=0-,-1"),
            ("If-None-Match", '"'),
            ("Accept", "text/html;q=nan"),
        ]
        return [one for one in found if self._random.random() < 0.08]

    def _signature(self, body: bytes) -> list[tuple[str, str]]:
        now = int(time.time())
        stamp = self._one(
            *(str(now), str(now), str(now), str(now - 299), str(now - 301), str(now + 301), "0"),
            *("nan", "NaN", "inf", "-inf", "1e400", "", "None", "null", "9" * 400, "9" * 5000),
            *(f"-{now}", f"+{now}", f"{now}.0", f" {now}", f"{now} ", f"{now},{now}", f"{now}_0", f"0x{now:x}", hex(now)),
            *("\u00b2" * 10, "\u0661".encode().decode("latin-1") * 10, "\xff\xfe", "true", "[]"),
        )
        wrong = hmac.new(b"wrong secret", f"v0:{stamp}:".encode("latin-1", "replace") + body, hashlib.sha256).hexdigest()
        empty = hmac.new(b"", f"v0:{stamp}:".encode("latin-1", "replace") + body, hashlib.sha256).hexdigest()
        signed = self._one(
            *(f"v0={wrong}", f"v0={wrong}", f"v0={empty}", f"v0={'0' * 64}", f"v0={wrong.upper()}", f"v1={wrong}", wrong),
            *("", "v0=", "v0=\xe9", f"v0={wrong}\xff", f"v0={wrong},v0={empty}", "v0=" + "a" * 7000, "nan"),
        )
        headers = [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", signed)]
        if self._random.random() < 0.1:
            headers.append(self._one(*headers))
        if self._random.random() < 0.1:
            headers.remove(self._one(*headers))
        return headers

    def _body(self) -> tuple[str, bytes]:
        content_type, body = self._one(self._command, self._interaction, self._event, self._damaged)()
        if self._random.random() < 0.05:
            body = gzip.compress(body)
        if self._random.random() < 0.1 and body:
            at = self._random.randrange(len(body))
            body = body[:at] + bytes([self._random.randrange(256)]) + body[at + self._random.randrange(3) :]
        if self._random.random() < 0.15:
            content_type = self._one(FORM, JSON, "text/plain", "", "multipart/form-data; boundary=x", f"{JSON}; charset=utf-16")
        return content_type, body

    def _command(self) -> tuple[str, bytes]:
        text = self._one("licenses", "help", "subscribe", "predict", "build", "unsubscribe 1", "status", "nan")
        fields = {
            "command": "/hfstats",
            "text": text,
            "team_id": self._team["team"],
            "channel_id": self._team["channel"],
            "user_id": self._team["user"],
            "response_url": self._one(*self._urls),
            "trigger_id": "1.2.3",
        }
        if self._random.random() < 0.2:
            fields["ssl_check"] = "1"
        return FORM, urlencode(fields).encode()

    def _interaction(self) -> tuple[str, bytes]:
        payload: dict[str, Any] = {
            "type": self._one("block_actions", "view_submission", "shortcut", "block_suggestion", "view_closed", None),
            "team": {"id": self._team["team"]},
            "user": {"id": self._team["user"]},
            "channel": {"id": self._team["channel"]},
            "trigger_id": "1.2.3",
            "callback_id": "ask",
            "container": {"is_ephemeral": True, "message_ts": "1.2"},
            "view": self._one(None, {"id": "V1", "callback_id": "build", "type": "modal", "state": {"values": {}}}, []),
            "actions": [{"action_id": self._one("ask:1", "post", "build", "command"), "block_id": "b", "value": "licenses"}],
        }
        payload[self._one("response_url", "response_urls")] = self._one(
            self._one(*self._urls), [{"response_url": self._one(*self._urls)}]
        )
        return FORM, urlencode({"payload": json.dumps(payload)}).encode()

    def _event(self) -> tuple[str, bytes]:
        kind = self._one("app_mention", "message", "app_home_opened", "link_shared", "app_uninstalled", "tokens_revoked")
        event = {
            "type": kind,
            "user": self._team["user"],
            "channel": self._team["channel"],
            "text": "<@U0> licenses",
            "ts": "1.2",
            "tab": "home",
        }
        body = {
            "type": self._one("event_callback", "event_callback", "url_verification"),
            "challenge": "c",
            "team_id": self._team["team"],
            "event_id": f"Ev{self._random.random()}",
            "event": event,
            "response_url": self._one(*self._urls),
        }
        return JSON, json.dumps(body).encode()

    def _damaged(self) -> tuple[str, bytes]:
        if self._random.random() < 0.02:
            return FORM, b"&".join(b"%d=" % number for number in range(125_000))
        if self._random.random() < 0.02:
            return FORM, b"a=1&" * 300_000
        depth = self._one(1000, 50_000)
        return self._one(
            *((JSON, b'{"a":' * depth), (JSON, b"[" * depth + b"]" * depth), (FORM, b"payload=" + b"[" * depth)),
            *((JSON, b""), (JSON, b"null"), (JSON, b"nan"), (JSON, b'{"event": NaN}'), (JSON, b'{"event": 1e999}')),
            *(
                (JSON, b"\xff\xfe\x00"),
                (FORM, b"\xff=\xff"),
                (FORM, b"ssl_check=1&token=x"),
                (FORM, b"payload="),
                (FORM, b"=&=&="),
            ),
            *((JSON, b'{"team_id": ["T"], "event": []}'), (JSON, b'"' + b"a" * 900_000 + b'"'), (JSON, b"9" * 5000)),
            (FORM, b"response_url=" + quote(self._one(*self._urls)).encode()),
        )

    def _query(self) -> str:
        one = self._one(
            *("code=x&state=y", "error=access_denied", "error=%3Cscript%3E", "error", "state=", "code=", "%ff=%fe", "state=%ff"),
            *(
                "team=T1%26scope%3Dadmin",
                "team=%0d%0aSet-Cookie:%20a=b",
                "team=%00",
                "&&&=&=",
                "code=a&code=b",
                "state=%ed%a0%80",
            ),
            *("code=" + "x" * 3000, "state=" + "%f0%9f%92%80" * 100, "%", "?", "code[]=x", "state=nan&code=nan"),
        )
        return f"?{one}"

    def _state(self) -> str:
        return self._one(
            "", "y", "a.b.c", "deleted", "é", "x" * 500, "nan", "\xff", "MQ.ZzZz.sig", f"{self._random.random()}.a.b"
        )
