"""Desk: what every door needs to pass on what somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clerk.words import takes

if TYPE_CHECKING:
    from analytics.query import Form
    from bot.allowance import Allowance
    from bot.catalog import Catalog
    from bot.clerk.clerk import Clerk
    from bot.delivery.courier import Courier
    from bot.delivery.seat import Seat
    from bot.overview import Entry
    from bot.plainly import Plainly
    from bot.recent import Recent
    from bot.router import Router
    from bot.store.seen import Seen
    from bot.store.workspaces import Leaving


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

    def serve(self, seat: Seat, text: str) -> bool:
        """Answer a question, or do what is the clerk's; tell whether the answer was delivered."""
        return self.clerk.serve(seat, text) if takes(text) else self.courier.serve(seat, text)

    @property
    def forms(self) -> list[Form]:
        """How the questions are put."""
        return [entry.form for entry in self.entries]
