"""Pictures at their addresses, over a real server: what Slack's fetcher, browsers, caches and guessers get."""

from __future__ import annotations

import http.client
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from werkzeug.serving import make_server

from bot import composition
from bot.server.web import WebContext, create_app
from bot.settings import Settings
from bot.storage.messages.pictures import PictureStore
from playground import SlackStandIn

PNG = b"\x89PNG\r\n\x1a\n and so on"
KEY = "a key of some length"


class Nobody:
    """Answers nothing: pictures are served without asking or drawing."""

    def answer(self, text):
        raise AssertionError(text)

    summary = answer


@pytest.fixture
def web_context(tmp_path):
    """A web process with a picture store, and a client for it."""
    slack = SlackStandIn().start()
    settings = Settings(
        slack_bot_token=SecretStr(slack.bot_token()),
        slack_signing_secret=SecretStr(KEY),
        slack_api_url=slack.api_url,
        database_url=f"sqlite:///{tmp_path}/bot.db",
    )
    engine = composition.store(settings)
    picture_store = composition.picture_store(settings, engine)
    app = composition.bolt(settings, composition.services(settings, Nobody(), (), engine), over_http=True)
    server = make_server("127.0.0.1", 0, create_app(WebContext(app, picture_store)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()

    def ask(path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return SimpleNamespace(status=response.status, headers=response.headers, body=body)

    yield SimpleNamespace(ask=ask, picture_store=picture_store, engine=engine)
    server.shutdown()
    thread.join()
    server.server_close()
    app.listener_runner.listener_executor.shutdown(wait=True)
    slack.stop()
    engine.dispose()


@pytest.fixture
def path(web_context):
    return f"/charts/{web_context.picture_store.save('T1', PNG)}.png"


def test_a_picture_may_be_kept_for_ever_by_its_readers(web_context, path):
    found = web_context.ask(path)
    assert (found.status, found.body) == (200, PNG)
    assert found.headers["Content-Type"] == "image/png"
    assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert found.headers["Content-Length"] == str(len(PNG))
    assert "Set-Cookie" not in found.headers
    assert found.headers.get_all("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Referrer-Policy"] == "no-referrer"


def test_who_has_it_is_notified_that_it_did_not_change(web_context, path):
    etag = web_context.ask(path).headers["ETag"]
    again = web_context.ask(path, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == etag
    assert "immutable" in again.headers["Cache-Control"]
    assert web_context.ask(path, If_None_Match='"another"').status == 200


def test_head_tells_without_sending(web_context, path):
    found = web_context.ask(path, "HEAD")
    assert (found.status, found.body) == (200, b"")
    assert found.headers["Content-Length"] == str(len(PNG))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_but_reading_is_allowed(web_context, path, method):
    assert web_context.ask(path, method).status == 405


def wrong(path):
    name = path.removeprefix("/charts/").removesuffix(".png")
    named, _, signature = name.rpartition(".")
    other = PictureStore(sa.create_engine("sqlite://"), ["another key"])._signer.sign(named).decode()
    return {
        "no signature": named,
        "a signature cut short": name[:-1],
        "another's signature": other,
        "another name with this signature": f"{named[::-1]}.{signature}",
        "nothing": ".",
        "a long one": "x" * 5000,
        "no ASCII": "%F0%9F%A4%97",
    }


def test_a_wrong_signature_is_404_before_any_database_is_asked(web_context, path):
    with web_context.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE link"))
    for what, name in wrong(path).items():
        found = web_context.ask(f"/charts/{name}.png")
        assert found.status == 404, what
        assert found.headers["Cache-Control"] == "no-store"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert web_context.ask(path).status == 503, "the right one was not looked for"


def test_a_picture_that_was_pruned_or_whose_workspace_left_is_404(web_context, path):
    other = f"/charts/{web_context.picture_store.save('T2', PNG)}.png"
    assert other != path
    assert web_context.picture_store.prune(timedelta(seconds=-1)) == 2
    assert {web_context.ask(path).status, web_context.ask(other).status} == {404}


def test_an_address_outlives_its_key_as_long_as_the_key_is_named(web_context, path):
    name = path.removeprefix("/charts/").removesuffix(".png")
    assert PictureStore(web_context.engine, ["a new key", KEY]).find(name) == PNG
    assert PictureStore(web_context.engine, ["a new key"]).find(name) is None
