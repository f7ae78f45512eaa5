"""Listeners that open the question form: global shortcut, button and ``build`` command."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from analytics.query import Query
from bot.blocks.forms.question_form import build_view
from bot.blocks.messages import BUILD
from bot.delivery.conversation import Conversation
from bot.domain.query_form import QUESTION, FormValues, form_values
from bot.domain.reply import Notice
from bot.domain.request import Command, Misunderstood, Question
from bot.slack.listeners.actions import channel_of, on_control
from bot.slack.listeners.command import COMMAND
from bot.slack.payload import access_in, acknowledge, request_in, selected_value, workspace_of
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.domain.request import Request
    from bot.slack.services import Services

SHORTCUT = "ask"
"""The global shortcut's callback id."""
_PATIENCE = 1.0
"""Seconds that the first form waits for the name index; a trigger id expires after three."""

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the listeners; call this before adding the slash command, which takes all other text."""

    def from_shortcut(shortcut: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        open_form(services, direct_conversation(client, context, shortcut["user"]["id"]), shortcut["trigger_id"])

    def from_button(
        body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        request = request_in(context) if selected_value(action).strip() else None
        user = body["user"]["id"]
        in_message = Conversation(client, workspace_of(context), channel_of(body), user, respond, access=access_in(context))
        conversation = in_message if context.response_url else direct_conversation(client, context, user)
        open_form(services, conversation, body["trigger_id"], request)

    def from_command(command: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        place = (workspace_of(context), command["channel_id"], command["user_id"])
        conversation = Conversation(client, *place, respond, access=access_in(context))
        open_form(services, conversation, command["trigger_id"], request_in(context))

    app.shortcut(SHORTCUT)(ack=acknowledge, lazy=[from_shortcut])
    on_control(app, BUILD, from_button)
    app.command(COMMAND, matchers=[opens_form])(ack=acknowledge, lazy=[from_command])


def opens_form(context: BoltContext) -> bool:
    """Return whether a slash command asks for the form."""
    request = request_in(context)
    return isinstance(request, Command) and request.word == "build"


def direct_conversation(client: WebClient, context: BoltContext, user: str) -> Conversation:
    """Return a user's direct conversation with the bot. Slack accepts the user id as channel, which needs no other scope."""
    return Conversation(client, workspace_of(context), user, user, direct=True, access=access_in(context))


def conversation_in(
    services: Services, conversation: Conversation, where: str, body: dict[str, Any] | None = None, respond: Respond | None = None
) -> Conversation | None:
    """Return the conversation that a user selected in a form or App Home; ``None`` unless they are a known member.

    A response URL in the payload proves membership; otherwise Slack is asked.
    """
    response_urls = body.get("response_urls") if body else None
    answerable = any(one.get("channel_id") == where for one in response_urls or () if isinstance(one, dict))
    client, workspace, user = conversation.client, conversation.workspace, conversation.user
    if (
        not answerable
        and where != user
        and not services.subscription_service.people.is_in(client, workspace, where, user, may_post=True)
    ):
        return None
    access = conversation.access if where == user else conversation.access.moved_to(where)
    return Conversation(client, workspace, where, user, respond if answerable else None, access=access)


def membership_unknown(line: str) -> Notice:
    """Return the notice for a user whose membership of the selected conversation is unknown."""
    return Notice(
        "I can't tell whether you're in that conversation. Invite me there with “/invite @hfstats”, "
        f"then type “{COMMAND} {line}” in it."
    )


def open_form(services: Services, conversation: Conversation, trigger: str, request: Request | None = None) -> None:
    """Open the form, filled in with a request's question; notifies the user if Slack refuses."""
    form = FormValues(services.entries[0].form.word, {})
    field_errors: dict[str, str] = {}
    match request:
        case Question(query) | Command(question=Query() as query):
            form = form_values(query)
        case Misunderstood(Notice(mistake)) | Command(mistake=mistake) if mistake:
            field_errors = {QUESTION: mistake}
    view = build_view(form, services.entries, services.name_index.cached(_PATIENCE), field_errors)
    try:
        conversation.client.views_open(trigger_id=trigger, view=view)
    except FAILURES as error:
        _log.warning("could not open the question form: %s", error_code(error))
        services.responder.tell(conversation, Notice(_refused(error_code(error)), build="" if field_errors else form.text))


def _refused(code: str) -> str:
    late = code in {"expired_trigger_id", "exchanged_trigger_id"}
    why = "I was too slow to open the form" if late else f"Slack didn't let me open the form ({code})"
    return f"{why}. Press the button to try again, or type your question, for example “{COMMAND} licenses”."
