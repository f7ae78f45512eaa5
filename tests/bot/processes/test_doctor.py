"""``hfstats doctor`` with each thing broken in turn: what it says, how to mend it, and that it shows no secret."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from hub_standin import HubStandIn
from pydantic import SecretStr
from simulation import filled
from web_bot import Bot
from werkzeug.serving import make_server

from analytics.storage import database
from bot.cli import main
from bot.processes import doctor
from bot.processes.doctor import State, examine
from bot.settings import Settings
from bot.slack.installation.scopes import SCOPES
from bot.storage.migration_state import TABLES
from playground import SlackStandIn


@pytest.fixture(scope="module")
def hub():
    with HubStandIn() as hub:
        yield hub


@pytest.fixture
def slack():
    with SlackStandIn() as slack:
        yield slack


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    made = filled(tmp_path_factory.mktemp("doctor") / "hfstats.db", months=2)
    engine = database.engine(made)
    database.upgrade(engine, TABLES)
    engine.dispose()
    return made


@pytest.fixture
def settings(slack, hub, url):
    def make(**more):
        given = {
            "slack_bot_token": SecretStr(slack.bot_token()),
            "slack_signing_secret": SecretStr(slack.signing_secret),
            "slack_api_url": slack.api_url,
            "hf_endpoint": hub.endpoint,
            "database_url": url,
        }
        return Settings(**(given | more))

    return make


def found(settings):
    return {finding.name: finding for finding in examine(settings)}


def test_what_is_right_is_good_and_what_is_not_used_is_no_fault(settings, monkeypatch):
    monkeypatch.setattr(doctor, "_OLD", 10_000)  # the simulated history ends on a fixed day
    findings = found(settings())
    assert {name for name, one in findings.items() if one.state is State.BAD} == set()
    assert {name for name, one in findings.items() if one.state is State.UNUSED} == {"app token", "OAuth", "public URL"}
    assert "valid for Acme, as @hfstats" in findings["bot token"].message
    assert f"all {len(SCOPES)} granted" in findings["scopes"].message


BROKEN = {
    "no token": ({"slack_bot_token": None}, "bot token", "SLACK_BOT_TOKEN is not set"),
    "swapped tokens": ({"slack_bot_token": SecretStr("xap" + "p-1-A-b")}, "bot token", "contains an app-level token"),
    "wrong token": ({"slack_bot_token": SecretStr("xox" + "b-wrong")}, "bot token", "Slack rejected it (invalid_auth)"),
    "bot token for an app token": ({"slack_app_token": SecretStr("xox" + "b-wrong")}, "app token", "isn't an app-level token"),
    "wrong app token": ({"slack_app_token": SecretStr("xap" + "p-wrong")}, "app token", "Slack rejected it (invalid_auth)"),
    "no signing secret": ({"slack_signing_secret": None}, "signing secret", "is not set"),
    "wrong signing secret": ({"slack_signing_secret": SecretStr("hush")}, "signing secret", "isn't 32 hexadecimal digits"),
    "half of OAuth": ({"slack_client_id": "1.2"}, "OAuth", "not set: SLACK_CLIENT_SECRET, HFSTATS_PUBLIC_URL"),
    "no key": (
        {"slack_client_id": "1", "slack_client_secret": SecretStr("x"), "hfstats_public_url": "http://127.0.0.1:9"},
        "oauth",
        "HFSTATS_KEYS is not set",
    ),
    "no database": ({"database_url": "postgresql://127.0.0.1:9/nothing"}, "database", "The database can't be used"),
    "empty database": ({"database_url": "sqlite://"}, "database", "has no tables for snapshots yet"),
    "no Hub": ({"hf_endpoint": "http://127.0.0.1:9"}, "hub", "can't be reached"),
    "no public URL": ({"hfstats_public_url": "http://127.0.0.1:9"}, "public url", "can't be reached"),
    "old data": ({}, "data", "days ago"),
}


@pytest.mark.parametrize(("broken", "name", "said"), BROKEN.values(), ids=BROKEN)
def test_each_fault_is_found_and_how_to_mend_it(settings, broken, name, said):
    one = found(settings(**broken))[name]
    assert one.state is State.BAD
    assert said in one.message
    assert one.fix


def test_scopes_that_are_missing_are_named_with_what_stops(hub, url):
    with SlackStandIn(scopes=set(SCOPES) - {"files:write", "links:read"}) as slack:
        given = Settings(
            slack_bot_token=SecretStr(slack.bot_token()), slack_api_url=slack.api_url, hf_endpoint=hub.endpoint, database_url=url
        )
        one = found(given)["scopes"]
    assert one.state is State.BAD
    assert f"files:write ({SCOPES['files:write']})" in one.message
    assert "links:read" in one.message
    assert "chat:write" not in one.message


def test_a_clock_that_is_wrong_is_found(settings, monkeypatch):
    class Late(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(minutes=4)

    monkeypatch.setattr(doctor, "datetime", Late)
    assert "s behind" in found(settings())["clock"].message


def test_slack_out_of_reach_is_said_for_each_thing_that_needs_it(settings):
    findings = found(settings(slack_api_url="http://127.0.0.1:9/api/"))
    assert "can't be reached" in findings["bot token"].message
    assert "can't be reached" in findings["clock"].message


def test_the_request_url_is_tried_as_slack_tries_it(slack, settings, tmp_path):
    bot = Bot(slack, filled(tmp_path / "hfstats.db", months=2), ())
    from bot.server.web import create_app

    server = make_server("127.0.0.1", 0, create_app(bot.web_context), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    public = f"http://127.0.0.1:{server.server_port}"
    findings = found(settings(hfstats_public_url=public))
    assert findings["request URL"].state is State.GOOD
    assert "Slack requires https" in findings["public URL"].message
    time.sleep(1)  # the same challenge signed within the same second would be a replay
    wrong = found(settings(hfstats_public_url=public, slack_signing_secret=SecretStr("0123456789abcdef" * 2)))["request URL"]
    assert wrong.state is State.BAD
    assert "401" in wrong.message
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_command_says_it_in_lines_or_json_and_fails_when_something_is_wrong(slack, hub, url, monkeypatch):
    token = slack.bot_token()
    for name, value in {
        "SLACK_BOT_TOKEN": token,
        "SLACK_API_URL": slack.api_url,
        "HF_ENDPOINT": hub.endpoint,
        "DATABASE_URL": url,
        "HFSTATS_KEYS": Fernet.generate_key().decode(),
    }.items():
        monkeypatch.setenv(name, value)
    lines = CliRunner().invoke(main.main, ["doctor"])
    assert lines.exit_code == 1
    assert "✗ signing secret: SLACK_SIGNING_SECRET is not set\n    Copy it from" in lines.output
    assert "✓ bot token: valid for Acme" in lines.output
    assert token not in lines.output
    findings = json.loads(CliRunner().invoke(main.main, ["doctor", "--json"]).output)
    assert {"name", "state", "message", "fix"} == set(findings[0])
