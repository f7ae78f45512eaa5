"""Hung and dying analytics processes behind the whole app: what the user sees, and the readiness check."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from dataclasses import replace

from hanging import QUICK, at_work, locked
from waiting import WAIT, until
from web_bot import Bot

from bot import composition
from bot.analytics_pool.pool import Pool
from bot.analytics_pool.process import entries
from bot.analytics_pool.supervisor import Limits
from bot.server.health import Health
from bot.server.web import create_app
from playground import SlackStandIn


@contextmanager
def served(url, limits):
    """The app on a pool of one process, with a look at the pool every few milliseconds.

    It has a database of its own, so that a test may lock the one that the analytics process reads.
    """
    with SlackStandIn() as slack:
        bot = Bot(slack, url.replace(".db", "-app.db"), entries())
        pool = Pool(url, limits=limits)
        try:
            web_context = composition.web_context(bot.settings, pool, composition.store(bot.settings))
            bot.web_context = replace(web_context, health=Health({"analytics": pool.check}, interval=0.05))
            bot.http = create_app(bot.web_context).test_client()
            stop = bot.web_context.health.start()
            yield bot, pool
            stop()
        finally:
            pool.close()


def test_a_stopped_process_is_reported_by_readiness_and_the_command_is_answered(copy):
    with served(copy, QUICK) as (bot, pool):
        until(lambda: bot.http.get("/healthz/ready").status_code == 200)
        [stopped] = pool.pids()
        os.kill(stopped, signal.SIGSTOP)
        assert bot.post(bot.command("licenses")).status_code == 200
        until(lambda: bot.http.get("/healthz/ready").json["parts"]["analytics"] == "not ready")
        until(lambda: bot.http.get("/healthz/ready").status_code == 200)
        bot.drained()
        assert len(bot.answers()) == 1
        assert bot.metric("hfstats_analytics_replaced_total", reason="hung") == 1
        assert bot.metric("hfstats_analytics_replaced_total", reason="died") == 0


def test_a_command_whose_process_is_killed_twice_is_named_and_offered_again(copy):
    with served(copy, Limits(answer=WAIT, queue=4 * WAIT, beat=0.1)) as (bot, pool):
        with locked(copy):
            assert bot.post(bot.command("licenses by likes")).status_code == 200
            first = until(lambda: at_work(pool))
            os.kill(first, signal.SIGKILL)
            os.kill(until(lambda: at_work(pool) not in (None, first) and at_work(pool)), signal.SIGKILL)
            bot.drained()
        [told] = [one for one in bot.slack.messages("general") if "twice" in json.dumps(one.blocks)]
        shown = json.dumps(told.blocks, ensure_ascii=False)
        assert "“licenses by likes”" in shown
        assert '"value": "licenses by likes"' in shown, "a button asks again"
        assert bot.metric("hfstats_replies_total", outcome="failure") == 1
