"""Drives the stand-in from code, by the names of workspaces, channels, users and elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from playground.block_kit.element_lookup import find_action, find_option
from playground.payloads import escaped
from playground.user_actions.actions import UserActions, blocks_of
from playground.workspace import COMPOSER, Channel, Message, User, View, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from playground.app_state import Call, Service
    from playground.block_kit.blocks import Block
    from playground.block_kit.inputs import Raw
    from playground.delivery import Ack, Delivery, Outbox
    from playground.web_api.functions import Execution

T = TypeVar("T")
Json = dict[str, Any]


class Driver:
    """Does what users and administrators do, and returns what they see. A ``team`` is a workspace, the first by default."""

    def __init__(self, service: Service, outbox: Outbox) -> None:
        self.service = service
        self._outbox = outbox
        self._actions: dict[str, UserActions] = {}
        """By the workspace's id."""

    def add_workspace(self, workspace: Workspace) -> None:
        """Let users act in a workspace."""
        self._actions[workspace.id] = UserActions(self.service, workspace, self._outbox)

    # What the app needs

    @property
    def signing_secret(self) -> str:
        """Signs the requests to the app."""
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
        workspace = self.workspace(team).id
        return next(bearer for bearer, token in self.service.tokens.items() if token.team == workspace)

    def install_code(self, team: str | None = None) -> str:
        """Return the code that an installation brings to the app's redirect URL; ``oauth.v2.access`` accepts it once."""
        code = self.service.secret("code")
        self.service.codes[code] = self.workspace(team).id
        return code

    # What users see

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

    def modal(self, user: str = "ada", team: str | None = None) -> View | None:
        """Return the modal in front of a user."""
        workspace = self.workspace(team)
        stack = workspace.modals.get(workspace.user(user).id)
        return stack[-1] if stack else None

    def home(self, user: str = "ada", team: str | None = None) -> View | None:
        """Return a user's App Home, once the app has published it."""
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
        """Wait until ``predicate()`` is true, and return its value. Raises :class:`TimeoutError`."""
        return self.service.feed.until(predicate, timeout)

    def stranger(self, name: str, team: str, channels: Sequence[str] = ("general",), to: str | None = None) -> User:
        """Add somebody from another company's workspace ``team`` to channels; Slack Connect shares these from then on."""
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
        """Send the app a payload of your own, signed: ``slash_commands``, ``interactive`` or ``events_api``."""
        return self._outbox.send(kind, payload)

    # What users do

    def command(self, text: str, user: str = "ada", channel: str = "general", team: str | None = None) -> Ack:
        """Type a slash command: the whole line, or only what follows the app's first command."""
        line = text if text.startswith("/") else f"{self.service.app.commands[0]} {text}".strip()
        return self._of(team).command(self._user(user, team), self.channel(channel, user, team), line)

    def say(
        self,
        text: str,
        user: str = "ada",
        channel: str = "general",
        team: str | None = None,
        thread: str | None = None,
        *,
        subtype: str | None = None,
    ) -> Ack:
        """Write a message, in Slack's markup."""
        return self._of(team).say(self._user(user, team), self.channel(channel, user, team), text, thread, subtype)

    def edit(self, message: Message, text: str, team: str | None = None) -> Ack:
        """Change a message, in Slack's markup."""
        return self._of(team).edit(message, text)

    def mention(
        self, text: str, user: str = "ada", channel: str = "general", team: str | None = None, thread: str | None = None
    ) -> Ack:
        """Write a message that begins with the bot's name."""
        return self.say(f"<@{self.workspace(team).bot}> {escaped(text)}", user, channel, team, thread)

    def compose(self, text: str, user: str = "ada", team: str | None = None) -> Ack:
        """Write a message, in Slack's markup, without posting it."""
        return self._of(team).compose(self._user(user, team), text)

    def drafts(self, user: str = "ada", team: str | None = None) -> list[Message]:
        """List a user's messages that are not posted."""
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
        others: Mapping[str, Raw] | None = None,
    ) -> Ack:
        """Press or choose something.

        Args:
            where: A message from :meth:`messages`, or a view from :meth:`modal` or :meth:`home`.
            action: An ``action_id``, a button's text or its value, or the text of an option of an overflow menu.
            user: Who does it.
            value: The choice: an option's value, several, or a date.
            team: The workspace.
            others: The other inputs' values, by ``action_id``.

        Raises:
            LookupError: There is no such thing to press or choose.

        """
        option = find_option(blocks_of(where), action)
        place, value = option or (find_action(blocks_of(where), action), value)
        return self._of(team).press(self._user(user, team), where, place, value, others)

    def suggest(self, where: Message | View, action: str, typed: str, user: str = "ada", team: str | None = None) -> list[Block]:
        """Type into an external select; returns the options that the app offers."""
        return self._of(team).suggest(self._user(user, team), where, find_action(blocks_of(where), action), typed)

    def submit(self, values: Mapping[str, Raw] | None = None, user: str = "ada", team: str | None = None) -> Ack:
        """Submit the open modal, with the inputs' values by ``action_id``."""
        return self._of(team).submit(self._user(user, team), values or {})

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
        """Run a workflow up to a step of the app's; the execution records the outcome.

        Raises:
            LookupError: The manifest declares no such step.
            ValueError: The inputs don't match its declaration.

        """
        return self._of(team).run_step(callback_id, inputs)

    def revoke(self, team: str | None = None) -> Ack:
        """Revoke the bot token and send the app the event."""
        workspace = self.workspace(team)
        self.service.tokens[self.bot_token(team)].revoked = True
        return self._of(team).event("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot]}})

    def uninstall(self, team: str | None = None) -> Ack:
        """Remove the app from a workspace: its token is revoked, and it gets one last event."""
        self.revoke(team)
        ack = self._of(team).event("app_uninstalled", {"type": "app_uninstalled"})
        self.workspace(team).installed = False
        return ack

    def _of(self, team: str | None) -> UserActions:
        return self._actions[self.workspace(team).id]

    def _user(self, name: str, team: str | None) -> User:
        return self.workspace(team).user(name)
