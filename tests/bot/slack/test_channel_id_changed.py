"""The ``channel_id_changed`` event through the real app: all of a channel's rows follow."""

from __future__ import annotations

from datetime import UTC, datetime

import faulty
import pytest
from waiting import until

from analytics.errors import StoreError
from bot.analytics_pool.process import AnalyticsProcess
from bot.slack.installation.manifest import manifest
from bot.storage.channels.channel_ids import ChannelIds
from playground.channel_ids import share_private_channel, tell


@pytest.fixture
def bot(history, tmp_path):
    with faulty.running(AnalyticsProcess(history), f"sqlite:///{tmp_path / 'bot.db'}") as running:
        yield running


@pytest.fixture
def subscriptions(bot):
    return bot.services.subscription_service.delivery_context.subscriptions


def subscribe(bot, subscriptions, channel="research"):
    workspace = bot.slack.workspace()
    return subscriptions.subscribe(
        workspace.id,
        bot.slack.channel(channel).id,
        schedule="monthly at 09:00 UTC",
        within="top",
        sections=("license",),
        by=workspace.user("ada").id,
        next_due=datetime(2099, 1, 1, tzinfo=UTC),
        private=True,
    )


def test_a_subscription_follows_its_channel(bot, subscriptions):
    before = subscribe(bot, subscriptions)
    old, new, ack = share_private_channel(bot.slack, "research")
    assert ack.ok
    assert ack.status == 200
    after = until(lambda: subscriptions.in_channel(before.workspace, new))
    assert (after.id, before.channel) == (before.id, old)
    assert subscriptions.in_channel(before.workspace, old) is None


def test_an_event_that_comes_twice_changes_nothing_more(bot, subscriptions):
    before = subscribe(bot, subscriptions)
    old, new, _ = share_private_channel(bot.slack, "research")
    assert tell(bot.slack, old, new).ok
    assert until(lambda: subscriptions.in_channel(before.workspace, new)).id == before.id


def test_where_the_database_is_away_it_is_done_later(bot, subscriptions, monkeypatch):
    before, change, failed = subscribe(bot, subscriptions), ChannelIds.change, []

    def away_at_first(*given):
        if not failed:
            failed.append(True)
            raise StoreError("The database cannot be used")
        return change(*given)

    monkeypatch.setattr(ChannelIds, "change", away_at_first)
    _, new, ack = share_private_channel(bot.slack, "research")
    assert ack.ok
    assert until(lambda: subscriptions.in_channel(before.workspace, new)).id == before.id
    assert failed


def test_the_manifest_asks_for_the_event_and_its_scope():
    assert "channel_id_changed" in manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert "groups:read" in manifest()["oauth_config"]["scopes"]["bot"]
