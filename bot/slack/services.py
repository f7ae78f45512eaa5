"""The services that listeners use; created in the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.conversation.help import build_notice
from bot.conversation.refusal import refusal
from bot.domain.access import Permission
from bot.domain.reply import Notice
from bot.domain.request import Command, Help, Misunderstood, Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.query import Form
    from bot.conversation.answer_cache import AnswerCache
    from bot.conversation.name_index import NameIndex
    from bot.conversation.one_answer import OneAnswer
    from bot.conversation.rate_limit import RateLimit
    from bot.conversation.request_parser import RequestParser
    from bot.conversation.router import Router
    from bot.delivery.conversation import Conversation
    from bot.delivery.responder import Responder
    from bot.domain.dump import HistoryProgress
    from bot.domain.request import Request
    from bot.domain.store_summary import Entry
    from bot.storage.channels.channel_ids import ChannelIds
    from bot.storage.messages.pending_replies import PendingReplies
    from bot.storage.messages.received_events import ReceivedEvents
    from bot.storage.workspaces import WorkspaceRemoval
    from bot.subscriptions.service import SubscriptionService

_UNDELIVERED = "I couldn't post your answer: Slack didn't accept it. Ask again in a minute."


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the bot that listeners use."""

    parser: RequestParser
    router: Router
    responder: Responder
    rate_limit: RateLimit
    received_events: ReceivedEvents
    one_answer: OneAnswer
    entries: tuple[Entry, ...]
    """The questions that can be asked."""
    name_index: NameIndex
    workspace_removal: WorkspaceRemoval
    subscription_service: SubscriptionService
    answer_cache: AnswerCache
    pending_replies: PendingReplies
    channel_ids: ChannelIds
    history_progress: Callable[[], HistoryProgress | None]

    def immediate_notice(self, request: Request) -> Notice | None:
        """Return a reply that needs no data and can be in the acknowledgement; ``None`` for all other requests."""
        match request:
            case Help(notice):
                return notice
            case Misunderstood(notice) if not self.parser.can_guess(request):
                return notice
        return None

    def serve(self, conversation: Conversation, request: Request) -> bool:
        """Answer a request as far as the conversation's access allows; returns whether an answer, not a notice, was delivered."""
        conversation.quiet = conversation.quiet or (request.quiet and not conversation.direct)
        notice = self.immediate_notice(request) or self.rate_limit.ask(conversation.workspace, conversation.user)
        if notice and isinstance(request, Misunderstood):
            notice = request.notice  # only the chat model's help is limited
        if notice is None:
            return self._serve(conversation, self.parser.guess(request) if isinstance(request, Misunderstood) else request)
        self.responder.tell(conversation, notice)
        return False

    def _serve(self, conversation: Conversation, request: Request) -> bool:
        match request:
            case Help(notice) | Misunderstood(notice):
                self.responder.tell(conversation, notice)
                return False
            case Command(word="build"):
                self.responder.tell(conversation, build_notice(request))
                return False
            case Command():
                delivered = self.subscription_service.serve(conversation, request)
            case Question() if conversation.access.allows(Permission.ASK):
                delivered = self.responder.serve(conversation, request)
            case _:
                delivered = self.responder.tell(conversation, refusal(conversation.access.actor.kind))
        if not delivered and conversation.notice is None:  # sent at the end of the request, if possible
            conversation.notice = Notice(_UNDELIVERED, suggestions=(request.text,))
        return delivered and conversation.notice is None

    def admits(self, conversation: Conversation, permission: Permission) -> bool:
        """Check a permission that needs a lookup in Slack; notifies the user if they lack it."""
        people = self.subscription_service.people
        conversation.access = people.verified(conversation.client, conversation.workspace, conversation.access)
        if conversation.access.allows(permission):
            return True
        self.responder.tell(conversation, refusal(conversation.access.actor.kind))
        return False

    @property
    def forms(self) -> list[Form]:
        """The forms of all questions."""
        return [entry.form for entry in self.entries]
