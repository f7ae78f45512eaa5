"""Unfurl links to models and owners on the Hub."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from analytics.language import grammar
from analytics.names import renames
from analytics.query import Query
from bot.blocks.hub_card import model_card, owner_card
from bot.delivery.attempts import attempt
from bot.domain.hub_urls import ModelPage, OwnerPage, page_of
from bot.slack.payload import acknowledge, workspace_of
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from analytics.answer import Answer
    from bot.blocks.messages import Block
    from bot.slack.services import Services

MOST = 5
"""Cards per message."""

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the listener. Errors are only logged, because nobody asked for a card."""

    def handle_link_shared(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        pages = _pages(event)
        if not pages or services.rate_limit.ask(workspace_of(context), str(event.get("user"))):
            return
        cards = {address: {"blocks": card} for address, page in pages.items() if (card := _card(services, page))}
        try:
            if cards:
                attempt("could not unfurl links", lambda: client.chat_unfurl(unfurls=cards, **_where(event)))
        except FAILURES as error:
            _log.info("could not unfurl links: %s", error_code(error))

    app.event("link_shared")(ack=acknowledge, lazy=[handle_link_shared])


def _pages(event: dict[str, Any]) -> dict[str, ModelPage | OwnerPage]:
    """Return the linked pages by URL, each page once."""
    if not (event.get("is_bot_user_member") or event.get("source") == "composer"):
        return {}  # the bot wasn't invited to this conversation
    first: dict[ModelPage | OwnerPage, str] = {}
    for link in event["links"]:
        page = page_of(link["url"])
        if page:
            first.setdefault(page, link["url"])
    return {address: page for page, address in list(first.items())[:MOST]}


def _where(event: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that identify the message; a draft has no channel, and some workspaces send no unfurl id."""
    if event.get("unfurl_id") and event.get("source"):
        return {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    return {"channel": event["channel"], "ts": event["message_ts"]}


def _card(services: Services, page: ModelPage | OwnerPage) -> list[Block] | None:
    """Build a page's card; ``None`` unless the data has exactly this model or owner."""
    word, name = ("model", page.id) if isinstance(page, ModelPage) else ("creator", page.namespace)
    now = _answer(services, Query(word, (name,)))
    if now is None or not _about(page, now):
        return None
    before = _answer(services, grammar.parse(now.follow_ups.earlier.query, services.forms)) if now.follow_ups.earlier else None
    past = _answer(services, grammar.parse(now.follow_ups.ranges[-1].query, services.forms)) if now.follow_ups.ranges else None
    return model_card(now, before, past) if isinstance(page, ModelPage) else owner_card(name, now, before, past)


def _answer(services: Services, query: Query) -> Answer | None:
    return services.router.reply(query).answer


def _about(page: ModelPage | OwnerPage, answer: Answer) -> bool:
    """Return whether an answer is about exactly this page; queries match similar names too."""
    shares = [share for ranking in answer.rankings for share in ranking.shares]
    if isinstance(page, ModelPage):
        return any(_same(renames.successor(share.name), renames.successor(page.id)) for share in shares)
    owner = renames.namespace_of(f"{page.namespace}/")
    return any(_same(owner, name) for share in shares for name, _ in share.members or ((share.name, 0.0),))


def _same(first_name: str, second_name: str) -> bool:
    """Compare names as the Hub does, ignoring case."""
    return first_name.casefold() == second_name.casefold()
