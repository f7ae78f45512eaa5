"""State shared by all workspaces: the app's credentials, tokens, triggers, response URLs, recorded calls and the clock."""

from __future__ import annotations

import hashlib
import itertools
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from playground.change_feed import Feed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playground.faults import Faults
    from playground.image_fetch import Pictures
    from playground.web_api.functions import Execution
    from playground.workspace import Workspace

TRIGGER_SECONDS = 3.0
HOOK_SECONDS = 30 * 60
HOOK_USES = 5


@dataclass(frozen=True, slots=True)
class App:
    """The installed app, as on its settings page."""

    id: str
    name: str
    signing_secret: str = field(repr=False)
    verification_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    commands: tuple[str, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    unfurl_domains: tuple[str, ...]
    functions: Mapping[str, Any] = field(default_factory=dict)
    """Workflow Builder steps from the manifest."""


class TokenKind(StrEnum):
    """The type of a token."""

    BOT = "bot"
    APP = "app"
    STEP = "step"
    """Sent with a step's event; has the bot token's permissions."""


@dataclass(slots=True)
class Token:
    """An issued token."""

    kind: TokenKind
    team: str | None
    scopes: frozenset[str]
    revoked: bool = False
    ends: float | None = None
    """Expiry by the clock; ``None`` for a token that doesn't expire."""


@dataclass(frozen=True, slots=True)
class Call:
    """A recorded request from the app to Slack, without the token."""

    method: str
    status: int
    error: str | None
    at: float
    arguments: dict[str, Any] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.error is None and self.status < 300


@dataclass(slots=True)
class Trigger:
    """A trigger id, which lets the app open a modal."""

    team: str
    user: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class Hook:
    """A response URL for one user interaction."""

    team: str
    channel: str
    user: str
    expires: float
    source: str | None
    """``ts`` of the message with the pressed button; ``None`` for a slash command, which has no message to replace."""
    uses: int = 0


class Service:
    """The shared state of the stand-in."""

    def __init__(self, app: App, clock: Callable[[], float], faults: Faults, pictures: Pictures) -> None:
        self.app = app
        self.clock = clock
        self.token_lifetime: float | None = None
        """Lifetime of bot tokens in seconds; ``None`` without token rotation. Slack uses 12 hours."""
        self.refresh_tokens: dict[str, str] = {}
        """Team ids by unused refresh token."""
        self.faults = faults
        self.pictures = pictures
        self.feed = Feed()
        self.lock = threading.RLock()
        self.base_url = ""
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}
        self.codes: dict[str, str] = {}
        """Team ids by unused OAuth code."""
        self.executions: dict[str, Execution] = {}
        self.calls: list[Call] = []
        self.posted_at: dict[tuple[str, str], float] = {}
        self._numbers = itertools.count(1)

    def serial(self, prefix: str) -> str:
        """Return a new id such as ``F0PLAY00007``."""
        return f"{prefix}0PLAY{next(self._numbers):05d}"

    def secret(self, purpose: str) -> str:
        """Return a new secret, which is the same for the same sequence of calls."""
        seed = f"{self.app.signing_secret}:{purpose}:{next(self._numbers)}"
        return hashlib.sha256(seed.encode()).hexdigest()[:32]

    def trigger(self, team: str, user: str) -> str:
        """Return a new trigger id, valid for three seconds and one modal."""
        name = f"{next(self._numbers)}.{self.secret('trigger')}"
        self.triggers[name] = Trigger(team, user, self.clock() + TRIGGER_SECONDS)
        return name

    def hook(self, team: str, channel: str, user: str, source: str | None = None) -> str:
        """Return a new response URL, valid for 30 minutes and five responses."""
        key = self.secret("hook")
        self.hooks[key] = Hook(team, channel, user, self.clock() + HOOK_SECONDS, source)
        return f"{self.base_url}/hooks/{team}/{key}"

    def record(self, method: str, status: int, error: str | None, arguments: dict[str, Any]) -> None:
        """Record a call and notify waiting threads."""
        with self.lock:
            self.calls.append(Call(method, status, error, self.clock(), arguments))
        self.feed.touch()
