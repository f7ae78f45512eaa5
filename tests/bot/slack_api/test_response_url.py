"""Allowed response URLs: only those of Slack, or of a configured stand-in."""

from __future__ import annotations

import ast
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.slack_api.response_url import ResponseUrlRefusedError, is_slacks, post

SLACK = "https://slack.com/api/"
STAND_IN = "http://127.0.0.1:8000/api/"
BOT = Path(__file__).parents[3] / "bot"


@pytest.mark.parametrize("url", ["https://hooks.slack.com/commands/T1/1/a", "https://hooks.slack-gov.com/actions/T1/1/a?b=c"])
@pytest.mark.parametrize("api", [SLACK, "https://slack-gov.com/api/", STAND_IN])
def test_slacks_own_hosts_are_called(url, api):
    assert is_slacks(url, api)


@pytest.mark.parametrize("api", [SLACK, STAND_IN])
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/T1/1/a",
        "https://hooks.slack.com:443/a",
        "https://hooks.slack.com:8443/a",
        "https://hooks.slack.com./a",
        "https://hooks.slack.com",
        "https://hooks.slack.com?a",
        "https://hooks.slack.com#a",
        "https://hooks.slack.com.evil.example/a",
        "https://hooks.slack.com@evil.example/a",
        "https://hooks.slack.com:pass@evil.example/a",
        "https://evil.example/https://hooks.slack.com/a",
        "https://evil.example#https://hooks.slack.com/",
        "https://user@hooks.slack.com/a",
        "https://hooks.slack.com\\@evil.example/a",
        "https://hooks.slack.com/\\evil",
        "https:hooks.slack.com/a",
        "//hooks.slack.com/a",
        "https:///hooks.slack.com/a",
        " https://hooks.slack.com/a",
        "https://hooks.slack.com/a b",
        "https://hooks.slack.com/a\r\nHost: evil",
        "https://hooks.slack.com/\x00",
        "https://hooks\u3002slack.com/a",
        "https://hooks.slack.com\uff0fa",
        "https://ho\u043eks.slack.com/a",
        "https://hooks.slack.com/\u00e9",
        "https://slack.com/api/auth.test",
        "https://files.slack.com/a",
        "http://127.0.0.1/a",
        "http://127.0.0.1:80000/a",
        "http://127.0.0.1:8000@evil.example/a",
        "http://127.0.0.1:8001/a",
        "https://127.0.0.1:8000/a",
        "http://localhost:8000/a",
        "http://[::ffff:127.0.0.1]:8000/a",
        "http://[::1]:8000/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433:8000/a",
        "file:///etc/passwd",
        "ftp://hooks.slack.com/a",
        "javascript:alert(1)",
        "",
        None,
        7,
        [],
        {"url": "https://hooks.slack.com/a"},
    ],
)
def test_nothing_else_is(url, api):
    assert not is_slacks(url, api)
    with pytest.raises(ResponseUrlRefusedError):
        post(WebClient(base_url=api), url, {"text": "a"})


def test_the_stand_in_is_called_where_the_setting_leads_there():
    assert is_slacks("http://127.0.0.1:8000/hooks/T1/a", STAND_IN)
    assert not is_slacks("http://127.0.0.1:8000/hooks/T1/a", SLACK)


class _Redirecting(BaseHTTPRequestHandler):
    paths: list[str]

    def do_POST(self):
        self.paths.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status):
    _Redirecting.paths = []
    with HTTPServer(("127.0.0.1", 0), _Redirecting) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        client = WebClient(base_url=f"http://127.0.0.1:{server.server_port}/api/")
        assert post(client, f"http://127.0.0.1:{server.server_port}/{status}", {"text": "a"}).status_code == status
        server.shutdown()
    assert _Redirecting.paths == [f"/{status}"]


def test_one_module_posts_to_response_urls():
    """Bolt's own ``respond`` and slack_sdk's webhook client would post anywhere."""
    found = []
    for path in BOT.rglob("*.py"):
        if path == BOT / "slack" / "response_url.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            if name in {"respond", "WebhookClient", "AsyncWebhookClient"}:
                found.append(f"{path.relative_to(BOT)}:{node.lineno}")
    assert found == []
