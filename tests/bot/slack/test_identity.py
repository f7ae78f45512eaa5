"""Actor and origin of a request, from payloads in the shapes of slack_bolt's own tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import ActorKind, ConversationKind
from bot.slack.access_guard import permissions_needed
from bot.slack.identity import Installation, access_of

OURS, THEIRS, ORG, OTHER_ORG = "T0ACME", "T0GLOBEX", "E0ACME", "E0GLOBEX"
SINGLE = Installation(OURS, None, org_wide=False)
OF_ORG = Installation(OURS, ORG, org_wide=False)
WIDE = Installation(None, ORG, org_wide=True)
MEMBER, COLLEAGUE, STRANGER = ActorKind.UNVERIFIED, ActorKind.COLLEAGUE, ActorKind.STRANGER
UNKNOWN, APP = ActorKind.UNKNOWN, ActorKind.APP


def event(shared=True, team_id=OURS, **event):
    event = {"type": "app_mention", "user": "U1", "channel": "C1", **event}
    envelope = {"type": "event_callback", "team_id": team_id, "event": event, "is_ext_shared_channel": shared}
    return envelope | {
        name: event.pop(name) for name in ("enterprise_id", "context_team_id", "context_enterprise_id") if name in event
    }


def edited(shared=True, team_id=OURS, message=None, **more):
    """An edit in a direct message: who wrote it is in the message, not in the event around it."""
    inner = {"type": "message", "user": "U1", **(message or {})}
    more |= {"type": "message", "subtype": "message_changed", "channel": "D1", "channel_type": "im", "message": inner}
    body = event(shared, team_id, **more)
    del body["event"]["user"]
    return body


def pressed(team_id=OURS, team=OURS, **more):
    body = {"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "C1", "name": "general"}, **more}
    if team_id:
        body["user"]["team_id"] = team_id
    return body | {"team": {"id": team, "domain": "acme"} if team else None}


def command(**more):
    return {"command": "/hfstats", "user_id": "U1", "channel_id": "C1", "channel_name": "general", "team_id": OURS, **more}


CASES = [
    # Mentions: user_team and its like are there for people of elsewhere, and win over the team that the event was sent to.
    (SINGLE, event(team=OURS), MEMBER),
    (SINGLE, event(team=OURS, user_team=THEIRS, source_team=THEIRS, user_profile={"team": THEIRS}), STRANGER),
    (SINGLE, event(team=OURS, user_team=OTHER_ORG, source_team=OTHER_ORG), STRANGER),
    (SINGLE, event(team=OURS, source_team=THEIRS), STRANGER),
    (SINGLE, event(team=OURS, user_team=OURS, source_team=THEIRS), STRANGER),
    (SINGLE, event(team=THEIRS, team_id=THEIRS, user_team=OURS, source_team=OURS), MEMBER),
    (SINGLE, event(team_id=OURS), UNKNOWN),
    (SINGLE, event(team_id=THEIRS), UNKNOWN),
    (SINGLE, event(shared=False, team_id=OURS), MEMBER),
    (SINGLE, event(shared=None, team_id=OURS), UNKNOWN),
    (SINGLE, event(team=OURS, user=None), UNKNOWN),
    (SINGLE, event(team=OURS, bot_id="B1"), APP),
    # Messages: the envelope is the author's.
    (SINGLE, event(type="message", channel_type="im", team=THEIRS, team_id=THEIRS, context_team_id=OURS), STRANGER),
    (SINGLE, event(type="message", channel_type="im", team=OURS, shared=False), MEMBER),
    # Edits: the message is the author's.
    (SINGLE, edited(message={"team": OURS}), MEMBER),
    (SINGLE, edited(message={"team": OURS}, team=THEIRS, user_team=THEIRS), MEMBER),
    (SINGLE, edited(message={"team": THEIRS}), STRANGER),
    (SINGLE, edited(message={"team": THEIRS}, team=OURS, user_team=OURS), STRANGER),
    (SINGLE, edited(shared=False, message={"team": OURS, "user_team": THEIRS}), STRANGER),
    (SINGLE, edited(message={"team": OURS, "user_profile": {"team": THEIRS}}), STRANGER),
    (SINGLE, edited(team=OURS), UNKNOWN),
    (SINGLE, edited(shared=False), MEMBER),
    (SINGLE, edited(shared=False, message={"user": None}), UNKNOWN),
    (SINGLE, edited(message={"team": OURS, "bot_id": "B1"}), APP),
    (OF_ORG, edited(message={"user_team": ORG}), COLLEAGUE),
    (WIDE, edited(team_id="T2", enterprise_id=ORG, message={"team": "T2"}), MEMBER),
    (OF_ORG, event(team=OURS, user_team=ORG), COLLEAGUE),
    (WIDE, event(team="T2", user_team=ORG), MEMBER),
    (WIDE, event(shared=False, team="T2", team_id="T2", enterprise_id=ORG), MEMBER),
    (WIDE, event(team="T2", team_id="T2", enterprise_id=OTHER_ORG), STRANGER),
    (WIDE, event(team="T2", team_id="T3"), UNKNOWN),
    # Interactions: team is the app's, user.team_id the person's.
    (SINGLE, pressed(), MEMBER),
    (SINGLE, pressed(THEIRS), STRANGER),
    (SINGLE, pressed(OTHER_ORG), STRANGER),
    (SINGLE, pressed(None), UNKNOWN),
    (SINGLE, pressed(None, user={"id": "U1", "team_id": 5}), UNKNOWN),
    (
        SINGLE,
        {"type": "view_submission", "user": {"id": "U1", "team_id": THEIRS}, "view": {"app_installed_team_id": OURS}},
        STRANGER,
    ),
    (OF_ORG, pressed(ORG), COLLEAGUE),
    (OF_ORG, pressed(), MEMBER),
    (OF_ORG, pressed("T2", "T2") | {"team": {"id": "T2", "enterprise_id": ORG}}, COLLEAGUE),
    (WIDE, pressed(ORG, None), MEMBER),
    (WIDE, pressed("T2", None, enterprise={"id": ORG}), UNKNOWN),
    (WIDE, pressed("T2", None) | {"team": {"id": "T2", "enterprise_id": ORG}}, MEMBER),
    (WIDE, {"type": "shortcut", "team": None, "user": {"id": "W1", "team_id": "T2"}, "enterprise": {"id": ORG}}, MEMBER),
    (WIDE, {"type": "shortcut", "team": None, "user": {"id": "W1", "team_id": "T2"}, "enterprise": {"id": OTHER_ORG}}, STRANGER),
    # Commands.
    (SINGLE, command(), MEMBER),
    (SINGLE, command(team_id=THEIRS), STRANGER),
    (SINGLE, command(team_id=""), UNKNOWN),
    (OF_ORG, command(team_id="T2", enterprise_id=ORG), COLLEAGUE),
    (WIDE, command(team_id="T2", enterprise_id=ORG), MEMBER),
    (WIDE, command(team_id="T2", enterprise_id=OTHER_ORG), STRANGER),
    (WIDE, command(team_id="T2"), UNKNOWN),
    # Nothing is known of the installation.
    (Installation(None, None, org_wide=False), command(), UNKNOWN),
]


@pytest.mark.parametrize(("installation", "body", "kind"), CASES)
def test_who_acts(installation, body, kind):
    assert access_of(body, installation).actor.kind is kind


def test_an_edit_is_its_authors_whoever_the_event_names():
    body = edited(message={"user": "U2", "team": OURS})
    body["event"]["user"] = "U1"
    assert access_of(body, SINGLE).actor.user == "U2"


@pytest.mark.parametrize("message", [None, "text", [], {"user": 5}])
def test_an_edit_without_a_message_is_nobodys(message):
    body = edited(team=OURS)
    body["event"] |= {"user": "U1", "message": message}
    assert access_of(body, SINGLE).actor.kind is UNKNOWN


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (command(), ConversationKind.PUBLIC),
        (command(channel_name="privategroup"), ConversationKind.PRIVATE),
        (command(channel_name="mpdm-ada--grace-1"), ConversationKind.GROUP),
        (command(channel_name="directmessage", channel_id="D1"), ConversationKind.DIRECT),
        (command(channel_name=""), ConversationKind.PRIVATE),
        (command(channel_id="G1"), ConversationKind.PRIVATE),
        (command(team_id=THEIRS), ConversationKind.SHARED),
        (event(team=OURS), ConversationKind.SHARED),
        (event(team=OURS, shared=False), ConversationKind.PRIVATE),
        (event(team=OURS, shared=False, type="message", channel_type="im", channel="D1"), ConversationKind.DIRECT),
        (event(team=THEIRS, type="message", channel_type="im", channel="D1"), ConversationKind.SHARED),
        (edited(shared=False, message={"team": OURS}), ConversationKind.DIRECT),
        (edited(message={"team": THEIRS}), ConversationKind.SHARED),
        (event(team=OURS, shared=False, channel_type="mpim"), ConversationKind.GROUP),
        (event(team=OURS, type="app_home_opened", channel="D1"), ConversationKind.HOME),
        (pressed(), ConversationKind.PUBLIC),
        (pressed(channel={"id": "C1", "name": "privategroup"}), ConversationKind.PRIVATE),
        (pressed(channel={"id": "C1"}), ConversationKind.PRIVATE),
        (pressed(channel=None), ConversationKind.HOME),
    ],
)
def test_where_they_act(body, kind):
    assert access_of(body, SINGLE).origin.kind is kind


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = [
    "type",
    "event",
    "message",
    "subtype",
    "user",
    "team",
    "team_id",
    "channel",
    "command",
    "view",
    "actions",
    "enterprise",
    "user_profile",
    "text",
]


@given(st.dictionaries(st.sampled_from(NAMES), json_values | st.dictionaries(st.sampled_from(NAMES), json_values)))
def test_no_payload_makes_a_member_of_somebody_by_accident_or_raises(body):
    for installation in (SINGLE, OF_ORG, WIDE):
        assert access_of(body, installation).actor.kind in {UNKNOWN, STRANGER, APP}
    assert isinstance(permissions_needed(body, None), frozenset)
