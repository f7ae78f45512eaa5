"""Messages to the bot as people write them: edited, with files, in threads, with Slack's markup in them."""

from __future__ import annotations

import pytest
import slack_app
from waiting import WAIT
from web_bot import Workers

from bot.analytics_pool.process import entries
from bot.slack_api.markup import plain_text
from playground import SlackStandIn


@pytest.fixture(scope="module")
def workers(simulated):
    return Workers(simulated, entries())


@pytest.fixture
def slack(workers):
    with SlackStandIn() as slack:
        stop = slack_app.over_http(slack, workers, entries())
        yield slack
        stop()


def of_bot(slack, channel="general"):
    return [message for message in slack.messages(channel) if message.author == slack.workspace().bot]


def answers(slack, channel="general"):
    return [message for message in of_bot(slack, channel) if any(block["type"] == "image" for block in message.blocks)]


def asked(slack, channel="general"):
    """The message that was written last."""
    return [message for message in slack.messages(channel) if message.author != slack.workspace().bot][-1]


def wait_for(slack, words, channel="general"):
    return slack.wait_for(lambda: [m for m in answers(slack, channel) if words in slack.shown_text(m)], WAIT)[-1]


@pytest.mark.parametrize("channel", ["general", "direct"])
def test_an_edit_that_changes_the_words_changes_the_answer_in_place(slack, channel):
    bot = f"<@{slack.workspace().bot}> " if channel == "general" else ""
    slack.say(f"{bot}licenses by downloads", channel=channel)
    first = wait_for(slack, "licenses by downloads", channel)
    for words in ("creators by downloads", "tasks by downloads"):
        slack.edit(asked(slack, channel), f"{bot}{words}")
        changed = wait_for(slack, words, channel)
        assert changed.ts == first.ts
    assert len(answers(slack, channel)) == 1


@pytest.mark.parametrize("channel", ["general", "direct"])
def test_an_edit_that_changes_no_word_asks_nothing(slack, channel, workers):
    bot = f"<@{slack.workspace().bot}> " if channel == "general" else ""
    slack.say(f"{bot}licenses", channel=channel)
    wait_for(slack, "licenses", channel)
    before = list(workers.asked)
    slack.edit(asked(slack, channel), f"{bot} *Licenses*")
    slack.say(f"{bot}tasks by likes", channel=channel)
    wait_for(slack, "tasks by likes", channel)
    assert workers.asked == [*before, "tasks by likes"]
    assert len(answers(slack, channel)) == 2


def test_an_edit_that_drops_quiet_answers_for_all(slack):
    bot = slack.workspace().bot
    slack.say(f"<@{bot}> licenses quiet")
    slack.wait_for(lambda: [message for message in answers(slack) if message.viewer], WAIT)
    slack.edit(asked(slack), f"<@{bot}> licenses")
    slack.wait_for(lambda: [message for message in answers(slack) if not message.viewer], WAIT)


def test_an_edit_that_arrives_after_a_later_one_asks_nothing(slack, workers):
    bot, workspace = slack.workspace().bot, slack.workspace()
    slack.say(f"<@{bot}> licenses")
    first = wait_for(slack, "licenses")
    slack.edit(asked(slack), f"<@{bot}> tasks")
    wait_for(slack, "tasks")
    message = asked(slack)
    late = {"user": message.author, "ts": f"{float(message.edited) - 0.0001:.6f}"}
    event = {"type": "app_mention", "user": message.author, "text": f"<@{bot}> creators", "channel": message.channel}
    event |= {"ts": message.ts, "edited": late}
    assert slack.deliver("event", {"type": "event_callback", "team_id": workspace.id, "event_id": "EvLate", "event": event}).ok
    slack.dm("tasks by likes")
    wait_for(slack, "tasks by likes", "direct")
    assert "creators" not in workers.asked
    assert [(shown.ts, "tasks" in slack.shown_text(shown)) for shown in answers(slack)] == [(first.ts, True)]


def test_quiet_changes_nothing_in_a_direct_message(slack):
    slack.dm("licenses quiet")
    assert wait_for(slack, "licenses", "direct").viewer is None


def test_an_edit_of_what_was_not_understood_is_answered(slack):
    bot = slack.workspace().bot
    slack.say(f"<@{bot}> frobnicate the quux")
    slack.wait_for(lambda: [m for m in slack.messages("general") if m.viewer], WAIT)
    slack.edit(asked(slack), f"<@{bot}> licenses by likes")
    wait_for(slack, "licenses by likes")


def test_in_a_direct_message_an_edit_that_is_not_understood_replaces_the_answer(slack):
    slack.dm("licenses by downloads")
    first = wait_for(slack, "licenses by downloads", "direct")
    slack.edit(asked(slack, "direct"), "frobnicate the quux")
    slack.wait_for(lambda: not answers(slack, "direct"), WAIT)
    assert [message.ts for message in of_bot(slack, "direct")] == [first.ts]


@pytest.mark.parametrize("subtype", [None, "file_share", "me_message", "thread_broadcast"])
def test_a_direct_message_of_each_kind_is_answered(slack, subtype):
    slack.say("licenses by downloads", channel="direct", subtype=subtype)
    wait_for(slack, "licenses by downloads", "direct")


@pytest.mark.parametrize(
    "subtype", ["channel_topic", "channel_join", "pinned_item", "message_deleted", "huddle_thread", "new_one"]
)
def test_what_slack_says_itself_is_not_answered(slack, subtype):
    slack.say("licenses by downloads", channel="direct", subtype=subtype)
    slack.dm("tasks by likes")
    wait_for(slack, "tasks by likes", "direct")
    assert len(of_bot(slack, "direct")) == 1


def test_a_question_in_a_thread_of_a_direct_message_is_answered_there(slack):
    slack.dm("licenses by downloads")
    first = wait_for(slack, "licenses by downloads", "direct")
    slack.say("tasks by likes", channel="direct", thread=first.ts)
    assert wait_for(slack, "tasks by likes", "direct").thread_ts == first.ts


def test_a_mention_without_a_person_is_ignored(slack, caplog):
    event = {"type": "app_mention", "text": "licenses", "channel": slack.channel("general").id, "ts": "1.000100"}
    workspace = slack.workspace()
    assert slack.deliver("event", {"type": "event_callback", "team_id": workspace.id, "event_id": "Ev1", "event": event}).ok
    slack.mention("tasks by likes")
    wait_for(slack, "tasks by likes")
    assert len(of_bot(slack)) == 1
    assert "failure" not in caplog.text


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("https://huggingface.co/google", "creator google"),
        ("creator <https://huggingface.co/google|Google's page>", "creator google"),
        ("*licenses* by _downloads_", "licenses by downloads"),
        ("`licenses by downloads`", "licenses by downloads"),
        ("&gt; licenses by downloads", "licenses by downloads"),
    ],
)
def test_slacks_markup_is_undone_once_for_messages_and_commands(slack, typed, query):
    slack.say(f"<@{slack.workspace().bot}> {typed}")
    wait_for(slack, query)
    slack.say(f"<@{slack.workspace().bot}> {typed}", channel="direct")
    wait_for(slack, query, "direct")
    if "<" not in typed and "&" not in typed:
        slack.command(typed, channel="research")
        wait_for(slack, query, "research")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("what about <http://z.ai|z.ai>", "what about z.ai"),
        ("<http://z.ai/|Z.ai> models", "Z.ai models"),
        ("<@U123> licenses", "licenses"),
        ("licenses, <@U123|bot>", "licenses,"),
        ("<#C123|general> licenses", "#general licenses"),
        ("<#C123> licenses", "licenses"),
        ("<!subteam^S1|@team> licenses", "@team licenses"),
        ("<!date^1^{date}|May 1> x", "May 1 x"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<tel:+123|123>", "123"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("~old~ licenses", "old licenses"),
        ("*_x_* y", "x y"),
        ("*_~licenses~_*", "licenses"),
        ("_" * 10_000, "_" * 10_000),
        ("licenses" + " *a*" * 2_000, "licenses" + " *a*" * 2_000),
        ("model a_b_c/d_e_f", "model a_b_c/d_e_f"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("&gt;&gt;&gt; licenses", "licenses"),
        ("<https://huggingface.co/google|this one>", "https://huggingface.co/google"),
        ("<not a link", "<not a link"),
        ("<>", "<>"),
    ],
)
def test_markup_becomes_the_words_that_were_typed(markup, text):
    assert plain_text(markup) == text
