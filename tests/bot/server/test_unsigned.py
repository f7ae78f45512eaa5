"""What Slack did not sign does nothing, on any route: no call out, no row, no trace, a bounded log."""

from __future__ import annotations

import io
import logging
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
import sqlalchemy as sa
from bot_tables import installed, rows
from installed_bot import Many

sys.path.insert(0, str(Path(__file__).parents[3] / "bench" / "attacks"))
from forgeries import SLACK_ROUTE, Forger

from bot import composition
from bot.analytics_pool.process import entries
from bot.observability import logs
from bot.server.web import create_app
from playground import SlackStandIn
from playground.delivery import signature

FORGED = 4000
SAMPLES = {"signed": "name.signature"}


class Elsewhere:
    """A listener that stands for every other address, and counts who connects."""

    def __init__(self):
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self):
        self._socket.close()


class Lines(logging.Handler):
    """The lines that an operator would see at INFO."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.addFilter(logs.is_loggable)
        self.lines = []

    def emit(self, record):
        self.lines.append((record.name, record.getMessage(), bool(record.exc_info)))


@pytest.fixture
def elsewhere():
    made = Elsewhere()
    yield made
    made.close()


@pytest.fixture
def bot(tmp_path):
    with SlackStandIn() as slack:
        made = Many(slack, f"sqlite:///{tmp_path / 'hfstats.db'}", entries())
        token = slack.bot_token()
        composition.installations(made.settings, made.engine).save(installed(team=slack.workspace().id, token=token))
        yield made


@pytest.fixture
def lines():
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


def routes(flask):
    """Return an address of every route that the application has."""
    found = []
    for rule in flask.url_map.iter_rules():
        with flask.test_request_context():
            adapter = flask.url_map.bind("127.0.0.1")
            found.append(
                adapter.build(rule.endpoint, {name: SAMPLES[name] for name in rule.arguments}, method=next(iter(rule.methods)))
            )
    return sorted({*found, *(rule.rule for rule in flask.url_map.iter_rules() if not rule.arguments)})


def environment(forgery):
    """Return what a server makes of a request: header names in capitals, values of the same name joined by a comma."""
    path, _, query = forgery.target.partition("?")
    made = {
        "REQUEST_METHOD": forgery.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "3000",
        "SERVER_PROTOCOL": f"HTTP/{forgery.version}",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(forgery.body[: len(forgery.body) // 2] if forgery.framing == "broken" else forgery.body),
        "wsgi.input_terminated": forgery.framing in {"chunked", "broken"},
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in [("Host", "127.0.0.1:3000"), *forgery.headers, *forgery.framed()]:
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        text = value.strip().encode("latin-1", "replace").decode("latin-1")
        made[key] = f"{made[key]},{text}" if key in made and key != "HTTP_HOST" else text
    return made


def answered(flask, forgery):
    """Return the status and body of the application's answer."""
    said = []
    parts = flask(environment(forgery), lambda status, headers, *_: said.append((int(status[:3]), headers)))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return said[-1][0], body


def team(slack):
    workspace = slack.workspace()
    return {"team": workspace.id, "channel": slack.channel("general").id, "user": workspace.user("ada").id}


def test_what_slack_did_not_sign_does_nothing(bot, elsewhere, lines):
    flask = bot.http.application
    known = routes(flask)
    assert {SLACK_ROUTE, "/slack/install", "/slack/oauth_redirect", "/metrics"} <= set(known)
    forger = Forger(known, elsewhere.url, bot.slack.base_url, team(bot.slack))
    before, calls, began = rows(bot.engine), len(bot.slack.calls), time.monotonic()
    tried = set()
    for number, forgery in enumerate(forger.make(FORGED)):
        status, body = answered(flask, forgery)
        assert forgery.may_be(status), (number, status, forgery)
        if forgery.method == "POST" and forgery.target.startswith(SLACK_ROUTE):
            tried.add(status)
            assert body == b""
    bot.drained()
    assert tried == {401, 413}
    assert elsewhere.connections == 0
    assert len(bot.slack.calls) == calls
    assert rows(bot.engine) == before
    minutes = (time.monotonic() - began) // 60 + 1
    assert len(lines) <= 2 * minutes, lines
    assert not any(traced for _, _, traced in lines)
    counted = bot.metric("hfstats_unverified_requests_total")
    assert counted > FORGED / 2


NAN = {"X-Slack-Request-Timestamp": "nan", "X-Slack-Signature": "v0=" + "0" * 64}


@pytest.mark.parametrize("path", ["/hooks", "/"])
def test_the_attack_that_was_found(bot, elsewhere, lines, path):
    form = f"command=/hfstats&text=licenses&response_url={elsewhere.url}{path}&team_id={team(bot.slack)['team']}"
    response = bot.http.post(SLACK_ROUTE, data=form, headers=NAN, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.data) == (401, b"")
    for _ in range(50):
        assert bot.http.post(SLACK_ROUTE, data="{" * 1000, headers=NAN, content_type="application/json").status_code == 401
    bot.drained()
    assert elsewhere.connections == 0
    assert bot.slack.calls == []
    assert len(lines) == 1
    assert lines[0][:2] == ("bot.observability.throttled_log", lines[0][1])


def test_nobody_keeps_a_row_by_opening_the_page_that_installs(bot):
    before = rows(bot.engine)
    states = {bot.http.get("/slack/install").headers["Location"] for _ in range(200)}
    assert len(states) == 200
    assert rows(bot.engine) == before
    assert "slack_oauth_states" not in sa.inspect(bot.engine).get_table_names()


@pytest.mark.parametrize("team_asked", ["T1%26scope%3Dadmin", "%0d%0aSet-Cookie:a=b", "T1%23x", "é"])
def test_the_address_that_leads_to_slack_holds_nothing_that_a_stranger_wrote(bot, team_asked):
    response = bot.http.get(f"/slack/install?team={team_asked}")
    assert response.status_code == 302
    assert "team=" not in response.headers["Location"]
    assert "team=T0123" in bot.http.get("/slack/install?team=T0123").headers["Location"]


def test_a_listener_is_not_run_by_a_header(bot):
    """Bolt runs the lazy function that a header names; the header is not signed, so it must not reach Bolt."""
    sent = bot.signed(f"command=/other&team_id={team(bot.slack)['team']}", "application/x-www-form-urlencoded")
    sent["headers"] |= {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "answered"}
    named = bot.post(sent)
    bot.drained()
    calls = [call.method for call in bot.slack.calls]
    for header in ("X-Slack-Bolt-Lazy-Only", "X-Slack-Bolt-Lazy-Function-Name"):
        del sent["headers"][header]
    again = bot.signed(f"command=/other&team_id={team(bot.slack)['team']}&again=1", "application/x-www-form-urlencoded")
    assert (named.status_code, named.text) == ((unnamed := bot.post(again)).status_code, unnamed.text), "as without the header"
    assert not [method for method in calls if method.startswith(("chat.", "files.", "views."))]


@pytest.mark.parametrize("token", [None, "", " "])
def test_without_a_token_nobody_reads_the_metrics_not_even_from_this_machine(bot, token):
    closed = create_app(replace(bot.web_context, metrics_token=token)).test_client()
    for peer in ("127.0.0.1", "::1", "10.0.0.1", "8.8.8.8"):
        for authorization in (None, "Bearer", "Bearer ", "Bearer  ", "Bearer None"):
            headers = {"Authorization": authorization} if authorization else {}
            assert closed.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer}).status_code == 404


FORM, JSON = "application/x-www-form-urlencoded", "application/json"
ODD = [
    ("payload=" + "[" * 100_000, FORM, {400}),
    ("payload=nothing", FORM, {400}),
    ("a=1&" * 240_000, FORM, {413}),
    ("ssl_check=1", FORM, {200}),
    ("{" * 1000, JSON, {400}),
    ("null", JSON, {400}),
    ("[]", JSON, {200, 400, 404}),
    ('{"event": []}', JSON, {200, 400, 404}),
    ('{"team": 7, "authorizations": [[]]}', JSON, {200, 400, 404}),
    ('{"response_urls": [{"response_url": "ELSEWHERE"}], "type": "view_submission"}', JSON, {200, 400, 404}),
    ('{"response_url": "ELSEWHERE", "type": "block_actions", "actions": 7}', JSON, {200, 400, 404}),
    ("", JSON, {200, 400, 404}),
]


def test_a_signed_body_that_slack_would_not_send_gets_one_clean_answer(bot, elsewhere, lines):
    for body, content_type, statuses in ODD:
        lines.clear()
        response = bot.post(bot.signed(body.replace("ELSEWHERE", elsewhere.url), content_type))
        assert response.status_code in statuses, (body[:80], lines)
        assert sum(traced for _, _, traced in lines) <= 1, body[:80]
    bot.drained()
    assert elsewhere.connections == 0
    assert bot.slack.calls == []


def test_a_signed_body_that_is_no_text_gets_one_clean_answer(bot):
    body = b"\xff\xfe\x00text"
    stamp = str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(bot.slack.signing_secret, stamp, body)}
    assert bot.post({"data": body, "headers": headers}).status_code == 400
