"""One Slack workspace: its people, conversations, messages, files and views. State only: who may do what is decided elsewhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from playground.block_kit.blocks import Block
    from playground.change_feed import Feed

SLACKBOT = "USLACKBOT"
COMPOSER = "COMPOSER"
"""The channel, as apps are told it, of a message that is still being written."""


class Kind(StrEnum):
    """Which sort of conversation."""

    PUBLIC = "public"
    PRIVATE = "private"
    GROUP = "mpim"
    IM = "im"


@dataclass(frozen=True, slots=True)
class User:
    """A person, the app's bot user, or Slackbot."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    team: str = ""
    """The workspace of somebody who takes part through Slack Connect; ``""`` for this one's own people."""
    is_guest: bool = False
    is_single_channel_guest: bool = False
    deleted: bool = False
    """Whether the account was deactivated."""


@dataclass(slots=True)
class Channel:
    """A conversation."""

    id: str
    name: str
    kind: Kind
    members: set[str]
    topic: str = ""
    archived: bool = False
    ext_shared: bool = False
    """Whether people of other companies are in it (Slack Connect)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is now. Editing puts a new one in its place."""

    ts: str
    channel: str
    author: str
    text: str = ""
    blocks: tuple[Block, ...] = ()
    thread_ts: str | None = None
    viewer: str | None = None
    """The one user who sees an ephemeral message; ``None`` when everybody does."""
    edited: bool = False
    metadata: Mapping[str, Any] | None = None
    files: tuple[str, ...] = ()
    unfurls: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    """The feed's version when it was put there."""

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class File:
    """A file on its way up, or up."""

    id: str
    name: str
    title: str
    length: int
    alt_text: str
    owner: str
    content: bytes | None = None
    ready_at: float | None = None
    """When Slack is done with it, by the clock; ``None`` until the upload is completed."""
    channels: set[str] = field(default_factory=set)


@dataclass(slots=True)
class View:
    """A modal or an App Home as one user has it before them."""

    id: str
    user: str
    content: dict[str, Any]
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    """What the app said is wrong, by ``block_id``."""


class Workspace:
    """A team with its people and everything they see. Safe to use from several threads."""

    def __init__(self, team_id: str, name: str, domain: str, clock: Callable[[], float], feed: Feed) -> None:
        self.id = team_id
        self.name = name
        self.domain = domain
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.modals: dict[str, list[View]] = {}
        """Each user's open modals, the one on top last."""
        self.homes: dict[str, View] = {}
        self.bot = ""
        """The bot user's id."""
        self.installed = True
        self.enterprise: str | None = None
        """The organization on Enterprise Grid, if it is of one."""
        self.unfurl_ids: dict[str, tuple[str, str, str]] = {}
        """Source, channel and ``ts`` of the message in which an app was told of links."""
        self._messages: dict[tuple[str, str], Message] = {}
        self._clock = clock
        self._feed = feed
        self._last_tick = 0

    def stamp(self) -> str:
        """Give out a ``ts`` that was not there before: seconds and six digits, growing."""
        with self.lock:
            self._last_tick = max(int(self._clock() * 1_000_000), self._last_tick + 1)
            seconds, micro = divmod(self._last_tick, 1_000_000)
            return f"{seconds}.{micro:06d}"

    def put(self, message: Message) -> Message:
        """Post a message, or put it in the place of the one with its ``ts``."""
        with self.lock:
            stored = replace(message, revision=self._feed.touch())
            self._messages[message.channel, message.ts] = stored
            return stored

    def take(self, message: Message) -> None:
        """Delete a message."""
        with self.lock:
            self._messages.pop((message.channel, message.ts), None)
            self._feed.touch()

    def message(self, channel: str, ts: str) -> Message | None:
        """Find a message."""
        return self._messages.get((channel, ts))

    def messages(self, channel: str, viewer: str | None = None, thread: str | None = None) -> list[Message]:
        """List a conversation, oldest first: what ``viewer`` sees (``None``: what all see), or one thread of it."""
        with self.lock:
            kept = [message for message in self._messages.values() if message.channel == channel]
        kept = [message for message in kept if message.viewer in (None, viewer)]
        if thread is not None:
            kept = [message for message in kept if thread in (message.ts, message.thread_ts)]
        return sorted(kept, key=lambda message: message.ts)

    def user(self, name: str) -> User:
        """Find a user by id or name. Raises :class:`LookupError`."""
        return _named(self.users.values(), name, "user")

    def channel(self, name: str) -> Channel:
        """Find a conversation by id or name, with or without ``#``. Raises :class:`LookupError`."""
        return _named(self.channels.values(), name.removeprefix("#"), "channel")

    def direct(self, user: str) -> Channel:
        """Find the conversation between a user and the bot, made when there is none yet."""
        with self.lock:
            members = {user, self.bot}
            for channel in self.channels.values():
                if channel.kind is Kind.IM and channel.members == members:
                    return channel
            made = Channel(f"D0{user[1:]}", f"dm-{self.users[user].name}", Kind.IM, members)
            self.channels[made.id] = made
            return made


Named = TypeVar("Named", User, Channel)


def _named(among: Iterable[Named], name: str, what: str) -> Named:
    for one in among:
        if name in (one.id, one.name):
            return one
    raise LookupError(f"there is no {what} {name!r}")
