"""Deliver a message and its thread at once, as far as that goes quickly. Workers deliver the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.domain.outbox import Kind
from bot.outbox.delivery import deliver

if TYPE_CHECKING:
    from bot.outbox.delivery import DeliveryContext

WITHIN = 15.0
"""Seconds; less than a process that ends waits for its requests."""
_PAUSE = 2.0
"""Seconds. A delivery that asks for a longer wait is left to the workers."""
_MOST = 50


def deliver_thread(context: DeliveryContext, id_: int, within: float = WITHIN) -> None:
    """Deliver a row and its replies in order. Any number of processes may do so at the same time.

    Raises:
        StoreError: if the database can't be used.

    """
    deadline = time.monotonic() + within
    replies = context.outbox.of(Kind.REPLY, id_, limit=_MOST)
    for delivery in (id_, *sorted(reply.id for reply in replies)):
        while again := deliver(context, delivery):
            pause = (again.at - context.clock()).total_seconds()
            if pause > _PAUSE or time.monotonic() + pause > deadline:
                return
            time.sleep(max(pause, 0.01))
