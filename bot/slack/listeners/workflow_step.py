"""The "Get Hub statistics" step for Workflow Builder: input is a question, outputs are headline, text and image URL."""

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
from bot.slack.payload import acknowledge, workspace_of
from bot.slack_api.errors import FAILURES, error_code
from bot.slack_api.markup import plain_text

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext, Complete, Fail

    from bot.slack.services import Services

STEP = "get_hub_statistics"
"""The step's callback id in the manifest, which declares its inputs and outputs."""
ROWS = 8
"""Maximum number of rows in the text."""
_ASK = Notice(
    "This step answers questions, such as “licenses”. Commands and help don't work here.",
    suggestions=("licenses", "creator Meta", "movers licenses"),
)


_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the listener. A workflow waits for the step, so it always ends, with an answer or an error."""

    def run(inputs: dict[str, Any], context: BoltContext, complete: Complete, fail: Fail) -> None:
        try:
            outcome = _outputs(services, workspace_of(context), str(inputs["question"]))
        except BaseException as error:  # noqa: BLE001 - logged with the reference ID that the workflow's owner sees
            outcome = notice_of(error)
        try:
            _end(outcome, complete, fail)
        except FAILURES as error:  # a permanent error; Slack may still accept a failure
            _log.error("could not complete the step: %s", error_code(error))
            with suppress(*FAILURES):
                _end(Notice(f"Slack didn't accept the step's result ({error_code(error)})."), complete, fail)
        except BaseException as error:  # noqa: BLE001 - as above
            _end(notice_of(error), complete, fail)

    app.function(STEP)(ack=acknowledge, lazy=[run])


def _end(outcome: dict[str, str] | Notice, complete: Complete, fail: Fail) -> None:
    """Complete or fail the step; retried if Slack is unavailable, since both are idempotent."""
    if isinstance(outcome, Notice):
        text = escape_everything(notice_text(outcome))
        attempt("could not complete the step", lambda: fail(text))
    else:
        attempt("could not complete the step", lambda: complete(outcome))


def _outputs(services: Services, workspace: str, typed: str) -> dict[str, str] | Notice:
    """Return the step's outputs as declared in the manifest, or a notice if there is no answer."""
    request = services.parser.parse(plain_text(typed).removeprefix(COMMAND))
    if isinstance(request, Misunderstood):
        return request.notice
    if isinstance(request, Question) and request.rephrased:  # nobody is there to see how it was read
        return Notice(f"I can't be sure what “{request.typed}” means.", suggestions=(request.text,))
    if not isinstance(request, Question):
        return _ASK  # commands and help are for people
    # The steps of one workspace share a rate limit, regardless of who started the workflow.
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
