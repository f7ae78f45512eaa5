"""Who may do what from where: the one table that every way in is held to. docs/reference/scopes-and-access.md shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ActorKind(StrEnum):
    """Who acts, seen from the workspace or organization that installed the app."""

    MEMBER = "member"
    """A full member."""
    UNVERIFIED = "unverified member"
    """Of the team, but Slack doesn't say whether a guest: the app lacks the scope ``users:read``."""
    COLLEAGUE = "colleague"
    """Of the same organization, and maybe of another workspace than the one that installed the app."""
    GUEST = "guest"
    STRANGER = "stranger"
    """Of another company, in a Slack Connect conversation."""
    APP = "app"
    """A bot or a workflow."""
    UNKNOWN = "unknown"
    """Slack doesn't say."""


class ConversationKind(StrEnum):
    """Where a request comes from."""

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
    """What a request may do."""

    ASK = "ask"
    """Ask about public Hub data; get help."""
    FORM = "form"
    """Open the App Home and the form that builds a question."""
    SEE = "see"
    """See this conversation's subscription, alerts, bets and digest."""
    CHANGE = "change"
    """Change them, place a bet, send a delivery of this conversation again."""
    WORKSPACE = "workspace"
    """See those of the workspace's other public channels."""
    ELSEWHERE = "elsewhere"
    """Change those of any other public channel."""


HIGHEST = Permission.ELSEWHERE
"""What a line needs that nobody listed."""
MEMBERSHIP = Permission.WORKSPACE
"""What a request needs that nobody listed."""
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
"""What is granted; a pair that is not listed is granted nothing."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts."""

    user: str
    kind: ActorKind


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from; ``channel`` is ``""`` where that is no conversation."""

    channel: str
    kind: ConversationKind
    named: bool = False
    """Slack named the conversation, so that a public channel is told from a private one."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one request may do."""

    actor: Actor
    origin: Origin

    def allows(self, permission: Permission) -> bool:
        """Tell whether the policy grants it."""
        return permission in POLICY.get((self.actor.kind, self.origin.kind), _NOTHING)

    def covers(self, channel: str, user: str) -> bool:
        """Tell whether a conversation is where this person acts from; from the App Home that is their direct message."""
        here = self.origin.channel or self.actor.user
        return bool(user) and user == self.actor.user and channel == here

    def of_kind(self, kind: ActorKind) -> Access:
        """Return the same request by somebody of another kind."""
        return replace(self, actor=replace(self.actor, kind=kind))

    def moved_to(self, channel: str) -> Access:
        """Return the same person's access in another conversation. Only for one that they are known to be in."""
        return replace(self, origin=Origin(channel, ConversationKind.PRIVATE))


NOBODY = Access(Actor("", ActorKind.UNKNOWN), Origin("", ConversationKind.HOME))
"""May do nothing: what a request has that nobody looked at."""
