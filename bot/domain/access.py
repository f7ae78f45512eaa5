"""The access policy: who may do what from where. docs/reference/scopes-and-access.md shows the table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ActorKind(StrEnum):
    """The actor's relation to the workspace or organization that installed the app."""

    MEMBER = "member"
    """A full member."""
    UNVERIFIED = "unverified member"
    """In the workspace, but possibly a guest: the app lacks the scope ``users:read`` to find out."""
    COLLEAGUE = "colleague"
    """In the same organization, but possibly in a workspace other than the one that installed the app."""
    GUEST = "guest"
    STRANGER = "stranger"
    """From another company, in a Slack Connect conversation."""
    APP = "app"
    """A bot or a workflow."""
    UNKNOWN = "unknown"
    """Not stated by Slack."""


class ConversationKind(StrEnum):
    """The kind of conversation that a request comes from."""

    PUBLIC = "public channel"
    PRIVATE = "private channel"
    """Private, or not known to be public."""
    SHARED = "shared channel"
    """Slack Connect; also a direct message from a stranger."""
    GROUP = "group message"
    DIRECT = "direct message"
    HOME = "App Home"
    """No conversation: the App Home, a shortcut, a form, a workflow."""


class Permission(StrEnum):
    """A permission that a request can need."""

    ASK = "ask"
    """Ask about public Hub data and get help."""
    FORM = "form"
    """Open App Home and the question form."""
    SEE = "see"
    """See this conversation's subscription, alerts, bets and digest."""
    CHANGE = "change"
    """Change them, place a bet, send a delivery of this conversation again."""
    WORKSPACE = "workspace"
    """See those of the workspace's other public channels."""
    ELSEWHERE = "elsewhere"
    """Change those of any other public channel."""


HIGHEST = Permission.ELSEWHERE
"""The permission that an unlisted command needs."""
MEMBERSHIP = Permission.WORKSPACE
"""The permission that an unlisted request needs."""
_NOTHING: frozenset[Permission] = frozenset()
_ASK = frozenset({Permission.ASK})
_LOOK = _ASK | {Permission.FORM, Permission.SEE}
_HERE = _LOOK | {Permission.CHANGE}
_TEAM = _HERE | {Permission.WORKSPACE}
_ALL = frozenset(Permission)
_EVERYWHERE = {
    ActorKind.MEMBER: _ALL,
    ActorKind.UNVERIFIED: _TEAM,
    ActorKind.COLLEAGUE: _HERE,
    ActorKind.GUEST: _LOOK,
    ActorKind.STRANGER: _ASK,
    ActorKind.APP: _NOTHING,
    ActorKind.UNKNOWN: _ASK,
}
_EXCEPT = {
    (ActorKind.STRANGER, ConversationKind.HOME): _NOTHING,
    (ActorKind.UNKNOWN, ConversationKind.HOME): _NOTHING,
    (ActorKind.APP, ConversationKind.HOME): _ASK,
}
POLICY: Mapping[tuple[ActorKind, ConversationKind], frozenset[Permission]] = MappingProxyType(
    {(who, where): granted for who, granted in _EVERYWHERE.items() for where in ConversationKind} | _EXCEPT
)
"""Granted permissions; an unlisted pair has none."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The user who made a request."""

    user: str
    kind: ActorKind


@dataclass(frozen=True, slots=True)
class Origin:
    """The conversation that a request comes from; ``channel`` is ``""`` if it comes from none."""

    channel: str
    kind: ConversationKind
    named: bool = False
    """Whether Slack sent the conversation's name, so that public and private channels can be told apart."""


@dataclass(frozen=True, slots=True)
class Access:
    """The access of one request."""

    actor: Actor
    origin: Origin

    def allows(self, permission: Permission) -> bool:
        """Return whether the policy grants a permission."""
        return permission in POLICY.get((self.actor.kind, self.origin.kind), _NOTHING)

    def covers(self, channel: str, user: str) -> bool:
        """Return whether ``user`` made the request in ``channel``; App Home counts as the user's direct message."""
        here = self.origin.channel or self.actor.user
        return bool(user) and user == self.actor.user and channel == here

    def of_kind(self, kind: ActorKind) -> Access:
        """Return a copy with another kind of actor."""
        return replace(self, actor=replace(self.actor, kind=kind))

    def moved_to(self, channel: str) -> Access:
        """Return the actor's access in another conversation. Only for conversations that the actor is known to be in."""
        return replace(self, origin=Origin(channel, ConversationKind.PRIVATE))


NOBODY = Access(Actor("", ActorKind.UNKNOWN), Origin("", ConversationKind.HOME))
"""The access of a request that hasn't been checked: none."""
