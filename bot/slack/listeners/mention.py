"""Mentions and direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.conversation.natural_language import unsure, without_greeting
from bot.delivery.conversation import Conversation
from bot.slack.payload import access_in, acked, words_of, workspace_of

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.domain.reply import Notice
    from bot.slack.services import Services

_COMMAND = 2
"""Words that are no sentence yet."""


def listen(app: App, services: Services) -> None:
    """Attach both events."""

    def mentioned(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        if event.get("bot_id"):
            return
        place, access = (workspace_of(context), event["channel"], event["user"]), access_in(context)
        conversation = Conversation(client, *place, thread=event.get("thread_ts"), access=access)
        _converse(services, conversation, words_of(event))

    def messaged(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        direct = event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id")
        if direct:
            place, access = (workspace_of(context), event["channel"], event["user"]), access_in(context)
            conversation = Conversation(client, *place, direct=True, access=access)
            _converse(services, conversation, words_of(event))

    app.event("app_mention")(ack=acked, lazy=[mentioned])
    app.event("message")(ack=acked, lazy=[messaged])


def _converse(services: Services, conversation: Conversation, said: str) -> None:
    text, asked_back = _understood(services, conversation, without_greeting(said))
    notice = asked_back or services.router.at_once(text) or services.rate_limit.ask(conversation.workspace, conversation.user)
    if notice is None:
        services.serve(conversation, text)
    else:
        services.responder.tell(conversation, notice)


def _understood(services: Services, conversation: Conversation, text: str) -> tuple[str, Notice | None]:
    """Return what was said in the bot's own words, or what to ask back."""
    if services.router.takes(text):
        return text, None
    reading = services.plainly.read(text)
    query = reading.query
    if query is None and services.plainly.guess and _is_a_sentence(text):
        refused = services.rate_limit.ask(conversation.workspace, conversation.user)
        query = None if refused else services.plainly.guess(text)
    if query is None:
        return text, unsure(reading)
    conversation.read_as = str(query)
    return conversation.read_as, None


def _is_a_sentence(text: str) -> bool:
    """Tell words that may ask something from a command with a mistake."""
    return len(text.split()) > _COMMAND
