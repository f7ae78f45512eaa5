"""Deliver messages at once, as far as that goes quickly. Workers deliver the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.outbox.delivery import deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.outbox.delivery import DeliveryContext

WITHIN = 15.0
"""Seconds; less than a process that ends waits for its requests."""
_PAUSE = 2.0
"""Seconds. A delivery that asks for a longer wait is left to the workers."""


def deliver_now(context: DeliveryContext, ids: Sequence[int], within: float = WITHIN) -> None:
    """Deliver rows in order. Any number of processes may do so at the same time.

    Raises:
        StoreError: if the database can't be used.

    """
    deadline = time.monotonic() + within
    for id_ in ids:
        while again := deliver(context, id_):
            pause = (again.at - context.clock()).total_seconds()
            if pause > _PAUSE or time.monotonic() + pause > deadline:
                return
            time.sleep(max(pause, 0.01))
