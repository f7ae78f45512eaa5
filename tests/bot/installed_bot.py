"""The bot as it is run for many workspaces, without a socket."""

from __future__ import annotations

import json
import time
import urllib.parse

import sqlalchemy as sa
from cryptography.fernet import Fernet
from pydantic import SecretStr
from web_bot import Bot, Workers

from bot import composition
from bot.server.web import create_app
from bot.settings import Settings
from bot.slack.installation.scopes import SCOPES

PUBLIC = "http://127.0.0.1:9"


class Many(Bot):
    """The bot as it is run for many workspaces."""

    def __init__(self, slack, url, entries):
        self.slack = slack
        self.settings = settings(slack, database_url=url)
        self.workers = Workers(url, entries)
        self.engine = composition.store(self.settings)
        self.web_context = composition.web_context(self.settings, self.workers, self.engine)
        self.http = create_app(self.web_context).test_client()

    def install(self, team, decision="allow"):
        """Go through the pages as a browser does; returns the last one."""
        away = self.http.get("/slack/install", base_url="https://127.0.0.1")
        assert away.status_code == 302
        asked = urllib.parse.urlsplit(away.headers["Location"])
        assert set(urllib.parse.parse_qs(asked.query)["scope"][0].split(",")) == set(SCOPES)
        slack = self.slack.flask.test_client()
        assert "is requesting permission" in slack.get(f"{asked.path}?{asked.query}").text
        form = {"team": self.slack.workspace(team).id, "decision": decision}
        back = urllib.parse.urlsplit(slack.post(f"{asked.path}?{asked.query}", data=form).headers["Location"])
        assert back.path == "/slack/oauth_redirect"
        self.last = f"{back.path}?{back.query}"
        return self.http.get(self.last, base_url="https://127.0.0.1")

    def ask(self, team, text="licenses", user="ada"):
        fields = {
            "command": "/hfstats",
            "text": text,
            "team_id": self.slack.workspace(team).id,
            "channel_id": self.slack.channel("general", team=team).id,
            "user_id": self.slack.workspace(team).user(user).id,
            "response_url": f"{self.slack.base_url}/nowhere",
            "trigger_id": "1.2.3",
            "api_app_id": "A0PLAYGROUND",
        }
        return self.post(self.signed(urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"))

    def event(self, team, event, **more):
        body = {
            "type": "event_callback",
            "event_id": f"Ev{time.monotonic_ns()}",
            "team_id": self.slack.workspace(team).id,
            "api_app_id": "A0PLAYGROUND",
            "event": event,
        }
        return self.post(self.signed(json.dumps(body | more), "application/json"))

    def pictures(self, team):
        return [m for m in self.slack.messages("general", team=team) if any(b["type"] == "image" for b in m.blocks)]

    def installed(self):
        with self.engine.connect() as connection:
            return set(connection.scalars(sa.text("SELECT team_id FROM slack_bots")))


def settings(slack, **more):
    given = {
        "slack_client_id": slack.client_id,
        "slack_client_secret": SecretStr(slack.client_secret),
        "slack_signing_secret": SecretStr(slack.signing_secret),
        "slack_api_url": slack.api_url,
        "hfstats_keys": SecretStr(Fernet.generate_key().decode()),
        "hfstats_public_url": PUBLIC,
    }
    return Settings(**(given | more))
