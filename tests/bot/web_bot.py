"""The web application without a socket, and a signer for requests."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import urlencode

from pydantic import SecretStr

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.analytics_pool.process import AnalyticsProcess
from bot.server.web import create_app
from bot.settings import Settings


class Workers:
    """The analytics of this process, in the pool's place."""

    def __init__(self, url, entries):
        self.process = AnalyticsProcess(SqlHistory(database.engine(url)))
        self.known = entries
        self.asked = []
        self.replaced = {"died": 0, "hung": 0}

    def answer(self, query):
        self.asked.append(str(query))
        return self.process.answer(query)

    def summarize_store(self, known=""):
        return self.process.summarize_store(known)

    def entries(self):
        return self.known

    def check(self):
        """Respond, as a process that lives does."""


class Bot:
    def __init__(self, slack, url, entries, **more):
        self.slack = slack
        self.settings = Settings(
            slack_bot_token=SecretStr(slack.bot_token()),
            slack_signing_secret=SecretStr(slack.signing_secret),
            slack_api_url=slack.api_url,
            database_url=url,
            **more,
        )
        self.workers = Workers(url, entries)
        self.web_context = composition.web_context(self.settings, self.workers, composition.store(self.settings))
        self.http = create_app(self.web_context).test_client()

    def command(self, text, *, at=None, secret=None, channel="general"):
        """Return a signed request of Slack's, as the test client takes it."""
        workspace, found = self.slack.workspace(), self.slack.channel(channel)
        fields = {
            "command": "/hfstats",
            "text": text,
            "team_id": workspace.id,
            "channel_id": found.id,
            "user_id": workspace.user("ada").id,
            "response_url": f"{self.slack.base_url}/nowhere",
            "trigger_id": "1.2.3",
            "api_app_id": "A0PLAYGROUND",
        }
        return self.signed(urlencode(fields), "application/x-www-form-urlencoded", at, secret)

    def signed(self, body, content_type, at=None, secret=None):
        stamp = str(int(time.time() if at is None else at))
        key = (secret or self.slack.signing_secret).encode()
        signature = "v0=" + hmac.new(key, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": content_type}
        return {"data": body, "headers": headers}

    def post(self, sent):
        # To the end of the response: the work begins when the acknowledgement is out.
        return self.http.post("/slack/events", buffered=True, **sent)

    def drained(self):
        self.web_context.app.listener_runner.listener_executor.shutdown(wait=True)

    def answers(self):
        return [m for m in self.slack.messages("general") if any(b["type"] == "image" for b in m.blocks)]

    def metric(self, name, **labels):
        return self.web_context.metrics.registry.get_sample_value(name, labels)
