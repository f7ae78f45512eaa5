"""The stand-in as a server: its configuration, start and stop."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from playground.app_state import App, Service, Token, TokenKind
from playground.delivery import Outbox
from playground.faults import Faults
from playground.image_fetch import Pictures
from playground.seed import seed_workspace
from playground.socket_mode import SocketMode
from playground.user_actions.driver import Driver
from playground.web_api.api import api_blueprint
from playground.web_api.oauth import installing_blueprint
from playground.web_api.response_urls import hooks_blueprint
from playground.website import rendering
from playground.website.page import Page, guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from werkzeug.serving import BaseWSGIServer

    from playground.workspace import Message

SCOPES = frozenset(
    {
        "app_mentions:read",
        "canvases:write",
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
    """Logs no requests: ``calls`` has them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


class SlackStandIn(Driver):
    """Slack on one machine, strict as Slack is, with a page to look at it.

    ``calls`` are the app's requests, ``deliveries`` the requests to the app, and ``faults`` sets what goes wrong.
    Configure the app with ``signing_secret``, ``bot_token()`` and ``app_token``, and with ``api_url`` as Slack's address.
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
        starters: Sequence[str] = (),
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
        """Create the workspaces; nothing listens before :meth:`start`.

        Args:
            host: Where to listen. Loopback only.
            port: 0 takes a free one.
            request_url: The app's address, such as ``http://127.0.0.1:3000/slack/events``; ``None`` is Socket Mode.
            title: The page's title.
            note: A line above the page, such as "Simulated history".
            completions: Texts that may follow the command, each with a hint, in the order of the list.
            starters: Those of the completions that the welcome suggests; by default the first ones with different hints.
            commands: The app's slash commands. The first is completed.
            bot_name: The bot user's name.
            people: Name and full name of the users that every workspace has.
            teams: The workspaces' names.
            scopes: The bot token's scopes.
            events: The app's event subscriptions; ``message.im`` is a message to the bot.
            unfurl_domains: Links to these cause ``link_shared``.
            functions: Steps for Workflow Builder, as the manifest declares them.
            signing_secret: Random by default.
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
        service = Service(app, clock, self.faults, Pictures())
        self.app_token = f"xapp-1-{app_id}-{secrets.token_hex(16)}"
        service.tokens[self.app_token] = Token(TokenKind.APP, None, frozenset({"connections:write"}))
        self.socket_mode = SocketMode(service, ack_limit)
        super().__init__(service, Outbox(self.socket_mode, app.signing_secret, ack_limit, retry_delays))
        self._outbox.attach(request_url)
        for name in teams:
            workspace = seed_workspace(service, name, bot_name, people)
            self.add_workspace(workspace)
            service.tokens[f"xoxb-{workspace.id}-{secrets.token_hex(16)}"] = Token(TokenKind.BOT, workspace.id, app.scopes)
        self.flask = self._flask_app(title, note, list(completions), starters)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    # Running

    def start(self) -> Self:
        """Listen, in a thread of its own. Raises :class:`OSError` when the port is taken."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # Werkzeug ends the process if the port is in use, so it is bound here.
        with socket.create_server((self._host, self._port), family=family) as listener:
            self._server = make_server(
                self._host, self._port, self.flask, threaded=True, request_handler=_Quiet, fd=listener.fileno()
            )
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.service.base_url = f"http://{host}:{self._server.port}"
        # A short poll interval, so that stopping doesn't take half a second.
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

    def shown_text(self, message: Message, team: str | None = None) -> str:
        """Return the text that a reader sees of a message."""
        return rendering.shown_text(self.workspace(team), message)

    def _flask_app(self, title: str, note: str, completions: list[tuple[str, str]], starters: Sequence[str]) -> Flask:
        app = Flask(__name__, static_folder=None)
        app.config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
        guard(app)
        rendering.install_filters(app)
        app.register_blueprint(api_blueprint(self.service, self.socket_mode.open_ticket))
        app.register_blueprint(hooks_blueprint(self.service))
        app.register_blueprint(installing_blueprint(self.service))
        app.register_blueprint(self.socket_mode.blueprint())
        app.register_blueprint(
            Page(self.service, self._actions, title, note, completions=completions, starters=starters).blueprint()
        )
        return app


def _require_loopback(host: str) -> None:
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ValueError(f"the playground has no password, so it listens on this machine only (127.0.0.1), not on {host!r}")
