"""How things stand, for whoever runs the bot: lines of text about all workspaces."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import QueryError
from analytics.formatting.phrases import day, plural, short_list
from analytics.questions.data_warnings import latest
from analytics.storage.sql_history import SqlHistory
from bot.blocks.notices import error_reason
from bot.domain.dump import State as Dump
from bot.domain.outbox import State
from bot.storage.dumps import DumpStore
from bot.storage.heartbeats import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from bot.outbox.delivery import DeliveryContext
    from bot.storage.messages.outbox import OutboxStore


def lines(delivery_context: DeliveryContext, database: sa.Engine, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is kept, who is subscribed, and what became of what was owed.

    Raises:
        StoreError: when the database cannot be used.

    """
    history = SqlHistory(database)
    for name in ListName:
        snapshots = history.snapshots(name)
        if snapshots:
            last = snapshots[-1]
            age = (now.date() - last.taken_on).days
            old = "of today" if age <= 0 else f"{plural(age, 'day')} old"
            simulated = ", simulated" if last.simulated else ""
            said = f"{plural(len(snapshots), 'snapshot')}, the last of {day(last.taken_on)} ({old}{simulated})"
            yield short_list(name).capitalize(), said
            for doubt in latest(history, name):
                yield "Doubt", doubt.sentence + (" No digest is sent on it." if doubt.severe else "")
    running, paused = delivery_context.subscriptions.counts()
    yield "Subscriptions", f"{running} running, {paused} paused"
    counts = delivery_context.outbox.counts()
    yield "Deliveries", ", ".join(f"{counts.get(state, 0)} {state}" for state in State)
    if delivery_context.heartbeats:
        yield "Workers", describe(delivery_context.heartbeats.find(), now, names=True) + "."
    failed = counts.get(State.FAILED, 0) + counts.get(State.UNSURE, 0)
    if failed:
        yield "Look at", "hfstats deliveries --failed"
    yield from _dumps(DumpStore(database))


def _dumps(dumps: DumpStore) -> Iterator[tuple[str, str]]:
    found = dumps.find()
    if found:
        many = Counter(one.state for one in found)
        yield (
            "Backfill",
            f"{many[Dump.DONE]} of {plural(len(found), 'day')} counted"
            + (f", {many[Dump.FAILED]} failed" if many[Dump.FAILED] else ""),
        )
    for one in found:
        if one.state is Dump.FAILED:
            yield "Failed", f"{one.taken_on}: {one.error}"


def deliveries(outbox: OutboxStore, *, failed: bool, limit: int) -> Iterator[str]:
    """Yield a line for each delivery, the latest first; never what it said."""
    found = outbox.failed(limit) if failed else outbox.find(limit=limit)
    for line in found:
        about = f" ({error_reason(line.error)})" if line.error else ""
        where = f"{line.workspace}/{line.channel}".lstrip("/")
        yield f"{line.id:>7}  {line.due_at:%Y-%m-%d %H:%M}  {line.kind:<6}  {line.period:<10.24}  {where}  {line.state}{about}"
    if not found:
        yield "Nothing failed, and nothing is unsure." if failed else "Nothing was owed to anybody yet."


def retry(outbox: OutboxStore, ids: Sequence[int], *, every: bool) -> Iterator[str]:
    """Plan some anew, or all that failed; yields what was done.

    Raises:
        QueryError: when neither is said.

    """
    if not ids and not every:
        raise QueryError("Say which: hfstats deliveries --failed shows their numbers; --all takes all that failed.")
    chosen = [line.id for line in outbox.failed() if line.state is State.FAILED] if every else list(ids)
    for id_ in dict.fromkeys(chosen):
        line = outbox.get(id_)
        if line is None:
            yield f"{id_}: there is no such delivery."
        elif outbox.retry(id_, line.workspace):
            yield f"{id_}: will be sent again."
        else:
            yield f"{id_}: is {line.state}; nothing to send again."
    if not chosen:
        yield "Nothing failed."
