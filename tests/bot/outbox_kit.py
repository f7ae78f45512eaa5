"""The worker's jobs on a real database, with a strict Slack stand-in and an adjustable clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from databases import BOTH_DATABASES, migrated

from analytics.storage import database
from bot.analytics_pool.process import AnalyticsProcess
from bot.domain.content import Content
from bot.domain.outbox import Kind, PlannedDelivery, RetryAt, State
from bot.outbox.delivery import DeliveryContext, deliver
from bot.outbox.lease_guard import LeaseGuardedClient
from bot.storage.channels.alerts import AlertStore
from bot.storage.channels.predictions import BetStore
from bot.storage.channels.subscriptions import SubscriptionStore
from bot.storage.messages.built_digests import BuiltDigests
from bot.storage.messages.outbox import OutboxStore
from playground import SlackStandIn
from playground.server import SCOPES
from playground.workspace import Channel
from playground.workspace import Kind as Sort

START = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
HISTORY = {"channels:history", "groups:history", "im:history"}


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "*Meta leads*"}}


class Clock:
    """A moment that stands still until it is moved; or the real one, for engines, which have no other."""

    def __init__(self, now=START):
        self.now = now
        self.real = False

    def __call__(self):
        return datetime.now(UTC) if self.real else self.now

    def seconds(self):
        return self().timestamp()

    def on(self, **time):
        self.now += timedelta(**time)


@dataclass
class Kit:
    """The delivery context with its Slack stand-in, and helpers for tests."""

    engine: Any
    clock: Clock
    slack: SlackStandIn
    delivery_context: DeliveryContext = field(init=False)
    tokens: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self):
        self.delivery_context = DeliveryContext(
            OutboxStore(self.engine, self.clock),
            BuiltDigests(self.engine),
            SubscriptionStore(self.engine, self.clock),
            AlertStore(self.engine, self.clock),
            BetStore(self.engine, self.clock),
            self.client,
            clock=self.clock,
        )

    def client(self, workspace):
        token = self.tokens.get(workspace, self.slack.bot_token(self.slack.service.workspaces[workspace].name))
        return LeaseGuardedClient(token, self.slack.api_url, 5) if token else None

    def workspace(self, team="Acme"):
        return self.slack.workspace(team)

    def channel(self, name="general", team="Acme"):
        return self.slack.channel(name, team=team)

    def more_channels(self, many, team="Acme"):
        """Found so many channels in a workspace, with the bot in each; returns their ids."""
        workspace = self.workspace(team)
        for _ in range(many):
            id_ = self.slack.service.serial("C")
            workspace.channels[id_] = Channel(id_, id_.lower(), Sort.PUBLIC, set(workspace.users))
        return list(workspace.channels)[-many:]

    def subscribe(self, channel="general", team="Acme", schedule="monthly at 09:00 UTC", by="ada", due=START):
        workspace, found = self.workspace(team), self.channel(channel, team)
        return self.delivery_context.subscriptions.subscribe(
            workspace.id,
            found.id,
            schedule=schedule,
            within="top",
            sections=("license", "creator", "task"),
            by=workspace.user(by).id,
            next_due=due,
            private=found.kind is Sort.PRIVATE,
        )

    def owe(
        self, channel="general", *, team="Acme", source=1, period="2026-07", text="It is August", edition=None, kind=Kind.DIGEST
    ):
        """Enter a digest for a channel, of an edition or as bare text; returns its id."""
        workspace, found = self.workspace(team), self.channel(channel, team)
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        content = None if edition else Content(text, [section]).as_json()
        owed = PlannedDelivery(workspace.id, found.id, kind, source, period, self.clock(), edition, content)
        (id_,) = self.delivery_context.outbox.plan([owed])
        return id_

    def deliver(self, id_):
        return deliver(self.delivery_context, id_)

    def settle(self, id_, turns=30):
        """Deliver, and wait whenever it asks for patience; returns how it ended."""
        for _ in range(turns):
            again = self.deliver(id_)
            if again is None:
                break
            assert isinstance(again, RetryAt)
            self.clock.now = max(self.clock.now, again.at) + timedelta(milliseconds=1)
        return self.delivery_context.outbox.get(id_)

    def shown(self, channel="general", team="Acme"):
        """What everybody in a channel sees of the bot."""
        workspace, found = self.workspace(team), self.channel(channel, team)
        return [message for message in workspace.messages(found.id) if message.author == workspace.bot]

    def digests(self, ids):
        """Return the ids of digests among those of deliveries, without their replies."""
        return [id_ for id_ in ids if self.delivery_context.outbox.get(id_).kind is Kind.DIGEST]

    def in_channel(self, channel="general", team="Acme"):
        """The same without what is in threads."""
        return [message for message in self.shown(channel, team) if not message.is_reply]

    def in_threads(self, channel="general", team="Acme"):
        """What is in the channel's threads."""
        return [message for message in self.shown(channel, team) if message.is_reply]

    def told(self, person="ada", team="Acme"):
        """Return the notices to a user, after delivering those that are due."""
        user = self.workspace(team).user(person).id
        for line in self.delivery_context.outbox.find():
            if line.kind is Kind.NOTE and line.channel == user and line.state is State.PLANNED:
                self.settle(line.id)
        return self.shown(f"D0{user[1:]}", team)

    def operator_told(self):
        """What the operator was told, in Globex's general channel; delivers what is planned for it first."""
        channel = self.channel(team="Globex").id
        for line in reversed(self.delivery_context.outbox.find()):
            if line.channel == channel and line.state is State.PLANNED:
                self.settle(line.id)
        return self.shown(team="Globex")

    def calls(self, method="chat.postMessage"):
        return [call for call in self.slack.calls if call.method == method]


@pytest.fixture(params=BOTH_DATABASES)
def engine(request, tmp_path):
    is_sqlite = request.param == "sqlite"
    made = database.engine(migrated(tmp_path / "bot.db") if is_sqlite else request.getfixturevalue("migrated_postgres_url"))
    yield made
    made.dispose()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def kit(engine, clock):
    with SlackStandIn(teams=("Acme", "Globex"), clock=clock.seconds) as slack:
        yield Kit(engine, clock, slack)


@pytest.fixture
def blind(engine, clock):
    """The same for an app that may read no history."""
    with SlackStandIn(teams=("Acme",), clock=clock.seconds, scopes=SCOPES - HISTORY) as slack:
        yield Kit(engine, clock, slack)


def with_operator(kit):
    """Give it an operator who reads Globex's general channel; Grace installed the app in Acme."""
    operator = f"{kit.workspace('Globex').id}/{kit.channel(team='Globex').id}"
    installer = {kit.workspace().id: kit.workspace().user("grace").id}
    kit.delivery_context = replace(kit.delivery_context, operator=operator, installer_of=installer.get)
    return kit


@pytest.fixture
def operated(kit):
    """The same with an operator and a record of who installed the app."""
    return with_operator(kit)


@pytest.fixture
def unread(engine, clock):
    """The same for an app that may look nobody up."""
    with SlackStandIn(teams=("Acme", "Globex"), clock=clock.seconds, scopes=SCOPES - {"users:read"}) as slack:
        yield with_operator(Kit(engine, clock, slack))


@pytest.fixture
def builds(history):
    return AnalyticsProcess(history)


def edition(kit, key="2026-07 in top", png=PNG):
    kit.delivery_context.built_digests.save(key, Content("Meta leads", [TEXT], alt="Meta leads with 20%"), png)
    return key


def images(message):
    return [block for block in message.blocks if block["type"] == "image"]
