"""A month's report in Slack: a message with the summary, and a reply for each section, through the outbox."""

from __future__ import annotations

import re

import pytest
from bot_with_jobs import Bot
from outbox_kit import images
from slack_app import WAIT

from analytics.digest.edition import Edition
from analytics.report.builder import report
from bot.domain.outbox import Kind, State
from playground import SlackStandIn
from playground.block_kit.blocks import check_blocks
from playground.faults import Fault


@pytest.fixture
def bot(pool, entries, simulated):
    with SlackStandIn() as slack:
        made = Bot(slack, pool, entries, simulated)
        yield made
        made.close()


def parents(bot, channel="general"):
    outbox = bot.jobs.delivery_context.outbox
    rows = [row for row in outbox.find() if row.kind is Kind.REPORT and row.channel == bot.slack.channel(channel).id]
    return [message for message in bot.slack.messages(channel) if message.ts in {row.ts for row in rows}]


def blocks_of(message, kind):
    return [block for block in message.blocks if block["type"] == kind]


def test_a_report_is_a_thread_with_a_reply_for_each_section(bot, history):
    expected = report(Edition.parse("2026-08"), history, with_published=True)
    assert bot.slack.command("report 2026-08 then and now").ok
    told = bot.seen("report for August 2026", channel="general")
    assert told.viewer, "only the person who asked reads where the report is"
    (parent,) = parents(bot)
    assert expected.title in bot.slack.shown_text(parent)
    assert all(sentence in bot.slack.shown_text(parent) for sentence in expected.summary)
    assert len(images(parent)) == 1
    assert re.search(r"archives/\w+/p" + parent.ts.replace(".", ""), str(told.blocks))
    buttons = [element["text"]["text"] for element in blocks_of(parent, "actions")[0]["elements"]]
    assert buttons == ["Place a bet", "Subscribe to the digest"]
    bot.slack.wait_for(lambda: len(bot.replies(parent)) == 8, WAIT)
    *sections, closing = bot.replies(parent)
    assert [len(images(reply)) for reply in sections] == [int(part.chart is not None) for part in expected.sections]
    for part, reply in zip(expected.sections, sections, strict=True):
        shown = bot.slack.shown_text(reply)
        assert shown.startswith(f"{part.number}. {part.title}"), shown
        assert all(words in shown for words in (part.finding, *part.sentences[:3], part.change, part.definition))
        assert len(blocks_of(reply, "table")) == bool(part.answers)
    assert all(words in bot.slack.shown_text(closing) for words in (*expected.conclusions, expected.question))
    assert "76.0%" in str(blocks_of(closing, "table"))
    assert all(check_blocks(list(message.blocks)) == [] for message in (parent, *sections, closing))
    assert not [message for message in bot.slack.messages("general") if "Working on" in str(message.blocks)]


def test_the_same_request_twice_leads_to_the_same_report(bot):
    assert bot.slack.command("report").ok
    bot.seen("Here's the")
    assert bot.slack.command("monthly report", user="grace").ok
    told = bot.seen("is already here", user="grace")
    assert told.viewer
    assert len(parents(bot)) == 1
    deleted = parents(bot)[0]
    bot.slack.workspace().take(deleted)
    assert bot.slack.command("report").ok
    bot.slack.wait_for(lambda: parents(bot) and parents(bot)[0].ts != deleted.ts, WAIT)
    assert bot.slack.mention("report in trending").ok
    bot.slack.wait_for(lambda: len(parents(bot)) == 2, WAIT)


def test_the_rest_of_a_thread_is_left_to_the_workers(bot):
    bot.slack.faults.plan("chat.postMessage", Fault(delay=0))
    bot.slack.faults.plan("chat.postMessage", Fault(retry_after=30))
    assert bot.slack.command("report").ok
    told = bot.seen("is on its way")
    assert told.viewer
    assert parents(bot) == []
    bot.work(bot.now.replace(year=bot.now.year + 1))
    bot.slack.wait_for(lambda: parents(bot) and len(bot.replies(parents(bot)[0])) == 8, WAIT)


def test_where_the_bot_cannot_post_the_person_is_told_what_to_do(bot):
    assert bot.slack.command("report", channel="random").ok
    assert bot.seen("Invite me with “/invite @hfstats” and try again.", channel="random").viewer
    assert bot.slack.command("report quiet").ok
    assert bot.seen("For one of your own, ask me in a direct message.").viewer
    assert bot.jobs.delivery_context.outbox.find() == []


@pytest.mark.parametrize(("month", "says"), [("2019-01", "January 2019"), ("2030-01", "January 2030")])
def test_a_month_without_data_is_answered_in_a_sentence(bot, month, says):
    assert bot.slack.command(f"report {month}").ok
    told = bot.seen(says)
    assert told.viewer
    assert bot.jobs.delivery_context.outbox.find() == []


def test_a_direct_message_gets_the_report_too(bot):
    assert bot.slack.dm("tell me the story of August 2026").ok
    bot.seen("Here's the", channel="direct")
    rows = [row for row in bot.jobs.delivery_context.outbox.find() if row.kind is Kind.REPORT]
    assert [row.state for row in rows] == [State.SENT]


def test_the_person_hears_if_the_report_fails(bot):
    bot.slack.faults.plan("chat.postMessage", Fault(delay=0))
    bot.slack.faults.plan("chat.postMessage", Fault(error="restricted_action"))
    assert bot.slack.command("report 2026-08").ok
    assert bot.seen("I couldn't post the report for August 2026").viewer
    bot.work()
    bot.seen("The report for August 2026 didn't reach", channel="direct")
