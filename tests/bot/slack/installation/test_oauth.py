"""Any number of workspaces: the way in through the browser's pages, the work there, and the way out."""

from __future__ import annotations

import json
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from bot_tables import installed
from installed_bot import Many, settings
from pydantic import SecretStr
from simulation import filled
from slack_bolt.oauth import OAuthFlow

from analytics.errors import HfStatsError
from bot import composition
from bot.processes import serve
from bot.server.web import create_app
from bot.slack.installation import oauth
from playground import SlackStandIn

WAIT = 20.0


@pytest.fixture(scope="module")
def entries():
    from bot.analytics_pool.process import entries

    return entries()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("oauth") / "hfstats.db", months=2)


@pytest.fixture
def slack():
    with SlackStandIn(teams=("Acme", "Globex")) as slack:
        yield slack


@pytest.fixture
def bot(slack, tmp_path, entries):
    return Many(slack, filled(tmp_path / "hfstats.db", months=2), entries)


def test_two_workspaces_install_and_each_gets_its_own_answers(bot):
    for team in ("Acme", "Globex"):
        page = bot.install(team)
        assert page.status_code == 200
        assert f"hfstats is installed in {team}" in page.text
        assert "/hfstats licenses" in page.text
    assert bot.installed() == {bot.slack.workspace(team).id for team in ("Acme", "Globex")}
    assert bot.ask("Globex").status_code == 200
    bot.drained()
    assert len(bot.pictures("Globex")) == 1
    assert bot.pictures("Acme") == []


def test_every_page_is_hardened(bot):
    page = bot.install("Acme")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "<script" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_who_does_not_allow_it_is_notified_and_nothing_is_kept(bot):
    page = bot.install("Acme", decision="deny")
    assert "You canceled the installation." in page.text
    assert bot.installed() == set()


def test_an_address_opens_once_and_in_the_browser_that_began(bot):
    bot.install("Acme")
    again = bot.http.get(bot.last, base_url="https://127.0.0.1")
    assert again.status_code in {400, 401}
    assert "Start again" in again.text
    stranger = create_app(bot.web_context).test_client().get(bot.last, base_url="https://127.0.0.1")
    assert stranger.status_code == 400
    assert "different browser" in stranger.text


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?error=%3Cscript%3Ealert(1)%3C/script%3E", "?code=x&state=y&code=z"]
)
def test_what_a_stranger_types_into_the_address_changes_nothing_and_is_not_shown(bot, query):
    page = bot.http.get(f"/slack/oauth_redirect{query}")
    assert page.status_code < 500
    assert "Start again" in page.text
    assert "<script" not in page.text
    assert bot.installed() == set()


def test_a_workspace_without_an_installation_gets_nothing(bot):
    bot.install("Acme")
    assert bot.ask("Globex").status_code == 200
    bot.drained()
    assert bot.pictures("Globex") == []
    assert bot.workers.asked == []


def test_no_request_asks_slack_whose_token_it_is(bot):
    bot.install("Acme")
    before = len([call for call in bot.slack.calls if call.method == "auth.test"])
    for words in ("licenses", "creators", "tasks"):
        assert bot.ask("Acme", words).status_code == 200
    bot.drained()
    assert len(bot.pictures("Acme")) == 3
    assert len([call for call in bot.slack.calls if call.method == "auth.test"]) == before


LEAVING = ({"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UB"]}})


@pytest.mark.parametrize("event", LEAVING, ids=lambda event: event["type"])
def test_who_removes_the_app_leaves_nothing_and_the_others_go_on(bot, event):
    bot.install("Acme")
    bot.install("Globex")
    bot.ask("Acme")
    assert bot.event("Acme", event).status_code == 200
    bot.drained()
    assert bot.installed() == {bot.slack.workspace("Globex").id}
    after = Many(bot.slack, bot.settings.database, bot.workers.known)
    after.settings = bot.settings
    after.web_context = composition.web_context(bot.settings, after.workers, after.engine)
    after.http = create_app(after.web_context).test_client()
    after.ask("Acme", "creators")
    after.ask("Globex", "creators")
    after.drained()
    assert after.workers.asked == ["creators"]
    assert len(after.pictures("Globex")) == 1


def test_a_person_who_takes_back_a_grant_changes_nothing_for_the_workspace(bot):
    bot.install("Acme")
    bot.event("Acme", {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    bot.drained()
    assert bot.installed() == {bot.slack.workspace("Acme").id}


def test_an_org_wide_installation_answers_in_its_workspaces_and_leaves_as_one(bot):
    token, acme = bot.slack.bot_token("Acme"), bot.slack.workspace("Acme").id
    kept = composition.installations(bot.settings, bot.engine)
    kept.save(installed(team=None, enterprise_id="E1", token=token, is_enterprise_install=True))
    mention = {
        "type": "app_mention",
        "user": bot.slack.workspace("Acme").user("ada").id,
        "channel": bot.slack.channel("general", team="Acme").id,
        "text": "<@UB> licenses",
        "ts": "1.2",
    }
    wide = {
        "enterprise_id": "E1",
        "is_enterprise_install": True,
        "authorizations": [{"enterprise_id": "E1", "team_id": acme, "is_bot": True, "is_enterprise_install": True}],
    }
    bot.event("Acme", mention, **wide)
    bot.drained()
    assert len(bot.pictures("Acme")) == 1
    fresh = Many(bot.slack, bot.settings.database, bot.workers.known)
    fresh.event("Acme", {"type": "app_uninstalled"}, **wide)
    fresh.drained()
    assert bot.installed() == set()


@pytest.mark.parametrize(
    ("enterprise", "user_team", "said"), [("E1", "E1", "There are no alerts"), ("E1", "T0GLOBEX", "didn't tell me")]
)
def test_an_org_wide_installation_knows_its_own_people(bot, enterprise, user_team, said):
    kept = composition.installations(bot.settings, bot.engine)
    kept.save(installed(team=None, enterprise_id="E1", token=bot.slack.bot_token("Acme"), is_enterprise_install=True))
    channel, ada = bot.slack.channel("general", team="Acme"), bot.slack.workspace("Acme").user("ada")
    pressed = {
        "type": "block_actions",
        "team": None,
        "enterprise": {"id": enterprise},
        "is_enterprise_install": True,
        "user": {"id": ada.id, "team_id": user_team},
        "channel": {"id": channel.id, "name": "general"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": channel.id},
        "actions": [{"type": "button", "action_id": "command:watches", "block_id": "b", "value": "watches"}],
    }
    body = urllib.parse.urlencode({"payload": json.dumps(pressed)})
    assert bot.post(bot.signed(body, "application/x-www-form-urlencoded")).status_code == 200
    bot.drained()
    assert said in str([call.arguments for call in bot.slack.calls])


def test_a_database_that_fails_during_an_installation_shows_a_reference(bot, caplog):
    with bot.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE slack_installations"))
    page = bot.install("Acme")
    assert page.status_code == 500
    assert "under the reference" in page.text
    assert page.text.split("reference ")[1][:8] in caplog.text


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("slack_client_secret", "SLACK_CLIENT_SECRET: Basic Information"),
        ("slack_signing_secret", "SLACK_SIGNING_SECRET: Basic Information"),
        ("hfstats_public_url", "HFSTATS_PUBLIC_URL: the public URL of this process"),
        ("hfstats_keys", "HFSTATS_KEYS is not set. It's needed to encrypt workspace tokens. Create a key with: hfstats keys new"),
    ],
)
def test_serve_refuses_to_start_half_set_up(slack, without, said):
    with pytest.raises(HfStatsError) as refused:
        serve.serve(settings(slack, **{without: None}))
    assert said in str(refused.value)
    assert slack.client_secret not in str(refused.value)


def test_serve_refuses_socket_mode_for_many_workspaces(slack):
    with pytest.raises(HfStatsError, match="unset SLACK_APP_TOKEN"):
        serve.serve(settings(slack, slack_app_token=SecretStr(slack.app_token)))


def begun(bot):
    """Begin an installation, and return its state."""
    away = bot.http.get("/slack/install", base_url="https://127.0.0.1")
    return urllib.parse.parse_qs(urllib.parse.urlsplit(away.headers["Location"]).query)["state"][0]


def come_back(bot, state, code="0123456789abcdef"):
    query = urllib.parse.urlencode({"state": state, "code": code})
    return bot.http.get(f"/slack/oauth_redirect?{query}", base_url="https://127.0.0.1")


def test_slack_is_asked_about_a_code_only_with_a_state_that_is_good(bot):
    state = begun(bot)
    for forged in ("", "x", state[:-2], state.partition(".")[0], f"{state[:-3]}AAA", state.upper()):
        bot.http.set_cookie("slack-app-oauth-state", forged, domain="127.0.0.1", secure=True)
        assert come_back(bot, forged).status_code in {400, 401}
    bot.http.set_cookie("slack-app-oauth-state", state, domain="127.0.0.1", secure=True)
    for code in ("", "a b", "é", "x" * 1000, "a\r\nb", "<script>"):
        assert come_back(bot, begun(bot), code).status_code == 401
    assert bot.slack.calls == []
    assert come_back(bot, begun(bot)).status_code == 401
    assert [call.method for call in bot.slack.calls] == ["oauth.v2.access"]


def test_codes_are_exchanged_a_few_at_a_time(bot, monkeypatch):
    """Each takes a thread of the server while Slack is asked, and anybody may come with one."""
    held = threading.Barrier(oauth.AT_ONCE + 1)
    go = threading.Event()
    exchange = OAuthFlow.run_installation

    def slow(flow, code):
        held.wait(WAIT)
        go.wait(WAIT)
        return exchange(flow, code)

    monkeypatch.setattr(OAuthFlow, "run_installation", slow)
    flask = create_app(bot.web_context)
    browsers = [SimpleNamespace(http=flask.test_client()) for _ in range(oauth.AT_ONCE + 1)]
    states = [begun(browser) for browser in browsers]
    with ThreadPoolExecutor(oauth.AT_ONCE) as threads:
        waiting = [threads.submit(come_back, *one) for one in list(zip(browsers, states, strict=True))[1:]]
        held.wait(WAIT)
        busy = come_back(browsers[0], states[0])
        assert busy.status_code == 503
        assert "Start again in a minute." in busy.text
        go.set()
        assert [one.result().status_code for one in waiting] == [401] * oauth.AT_ONCE
