"""Desk: what every door needs to pass on what somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.query import Form
    from bot.allowance import Allowance
    from bot.catalog import Catalog
    from bot.delivery.courier import Courier
    from bot.overview import Entry
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

    @property
    def forms(self) -> list[Form]:
        """How the questions are put."""
        return [entry.form for entry in self.entries]
