"""Share an answer's numbers as a CSV file, in its thread or, if that fails, in a direct message."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from analytics.export.serialization import as_csv
from bot.blocks.controls import CSV
from bot.blocks.escape import escape_code, escape_plain_text
from bot.delivery.conversation import Conversation
from bot.domain.reply import Notice
from bot.domain.request import Question
from bot.slack.direct_message import file_introduction
from bot.slack.listeners.actions import channel_of, is_ephemeral, on_control, thread_of
from bot.slack.payload import access_in, request_in, workspace_of
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext, Respond
    from slack_sdk import WebClient

    from analytics.answer import Answer
    from bot.slack.services import Services

_log = logging.getLogger(__name__)

_SENT = Notice("I'm not in this channel, so I sent you the file in a direct message.")
_IN_THREAD = Notice("The CSV file is in the thread of this answer.")
_NOWHERE = Notice("I couldn't share the file here or in a direct message. Invite me with “/invite @hfstats”, then try again.")


def listen(app: App, services: Services) -> None:
    """Add the button's listener."""

    def handle_export(body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        place = (workspace_of(context), channel_of(body), body["user"]["id"])
        conversation = Conversation(client, *place, respond, quiet=is_ephemeral(body), access=access_in(context))
        request = request_in(context)
        notice = services.immediate_notice(request) or services.rate_limit.ask(conversation.workspace, conversation.user)
        if notice is None and isinstance(request, Question):
            reply = services.router.reply(request.query)
            thread = None if conversation.quiet else thread_of(body)
            conversation.thread = body.get("container", {}).get("thread_ts")
            notice = _share(conversation, reply.answer, thread) if reply.answer else reply.notice
        if notice:
            services.responder.tell(conversation, notice)

    on_control(app, CSV, handle_export)


def _share(conversation: Conversation, answer: Answer, thread: str | None) -> Notice | None:
    """Share the file in the answer's thread or in a direct message; returns what to say where the button is."""
    if thread and _upload(conversation.client, answer, conversation.channel, thread):
        return None if conversation.thread else _IN_THREAD
    if not _send(conversation, answer):
        return _NOWHERE
    return _SENT if thread else Notice("I sent you the file in a direct message.")


def _send(conversation: Conversation, answer: Answer) -> bool:
    try:
        # A message opens the conversation; opening it for a file alone would need another scope.
        posted = conversation.client.chat_postMessage(
            channel=conversation.user, text=f"`{escape_code(answer.query)}` as CSV:", unfurl_links=False
        )
    except FAILURES as error:
        _log.warning("no direct message: %s", error_code(error))
        return False
    with file_introduction(conversation.client, posted) as message:
        message.has_file = _upload(conversation.client, answer, str(posted["channel"]))
    return message.has_file


def _upload(client: WebClient, answer: Answer, channel: str, thread: str | None = None) -> bool:
    name = re.sub(r"[^a-z0-9]+", "-", answer.query.casefold()).strip("-")[:80]
    try:
        client.files_upload_v2(
            content=as_csv(answer),
            filename=f"hfstats-{name}.csv",
            title=escape_plain_text(answer.query),
            channel=channel,
            thread_ts=thread,
        )
    except FAILURES as error:
        _log.info("could not share a file: %s", error_code(error))
        return False
    return True
