"""Determine the actor and the conversation of a request from its payload. Missing information counts as untrusted.

Where payloads name the actor's workspace (see docs/explanation/security.md):

- slash commands: ``team_id`` and ``enterprise_id``
- buttons, menus, forms, shortcuts: ``user.team_id``; ``team.id`` is the workspace that installed the app
- events: ``event.user_team``, ``source_team`` and ``user_profile.team`` for external people, otherwise ``event.team``; the
  envelope's ``team_id`` only if the channel isn't shared, because in a shared channel it can be either side's
- edits in direct messages (``message_changed``): the same fields of ``event.message``; the event around it names nobody
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.access import Access, Actor, ActorKind, ConversationKind, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    Payload = Mapping[str, Any]

_SEVERITY = (ActorKind.UNVERIFIED, ActorKind.COLLEAGUE, ActorKind.UNKNOWN, ActorKind.STRANGER)
"""From most to least trusted; of several claims, the least trusted counts."""
_OF_ELSEWHERE = (("user_team",), ("source_team",), ("user_profile", "team"))


@dataclass(frozen=True, slots=True)
class Installation:
    """The workspace or organization that installed the app."""

    team: str | None
    """The workspace; ``None`` for an org-wide installation."""
    enterprise: str | None
    org_wide: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """The actor's workspace according to a payload, with its organization if stated."""

    team: str | None
    enterprise: str | None


def access_of(body: Payload, installation: Installation) -> Access:
    """Return the actor and origin of a request. Never raises, whatever the payload contains."""
    event = body.get("event")
    if _text(body, "type") == "event_callback" or isinstance(event, dict):
        actor = _event_actor(body, installation)
    elif "command" in body:
        claims = [Claim(_text(body, "team_id"), _text(body, "enterprise_id"))]
        actor = Actor(_text(body, "user_id") or "", _kind(claims, installation))
    else:
        actor = Actor(_text(body, "user", "id") or "", _kind(_interaction_claims(body, installation), installation))
    if not actor.user and actor.kind is not ActorKind.APP:
        actor = Actor("", ActorKind.UNKNOWN)
    return Access(actor, _origin(body, actor.kind))


def _event_actor(body: Payload, installation: Installation) -> Actor:
    edited = _text(body, "event", "subtype") == "message_changed"
    message = ("event", "message") if edited else ("event",)
    user = _text(body, *message, "user") or ""
    if _text(body, "event", "type") == "function_executed" or _text(body, *message, "bot_id"):
        return Actor(user, ActorKind.APP)
    named = [team for path in _OF_ELSEWHERE if (team := _text(body, *message, *path))]
    if not named:
        named = [team] if (team := _text(body, *message, "team") or _text(body, *message, "view", "team_id")) else []
    if not named and body.get("is_ext_shared_channel") is False:
        named = [team] if (team := _text(body, "team_id")) else []
    return Actor(user, _kind([Claim(team, _enterprise(body, team)) for team in named], installation))


def _enterprise(body: Payload, team: str) -> str | None:
    """Return the organization of an event's workspace, if the envelope states it."""
    for workspace, enterprise in (("team_id", "enterprise_id"), ("context_team_id", "context_enterprise_id")):
        if _text(body, workspace) == team:
            return _text(body, enterprise)
    return None


def _interaction_claims(body: Payload, installation: Installation) -> list[Claim]:
    team = _text(body, "user", "team_id")
    if team is None:
        return []
    enterprise = None
    if _text(body, "team", "id") == team:
        enterprise = _text(body, "team", "enterprise_id") or _text(body, "enterprise", "id")
    elif _text(body, "view", "app_installed_team_id") == team:
        enterprise = _text(body, "enterprise", "id")
    elif installation.org_wide and body.get("team") is None and not _inside_a_conversation(body):
        enterprise = _text(body, "enterprise", "id")  # only the organization's own people can use shortcuts and App Home
    return [Claim(team, enterprise)]


def _inside_a_conversation(body: Payload) -> bool:
    return _text(body, "type") != "shortcut" and _text(body, "view", "type") != "home"


def _kind(claims: list[Claim], installation: Installation) -> ActorKind:
    kinds = [_kind_of(claim, installation) for claim in claims if claim.team]
    return max(kinds, key=_SEVERITY.index, default=ActorKind.UNKNOWN)


def _kind_of(claim: Claim, installation: Installation) -> ActorKind:
    enterprise = claim.team if claim.team and claim.team.startswith("E") else claim.enterprise
    if not installation.org_wide and claim.team == installation.team:
        return ActorKind.UNVERIFIED
    if installation.enterprise and enterprise == installation.enterprise:
        return ActorKind.UNVERIFIED if installation.org_wide else ActorKind.COLLEAGUE
    if installation.org_wide and enterprise is None:
        return ActorKind.UNKNOWN  # not stated whether the workspace belongs to the organization
    if installation.team is None and installation.enterprise is None:
        return ActorKind.UNKNOWN
    return ActorKind.STRANGER


def _origin(body: Payload, kind: ActorKind) -> Origin:
    event = _text(body, "event", "type") is not None
    if event and _text(body, "event", "type") in {"app_home_opened", "function_executed"}:
        return Origin("", ConversationKind.HOME)
    if "command" in body:
        channel, name = _text(body, "channel_id"), _text(body, "channel_name")
    elif event:
        channel, name = _text(body, "event", "channel"), None
    else:
        channel, name = _text(body, "channel", "id"), _text(body, "channel", "name")
    if channel is None:
        return Origin("", ConversationKind.HOME)
    if kind is ActorKind.STRANGER or body.get("is_ext_shared_channel") is True:
        return Origin(channel, ConversationKind.SHARED)
    return Origin(channel, _conversation(channel, name, _text(body, "event", "channel_type")), named=name is not None)


def _conversation(channel: str, name: str | None, type_: str | None) -> ConversationKind:
    """Return a conversation's kind by Slack's name for it: direct messages and private channels each share one name."""
    if channel.startswith("D") or name == "directmessage" or type_ == "im":
        return ConversationKind.DIRECT
    if type_ == "mpim" or (name or "").startswith("mpdm-"):
        return ConversationKind.GROUP
    public = channel.startswith("C") and name not in {None, "privategroup"}
    return ConversationKind.PUBLIC if public else ConversationKind.PRIVATE


def _text(body: object, *path: str) -> str | None:
    """Return a non-empty string from a nested payload; ``None`` if there is none."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, str) and body else None
