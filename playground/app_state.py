"""What is not of one workspace: the app's credentials, tokens, triggers, response URLs, calls and the clock."""

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
    """The one app that is installed here, as its settings page would show it."""

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
    """Steps for Workflow Builder, as the manifest declares them."""


class TokenKind(StrEnum):
    """Which sort of token."""

    BOT = "bot"
    APP = "app"
    STEP = "step"
    """Comes with a step's event; does what the bot's does."""


@dataclass(slots=True)
class Token:
    """What a bearer token stands for."""

    kind: TokenKind
    team: str | None
    scopes: frozenset[str]
    revoked: bool = False
    ends: float | None = None
    """By the clock; ``None`` for one that does not expire."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that the app made of Slack. Holds no token."""

    method: str
    status: int
    error: str | None
    at: float
    arguments: dict[str, Any] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether Slack did what was asked."""
        return self.error is None and self.status < 300


@dataclass(slots=True)
class Trigger:
    """A user's leave to open a modal."""

    team: str
    user: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class Hook:
    """A response URL: where an app may answer one user's act."""

    team: str
    channel: str
    user: str
    expires: float
    source: str | None
    """``ts`` of the message whose button was pressed; ``None`` for a slash command, which has nothing to replace."""
    uses: int = 0


class Service:
    """The state that every part of the stand-in shares."""

    def __init__(self, app: App, clock: Callable[[], float], faults: Faults, pictures: Pictures) -> None:
        self.app = app
        self.clock = clock
        self.token_lifetime: float | None = None
        """Seconds after which bot tokens end; ``None`` where the app does not rotate them. Slack gives 12 hours."""
        self.refresh_tokens: dict[str, str] = {}
        """The team that each is good for, once."""
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
        """Codes that an installation would bring back, to team ids."""
        self.executions: dict[str, Execution] = {}
        self.calls: list[Call] = []
        self.posted_at: dict[tuple[str, str], float] = {}
        self._numbers = itertools.count(1)

    def serial(self, prefix: str) -> str:
        """Give out an id such as ``F0PLAY00007``."""
        return f"{prefix}0PLAY{next(self._numbers):05d}"

    def secret(self, purpose: str) -> str:
        """Give out something that cannot be guessed from the outside, the same for the same run of acts."""
        seed = f"{self.app.signing_secret}:{purpose}:{next(self._numbers)}"
        return hashlib.sha256(seed.encode()).hexdigest()[:32]

    def trigger(self, team: str, user: str) -> str:
        """Give out a trigger id, good for three seconds and one modal."""
        name = f"{next(self._numbers)}.{self.secret('trigger')}"
        self.triggers[name] = Trigger(team, user, self.clock() + TRIGGER_SECONDS)
        return name

    def hook(self, team: str, channel: str, user: str, source: str | None = None) -> str:
        """Give out a response URL, good for 30 minutes and five answers."""
        key = self.secret("hook")
        self.hooks[key] = Hook(team, channel, user, self.clock() + HOOK_SECONDS, source)
        return f"{self.base_url}/hooks/{team}/{key}"

    def record(self, method: str, status: int, error: str | None, arguments: dict[str, Any]) -> None:
        """Remember a call, and wake up who waits for one."""
        with self.lock:
            self.calls.append(Call(method, status, error, self.clock(), arguments))
        self.feed.touch()
