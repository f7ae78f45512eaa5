"""Subscriptions and alerts, through the real Bolt app and the strict Slack stand-in, with an adjustable clock."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bot_with_jobs import Bot
from slack_app import WAIT, image_of

from analytics.domain import ListName
from analytics.names import creators
from analytics.questions.registry import QUESTIONS
from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.process import AnalyticsProcess
from bot.domain.outbox import State
from bot.domain.prediction import open_months
from bot.storage.channels.predictions import MOST as BETS_PER_PERSON
from bot.storage.schema import WATCH
from bot.subscriptions.alerts import check_alerts as look_at_watches
from playground import SlackStandIn
from playground.block_kit.blocks import check_blocks, check_view, with_ids
from playground.faults import Fault
from playground.workspace import Channel, Message
from playground.workspace import Kind as ChannelKind

FORMS = [question.form for question in QUESTIONS]


@pytest.fixture
def bot(pool, entries, simulated):
    with SlackStandIn() as slack:
        made = Bot(slack, pool, entries, simulated)
        yield made
        made.close()


def test_a_channels_whole_life(bot):
    slack = bot.slack
    assert slack.command("subscribe monthly at 09:00 Europe/Berlin").ok
    sample = bot.seen("subscribed this conversation")
    assert not sample.viewer
    assert image_of(sample)
    assert "on the first working day of each month at 09:00 (Europe/Berlin)" in slack.shown_text(sample)
    assert "Here's the latest one:" in slack.shown_text(sample)
    assert check_blocks(list(sample.blocks)) == []
    first = bot.subscribed().next_due
    assert first > bot.now

    bot.work(first - timedelta(minutes=1))
    assert bot.jobs.delivery_context.outbox.find() == []
    bot.work(first + timedelta(minutes=1))
    assert [line.state for line in bot.jobs.delivery_context.outbox.find()] == [State.SENT]

    slack.channel("general").archived = True
    bot.work(bot.subscribed().next_due + timedelta(minutes=1))
    assert bot.subscribed().paused == "is_archived"
    notice_text = bot.seen("is paused: the channel was archived", channel="direct")
    slack.channel("general").archived = False
    assert slack.press(notice_text, "Resume").ok
    bot.seen("resumed the digest", channel="direct")
    assert bot.subscribed().paused is None

    assert slack.command("pause").ok
    bot.seen("paused the digest")
    bot.slack.wait_for(lambda: bot.subscribed().paused == "asked", WAIT)
    assert slack.command("resume", user="grace").ok
    bot.seen("resumed the digest", user="grace")
    assert slack.command("unsubscribe").ok
    bot.seen("from the digest")
    assert bot.subscribed() is None


def test_details_and_numbers_come_into_the_thread(bot):
    assert bot.slack.command("digest").ok
    shown = bot.seen("· sample")
    assert bot.slack.press(shown, "Details").ok
    bot.slack.wait_for(lambda: "Apache-2.0" in str([one.blocks for one in bot.replies(shown)]), WAIT)
    assert bot.slack.press(shown, "CSV").ok
    bot.slack.wait_for(lambda: any(one.files for one in bot.replies(shown)), WAIT)
    workspace = bot.slack.workspace()
    (file,) = [file for file in workspace.files.values() if file.name.endswith(".csv")]
    assert file.content.decode().startswith("dimension,name,models,downloads")


def test_a_channel_without_the_bot_is_told_to_invite_it_and_can_try_again(bot):
    assert bot.slack.command("subscribe", channel="random").ok
    told = bot.seen("/invite @hfstats", channel="random")
    assert told.viewer
    assert bot.subscribed("random") is None
    bot.slack.channel("random").members.add(bot.slack.workspace().bot)
    assert bot.slack.press(told, "subscribe monthly on first-working-day at 09:00 UTC").ok
    bot.seen("subscribed this conversation", channel="random", user="grace")
    assert bot.subscribed("random")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("subscribe at 25:00", "“25:00” isn't a time"),
        ("subscribe mothly", "Did you mean monthly?"),
        ("subscribe at 9:00 CST", "America/Chicago or Asia/Shanghai"),
        ("digest 2026-13", "“2026-13” isn't a month"),
        ("digest 2019-01", "There's no digest for January 2019"),
        ("pause", "isn't subscribed"),
        ("resume 999", "There's no subscription 999"),
        ("unsubscribe x", "“x” isn't a number"),
        ("watch creator meta", "An alert needs a threshold"),
        ("watch creator metta below 10%", "I don't know the creator “metta”"),
        ("watch licenses below 10%", "An alert is about one license"),
        ("unwatch 5", "There's no alert 5"),
        ("again 5", "There's no delivery 5"),
        ("status please", "takes no further words"),
    ],
)
def test_mistakes_are_told_to_who_made_them_and_change_nothing(bot, typed, says):
    assert bot.slack.command(typed).ok
    told = bot.seen(says)
    assert told.viewer
    assert bot.slack.wait_for(lambda: [m for m in bot.slack.messages("general") if not m.viewer] == [], WAIT)
    assert bot.subscribed() is None


def test_a_subscription_is_changed_by_subscribing_again_and_keeps_its_zone(bot):
    bot.slack.command("subscribe weekly friday at 8am America/New_York licenses in trending")
    bot.seen("subscribed this conversation")
    bot.slack.command("subscribe last-day at 18:00 tasks and creators")
    bot.seen("changed this conversation's subscription")
    mine = bot.subscribed()
    assert (mine.schedule, mine.sections) == ("monthly on last-day at 18:00 America/New_York", ("creator", "task"))
    assert (mine.within, mine.created_by) == ("top", bot.slack.workspace().user("ada").id)


def test_the_list_shows_what_one_may_see_and_its_buttons_work(bot):
    for channel in ("general", "research"):
        bot.slack.command("subscribe", channel=channel)
        bot.seen("subscribed this conversation", channel=channel)
    bot.slack.command("subscriptions", user="grace")
    listed = bot.seen("A private channel's subscription is listed only in that channel", user="grace")
    assert listed.viewer
    assert bot.slack.channel("research").id not in str(listed.blocks)
    assert check_blocks(list(listed.blocks)) == []
    bot.slack.command("subscriptions", channel="research")
    mine = bot.seen(bot.slack.channel("general").id, channel="research")
    assert bot.slack.channel("research").id in str(mine.blocks)
    assert bot.slack.press(listed, "Pause", user="grace").ok
    bot.slack.wait_for(lambda: bot.subscribed().paused == "asked", WAIT)
    bot.slack.command(f"pause {bot.subscribed('research').id}", user="grace")
    bot.seen("There's no subscription", user="grace")
    assert bot.subscribed("research").paused is None


def test_by_mention_and_in_a_direct_message(bot):
    assert bot.slack.mention("subscribe weekly").ok
    bot.seen("subscribed this conversation")
    assert bot.slack.dm("subscribe monthly Asia/Tokyo").ok
    bot.seen("subscribed this conversation", channel="direct")
    assert bot.subscribed("direct").private
    assert "Asia/Tokyo" in bot.subscribed("direct").schedule
    bot.slack.dm("unsubscribe")
    bot.seen("from the digest", channel="direct")


def test_a_misspelled_subscription_in_a_direct_message_can_be_edited(bot):
    bot.slack.dm("subscribe mothly")
    told = bot.seen("Did you mean monthly?", channel="direct")
    written = [m for m in bot.slack.messages("direct") if m.author != bot.slack.workspace().bot][-1]
    bot.slack.edit(written, "subscribe monthly")
    sample = bot.seen("subscribed this conversation", channel="direct")
    assert sample.ts == told.ts
    assert bot.subscribed("direct")


def test_a_direct_message_is_called_this_conversation_in_it_and_never_a_channel(bot):
    """Slack has no name for it: ``<#D…>`` shows as a private channel."""
    slack = bot.slack
    slack.dm("subscribe monthly")
    bot.seen("subscribed this conversation", channel="direct")
    for typed, says in (
        ("pause", "paused the digest for this conversation."),
        ("resume", "resumed the digest for this conversation."),
        ("subscriptions", "This conversation · the digest on the first"),
        ("unsubscribe", "unsubscribed this conversation from the digest."),
    ):
        slack.dm(typed)
        bot.seen(says, channel="direct")
    slack.dm("subscribe monthly")
    slack.wait_for(lambda: bot.subscribed("direct"), WAIT)
    subscription = bot.subscribed("direct")
    slack.command("subscriptions")
    bot.seen("Our direct messages · the digest on the first")
    slack.command(f"pause {subscription.id}")
    bot.seen("paused the digest for our direct messages.")
    slack.command(f"resume {subscription.id}")
    bot.seen("resumed the digest for our direct messages.")
    slack.open_home()
    home = slack.wait_for(slack.home, WAIT)
    assert "Our direct messages · the digest" in str(home.content)
    slack.faults.plan("chat.postMessage", Fault(drop="after"))
    slack.faults.plan("conversations.history", Fault(error="missing_scope"), times=9)
    bot.work(subscription.next_due)
    bot.seen("may not have reached this conversation: the connection to Slack broke", channel="direct")
    (line,) = bot.jobs.delivery_context.outbox.failed()
    slack.dm("status")
    bot.seen("In this conversation, the digest for", channel="direct")
    slack.command("status")
    bot.seen("In our direct messages, the digest for")
    slack.dm(f"again {line.id}")
    bot.seen("to this conversation again.", channel="direct")
    slack.dm(f"again {line.id}")
    bot.seen("There's nothing to send again: the digest for", channel="direct")
    said = [*slack.messages("direct"), *slack.messages("general")]
    assert not re.search(r"<#[DUW]", str([(one.text, one.blocks) for one in said]) + str(home.content))


def test_subscribe_again_works_in_a_direct_message(bot):
    bot.slack.dm("subscribe monthly")
    bot.seen("subscribed this conversation", channel="direct")
    bot.slack.dm("unsubscribe")
    ended = bot.seen("from the digest", channel="direct")
    before = [message.ts for message in bot.slack.messages("direct")]
    assert bot.slack.press(ended, "Subscribe again").ok
    bot.slack.wait_for(lambda: bot.subscribed("direct"), WAIT)
    bot.slack.wait_for(lambda: "Working on it" not in str([m.text for m in bot.slack.messages("direct")]), WAIT)
    assert set(before) <= {message.ts for message in bot.slack.messages("direct")}


def test_the_home_lists_subscribes_pauses_and_ends(bot):
    slack = bot.slack
    slack.open_home()
    view = slack.wait_for(slack.home, WAIT)
    assert "No channel gets the digest yet" in str(view.content)
    assert slack.press(view, "home:subscribe", value=slack.channel("general").id).ok
    bot.seen("subscribed this conversation")
    view = slack.wait_for(lambda: (now := slack.home()) and "Pause" in str(now.content) and now, WAIT)
    assert slack.press(view, "Pause").ok
    view = slack.wait_for(lambda: "paused" in str((now := slack.home()).content) and now, WAIT)
    assert slack.press(view, "Resume").ok
    view = slack.wait_for(lambda: "Pause" in str((now := slack.home()).content) and now, WAIT)
    assert slack.press(view, "Unsubscribe").ok
    slack.wait_for(lambda: "No channel gets the digest yet" in str(slack.home().content), WAIT)


def alert_by(bot, channel, rule="creator Meta by downloads below 1%", user="ada"):
    """Store an alert that somebody set in a channel."""
    workspace = bot.slack.workspace()
    watches, by = bot.jobs.delivery_context.watches, workspace.user(user).id
    return watches.add(workspace.id, channel, rule, by, crossed=False, looked_at=None)


def test_the_home_lists_ones_own_alerts_with_numbers_and_buttons_that_work(bot):
    slack, watches = bot.slack, bot.jobs.delivery_context.watches
    slack.open_home()
    view = slack.wait_for(slack.home, WAIT)
    assert "You haven't set any alerts." in str(view.content)
    workspace = slack.workspace()
    mine = alert_by(bot, slack.channel("general").id)
    direct = alert_by(bot, workspace.direct(workspace.user("ada").id).id, "license MIT by models above 50%")
    theirs = alert_by(bot, slack.channel("general").id, "creator Google by likes below 1%", "grace")
    slack.press(view, "Refresh")
    view = slack.wait_for(lambda: (now := slack.home()) and "Meta falls below" in str(now.content) and now, WAIT)
    shown = str(view.content)
    assert f"#{mine.id} · active · `creator Meta by downloads below 1%` · in <#{mine.channel}>" in shown
    assert f"#{direct.id} · active · `license MIT by models above 50%` · in our direct messages" in shown
    assert "Google" not in shown.partition("Your alerts")[2].partition("Your bets")[0]
    assert check_view(view.content) == []
    for verb, now_shown in (("mute", ":no_bell: muted"), ("unmute", "active")):
        slack.press(view, f"command:{verb} {mine.id}")
        expected = f"#{mine.id} · {now_shown}"
        view = slack.wait_for(lambda expected=expected: (now := slack.home()) and expected in str(now.content) and now, WAIT)
        assert bool(watches.get(workspace.id, mine.id).muted) is (verb == "mute")
    for alert in (direct, mine):
        slack.press(view, f"command:unwatch {alert.id}")
        gone = f"unwatch {alert.id}'"
        view = slack.wait_for(lambda gone=gone: (now := slack.home()) and gone not in str(now.content) and now, WAIT)
        assert watches.get(workspace.id, alert.id) is None
    assert "You haven't set any alerts." in str(view.content)
    assert watches.get(workspace.id, theirs.id)


def test_the_home_lists_ones_own_open_bets(bot):
    slack = bot.slack
    month = open_months(bot.now)[2]
    slack.command(f"predict creators Meta 70% by {month}")
    bot.seen("bets 70%")
    slack.open_home()
    view = slack.wait_for(slack.home, WAIT)
    assert f"• #1 70% Meta, creators by downloads, end of {month.name}, in <#{slack.channel('general').id}>" in str(view.content)
    slack.open_home("grace")
    view = slack.wait_for(lambda: slack.home("grace"), WAIT)
    assert "You have no open bets." in str(view.content)


def test_a_full_home_keeps_slacks_limits(bot):
    """With as many subscriptions, alerts and bets as there may be, under the longest names."""
    slack, now = bot.slack, bot.jobs.delivery_context
    workspace = slack.workspace()
    ada = workspace.user("ada").id
    long, month = "<&" * 48, open_months(bot.now)[2]
    for number in range(40):
        channel = Channel(slack.service.serial("C"), f"channel-{number}", ChannelKind.PUBLIC, {ada, workspace.bot})
        workspace.channels[channel.id] = channel
        more = {"schedule": "monthly on first at 09:00 UTC", "within": "trending", "sections": ["license"], "next_due": bot.now}
        now.subscriptions.subscribe(workspace.id, channel.id, by=ada, private=False, **more)
        alert_by(bot, channel.id, f'creator "{long}" by downloads below 1%')
        if number < BETS_PER_PERSON:
            bet = {"question": "creators by downloads in trending", "month": str(month), "name": long, "percent": 70}
            now.bets.place(workspace.id, channel.id, ada, **bet)
    slack.open_home()
    view = slack.wait_for(slack.home, WAIT)
    assert check_view(view.content) == []
    for more in ("24 more subscriptions", "28 more alerts", "5 more bets"):
        assert more in str(view.content)
    slack.press(view, "licenses")
    assert slack.wait_for(lambda: "Asked `licenses`" in str(slack.home().content), WAIT)


@pytest.mark.parametrize("rule", ["creator Meta by stars below 1%", "", "a rule of a later version"])
def test_an_alert_whose_rule_this_version_cannot_read_is_listed_and_removed(bot, rule):
    stored = alert_by(bot, bot.slack.channel("general").id, rule)
    bot.slack.command("watches")
    listed = bot.seen(f"#{stored.id} · active")
    bot.slack.open_home()
    assert f"#{stored.id} · active" in str(bot.slack.wait_for(bot.slack.home, WAIT).content)
    bot.slack.press(listed, "Remove")
    bot.slack.wait_for(lambda: bot.jobs.delivery_context.watches.get(stored.workspace, stored.id) is None, WAIT)


def test_the_home_says_where_it_could_not_subscribe(bot):
    bot.slack.open_home()
    view = bot.slack.wait_for(bot.slack.home, WAIT)
    bot.slack.press(view, "home:subscribe", value=bot.slack.channel("random").id)
    bot.seen("/invite @hfstats", channel="direct")
    assert bot.subscribed("random") is None


def test_a_notice_about_an_unsure_delivery_sends_it_again(bot):
    bot.slack.command("subscribe")
    bot.seen("subscribed this conversation")
    bot.slack.faults.plan("chat.postMessage", Fault(drop="after"))
    bot.slack.faults.plan("conversations.history", Fault(error="missing_scope"), times=9)
    bot.work(bot.subscribed().next_due)
    notice_text = bot.seen("may not have reached", channel="direct")
    (line,) = bot.jobs.delivery_context.outbox.failed()
    assert line.state is State.UNSURE
    bot.slack.command("status")
    bot.seen("1 unconfirmed")
    assert bot.slack.press(notice_text, "Send again").ok
    bot.seen("Sending the digest for", channel="direct")
    bot.work()
    assert bot.jobs.delivery_context.outbox.get(line.id).state is State.SENT


def test_a_button_in_a_message_of_an_earlier_version_still_works(bot):
    button = {"type": "button", "action_id": "clerk:bets", "text": {"type": "plain_text", "text": "All bets"}, "value": "bets"}
    workspace = bot.slack.workspace()
    blocks = tuple(with_ids([{"type": "actions", "elements": [button]}], "old"))
    old = workspace.put(Message(workspace.stamp(), bot.slack.channel("general").id, workspace.bot, "Bets", blocks))
    assert bot.slack.press(old, "All bets").ok
    assert bot.seen("There are no bets here yet").viewer


# Alerts


def watched(bot, text):
    bot.slack.command(f"watch {text}")
    bot.seen("post here once when")
    return bot.jobs.delivery_context.watches.in_channel(bot.slack.workspace().id, bot.slack.channel("general").id)[-1]


def test_a_watch_lives_and_is_removed(bot):
    watch = watched(bot, "creator meta below 1%")
    assert watch.rule == "creator Meta by downloads below 1%"
    assert not watch.crossed
    bot.slack.command("watches")
    listed = bot.seen("Meta falls below 1% of downloads")
    assert bot.slack.press(listed, "Mute").ok
    delivery_context = bot.jobs.delivery_context
    bot.slack.wait_for(lambda: delivery_context.watches.get(watch.workspace, watch.id).muted, WAIT)
    bot.slack.command(f"unmute {watch.id}")
    bot.slack.wait_for(lambda: not delivery_context.watches.get(watch.workspace, watch.id).muted, WAIT)
    bot.slack.command(f"unwatch {watch.id}")
    bot.slack.wait_for(lambda: delivery_context.watches.get(watch.workspace, watch.id) is None, WAIT)


def test_a_crossing_is_reported_once_with_a_picture_and_a_button_that_mutes(bot, tmp_path):
    """The simulated days one by one: whoever wavers about the line is told of once for each time it really left and came back."""
    watch = watched(bot, "creator meta below 1%")
    url = f"sqlite:///{tmp_path / 'days.db'}"
    engine = database.engine(url)
    database.upgrade(engine)
    store = SqlHistory(engine)
    days = [one for one in simulation.listings(date(2026, 8, 22), months=1) if one.list is ListName.TOP][-8:]
    shares = [share_of(one, "Meta") for one in days]
    line = sorted(shares)[len(shares) // 2]
    with bot.engine.begin() as connection:
        rule = f"creator Meta by downloads below {line * 100:.3f}%"
        connection.execute(WATCH.update().values(rule=rule, looked_at=None, crossed=False))
    jobs = replace(bot.jobs, database=engine, numbers=AnalyticsProcess(store))
    expected, was = 0, False
    for listing, share in zip(days, shares, strict=True):
        ingest.store([listing], store)
        newest = {"top": listing.taken_on}
        for _ in range(2):  # looking twice at a snapshot tells nothing twice
            look_at_watches(bot.jobs.delivery_context, jobs.numbers, FORMS, bot.engine, newest)
        edge = round(line, 5)
        beyond = share < edge * 1.02 if was else share < edge
        expected += beyond and not was
        was = beyond
    bot.work()
    told = [m for m in bot.slack.messages("general") if ":bell:" in str(m.blocks)]
    assert len(told) == expected >= 1
    assert image_of(told[0])
    assert check_blocks(list(told[0].blocks)) == []
    assert bot.slack.press(told[0], "Mute").ok
    bot.slack.wait_for(lambda: bot.jobs.delivery_context.watches.get(watch.workspace, watch.id).muted, WAIT)


def test_a_list_that_came_in_part_crosses_no_line(bot):
    watched(bot, "creator meta below 1%")
    with bot.engine.begin() as connection:
        connection.execute(WATCH.update().values(rule="creator Meta by downloads below 99%", looked_at=None, crossed=False))
    store = SqlHistory(bot.engine)
    jobs = replace(bot.jobs, numbers=AnalyticsProcess(store))
    days = [one for one in simulation.listings(date(2026, 8, 22), months=1) if one.list is ListName.TOP]
    part, whole = (replace(one, source="hub") for one in days[-2:])
    ingest.store([replace(part, models=part.models[:200])], store)
    jobs.watch()
    assert bot.jobs.delivery_context.outbox.find() == []
    ingest.store([whole], store)
    jobs.watch()
    assert len(bot.jobs.delivery_context.outbox.find()) == 1


def share_of(listing, who):
    total = sum(model.downloads for model in listing.models)
    return sum(m.downloads for m in listing.models if creators.family(m.id.split("/")[0]) == who) / total


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            "creator meta below 90%",
            r"\*Meta is already below 90% of downloads\* \(\d+\.\d% on August 22, 2026\)\. I'll post here the next",
        ),
        ("creator meta above 0.5%", r"\*Meta is already above 0\.5% of downloads\* \(\d+\.\d% on August 22, 2026\)"),
        ("creator meta rank below 1", r"\*Meta is already below 1st place by downloads\* \(\d+(?:nd|rd|th) on August 22, 2026\)"),
        (
            "creator meta below 0.5%",
            r"when \*Meta falls below 0\.5% of downloads\*\. On August 22, 2026, it had \d+\.\d% of downloads\. I check",
        ),
    ],
)
def test_a_new_alert_says_where_the_name_stands_and_when(bot, rule, says):
    bot.slack.command(f"watch {rule}")
    assert re.search(says, str(bot.seen(":eyes:").blocks).replace('\\"', ""))
