"""The canvas of a report from the command to the thread. ``outbox/test_canvas.py`` has its errors and retries."""

from __future__ import annotations

import logging

import pytest
from bot_with_jobs import Bot
from slack_app import WAIT

from analytics.digest.edition import Edition
from analytics.report.builder import report
from playground import SlackStandIn
from playground.block_kit.blocks import check_blocks
from playground.server import SCOPES

LINK = "Read the whole report in a canvas"


@pytest.fixture
def start(pool, entries, simulated):
    made = []

    def begin(scopes=SCOPES):
        slack = SlackStandIn(scopes=scopes).start()
        made.append(Bot(slack, pool, entries, simulated))
        return made[-1]

    yield begin
    for bot in made:
        bot.close()
        bot.slack.stop()


def thread(bot, channel="general"):
    """Ask for a report; returns the replies in its thread when all are there."""
    assert bot.slack.command("report 2026-08 then and now", channel=channel).ok
    return whole(bot, channel)


def whole(bot, channel="general"):
    def replies():
        found = [message for message in bot.slack.messages(channel) if message.is_reply]
        return found if len(found) == 8 else None

    return bot.slack.wait_for(replies, WAIT)


def canvases(bot):
    return list(bot.slack.workspace().canvases.values())


def links(bot, replies):
    return [reply for reply in replies if LINK in bot.slack.shown_text(reply)]


def test_the_last_reply_links_a_canvas_of_the_whole(start, history):
    bot = start()
    replies = thread(bot)
    expected = report(Edition.parse("2026-08"), history, with_published=True)
    (canvas,) = canvases(bot)
    assert links(bot, replies) == [replies[-1]]
    assert canvas.id in str(replies[-1].blocks[-1])
    assert check_blocks(list(replies[-1].blocks)) == []
    assert canvas.title == expected.title
    assert canvas.access == {bot.slack.channel("general").id: "read"}
    assert all(f"## {part.number}. " in canvas.markdown for part in expected.sections)
    assert "*How it's counted:*" in canvas.markdown
    assert "## Then and now" in canvas.markdown


def test_without_the_scope_the_thread_stands_alone(start, caplog):
    bot = start(SCOPES - {"canvases:write"})
    with caplog.at_level(logging.INFO, "bot.outbox"):
        replies = thread(bot)
    assert (canvases(bot), links(bot, replies)) == ([], [])
    assert "Conclusions" in bot.slack.shown_text(replies[-1])
    said = [record for record in caplog.records if "goes without a canvas: missing_scope" in record.getMessage()]
    assert [record.levelno for record in said] == [logging.INFO]


def test_a_direct_message_has_the_thread_alone(start):
    bot = start()
    assert bot.slack.dm("report 2026-08").ok
    assert links(bot, whole(bot, "direct")) == []
    assert not [call for call in bot.slack.calls if call.method.startswith("canvases")]
