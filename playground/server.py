"""The stand-in as one object: it starts, takes an app, does what users do, and shows what they see."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from playground.app_state import App, Service, Token, TokenKind
from playground.delivery import Outbox
from playground.faults import Faults
from playground.image_fetch import Pictures
from playground.payloads import escaped
from playground.socket_mode import SocketMode
from playground.user_actions import Acts, blocks_of, find_action
from playground.web_api.api import api_blueprint
from playground.web_api.oauth import installing_blueprint
from playground.web_api.response_urls import hooks_blueprint
from playground.website import rendering
from playground.website.page import Page, guard
from playground.workspace import COMPOSER, SLACKBOT, Channel, Kind, Message, User, View, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from werkzeug.serving import BaseWSGIServer

    from playground.app_state import Call
    from playground.block_kit.blocks import Block
    from playground.block_kit.inputs import Raw
    from playground.delivery import Ack, Delivery
    from playground.web_api.functions import Execution

T = TypeVar("T")
Json = dict[str, Any]

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "team:read",
        "users:read",
    }
)
EVENTS = frozenset(
    {"app_mention", "message.im", "app_home_opened", "link_shared", "function_executed", "app_uninstalled", "tokens_revoked"}
) | {"channel_id_changed"}
RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before each of the three further attempts that Slack makes to deliver an event."""


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests: whoever wants to know looks at ``calls``."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class SlackStandIn:
    """Slack on one machine, strict as Slack is, with a page to look at it.

    ``calls`` is what the app asked of it, ``deliveries`` what it sent to the app, ``faults`` what is to go wrong.
    Give the app ``signing_secret``, ``bot_token()`` and ``app_token``, and as Slack's address ``api_url``.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        request_url: str | None = None,
        title: str = "hfstats playground",
        note: str = "",
        completions: Iterable[tuple[str, str]] = (),
        commands: Sequence[str] = ("/hfstats",),
        bot_name: str = "hfstats",
        people: Sequence[tuple[str, str]] = (("ada", "Ada Lovelace"), ("grace", "Grace Hopper")),
        teams: Sequence[str] = ("Acme",),
        scopes: Iterable[str] = SCOPES,
        events: Iterable[str] = EVENTS,
        unfurl_domains: Sequence[str] = (),
        functions: Mapping[str, Any] | None = None,
        signing_secret: str | None = None,
        clock: Callable[[], float] = time.time,
        ack_limit: float = 3.0,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        """Lay out the workspaces; nothing listens before :meth:`start`.

        Args:
            host: Where to listen. Loopback only.
            port: 0 takes a free one.
            request_url: The app's address, such as ``http://127.0.0.1:3000/slack/events``; ``None`` is Socket Mode.
            title: The page's title.
            note: A line above the page, such as "Simulated history".
            completions: What may follow the command, each with a hint, in the order to offer it.
            commands: The app's slash commands. The first is completed.
            bot_name: The bot user's name.
            people: Name and full name of the users that every workspace has.
            teams: The workspaces' names.
            scopes: What the bot token may do.
            events: What the app subscribes to; ``message.im`` is a message to the bot.
            unfurl_domains: Whose links cause ``link_shared``.
            functions: Steps for Workflow Builder, as the manifest declares them.
            signing_secret: Random when not given.
            clock: Seconds since 1970, for message times, expiry and file delays. Signatures always use the real time.
            ack_limit: Seconds that the app has to acknowledge. Slack gives 3.
            retry_delays: Seconds before each further attempt to deliver an event.

        Raises:
            ValueError: ``host`` or ``request_url`` is not on this machine.

        """
        _require_loopback(host)
        self._host, self._port = host, port
        self.faults = Faults()
        app_id = "A0PLAYGROUND"
        app = App(
            app_id,
            bot_name,
            signing_secret or secrets.token_hex(16),
            secrets.token_hex(12),
            "1000.2000",
            secrets.token_hex(16),
            tuple(commands),
            frozenset(scopes),
            frozenset(events),
            tuple(unfurl_domains),
            functions or {},
        )
        self.service = Service(app, clock, self.faults, Pictures())
        self.app_token = f"xapp-1-{app_id}-{secrets.token_hex(16)}"
        self.service.tokens[self.app_token] = Token(TokenKind.APP, None, frozenset({"connections:write"}))
        self.socket_mode = SocketMode(self.service, ack_limit)
        self._outbox = Outbox(self.socket_mode, app.signing_secret, ack_limit, retry_delays)
        self._outbox.attach(request_url)
        self._acts: dict[str, Acts] = {}
        for name in teams:
            workspace = _furnished(self.service, name, bot_name, people)
            self._acts[workspace.id] = Acts(self.service, workspace, self._outbox)
            self.service.tokens[f"xoxb-{workspace.id}-{secrets.token_hex(16)}"] = Token(TokenKind.BOT, workspace.id, app.scopes)
        self.flask = self._flask_app(title, note, list(completions))
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    # Running

    def start(self) -> Self:
        """Listen, in a thread of its own. Raises :class:`OSError` when the port is taken."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # Werkzeug would end the process on a port that is taken, so the port is taken here.
        with socket.create_server((self._host, self._port), family=family) as taken:
            self._server = make_server(
                self._host, self._port, self.flask, threaded=True, request_handler=_Quiet, fd=taken.fileno()
            )
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.service.base_url = f"http://{shown}:{self._server.port}"
        # Asked often whether to stop, so that a test that stops it does not wait half a second.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="playground", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and stop listening."""
        self.service.feed.close()
        self._outbox.close()
        self.socket_mode.close()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def attach(self, request_url: str | None) -> None:
        """Send to the app at this address from now on; ``None`` is Socket Mode. Raises :class:`ValueError` off this machine."""
        self._outbox.attach(request_url)

    @property
    def base_url(self) -> str:
        """Where the page is."""
        return self.service.base_url

    @property
    def api_url(self) -> str:
        """The ``base_url`` of a ``WebClient``."""
        return f"{self.service.base_url}/api/"

    # What an app needs to know

    @property
    def signing_secret(self) -> str:
        """What requests are signed with."""
        return self.service.app.signing_secret

    @property
    def client_id(self) -> str:
        """For an app that is installed through OAuth."""
        return self.service.app.client_id

    @property
    def client_secret(self) -> str:
        """For an app that is installed through OAuth."""
        return self.service.app.client_secret

    def bot_token(self, team: str | None = None) -> str:
        """Return a workspace's bot token."""
        wanted = self.workspace(team).id
        return next(bearer for bearer, token in self.service.tokens.items() if token.team == wanted)

    def install_code(self, team: str | None = None) -> str:
        """Give out the code that an installation would bring to the app's redirect URL; ``oauth.v2.access`` takes it once."""
        code = self.service.secret("code")
        self.service.codes[code] = self.workspace(team).id
        return code

    # What is there

    def workspace(self, team: str | None = None) -> Workspace:
        """Find a workspace by id or name; the first by default. Raises :class:`LookupError`."""
        for workspace in self.service.workspaces.values():
            if team in (None, workspace.id, workspace.name):
                return workspace
        raise LookupError(f"there is no workspace {team!r}")

    def channel(self, name: str, user: str = "ada", team: str | None = None) -> Channel:
        """Find a conversation by id or name; ``"direct"`` is the one between ``user`` and the bot."""
        workspace = self.workspace(team)
        return workspace.direct(workspace.user(user).id) if name == "direct" else workspace.channel(name)

    def messages(
        self, channel: str = "general", viewer: str = "ada", team: str | None = None, thread: str | None = None
    ) -> list[Message]:
        """List what a user sees of a conversation, ephemeral messages included, oldest first."""
        workspace = self.workspace(team)
        return workspace.messages(self.channel(channel, viewer, team).id, workspace.user(viewer).id, thread)

    def shown_text(self, message: Message, team: str | None = None) -> str:
        """Tell what a reader sees of a message, as plain text."""
        return rendering.shown_text(self.workspace(team), message)

    def modal(self, user: str = "ada", team: str | None = None) -> View | None:
        """Return the modal that a user has before them."""
        workspace = self.workspace(team)
        stack = workspace.modals.get(workspace.user(user).id)
        return stack[-1] if stack else None

    def home(self, user: str = "ada", team: str | None = None) -> View | None:
        """Return a user's App Home, once the app published it."""
        workspace = self.workspace(team)
        return workspace.homes.get(workspace.user(user).id)

    @property
    def calls(self) -> list[Call]:
        """Every request that the app made: Web API methods, response URLs (``response_url``) and upload URLs (``upload``)."""
        return list(self.service.calls)

    @property
    def deliveries(self) -> list[Delivery]:
        """Every attempt to reach the app, with its acknowledgement."""
        return list(self._outbox.log)

    def wait_for(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait until ``predicate()`` is true, and return what it said. Raises :class:`TimeoutError`."""
        return self.service.feed.until(predicate, timeout)

    def stranger(self, name: str, team: str, channels: Sequence[str] = ("general",), to: str | None = None) -> User:
        """Let somebody of another company's workspace ``team`` into channels, which Slack Connect shares from then on."""
        return self._join(User(self.service.serial("U"), name, name.title(), team=team), channels, to, shared=True)

    def guest(self, name: str, channels: Sequence[str] = ("general",), team: str | None = None, *, single: bool = False) -> User:
        """Invite a guest into channels, or into a ``single`` one."""
        user = User(self.service.serial("U"), name, name.title(), is_guest=not single, is_single_channel_guest=single)
        return self._join(user, channels, team, shared=False)

    def _join(self, user: User, channels: Sequence[str], team: str | None, *, shared: bool) -> User:
        workspace = self.workspace(team)
        workspace.users[user.id] = user
        for name in channels:
            channel = workspace.channel(name)
            channel.members.add(user.id)
            channel.ext_shared = channel.ext_shared or shared
        return user

    def deliver(self, kind: str, payload: Json) -> Ack:
        """Send the app a payload that was made by hand, signed: ``slash_commands``, ``interactive`` or ``events_api``."""
        return self._outbox.send(kind, payload)

    # What users do

    def command(self, text: str, user: str = "ada", channel: str = "general", team: str | None = None) -> Ack:
        """Type a slash command: the whole line, or only what follows the app's first command."""
        line = text if text.startswith("/") else f"{self.service.app.commands[0]} {text}".strip()
        return self._of(team).command(self._user(user, team), self.channel(channel, user, team), line)

    def say(
        self, text: str, user: str = "ada", channel: str = "general", team: str | None = None, thread: str | None = None
    ) -> Ack:
        """Write a message, in Slack's markup."""
        return self._of(team).say(self._user(user, team), self.channel(channel, user, team), text, thread)

    def mention(
        self, text: str, user: str = "ada", channel: str = "general", team: str | None = None, thread: str | None = None
    ) -> Ack:
        """Write a message that begins with the bot's name."""
        return self.say(f"<@{self.workspace(team).bot}> {escaped(text)}", user, channel, team, thread)

    def compose(self, text: str, user: str = "ada", team: str | None = None) -> Ack:
        """Write a message, in Slack's markup, without posting it."""
        return self._of(team).compose(self._user(user, team), text)

    def drafts(self, user: str = "ada", team: str | None = None) -> list[Message]:
        """List what a user wrote without posting it."""
        workspace = self.workspace(team)
        return workspace.messages(COMPOSER, workspace.user(user).id)

    def dm(self, text: str, user: str = "ada", team: str | None = None) -> Ack:
        """Write to the bot alone."""
        return self.say(escaped(text), user, "direct", team)

    def press(
        self,
        where: Message | View,
        action: str,
        user: str = "ada",
        value: Raw = None,
        *,
        team: str | None = None,
        given: Mapping[str, Raw] | None = None,
    ) -> Ack:
        """Press or choose something.

        Args:
            where: A message from :meth:`messages`, or a view from :meth:`modal` or :meth:`home`.
            action: An ``action_id``, a button's text or its value.
            user: Who does it.
            value: What is chosen: an option's value, several, or a date.
            team: The workspace.
            given: What the other inputs hold, by ``action_id``.

        Raises:
            LookupError: There is no such thing to press or choose.

        """
        return self._of(team).press(self._user(user, team), where, find_action(blocks_of(where), action), value, given)

    def suggest(self, where: Message | View, action: str, typed: str, user: str = "ada", team: str | None = None) -> list[Block]:
        """Type into an external select; returns the options that the app offers."""
        return self._of(team).suggest(self._user(user, team), where, find_action(blocks_of(where), action), typed)

    def submit(self, given: Mapping[str, Raw] | None = None, user: str = "ada", team: str | None = None) -> Ack:
        """Submit the open modal, with the inputs' values by ``action_id``."""
        return self._of(team).submit(self._user(user, team), given or {})

    def close(self, user: str = "ada", team: str | None = None, *, everything: bool = False) -> Ack:
        """Close the open modal, or all of them."""
        return self._of(team).close(self._user(user, team), everything=everything)

    def shortcut(self, callback_id: str, user: str = "ada", team: str | None = None) -> Ack:
        """Use a global shortcut."""
        return self._of(team).shortcut(self._user(user, team), callback_id)

    def open_home(self, user: str = "ada", team: str | None = None, tab: str = "home") -> Ack:
        """Open the App Home."""
        return self._of(team).open_home(self._user(user, team), tab)

    def verify_url(self) -> bool:
        """Do what Slack does when a request URL is saved: send a challenge that the app must send back."""
        challenge = self.service.secret("challenge")
        payload = {"type": "url_verification", "token": self.service.app.verification_token, "challenge": challenge}
        ack = self._outbox.send("events_api", payload)
        return ack.ok and (ack.body or {}).get("challenge", ack.text) == challenge

    # What administrators do

    def run_step(self, callback_id: str, inputs: Json, team: str | None = None) -> Execution:
        """Let a workflow come to a step of the app's; what comes of it is written into the execution.

        Raises:
            LookupError: The manifest declares no such step.
            ValueError: The inputs are not those that it declares.

        """
        return self._of(team).run_step(callback_id, inputs)

    def revoke(self, team: str | None = None) -> Ack:
        """Revoke the bot token, and tell the app."""
        workspace = self.workspace(team)
        self.service.tokens[self.bot_token(team)].revoked = True
        return self._of(team).event("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot]}})

    def uninstall(self, team: str | None = None) -> Ack:
        """Remove the app from a workspace: its token is revoked, it is told, and then hears no more."""
        self.revoke(team)
        ack = self._of(team).event("app_uninstalled", {"type": "app_uninstalled"})
        self.workspace(team).installed = False
        return ack

    def _of(self, team: str | None) -> Acts:
        return self._acts[self.workspace(team).id]

    def _user(self, name: str, team: str | None) -> User:
        return self.workspace(team).user(name)

    def _flask_app(self, title: str, note: str, completions: list[tuple[str, str]]) -> Flask:
        app = Flask(__name__, static_folder=None)
        app.config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
        guard(app)
        rendering.install_filters(app)
        app.register_blueprint(api_blueprint(self.service, self.socket_mode.open_ticket))
        app.register_blueprint(hooks_blueprint(self.service))
        app.register_blueprint(installing_blueprint(self.service))
        app.register_blueprint(self.socket_mode.blueprint())
        app.register_blueprint(Page(self.service, self._acts, title, note, completions).blueprint())
        return app


def _require_loopback(host: str) -> None:
    try:
        good = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"the playground has no password, so it listens on this machine only (127.0.0.1), not on {host!r}")


def _furnished(service: Service, name: str, bot_name: str, people: Sequence[tuple[str, str]]) -> Workspace:
    """Furnish a workspace with people, the bot, a channel with it, one without it, and a private one with it."""
    workspace = Workspace(service.serial("T"), name, name.lower().replace(" ", "-"), service.clock, service.feed)
    workspace.users[SLACKBOT] = User(SLACKBOT, "Slackbot", "Slackbot", is_bot=True)
    for short, full in people:
        user_id = service.serial("U")
        workspace.users[user_id] = User(user_id, short, full)
    everybody = set(workspace.users) - {SLACKBOT}
    workspace.bot = service.serial("U")
    workspace.users[workspace.bot] = User(workspace.bot, bot_name, bot_name, is_bot=True)
    for channel, topic, kind, with_bot in (
        ("general", "What the open-model world runs on", Kind.PUBLIC, True),
        ("random", "The bot is no member here; its command works all the same", Kind.PUBLIC, False),
        ("research", "A private channel", Kind.PRIVATE, True),
    ):
        channel_id = service.serial("C")
        members = everybody | ({workspace.bot} if with_bot else set())
        workspace.channels[channel_id] = Channel(channel_id, channel, kind, members, topic)
    for user_id in everybody:
        workspace.direct(user_id)
    service.workspaces[workspace.id] = workspace
    return workspace
