"""The state of a workspace: people, conversations, messages, files and views. Permissions are checked elsewhere."""

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
"""The channel id in events about a message that is still being written."""


class Kind(StrEnum):
    """The type of a conversation."""

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
    """The workspace of an external person in Slack Connect; ``""`` for this workspace's own people."""
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
    """Whether it's shared with another company through Slack Connect."""


@dataclass(frozen=True, slots=True)
class Message:
    """The current version of a message."""

    ts: str
    channel: str
    author: str
    text: str = ""
    blocks: tuple[Block, ...] = ()
    thread_ts: str | None = None
    viewer: str | None = None
    """The only user who sees an ephemeral message; ``None`` for other messages."""
    edited: str = ""
    """When it was last edited, as a ``ts``."""
    metadata: Mapping[str, Any] | None = None
    files: tuple[str, ...] = ()
    unfurls: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    """The feed's version when it was stored."""

    @property
    def is_reply(self) -> bool:
        """Whether it's a reply in a thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class File:
    """A file, possibly not uploaded completely."""

    id: str
    name: str
    title: str
    length: int
    alt_text: str
    owner: str
    content: bytes | None = None
    ready_at: float | None = None
    """When it's processed, by the clock; ``None`` until the upload is completed."""
    channels: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Canvas:
    """A canvas that an app created."""

    id: str
    title: str
    markdown: str
    owner: str
    access: dict[str, str] = field(default_factory=dict)
    """Levels of access by channel id."""


@dataclass(slots=True)
class View:
    """A user's modal or App Home."""

    id: str
    user: str
    content: dict[str, Any]
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    """The app's error messages by ``block_id``."""


class Workspace:
    """A workspace's state. Thread-safe."""

    def __init__(self, team_id: str, name: str, domain: str, clock: Callable[[], float], feed: Feed) -> None:
        self.id = team_id
        self.name = name
        self.domain = domain
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.canvases: dict[str, Canvas] = {}
        self.modals: dict[str, list[View]] = {}
        """Each user's stack of open modals, top one last."""
        self.homes: dict[str, View] = {}
        self.bot = ""
        """The bot user's id."""
        self.installed = True
        self.enterprise: str | None = None
        """The Enterprise Grid organization, if any."""
        self.unfurl_ids: dict[str, tuple[str, str, str]] = {}
        """Source, channel and ``ts`` of the message with links, by unfurl id."""
        self._messages: dict[tuple[str, str], Message] = {}
        self._clock = clock
        self._feed = feed
        self._last_tick = 0

    def stamp(self) -> str:
        """Return a new, increasing ``ts``: seconds and six digits."""
        with self.lock:
            self._last_tick = max(int(self._clock() * 1_000_000), self._last_tick + 1)
            seconds, micro = divmod(self._last_tick, 1_000_000)
            return f"{seconds}.{micro:06d}"

    def put(self, message: Message) -> Message:
        """Store a message, replacing the one with the same ``ts``."""
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
        """Return a message; ``None`` if it doesn't exist."""
        return self._messages.get((channel, ts))

    def messages(self, channel: str, viewer: str | None = None, thread: str | None = None) -> list[Message]:
        """Return a conversation's or thread's messages that ``viewer`` sees, oldest first; ``None``: those for everyone."""
        with self.lock:
            selected = [message for message in self._messages.values() if message.channel == channel]
        selected = [message for message in selected if message.viewer in (None, viewer)]
        if thread is not None:
            selected = [message for message in selected if thread in (message.ts, message.thread_ts)]
        return sorted(selected, key=lambda message: message.ts)

    def user(self, name: str) -> User:
        """Return a user by id or name. Raises :class:`LookupError`."""
        return _named(self.users.values(), name, "user")

    def channel(self, name: str) -> Channel:
        """Return a conversation by id or name, with or without ``#``. Raises :class:`LookupError`."""
        return _named(self.channels.values(), name.removeprefix("#"), "channel")

    def direct(self, user: str) -> Channel:
        """Return the direct message conversation of a user and the bot, creating it if necessary."""
        with self.lock:
            members = {user, self.bot}
            for channel in self.channels.values():
                if channel.kind is Kind.IM and channel.members == members:
                    return channel
            created = Channel(f"D0{user[1:]}", f"dm-{self.users[user].name}", Kind.IM, members)
            self.channels[created.id] = created
            return created


Named = TypeVar("Named", User, Channel)


def _named(among: Iterable[Named], name: str, what: str) -> Named:
    for item in among:
        if name in (item.id, item.name):
            return item
    raise LookupError(f"there is no {what} {name!r}")
