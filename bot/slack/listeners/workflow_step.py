"""The step "Get Hub statistics" of Workflow Builder: a question goes in, its answer comes out as text and a picture."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.blocks.escape import escape_everything
from bot.blocks.messages import TEXT_ROWS
from bot.blocks.text import answer_text, notice_text
from bot.conversation.failures import notice_of
from bot.delivery.attempts import attempt
from bot.domain.reply import Notice
from bot.domain.request import Misunderstood, Question
from bot.slack.listeners.command import COMMAND
from bot.slack.payload import acked, workspace_of
from bot.slack_api.errors import FAILURES, said
from bot.slack_api.markup import plain_text

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext, Complete, Fail

    from bot.slack.services import Services

STEP = "get_hub_statistics"
"""The step's name in the manifest, which declares what goes in and what comes out."""
ROWS = 8
"""Numbers that the text names."""
_ASK = Notice("This step answers a question, and this is none.", suggestions=("licenses", "creator Meta", "movers licenses"))


_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Attach the step. A workflow waits for it, so it always ends: with an answer, or saying why there is none."""

    def run(inputs: dict[str, Any], context: BoltContext, complete: Complete, fail: Fail) -> None:
        try:
            found = _outputs(services, workspace_of(context), str(inputs["question"]))
        except BaseException as error:  # noqa: BLE001 - logged with its trace under the reference that the workflow's owner is shown
            found = notice_of(error)
        try:
            _end(found, complete, fail)
        except FAILURES as error:  # refused for good; Slack may still take the end that says so
            _log.error("the step could not be ended: %s", said(error))
            with suppress(*FAILURES):
                _end(Notice(f"Slack refused the step's end ({said(error)})."), complete, fail)
        except BaseException as error:  # noqa: BLE001 - as above
            _end(notice_of(error), complete, fail)

    app.function(STEP)(ack=acked, lazy=[run])


def _end(found: dict[str, str] | Notice, complete: Complete, fail: Fail) -> None:
    """End the step, later where Slack is away: ending it twice does no harm."""
    if isinstance(found, Notice):
        text = escape_everything(notice_text(found))
        attempt("the step could not be ended", lambda: fail(text))
    else:
        attempt("the step could not be ended", lambda: complete(found))


def _outputs(services: Services, workspace: str, typed: str) -> dict[str, str] | Notice:
    """Answer a question: what the manifest declares as the step's outputs, or why there is no answer."""
    request = services.parser.parse(plain_text(typed).removeprefix(COMMAND))
    if isinstance(request, Misunderstood):
        return request.notice
    if not isinstance(request, Question):
        return _ASK  # commands and help are for people
    # The steps of one workspace share a rate limit, whoever started the workflow.
    notice = services.rate_limit.ask(workspace, STEP)
    if notice:
        return notice
    reply = services.router.reply(request.query)
    if reply.answer is None:
        return reply.notice or _ASK
    image = services.responder.image_url(workspace, reply.picture) if reply.picture else None
    return {
        "headline": escape_everything(reply.answer.headline),
        "text": escape_everything(answer_text(reply.answer, ROWS, TEXT_ROWS)),
        "image_url": image or "",
    }
