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
    from bot.conversation.answer_cache import Recent
    from bot.conversation.name_index import Catalog
    from bot.conversation.natural_language import Plainly
    from bot.conversation.rate_limit import Allowance
    from bot.conversation.router import Router
    from bot.delivery.conversation import Seat
    from bot.delivery.responder import Courier
    from bot.domain.store_summary import Entry
    from bot.storage.messages.pending_replies import Unfinished
    from bot.storage.messages.received_events import Seen
    from bot.storage.workspaces import Leaving
    from bot.subscriptions.service import Clerk

_UNDELIVERED = "I had your answer and couldn't post it: Slack took it nowhere. Ask again in a minute."


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers, how answers travel, who may ask, and what was received before."""

    router: Router
    courier: Courier
    allowance: Allowance
    seen: Seen
    entries: tuple[Entry, ...]
    """What can be asked."""
    catalog: Catalog
    """What it can be asked about, and the latest findings."""
    leaving: Leaving
    """What is to be done when a workspace removes the app."""
    clerk: Clerk
    """Keeps what channels are subscribed to and watch."""
    recent: Recent
    """The answers that are at hand."""
    plainly: Plainly
    """Reads what is said in plain words."""
    unfinished: Unfinished
    """The requests that have not ended, for the next process to put right."""

    def serve(self, seat: Seat, text: str) -> bool:
        """Answer a question, or do what is the clerk's, if the seat's access allows it; tell whether the answer was delivered."""
        if takes(text):
            delivered = self.clerk.serve(seat, text)
        elif seat.access.allows(Permission.ASK):
            delivered = self.courier.serve(seat, text)
        else:
            delivered = self.courier.tell(seat, refusal(seat.access.actor.kind))
        if not delivered and seat.notice is None:
            seat.notice = Notice(_UNDELIVERED, suggestions=(text,))  # told by what carries the request, when that is possible
        return delivered

    def admits(self, seat: Seat, permission: Permission) -> bool:
        """Tell whether a person may do something that their payload alone doesn't tell; say so to them where not."""
        seat.access = self.clerk.people.verified(seat.client, seat.workspace, seat.access)
        if seat.access.allows(permission):
            return True
        self.courier.tell(seat, refusal(seat.access.actor.kind))
        return False

    @property
    def forms(self) -> list[Form]:
        """How the questions are put."""
        return [entry.form for entry in self.entries]
