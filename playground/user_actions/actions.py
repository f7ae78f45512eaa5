"""What a user does in one workspace: commands, messages, buttons, modals, the App Home."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground import payloads
from playground.app_state import Hook, Token, TokenKind
from playground.block_kit.element_lookup import element_in
from playground.block_kit.elements import OPTION, OPTION_GROUP
from playground.block_kit.inputs import Raw, complaints, options_of, state_of, value_of
from playground.block_kit.json_checks import array, either, shape
from playground.delivery import Ack
from playground.user_actions.invite import invite
from playground.user_actions.typed_text import links_in
from playground.web_api.call import Refusal
from playground.web_api.functions import Execution, problems_with
from playground.web_api.response_urls import response_message
from playground.web_api.views import checked_view, new_view, replace_content
from playground.workspace import COMPOSER, SLACKBOT, Kind, Message, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playground.app_state import Service
    from playground.block_kit.blocks import Block
    from playground.delivery import Outbox
    from playground.workspace import Channel, User, Workspace

Json = dict[str, Any]

_OPTIONS = either(
    "options", "option_groups", shape({}, {"options": array(OPTION, 100, 0), "option_groups": array(OPTION_GROUP, 100)})
)


class UserActions:
    """Everything that a user of one workspace can do."""

    def __init__(self, service: Service, workspace: Workspace, outbox: Outbox) -> None:
        self.service = service
        self.workspace = workspace
        self.outbox = outbox
        self._offered: dict[tuple[str, str], list[Block]] = {}
        """The options that an external select last offered, by user and ``action_id``."""

    def command(self, user: User, channel: Channel, line: str) -> Ack:
        """Type a slash command. Slackbot reports errors to the user alone."""
        command, _, text = line.strip().partition(" ")
        if command == "/invite":
            self.workspace.put(invite(self.workspace, user, channel, text))
            return Ack()
        # Slack offers a command to the people of the workspaces that installed the app, also in a shared channel.
        if command not in self.service.app.commands or not self.workspace.installed or user.team:
            self._slackbot(user, channel, f"`{command}` is not a valid command.")
            return Ack("invalid_command")
        payload = payloads.slash_command(self._actor(user), channel, command, text.strip())
        ack = self.outbox.send("slash_commands", payload)
        if ack.ok and (ack.body or ack.text):
            ack = self._post_ack(user, channel, line, ack)
        if not ack.ok:
            self._slackbot(user, channel, f'`{command}` failed with the error "{ack.error}"')
        return ack

    def say(self, user: User, channel: Channel, text: str, thread_ts: str | None = None, subtype: str | None = None) -> Ack:
        """Write a message, in Slack's markup. Returns the acknowledgement of its event, or one without a status.

        ``subtype`` is Slack's name for a special message: ``file_share``, ``me_message``, ``thread_broadcast`` …
        """
        workspace = self.workspace
        message = workspace.put(Message(workspace.stamp(), channel.id, user.id, text, thread_ts=thread_ts))
        ack = Ack()
        if channel.kind is Kind.IM:
            if workspace.bot in channel.members:
                ack = self.event("message.im", payloads.message_event(self.service, workspace, message, "message", subtype))
        elif f"<@{workspace.bot}>" in text and workspace.bot not in channel.members:
            self._slackbot(user, channel, f"You mentioned <@{workspace.bot}>, but it is not in this channel.")
        elif f"<@{workspace.bot}>" in text:
            ack = self.event("app_mention", payloads.message_event(self.service, workspace, message, "app_mention"))
        if links := links_in(text, self.service.app.unfurl_domains):
            link_ack = self.event("link_shared", payloads.link_event(self.service, workspace, message, links))
            ack = ack if ack.status is not None or ack.error else link_ack
        return ack

    def edit(self, message: Message, text: str) -> Ack:
        """Change a user's message. A mention is sent again as one; a direct conversation's change as such."""
        workspace, channel = self.workspace, self.workspace.channels[message.channel]
        changed = workspace.put(replace(message, text=text, edited=workspace.stamp()))
        if channel.kind is Kind.IM and workspace.bot in channel.members:
            return self.event("message.im", payloads.edit_event(self.service, workspace, changed, message))
        if f"<@{workspace.bot}>" in text and workspace.bot in channel.members:
            return self.event("app_mention", payloads.message_event(self.service, workspace, changed, "app_mention"))
        return Ack()

    def compose(self, user: User, text: str) -> Ack:
        """Write a message without posting it. Slack already sends its links, for a preview."""
        draft = Message(f"{user.id}-{self.service.secret('draft')}", COMPOSER, user.id, text, viewer=user.id)
        self.workspace.put(draft)
        links = links_in(text, self.service.app.unfurl_domains)
        return self.event("link_shared", payloads.link_event(self.service, self.workspace, draft, links)) if links else Ack()

    def run_step(self, callback_id: str, inputs: Json) -> Execution:
        """Run a workflow up to a step of the app's.

        Raises:
            LookupError: The manifest declares no such step.
            ValueError: Workflow Builder would not let such inputs through.

        """
        declared = {"callback_id": callback_id, **self.service.app.functions[callback_id]}
        if problems := list(problems_with(inputs, declared["input_parameters"])):
            raise ValueError("; ".join(problems))
        service = self.service
        execution = Execution(service.serial("Fx"), self.workspace.id, declared)
        service.executions[execution.id] = execution
        bearer = f"xwfp-{self.workspace.id}-{service.secret('step')}"
        service.tokens[bearer] = Token(TokenKind.STEP, self.workspace.id, service.app.scopes)
        self.event("function_executed", payloads.step_event(execution, service, inputs, bearer))
        return execution

    def event(self, name: str, event: Json) -> Ack:
        """Send the app an event, if it subscribes to that event and is installed."""
        if name not in self.service.app.events or not self.workspace.installed:
            return Ack()
        return self.outbox.send_event(payloads.event_callback(self.service, self.workspace, event))

    def open_home(self, user: User, tab: str = "home") -> Ack:
        """Open the app's Home or Messages tab."""
        return self.event("app_home_opened", payloads.home_event(self.service, self.workspace, user, tab))

    def press(
        self,
        user: User,
        where: Message | View,
        element_id: tuple[str, str],
        raw: Raw = None,
        others: Mapping[str, Raw] | None = None,
    ) -> Ack:
        """Press a button or choose something, in a message or a view.

        Args:
            user: Who does it.
            where: The message or view.
            element_id: The element's ``block_id`` and ``action_id``.
            raw: What was chosen.
            others: The other inputs' values, by ``action_id``.

        Raises:
            LookupError: There is no such element or option.

        """
        block_id, action_id = element_id
        unfurl = _unfurl_of(where, block_id)
        blocks = blocks_of(where)
        element = element_in(blocks, block_id, action_id)
        action: Json = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block_id,
            "action_ts": self.workspace.stamp(),
        }
        if element["type"] == "button":
            action |= {"text": element["text"]} | ({"value": element["value"]} if "value" in element else {})
        else:
            action |= value_of(element, raw, self._offered.get((user.id, action_id), ()))
        state = state_of(blocks, {**(others or {}), **({action_id: raw} if raw is not None else {})}, self._offers(user))
        if isinstance(where, Message):
            payload = payloads.message_action(self._actor(user), where, action, state, unfurl)
        else:
            payload = payloads.view_action(self._actor(user), where, action, state)
        return self.outbox.send("interactive", payload)

    def suggest(self, user: User, where: Message | View, element_id: tuple[str, str], typed: str) -> list[Block]:
        """Type into an external select. Returns the options that the app offers; none when its answer is wrong."""
        block_id, action_id = element_id
        blocks: list[Block] = list(where.blocks if isinstance(where, Message) else where.content["blocks"])
        element = element_in(blocks, block_id, action_id)
        if isinstance(where, Message):
            place: Json = {"container": {"type": "message", "message_ts": where.ts, "channel_id": where.channel}}
        else:
            place = {"container": {"type": "view", "view_id": where.id}}
        payload = payloads.suggestion(self._actor(user), element, block_id, typed, place)
        ack = self.outbox.send("interactive", payload)
        if not ack.ok or ack.body is None or list(_OPTIONS(ack.body, "")):
            return []
        options = options_of(ack.body)
        self._offered[user.id, action_id] = options
        return options

    def submit(self, user: User, values: Mapping[str, Raw]) -> Ack:
        """Submit the open modal with ``values`` by ``action_id``. The view keeps the errors.

        Raises:
            LookupError: No modal is open.

        """
        view = self.top_view(user)
        view.errors = complaints(view.content["blocks"], values)
        if view.errors:
            self.service.feed.touch()
            return Ack("incomplete")
        state = state_of(view.content["blocks"], values, self._offers(user))
        ack = self.outbox.send("interactive", payloads.view_submission(self._actor(user), view, state))
        error = ack.error or self._after_submission(user, view, ack.body or {})
        if error:
            view.errors = view.errors or {"": "We had some trouble connecting. Try again?"}
        self.service.feed.touch()
        return replace(ack, error=error)

    def close(self, user: User, *, everything: bool = False) -> Ack:
        """Close the open modal, or all of them."""
        stack = self.workspace.modals.get(user.id, [])
        closed = stack[:] if everything else stack[-1:]
        ack = Ack()
        for view in reversed(closed):
            stack.remove(view)
            if view.content.get("notify_on_close"):
                payload = payloads.view_closed(self._actor(user), view, is_cleared=everything)
                ack = self.outbox.send("interactive", payload)
        self.service.feed.touch()
        return ack

    def shortcut(self, user: User, callback_id: str) -> Ack:
        """Use a global shortcut."""
        return self.outbox.send("interactive", payloads.shortcut(self._actor(user), callback_id))

    def top_view(self, user: User) -> View:
        """Return the modal in front of the user. Raises :class:`LookupError`."""
        if not (stack := self.workspace.modals.get(user.id)):
            raise LookupError(f"{user.name} has no modal open")
        return stack[-1]

    def _post_ack(self, user: User, channel: Channel, line: str, ack: Ack) -> Ack:
        hook = Hook(self.workspace.id, channel.id, user.id, expires=float("inf"), source=None)
        body = ack.body if ack.body is not None else {"text": ack.text}
        if not body.get("text") and not body.get("blocks"):
            return ack
        try:
            message = response_message(self.service, self.workspace, body, hook)
        except Refusal as refusal:
            return replace(ack, error="invalid_command_response", text=refusal.error)
        if message.viewer is None:
            typed = Message(message.ts, channel.id, user.id, payloads.escaped(line))
            self.workspace.put(typed)
            message = replace(message, ts=self.workspace.stamp())
        self.workspace.put(message)
        return ack

    def _after_submission(self, user: User, view: View, body: Json) -> str | None:
        """Do what the response to a submission asks for. Returns an error if the response is wrong."""
        stack = self.workspace.modals[user.id]
        match body.get("response_action"):
            case None:
                stack.remove(view)
            case "clear":
                stack.clear()
            case "errors":
                inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
                errors = body.get("errors")
                if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                    return "invalid_errors"
                view.errors = {str(block): str(text) for block, text in errors.items()}
            case "update" | "push" as action:
                content, problems = checked_view(self.service, self.workspace, body.get("view"), "modal")
                if problems:
                    return "invalid_view"
                if action == "update":
                    replace_content(self.service, view, content)
                else:
                    stack.append(new_view(self.service, user.id, content, view))
            case _:
                return "invalid_response_action"
        return None

    def _actor(self, user: User) -> payloads.Actor:
        return payloads.Actor(self.service, self.workspace, user)

    def _slackbot(self, user: User, channel: Channel, text: str) -> None:
        self.workspace.put(Message(self.workspace.stamp(), channel.id, SLACKBOT, text, viewer=user.id))

    def _offers(self, user: User) -> dict[str, list[Block]]:
        return {action: options for (owner, action), options in self._offered.items() if owner == user.id}


def blocks_of(where: Message | View) -> list[Block]:
    """List the blocks of a view, or of a message with the cards of its links."""
    if not isinstance(where, Message):
        return list(where.content["blocks"])
    return [*where.blocks, *(block for card in where.unfurls.values() for block in card.get("blocks", ()))]


def _unfurl_of(where: Message | View, block_id: str) -> str | None:
    """Return the link whose card contains a block."""
    cards = where.unfurls.items() if isinstance(where, Message) else ()
    return next((url for url, card in cards if any(block["block_id"] == block_id for block in card.get("blocks", ()))), None)
