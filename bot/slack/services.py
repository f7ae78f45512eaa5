"""Desk: what every door needs to pass on what somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.conversation.refusal import refusal
from bot.domain.access import Permission
from bot.domain.reply import Notice
from bot.subscriptions.commands import takes

if TYPE_CHECKING:
    from analytics.query import Form
    from bot.conversation.answer_cache import AnswerCache
    from bot.conversation.name_index import NameIndex
    from bot.conversation.natural_language import NaturalLanguage
    from bot.conversation.rate_limit import RateLimit
    from bot.conversation.router import Router
    from bot.delivery.conversation import Conversation
    from bot.delivery.responder import Responder
    from bot.domain.store_summary import Entry
    from bot.storage.channels.channel_ids import ChannelIds
    from bot.storage.messages.pending_replies import PendingReplies
    from bot.storage.messages.received_events import ReceivedEvents
    from bot.storage.workspaces import WorkspaceRemoval
    from bot.subscriptions.service import SubscriptionService

_UNDELIVERED = "I had your answer and couldn't post it: Slack took it nowhere. Ask again in a minute."


@dataclass(frozen=True, slots=True)
class Services:
    """Who answers, how answers travel, who may ask, and what was received before."""

    router: Router
    responder: Responder
    rate_limit: RateLimit
    seen: ReceivedEvents
    entries: tuple[Entry, ...]
    """What can be asked."""
    name_index: NameIndex
    """What it can be asked about, and the latest findings."""
    leaving: WorkspaceRemoval
    """What is to be done when a workspace removes the app."""
    subscription_service: SubscriptionService
    """Keeps what channels are subscribed to and watch."""
    answer_cache: AnswerCache
    """The answers that are at hand."""
    plainly: NaturalLanguage
    """Reads what is said in plain words."""
    pending_replies: PendingReplies
    """The requests that have not ended, for the next process to put right."""
    channel_ids: ChannelIds
    """What is to be done when Slack changes a channel's id."""

    def serve(self, conversation: Conversation, text: str) -> bool:
        """Answer a question, or do what is the clerk's, if the seat's access allows it; tell whether the answer was delivered."""
        if takes(text):
            delivered = self.subscription_service.serve(conversation, text)
        elif conversation.access.allows(Permission.ASK):
            delivered = self.responder.serve(conversation, text)
        else:
            delivered = self.responder.tell(conversation, refusal(conversation.access.actor.kind))
        if not delivered and conversation.notice is None:
            conversation.notice = Notice(
                _UNDELIVERED, suggestions=(text,)
            )  # told by what carries the request, when that is possible
        return delivered

    def admits(self, conversation: Conversation, permission: Permission) -> bool:
        """Tell whether a person may do something that their payload alone doesn't tell; say so to them where not."""
        conversation.access = self.subscription_service.people.verified(
            conversation.client, conversation.workspace, conversation.access
        )
        if conversation.access.allows(permission):
            return True
        self.responder.tell(conversation, refusal(conversation.access.actor.kind))
        return False

    @property
    def forms(self) -> list[Form]:
        """How the questions are put."""
        return [entry.form for entry in self.entries]
