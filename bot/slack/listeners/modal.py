"""Listeners for the question form: updates, name suggestions, validation and submission."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from analytics.query import quoted
from bot.blocks.forms.question_form import FORM, block_of, build_view, read_view, suggestions, word_of
from bot.blocks.messages import BUILD
from bot.conversation.name_index import near
from bot.domain.query_form import QUESTION, mistakes, without_unsupported
from bot.domain.store_summary import kinds_of_names
from bot.slack.listeners.modal_open import conversation_in, direct_conversation, membership_unknown
from bot.slack.payload import acknowledge
from bot.slack_api.errors import FAILURES, error_code
from bot.slack_api.markup import unescaped

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.domain.query_form import FormValues
    from bot.slack.services import Services

OFFERED = 30
"""Names offered at a time."""
_PATIENCE = 1.0
"""Seconds that the first suggestions wait for the name index; Slack waits three."""

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the listeners."""

    def handle_change(body: dict[str, Any], client: WebClient) -> None:
        form = _form(services, body)
        view = build_view(form, services.entries, services.name_index.cached(), mistakes(form, services.forms))
        try:
            client.views_update(view_id=body["view"]["id"], view=view)
        except FAILURES as error:  # most likely closed; a submission is validated again
            _log.info("could not update the question form: %s", error_code(error))

    def handle_suggestion(ack: Ack, payload: dict[str, Any]) -> None:
        ack(**suggestions(payload["block_id"], _near(services, payload["block_id"], unescaped(payload.get("value") or ""))))

    def validate(ack: Ack, body: dict[str, Any]) -> None:
        form = _form(services, body)
        wrong = {block_of(field, form.word): text for field, text in mistakes(form, services.forms).items()}
        shown = {block if block in body["view"]["state"]["values"] else QUESTION: text for block, text in wrong.items()}
        if shown:
            ack(response_action="errors", errors=shown)
        else:
            ack()

    def handle_submission(body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        form = _form(services, body)
        if not mistakes(form, services.forms):
            conversation = direct_conversation(client, context, body["user"]["id"])
            request = services.parser.parse(form.text)
            target = conversation_in(services, conversation, form.where, body, respond) if form.where else conversation
            if target is None:
                services.responder.tell(conversation, membership_unknown(request.typed))
                return
            target.quiet = form.quiet and target is not conversation
            services.serve(target, request)

    app.action(re.compile(rf"^{FORM}:"), matchers=[_in_the_form])(ack=acknowledge, lazy=[handle_change])
    app.options(re.compile(rf"^{FORM}:"))(handle_suggestion)
    app.view(BUILD)(ack=validate, lazy=[handle_submission])


def _in_the_form(body: dict[str, Any]) -> bool:
    """Return whether an action came from a view; older messages may contain the same action ids."""
    return "view" in body


def _form(services: Services, body: dict[str, Any]) -> FormValues:
    """Read the form, without values that the selected question doesn't support."""
    form = read_view(body["view"])
    of = next((one for one in services.forms if one.word == form.word), None)
    return without_unsupported(form, of) if of else form


def _near(services: Services, block_id: str, typed: str) -> dict[str, list[str]]:
    """Return matching names by kind; none if the name index isn't available yet."""
    summary = services.name_index.cached(_PATIENCE)
    word = word_of(block_id) or block_id
    if summary is None:
        return {}
    form = next((form for form in services.forms if form.word == word), None)
    kinds = kinds_of_names(form) if form else (word,)
    most = OFFERED // len(kinds)
    return {kind: [quoted(name) for name in near(summary.names.get(kind, ()), typed, most)] for kind in kinds}
