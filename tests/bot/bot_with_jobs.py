"""The bot on loopback with the worker's jobs and an adjustable clock."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from databases import migrated
from slack_app import WAIT, settings_for, tidy
from werkzeug.serving import make_server

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.analytics_pool.process import AnalyticsProcess
from bot.domain.outbox import RetryAt, State
from bot.server.web import WebContext, create_app
from bot.storage.channels.subscriptions import SubscriptionStore
from bot.storage.messages.outbox import OutboxStore


class Bot:
    """The bot on loopback, its Slack, and the worker's jobs by a clock that a test sets."""

    def __init__(self, slack, pool, entries, simulated, make_database=migrated):
        self.slack = slack
        self.settings = settings_for(slack, make_database).model_copy(update={"slack_app_token": None})
        self.engine = composition.store(self.settings)
        self.services = composition.services(self.settings, pool, entries, self.engine)
        self.app = composition.bolt(self.settings, self.services, over_http=True)
        self.server = make_server("127.0.0.1", 0, create_app(WebContext(self.app)), threaded=True)
        self.server.daemon_threads = False
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        slack.attach(f"http://127.0.0.1:{self.server.server_port}/slack/events")
        self.now = datetime.now(UTC)
        made = composition.jobs(self.settings, self.engine, AnalyticsProcess(SqlHistory(database.engine(simulated))))
        clock = self.clock
        delivery_context = replace(
            made.delivery_context,
            clock=clock,
            outbox=OutboxStore(self.engine, clock),
            subscriptions=SubscriptionStore(self.engine, clock),
        )
        self.jobs = replace(made, delivery_context=delivery_context)

    def clock(self):
        return self.now

    def work(self, moment=None):
        """Do what the worker does at a moment, until nothing is left to do."""
        self.now = moment or self.now
        self.jobs.plan()
        for _ in range(20):
            open_ = [line for line in self.jobs.delivery_context.outbox.find() if line.state in {State.PLANNED, State.SENDING}]
            for line in reversed(open_):
                again = self.jobs.deliver(line.id)
                if isinstance(again, RetryAt):
                    self.now = max(self.now, again.at)
            if not open_:
                return
            self.now += timedelta(seconds=1)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.app.listener_runner.listener_executor.shutdown(wait=True)
        tidy(self.settings)

    # What somebody sees

    def seen(self, words, channel="general", user="ada"):
        """Wait for a message with the words in it."""

        def found():
            for message in reversed(self.slack.messages(channel, user)):
                if words in self.slack.shown_text(message) + str(message.blocks):
                    return message
            return None

        return self.slack.wait_for(found, WAIT)

    def replies(self, message, channel="general"):
        """What stands in a message's thread."""
        return [one for one in self.slack.messages(channel) if one.thread_ts == message.ts and one.ts != message.ts]

    def subscribed(self, channel="general"):
        workspace = self.slack.workspace()
        return self.jobs.delivery_context.subscriptions.in_channel(workspace.id, self.slack.channel(channel).id)
