"""``hfstats status`` and ``hfstats deliveries``: lines for the operator, about all workspaces."""

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

    from bot.domain.dump import HistoryProgress
    from bot.outbox.delivery import DeliveryContext
    from bot.storage.messages.outbox import OutboxStore


def lines(
    delivery_context: DeliveryContext, database: sa.Engine, now: datetime, progress: HistoryProgress | None = None
) -> Iterator[tuple[str, str]]:
    """Yield pairs of label and text about snapshots, subscriptions, deliveries, workers and backfill.

    ``progress``: how far the lists of past months are, if workers fetch them.

    Raises:
        StoreError: when the database cannot be used.

    """
    history = SqlHistory(database)
    for name in ListName:
        snapshots = history.snapshots(name)
        if snapshots:
            last = snapshots[-1]
            age = (now.date() - last.taken_on).days
            old = "today" if age <= 0 else f"{plural(age, 'day')} old"
            simulated = ", simulated" if last.simulated else ""
            said = f"{plural(len(snapshots), 'snapshot')}, the last of {day(last.taken_on)} ({old}{simulated})"
            yield short_list(name).capitalize(), said
            if last.odd_rows:
                rows = plural(last.odd_rows, "row")
                yield "Odd rows", f"{rows} of it had a field that couldn't be read, or stood twice. The log has examples."
            for warning in latest(history, name):
                yield "Warning", warning.sentence + (" Digests don't use it." if warning.severe else "")
    if progress:
        yield "History", f"{progress.text}. {progress.problem}" if progress.problem else progress.text
    running, paused = delivery_context.subscriptions.counts()
    yield "Subscriptions", f"{running} active, {paused} paused"
    counts = delivery_context.outbox.counts()
    yield "Deliveries", ", ".join(f"{counts.get(state, 0)} {state}" for state in State)
    if delivery_context.heartbeats:
        yield "Workers", describe(delivery_context.heartbeats.find(), now, names=True) + "."
    failed = counts.get(State.FAILED, 0) + counts.get(State.UNSURE, 0)
    if failed:
        yield "To see failures, run", "hfstats deliveries --failed"
    yield from _dumps(DumpStore(database))


def _dumps(dumps: DumpStore) -> Iterator[tuple[str, str]]:
    imports = dumps.find()
    if imports:
        many = Counter(dump.state for dump in imports)
        yield (
            "Backfill",
            f"{many[Dump.DONE]} of {plural(len(imports), 'day')} counted"
            + (f", {many[Dump.FAILED]} failed" if many[Dump.FAILED] else ""),
        )
    for dump in imports:
        if dump.state is Dump.FAILED:
            yield "Failed", f"{dump.taken_on}: {dump.error}"


def deliveries(outbox: OutboxStore, *, failed: bool, limit: int) -> Iterator[str]:
    """Yield one line per delivery, latest first, without its content."""
    rows = outbox.failed(limit) if failed else outbox.find(limit=limit)
    for line in rows:
        about = f" ({error_reason(line.error)})" if line.error else ""
        where = f"{line.workspace}/{line.channel}".lstrip("/")
        yield f"{line.id:>7}  {line.due_at:%Y-%m-%d %H:%M}  {line.kind:<6}  {line.period:<10.24}  {where}  {line.state}{about}"
    if not rows:
        yield "No failed or unsure deliveries." if failed else "No deliveries yet."


def retry(outbox: OutboxStore, ids: Sequence[int], *, all_failed: bool) -> Iterator[str]:
    """Retry deliveries by id, or all failed ones; yields one line per delivery.

    Raises:
        QueryError: when neither ids nor ``all_failed`` are given.

    """
    if not ids and not all_failed:
        raise QueryError("Add the ids of the deliveries to retry, or --all. To see the ids, run: hfstats deliveries --failed")
    chosen = [line.id for line in outbox.failed() if line.state is State.FAILED] if all_failed else list(ids)
    for id_ in dict.fromkeys(chosen):
        line = outbox.get(id_)
        if line is None:
            yield f"{id_}: no such delivery"
        elif outbox.retry(id_, line.workspace):
            yield f"{id_}: will be retried"
        else:
            yield f"{id_}: is {line.state}, nothing to retry"
    if not chosen:
        yield "No failed deliveries."
