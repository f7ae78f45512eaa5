"""The access policy in docs/reference/scopes-and-access.md, each cell through the real Bolt app and by each entry point."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from undrawn import AtOnce, Undrawn

from bot import composition
from bot.analytics_pool import process
from bot.blocks.digest import NUMBERS
from bot.blocks.messages import BUILD
from bot.conversation.commands import WORDS, permission_for
from bot.delivery.conversation import Conversation
from bot.domain.access import MEMBERSHIP, POLICY, ActorKind, ConversationKind, Permission
from bot.domain.outbox import Kind as DeliveryKind
from bot.domain.outbox import PlannedDelivery, State
from bot.domain.prediction import open_months
from bot.domain.reply import Notice
from bot.domain.request import Misunderstood
from bot.server.web import WebContext, create_app
from bot.settings import Settings
from bot.slack.access_guard import permissions_needed
from bot.slack.installation.scopes import SCOPES as OWN_SCOPES
from bot.slack.listeners.workflow_step import STEP
from bot.slack.payload import text_in
from bot.slack.request_reader import CONTROLS_WITH_WORDS
from bot.storage.schema import DELIVERY, SUBSCRIPTION, WATCH
from playground import SlackStandIn, payloads
from playground.delivery import signature
from playground.server import SCOPES
from playground.workspace import Channel, Kind, Message, View

DOCUMENT = (Path(__file__).parents[3] / "docs" / "reference" / "scopes-and-access.md").read_text(encoding="utf-8")
GLOBEX, ORG, SISTER = "T0GLOBEX", "E0ACMEORG", "T0SISTER"
REFUSED = re.compile(r"for (?:full )?members of|Slack didn't tell me|Home is for members")
PLACES = {
    ConversationKind.PUBLIC: "general",
    ConversationKind.PRIVATE: "research",
    ConversationKind.SHARED: "partners",
    ConversationKind.GROUP: "mpdm-ada--grace-1",
    ConversationKind.DIRECT: "direct",
    ConversationKind.HOME: "",
}


def cell_permissions(cell):
    """Return the permissions that a cell of the table grants."""
    if cell == "everything":
        return frozenset(Permission)
    return frozenset(map(Permission, cell.replace("nothing", "").split()))


def table():
    """The granted permissions of the document's table, by who and where."""
    lines = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in DOCUMENT.splitlines() if line.startswith("|")]
    start = next(at for at, line in enumerate(lines) if line[0] == "who" and "App Home" in line)
    places = [ConversationKind(name) for name in lines[start][1:]]
    rows = lines[start + 2 : start + 2 + len(ActorKind)]
    return {
        (ActorKind(row[0]), place): cell_permissions(cell) for row in rows for place, cell in zip(places, row[1:], strict=True)
    }


GRANTED = table()


def test_the_document_shows_the_policy():
    assert dict(POLICY) == GRANTED
    assert set(GRANTED) == {(who, where) for who in ActorKind for where in ConversationKind}


def test_every_command_has_a_permission():
    assert {permission_for(word) for word in WORDS} <= {Permission.SEE, Permission.CHANGE, Permission.FORM}
    assert permission_for("licenses") is permission_for("help") is Permission.ASK


@pytest.mark.parametrize("command", ["bets", "pause 3", "subscribe monthly", "licenses"])
def test_a_button_of_an_earlier_version_needs_what_the_command_needs(command):
    def pressed(prefix):
        return {"type": "block_actions", "actions": [{"action_id": f"{prefix}:{command}", "value": command}]}

    request = Misunderstood(Notice(""), command, permission=permission_for(command))
    for prefix in ("clerk", "command"):
        assert text_in(pressed(prefix), CONTROLS_WITH_WORDS) == command
        assert permissions_needed(pressed(prefix), request) == {permission_for(command)}


@pytest.mark.parametrize("command", ["pause 3", "subscribe monthly"])
@pytest.mark.parametrize("choice", ["csv", "about", "breakdown", "command", "home", ""])
def test_an_option_of_the_menu_needs_what_its_words_need(choice, command):
    option = {"action_id": "more", "block_id": f"controls:U1:{command}", "selected_option": {"value": choice}}
    pressed = {"type": "block_actions", "actions": [option]}
    is_listed = choice in {"csv", "about", "breakdown"}
    assert text_in(pressed, CONTROLS_WITH_WORDS) == (command if is_listed else None)
    request = Misunderstood(Notice(""), command, permission=permission_for(command)) if is_listed else None
    assert permissions_needed(pressed, request) == {permission_for(command) if is_listed else MEMBERSHIP}


class World:
    """A workspace with a subscription in each sort of channel, and the bot; each request has come to its end when it returns."""

    def __init__(self, slack, answers, url):
        self.slack, self.numbers = slack, count()
        workspace = self.workspace = slack.workspace()
        workspace.enterprise = ORG
        self.ada, self.grace = (workspace.user(name) for name in ("ada", "grace"))
        everybody = {self.ada.id, self.grace.id, workspace.bot}
        for name, kind, members in (
            ("partners", Kind.PUBLIC, everybody),
            ("mpdm-ada--grace-1", Kind.GROUP, everybody),
            ("far", Kind.PUBLIC, {self.grace.id, workspace.bot}),
            ("secret", Kind.PRIVATE, everybody),
        ):
            made = Channel(slack.service.serial("C"), name, kind, set(members))
            workspace.channels[made.id] = made
        self.eve = slack.stranger("eve", GLOBEX, ("partners",))
        self.guy = slack.guest("guy", ("general", "research", "partners", "mpdm-ada--grace-1"))
        settings = Settings(
            slack_bot_token=SecretStr(slack.bot_token()),
            slack_signing_secret=SecretStr(slack.signing_secret),
            slack_api_url=slack.api_url,
            database_url=url,
            hfstats_per_minute=10_000,
        )
        self.engine = composition.store(settings)
        self.services = composition.services(settings, answers, process.entries(), self.engine)
        self.delivery_context = self.services.subscription_service.delivery_context
        self.app = composition.bolt(settings, self.services, over_http=True)
        self.app.listener_runner.lazy_listener_runner.executor = AtOnce()
        self.http = create_app(WebContext(self.app)).test_client()
        self.ids = {}
        self.furnish()
        with self.engine.connect() as connection:
            self.first = [dict(row) for row in connection.execute(sa.select(SUBSCRIPTION)).mappings()]

    def reset(self):
        """Put the subscriptions back as they were at first."""
        with self.engine.begin() as connection:
            for one in (SUBSCRIPTION, WATCH, DELIVERY):
                connection.execute(one.delete())
            connection.execute(SUBSCRIPTION.insert(), self.first)

    def furnish(self):
        """Subscribe every conversation, all by Grace, who is in each channel."""
        direct = [self.workspace.direct(user.id) for user in (self.ada, self.guy, self.eve)]
        homes = [user.id for user in (self.ada, self.guy, self.eve)]
        for channel in [*(one for one in self.workspace.channels.values() if one.kind is not Kind.IM), *direct]:
            self.subscribe(channel.id, private=channel.kind is not Kind.PUBLIC)
        for user in homes:  # what the App Home stands for
            self.subscribe(user, private=True, by=user)

    def subscribe(self, channel, *, private, by=None):
        due = datetime.now(UTC) + timedelta(days=3)
        by = by or self.grace.id
        more = {"schedule": "monthly on first at 09:00 UTC", "within": "top", "sections": ["license"], "next_due": due}
        made = self.delivery_context.subscriptions.subscribe(self.workspace.id, channel, by=by, private=private, **more)
        self.ids[channel] = made.id
        return made.id

    def owed(self, channel, source):
        owed = PlannedDelivery(self.workspace.id, channel, DeliveryKind.DIGEST, source, "2026-07", datetime.now(UTC))
        (line,) = self.delivery_context.outbox.plan([owed])
        with self.engine.begin() as connection:
            connection.execute(DELIVERY.update().where(DELIVERY.c.id == line).values(state=State.FAILED))
        return line

    def paused(self, channel):
        return self.delivery_context.subscriptions.in_channel(self.workspace.id, channel).paused is not None

    def channel(self, name, user):
        return self.workspace.direct(user.id) if name == "direct" else self.workspace.channel(name)

    # Requests

    def send(self, payload):
        """Send a request, and return all that was said because of it."""
        payload = {**payload, "sent": next(self.numbers)}
        if "command" in payload:
            body, mime = urlencode(payload).encode(), "application/x-www-form-urlencoded"
        elif payload["type"] == "event_callback":
            body, mime = json.dumps(payload).encode(), "application/json"
        else:
            body, mime = urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
        stamp = str(int(time.time()))
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(self.slack.signing_secret, stamp, body)}
        self.slack.service.calls.clear()
        response = self.http.post("/slack/events", data=body, headers=headers, content_type=mime, buffered=True)
        assert response.status_code == 200, response.text
        return response.text.encode().decode("unicode_escape") + " ".join(
            f"{call.method} {json.dumps(call.arguments, ensure_ascii=False)}" for call in self.slack.service.calls
        )

    def person(self, who):
        return {ActorKind.GUEST: self.guy, ActorKind.STRANGER: self.eve}.get(who, self.ada)

    def command(self, who, name, line):
        user = self.person(who)
        payload = payloads.slash_command(self.actor(user), self.channel(name, user), "/hfstats", line)
        match who:
            case ActorKind.STRANGER:
                payload |= {"team_id": GLOBEX, "enterprise_id": ""}
            case ActorKind.COLLEAGUE:
                payload |= {"team_id": SISTER, "enterprise_id": ORG}
            case ActorKind.UNKNOWN:
                payload |= {"team_id": "", "enterprise_id": ""}
        return payload

    def spoken(self, who, name, line):
        """A mention or, in a direct message, a message."""
        user, channel = self.person(who), self.channel(name, self.person(who))
        kind = "message" if name == "direct" else "app_mention"
        message = Message(self.workspace.stamp(), channel.id, user.id, f"<@{self.workspace.bot}> {line}")
        event = payloads.message_event(self.slack.service, self.workspace, message, kind)
        body = payloads.event_callback(self.slack.service, self.workspace, event)
        match who:
            case ActorKind.COLLEAGUE:
                event |= {"user_team": ORG, "source_team": ORG, "user_profile": {"team": ORG}}
            case ActorKind.APP:
                event |= {"bot_id": "B0OTHER"}
            case ActorKind.UNKNOWN:
                event.pop("team")
                body |= {"is_ext_shared_channel": True}
        return body

    def edited(self, who, line):
        """An edit of a message in a direct conversation with a person of another company."""
        user, channel = self.person(who), self.channel("direct", self.person(who)).id
        before, after = (Message("1.000100", channel, user.id, text, edited="1.000200") for text in ("before", line))
        event = payloads.edit_event(self.slack.service, self.workspace, after, before)
        return payloads.event_callback(self.slack.service, self.workspace, event) | {"is_ext_shared_channel": True}

    def pressed(self, who, name, action, value=None, **more):
        """A button in a message or, without a channel, on the App Home."""
        user = self.person(who)
        action = {"type": "button", "action_id": action, "block_id": "b", "action_ts": "1.1", **more}
        action |= {} if value is None else {"value": value}
        if name:
            message = self.workspace.put(Message(self.workspace.stamp(), self.channel(name, user).id, self.workspace.bot, "x"))
            return self.as_(who, payloads.message_action(self.actor(user), message, action, {}))
        return self.as_(who, payloads.view_action(self.actor(user), self.view("home"), action, {}))

    def submitted(self, who, callback, blocks=(), state=None, **more):
        view = self.view("modal", callback_id=callback, blocks=list(blocks), **more)
        return self.as_(who, payloads.view_submission(self.actor(self.person(who)), view, state or {}))

    def view(self, kind, **more):
        content = {"type": kind, "blocks": [], "title": {"type": "plain_text", "text": "x"}, **more}
        return View(self.slack.service.serial("V"), self.ada.id, content, "1.1", "V1")

    def home(self, who):
        user = self.person(who)
        body = payloads.event_callback(
            self.slack.service, self.workspace, payloads.home_event(self.slack.service, self.workspace, user, "home")
        )
        body["event"].pop("view", None)
        match who:
            case ActorKind.COLLEAGUE:
                body |= {"team_id": SISTER, "enterprise_id": ORG}
            case ActorKind.UNKNOWN:
                body.pop("is_ext_shared_channel")
            case ActorKind.STRANGER:
                body |= {"is_ext_shared_channel": True, "team_id": GLOBEX}
                body["event"] |= {"view": {"team_id": GLOBEX}}
        return body

    def as_(self, who, payload):
        """Let an interaction be somebody's of this kind."""
        match who:
            case ActorKind.COLLEAGUE:
                payload["user"]["team_id"] = ORG
            case ActorKind.UNKNOWN:
                payload["user"].pop("team_id")
        return payload

    def actor(self, user):
        return payloads.Actor(self.slack.service, self.workspace, user)


@pytest.fixture(scope="module")
def answers(history):
    return Undrawn(history)


def world(answers, tmp_path_factory, scopes):
    with SlackStandIn(scopes=scopes) as slack:
        yield World(slack, answers, f"sqlite:///{tmp_path_factory.mktemp('access') / 'bot.db'}")


@pytest.fixture(scope="module")
def informed(answers, tmp_path_factory):
    """An app that may look at people and members of channels."""
    yield from world(answers, tmp_path_factory, SCOPES | {"mpim:read"})


@pytest.fixture(scope="module")
def bare(answers, tmp_path_factory):
    """The app as its manifest asks for it."""
    yield from world(
        answers, tmp_path_factory, set(OWN_SCOPES) - {"groups:read"}
    )  # as it was installed before the manifest asked for that


@pytest.fixture
def at(informed, bare):
    """Give the world in which somebody of a kind is known to be so."""

    def chosen(who):
        made = bare if who is ActorKind.UNVERIFIED else informed
        made.reset()
        return made

    return chosen


def ways(made, who, where, line, control="command:x"):
    """The ways in which somebody says a line from a conversation."""
    name = PLACES[where]
    if where is ConversationKind.HOME:
        return [made.pressed(who, "", control, line)] if who is not ActorKind.APP else []
    if who is ActorKind.APP:
        return [made.spoken(who, name, line)]
    spoken = [made.spoken(who, name, line)]
    if where in {ConversationKind.PUBLIC, ConversationKind.PRIVATE} and who in {ActorKind.MEMBER, ActorKind.UNVERIFIED}:
        spoken = []  # of a mention it isn't known which of the two its channel is
    return [made.command(who, name, line), *spoken, made.pressed(who, name, control, line)]


@pytest.mark.parametrize("permission", Permission, ids=str)
@pytest.mark.parametrize("where", ConversationKind, ids=str)
@pytest.mark.parametrize("who", ActorKind, ids=str)
def test_each_cell(at, who, where, permission):
    made = at(who)
    granted = permission in GRANTED[who, where]
    TRIALS[permission](made, who, where, granted)


def asks(made, who, where, granted):
    if who is ActorKind.APP and where is ConversationKind.HOME:
        said = made.send(step(made))
        assert ("functions.completeSuccess" in said) is granted
        return
    for payload in ways(made, who, where, "licenses", "home:ask:x" if where is ConversationKind.HOME else "ask:0"):
        said = made.send(payload)
        assert ("Apache-2.0" in said) is granted
        assert bool(REFUSED.search(said)) is (not granted and who is not ActorKind.APP)
    if who is not ActorKind.APP and where is not ConversationKind.HOME:
        for choice, words in (("about", "About the data behind"), ("breakdown", "Break down"), ("csv", "files.getUploadURL")):
            said = made.send(chosen(made, who, where, choice, "license apache-2.0"))
            assert (words in said) is granted, choice
            assert bool(REFUSED.search(said)) is not granted


def chosen(made, who, where, choice, question):
    """An option of the menu below an answer to a question."""
    option = {"text": {"type": "plain_text", "text": "x"}, "value": choice}
    menu = {"type": "overflow", "block_id": f"controls:U0ADA:{question}", "selected_option": option}
    return made.pressed(who, PLACES[where], "more", **menu)


def opens_forms(made, who, where, granted):
    if where is ConversationKind.HOME:
        if who is ActorKind.APP:
            return
        said = made.send(made.home(who))
        assert ("views.publish" in said and "Latest findings" in said) is granted
        assert bool(REFUSED.search(said)) is not granted
        said = made.send(made.as_(who, payloads.shortcut(made.actor(made.person(who)), "ask")))
        assert ("views.open" in said) is granted
        offered = payloads.suggestion(
            made.actor(made.person(who)), {"action_id": "form:names"}, "names:creator", "", {"container": {"type": "view"}}
        )
        said = made.send(made.as_(who, offered))
        assert ("Meta" in said) is granted
        if not granted:
            block = {"type": "input", "block_id": "first", "element": {"type": "plain_text_input", "action_id": "x"}}
            said = made.send(made.submitted(who, BUILD, [block]))
            assert '"response_action":"errors"' in said.replace(" ", "")
            assert REFUSED.search(said)
        return
    if who is ActorKind.APP:
        assert made.send(made.spoken(who, PLACES[where], "build")) == ""
        return
    edit = chosen(made, who, where, BUILD, "licenses")
    for payload in (made.command(who, PLACES[where], "build"), made.pressed(who, PLACES[where], BUILD), edit):
        said = made.send(payload)
        assert ("views.open" in said) is granted
        assert bool(REFUSED.search(said)) is not granted


def sees(made, who, where, granted):
    rule = "creator Meta by downloads below 1%"
    here = place(made, who, where)
    made.delivery_context.watches.add(made.workspace.id, here, rule, made.grace.id, crossed=False, looked_at=None)
    for payload in ways(made, who, where, "watches"):
        said = made.send(payload)
        assert (rule in said) is granted
        assert bool(REFUSED.search(said)) is (not granted and who is not ActorKind.APP)
    for line in ("subscriptions", "status", "digest", "bets"):
        for payload in ways(made, who, where, line):
            said = made.send(payload)
            assert bool(REFUSED.search(said)) is (not granted and who is not ActorKind.APP), line
            assert granted or ("unsubscribe " not in said and "active" not in said)
    if where is not ConversationKind.HOME and who is not ActorKind.APP and not granted:
        assert REFUSED.search(made.send(made.pressed(who, PLACES[where], NUMBERS, "2026-08 in top")))


def changes(made, who, where, granted):
    here = place(made, who, where)
    for payload in ways(made, who, where, "pause"):
        said = made.send(payload)
        assert made.paused(here) is granted
        assert bool(REFUSED.search(said)) is (not granted and who is not ActorKind.APP)
        made.reset()
    month = open_months(datetime.now(UTC))[3]
    if granted:
        return
    before = rows(made)
    for line in (
        *("subscribe", "unsubscribe", "resume", "watch creator meta below 10%", "unwatch 1", "mute 1", "unmute 1"),
        *(f"unsubscribe {made.ids[here]}", f"pause {made.ids[here]}", "again 1", "unbet 1", "predict"),
        f"predict creators meta 70% by {month}",
    ):
        for payload in ways(made, who, where, line):
            said = made.send(payload)
            assert REFUSED.search(said) or who is ActorKind.APP, line
            assert "views.open" not in said
    assert rows(made) == before


def sees_the_workspace(made, who, where, granted):
    far = made.workspace.channel("far").id
    for payload in ways(made, who, where, "subscriptions"):
        assert (far in made.send(payload)) is granted
    if where is ConversationKind.HOME and who is not ActorKind.APP:
        assert (far in made.send(made.home(who))) is granted
    line = made.owed(far, made.ids[far])
    for payload in ways(made, who, where, "status"):
        assert (f"again {line}" in made.send(payload)) is granted


def changes_elsewhere(made, who, where, granted):
    """Of a public channel that somebody else subscribed and that they aren't in."""
    far = made.workspace.channel("far").id
    line = made.owed(far, made.ids[far])
    for payload in ways(made, who, where, f"pause {made.ids[far]}"):
        made.send(payload)
        assert made.paused(far) is granted
        made.delivery_context.subscriptions.resume(made.ids[far], datetime.now(UTC))
    for payload in ways(made, who, where, f"again {line}"):
        made.send(payload)
        state = made.delivery_context.outbox.get(line).state
        assert (state is State.PLANNED) is granted
    for payload in ways(made, who, where, f"unsubscribe {made.ids[far]}")[:1]:
        made.send(payload)
        assert (made.delivery_context.subscriptions.in_channel(made.workspace.id, far) is None) is granted


TRIALS = {
    Permission.ASK: asks,
    Permission.FORM: opens_forms,
    Permission.SEE: sees,
    Permission.CHANGE: changes,
    Permission.WORKSPACE: sees_the_workspace,
    Permission.ELSEWHERE: changes_elsewhere,
}


def place(made, who, where):
    user = made.person(who)
    return user.id if where is ConversationKind.HOME else made.channel(PLACES[where], user).id


def rows(made):
    with made.engine.connect() as connection:
        return [connection.execute(sa.select(one)).all() for one in (SUBSCRIPTION, WATCH, DELIVERY)]


def step(made):
    event = {
        "type": "function_executed",
        "function": {"callback_id": STEP, "type": "app", "input_parameters": [], "output_parameters": []},
        "inputs": {"question": "licenses"},
        "function_execution_id": "Fx1",
        "bot_access_token": made.slack.bot_token(),
        "event_ts": "1.1",
    }
    return payloads.event_callback(made.slack.service, made.workspace, event)


# Private channels: what members of the workspace may do from elsewhere.


@pytest.fixture(params=["informed", "bare"])
def either(request):
    made = request.getfixturevalue(request.param)
    made.reset()
    return made


def by_ada(made, channel, *, private=True):
    """A subscription that Ada made, whatever she is in now."""
    with made.engine.begin() as connection:
        its = SUBSCRIPTION.c.channel == channel
        connection.execute(SUBSCRIPTION.update().where(its).values(created_by=made.ada.id, private=private))
    return made.ids[channel]


def here(made, line, who=ActorKind.MEMBER, name="general"):
    return made.send(made.command(who, name, line))


@pytest.mark.parametrize("verb", ["pause", "unsubscribe", "resume"])
def test_a_private_channels_number_is_like_one_that_was_never_given_out(either, verb):
    secret = either.workspace.channel("secret").id
    number = either.ids[secret]
    before = rows(either)
    found, never = here(either, f"{verb} {number}"), here(either, f"{verb} 9999")
    found, never = (re.findall(r"There's no subscription [^\"]*", said)[0] for said in (found, never))
    assert found.replace(str(number), "9999") == never
    assert rows(either) == before
    for said in (here(either, "subscriptions"), here(either, "status"), either.send(either.home(ActorKind.MEMBER))):
        assert secret not in said
    assert "5 active, 0 paused" in here(either, "status")


@pytest.mark.parametrize("who", [who for who in ActorKind if who is not ActorKind.APP], ids=str)
def test_an_alert_is_changed_from_the_home_by_who_set_it_and_may(at, who):
    made = at(who)
    granted = Permission.CHANGE in GRANTED[who, ConversationKind.HOME]
    person, watches = made.person(who), made.delivery_context.watches

    def alert(by, channel):
        rule = f"creator Meta by downloads below {channel} {by.name}"
        return watches.add(made.workspace.id, channel, rule, by.id, crossed=False, looked_at=None).id

    direct = made.workspace.direct(person.id).id
    own, theirs = alert(person, direct), alert(made.grace, direct)
    elsewhere = alert(made.grace, made.workspace.channel("far").id)
    shown = made.send(made.home(who))
    assert (f"unwatch {own}" in shown) is (Permission.FORM in GRANTED[who, ConversationKind.HOME])
    assert f"unwatch {theirs}" not in shown
    assert f"unwatch {elsewhere}" not in shown
    for verb, done in (
        ("mute", lambda id_: watches.get(made.workspace.id, id_).muted is not None),
        ("unmute", lambda id_: watches.get(made.workspace.id, id_).muted is None),
        ("unwatch", lambda id_: watches.get(made.workspace.id, id_) is None),
    ):
        for id_, may in ((own, granted), (theirs, False), (elsewhere, False)):
            before = verb == "unmute" and not may  # what nobody could mute is unmuted
            said = made.send(made.pressed(who, "", f"command:{verb} {id_}", f"{verb} {id_}"))
            assert done(id_) is (may or before), (verb, id_)
            assert bool(REFUSED.search(said)) is not granted


@pytest.mark.parametrize("record", ["alert", "bet"])
def test_an_alert_or_bet_in_a_private_channel_is_on_the_home_only_of_a_member(informed, record):
    informed.reset()
    secret = informed.workspace.channel("secret")
    context, key = informed.delivery_context, (informed.workspace.id, secret.id)
    if record == "alert":
        context.watches.add(*key, "creator Meta by downloads below 1%", informed.ada.id, crossed=False, looked_at=None)
    else:
        month = str(open_months(datetime.now(UTC))[3])
        context.bets.place(*key, informed.ada.id, question="creators by downloads", month=month, name="Meta", percent=70)
    assert f"in <#{secret.id}>" in informed.send(informed.home(ActorKind.MEMBER))
    secret.members.discard(informed.ada.id)
    try:
        assert f"<#{secret.id}>" not in informed.send(informed.home(ActorKind.MEMBER))
    finally:
        secret.members.add(informed.ada.id)


def test_the_number_works_in_the_channel_itself(either):
    secret = either.workspace.channel("secret").id
    here(either, f"pause {either.ids[secret]}", name="secret")
    assert either.paused(secret)


def test_who_made_it_and_left_the_channel_neither_sees_nor_changes_it(either):
    secret = either.workspace.channel("secret")
    number = by_ada(either, secret.id)
    line = either.owed(secret.id, number)
    secret.members.discard(either.ada.id)
    try:
        for payload in (
            *(either.command(ActorKind.MEMBER, "general", f"{verb} {number}") for verb in ("pause", "unsubscribe")),
            either.pressed(ActorKind.MEMBER, "direct", "command:x", f"pause {number}"),
            either.pressed(ActorKind.MEMBER, "", "command:x", f"pause {number}"),
            either.pressed(ActorKind.MEMBER, "direct", "command:x", f"again {line}"),
        ):
            either.send(payload)
        assert not either.paused(secret.id)
        assert either.delivery_context.outbox.get(line).state is State.FAILED
        assert f"<#{secret.id}>" not in here(either, "subscriptions") + either.send(either.home(ActorKind.MEMBER))
        assert f"again {line}" not in here(either, "status")
    finally:
        secret.members.add(either.ada.id)


def test_who_made_it_and_is_in_the_channel_changes_it_from_elsewhere(either):
    secret = either.workspace.channel("secret")
    number = by_ada(either, secret.id)
    either.send(either.pressed(ActorKind.MEMBER, "direct", "command:x", f"pause {number}"))
    assert either.paused(secret.id)


def test_a_list_shows_it_to_who_made_it_only_where_slack_says_who_is_in_the_channel(informed, bare):
    for made, shown in ((informed, True), (bare, False)):
        made.reset()
        secret = made.workspace.channel("secret").id
        by_ada(made, secret)
        assert (f"<#{secret}>" in here(made, "subscriptions")) is shown
        assert [call.method for call in made.slack.calls].count("chat.postEphemeral") == 0


def test_the_line_that_proves_membership_is_seen_by_nobody_else(bare):
    bare.reset()
    secret = bare.workspace.channel("secret")
    number = by_ada(bare, secret.id)
    before = len(bare.slack.messages("secret", "grace"))
    bare.send(bare.pressed(ActorKind.MEMBER, "", "command:x", f"pause {number}"))
    assert len(bare.slack.messages("secret", "grace")) == before
    assert "from outside of it" in bare.slack.messages("secret", "ada")[-1].text


def test_a_watch_and_a_bet_of_elsewhere_are_like_none(either):
    secret, general = (either.workspace.channel(name).id for name in ("secret", "general"))
    watch = either.delivery_context.watches.add(
        either.workspace.id, secret, "creator Meta by downloads below 1%", either.grace.id, crossed=False, looked_at=None
    )
    for verb in ("mute", "unwatch"):
        assert f"There's no alert {watch.id} that you can change from here" in here(either, f"{verb} {watch.id}")
    assert either.delivery_context.watches.get(either.workspace.id, watch.id).muted is None
    month = str(open_months(datetime.now(UTC))[3])
    placed = {"question": "creators by downloads in top", "month": month, "name": "Meta", "percent": 70}
    bet, _ = either.delivery_context.bets.place(either.workspace.id, secret, either.ada.id, **placed)
    assert f"You don't have a bet #{bet.id} in this conversation" in here(either, f"unbet {bet.id}")
    assert either.delivery_context.bets.get(either.workspace.id, bet.id)
    assert either.delivery_context.bets.withdraw(either.workspace.id, bet.id, either.ada.id)
    assert general


def test_direct_messages_of_others_are_like_none(either):
    theirs = either.workspace.direct(either.grace.id).id
    number = either.subscribe(theirs, private=True)
    here(either, f"pause {number}")
    assert not either.paused(theirs)
    assert theirs not in here(either, "subscriptions")


def test_a_channel_that_became_private_is_hidden_from_then_on(informed):
    informed.reset()
    far = informed.workspace.channel("far")
    far.kind = Kind.PRIVATE
    informed.services.subscription_service.people._private.clear()  # five minutes later
    try:
        here(informed, f"pause {informed.ids[far.id]}")
        assert not informed.paused(far.id)
        assert far.id not in here(informed, "subscriptions")
    finally:
        far.kind = Kind.PUBLIC
        informed.services.subscription_service.people._private.clear()


def test_a_channel_is_known_to_be_private_as_soon_as_somebody_speaks_there(bare):
    bare.reset()
    general = bare.workspace.channel("general")
    general.kind = Kind.PRIVATE
    try:
        here(bare, "watches")
        assert bare.delivery_context.subscriptions.in_channel(bare.workspace.id, general.id).private
        assert general.id not in here(bare, "subscriptions", name="partners")
    finally:
        general.kind = Kind.PUBLIC


@pytest.mark.parametrize("name", ["secret", "far"])
def test_a_conversation_chosen_on_the_home_or_in_a_form_must_be_ones_own(either, name):
    chosen = either.workspace.channel(name)
    chosen.members.discard(either.ada.id)
    either.delivery_context.subscriptions.unsubscribe(either.workspace.id, chosen.id)
    menu = {"type": "conversations_select", "selected_conversation": chosen.id}
    try:
        said = either.send(either.pressed(ActorKind.MEMBER, "", "home:subscribe", **menu))
        assert "I can't tell whether you're in that conversation" in said
        assert either.delivery_context.subscriptions.in_channel(either.workspace.id, chosen.id) is None
        assert chosen.id not in [
            call.arguments.get("channel") for call in either.slack.calls if call.method == "chat.postMessage"
        ]
        if name == "secret":
            chosen.members.add(either.ada.id)
            either.send(either.pressed(ActorKind.MEMBER, "", "home:subscribe", **menu))
            assert either.delivery_context.subscriptions.in_channel(either.workspace.id, chosen.id)
    finally:
        if name == "secret":
            chosen.members.add(either.ada.id)


# The default is the safe one.


def test_a_listener_that_asks_nobody_is_not_reached_by_a_stranger(informed):
    reached = []
    informed.app.action("brand_new")(lambda ack: (ack(), reached.append(1)))
    informed.app.view("brand_new")(lambda ack: (ack(), reached.append(2)))
    for who, found in ((ActorKind.STRANGER, []), (ActorKind.UNKNOWN, []), (ActorKind.MEMBER, [1, 2])):
        informed.send(informed.pressed(who, "general" if who is not ActorKind.STRANGER else "partners", "brand_new"))
        informed.send(informed.submitted(who, "brand_new"))
        assert reached == found


def test_a_conversation_without_access_does_nothing(informed):
    informed.reset()
    general = informed.workspace.channel("general").id
    before = rows(informed)
    client = informed.app.client
    for line in ("pause", "licenses", "subscriptions"):
        conversation = Conversation(client, informed.workspace.id, general, informed.ada.id)
        informed.slack.service.calls.clear()
        informed.services.serve(conversation, informed.services.parser.parse(line))
        assert REFUSED.search(str([call.arguments for call in informed.slack.calls]))
    assert rows(informed) == before


def test_a_refusal_in_a_thread_is_told_there(informed):
    informed.reset()
    spoken = informed.spoken(ActorKind.STRANGER, "partners", "pause")
    spoken["event"]["thread_ts"] = "1.000100"
    pressed = informed.pressed(ActorKind.STRANGER, "partners", "command:x", "pause")
    pressed["message"]["thread_ts"] = "1.000200"
    pressed.pop("response_url")
    for payload, thread in ((spoken, "1.000100"), (pressed, "1.000200")):
        assert REFUSED.search(informed.send(payload))
        told = [call.arguments for call in informed.slack.calls if call.method == "chat.postEphemeral"]
        assert [message.get("thread_ts") for message in told] == [thread]


@pytest.mark.parametrize("who", [ActorKind.MEMBER, ActorKind.STRANGER], ids=str)
def test_an_edit_is_allowed_what_a_message_is(informed, who):
    informed.reset()
    said = informed.send(informed.edited(who, "pause"))
    assert bool(REFUSED.search(said)) is (who is ActorKind.STRANGER)
    assert informed.paused(informed.channel("direct", informed.person(who)).id) is (who is ActorKind.MEMBER)


def test_a_bot_is_never_answered(informed):
    assert informed.send(informed.spoken(ActorKind.APP, "general", "pause")) == ""
