"""Which snapshots alerts are checked on and bets are settled by: complete ones that compare with the list as it usually is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.formatting.numbers import count
from analytics.formatting.phrases import day, plural
from analytics.questions.comparability import RECENT_DAYS, SETTLING_DAYS, comparable, list_on, same_list, settling, usual
from analytics.statistics import quality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from analytics.domain import ListName, Snapshot
    from analytics.storage.history import History


class DecidingSnapshots:
    """The complete snapshots of a store at one moment: in an incomplete list, creators would seem to be gone."""

    def __init__(self, history: History) -> None:
        """Read the lists' snapshots from ``history`` when they are first needed."""
        self._history = history

    @cached_property
    def _lists(self) -> Mapping[ListName, Sequence[Snapshot]]:
        return {
            name: [snapshot for snapshot in snapshots if not any(warning.severe for warning in quality.short(snapshot))]
            for name, snapshots in self._history.lists().items()
        }

    @cached_property
    def _by_day(self) -> Mapping[ListName, Mapping[date, Snapshot]]:
        return {name: {snapshot.taken_on: snapshot for snapshot in snapshots} for name, snapshots in self._lists.items()}

    def newest_days(self) -> dict[str, date]:
        """Return the date of the snapshot that each list's alerts are checked on: of recent ones, the last of the usual kind."""
        current = {name.value: usual(snapshots, RECENT_DAYS) for name, snapshots in self._lists.items()}
        return {name: snapshot.taken_on for name, snapshot in current.items() if snapshot}

    def are_comparable(self, within: ListName, before: date, now: date) -> bool:
        """Tell whether a list's snapshots of two dates may be compared; ``False`` where one of them is missing."""
        by_day = self._by_day.get(within, {})
        return before in by_day and now in by_day and comparable(by_day[before], by_day[now])

    def list_on(self, within: ListName, placed: date) -> date | None:
        """Return the date of the list that a bet of that day is about; ``None`` if there are no snapshots."""
        snapshot = list_on(self._lists.get(within, ()), placed)
        return snapshot.taken_on if snapshot else None

    def month_ends(self, within: ListName, placed: date) -> dict[Edition, date]:
        """Return the date of the last snapshot of each month before a bet's, of the list that the bet is about."""
        snapshots = self._lists.get(within, ())
        on = list_on(snapshots, placed)
        start = placed.replace(day=1)
        return {Edition.month(s.taken_on): s.taken_on for s in snapshots if s.taken_on < start and on and same_list(s, on)}

    def last_day(self, within: ListName, month: Edition, placed: date) -> date | str:
        """Return the date of the snapshot that settles a bet on a month, or what is missing for that, as a clause."""
        snapshots = self._lists.get(within, ())
        on = list_on(snapshots, placed)
        snapshot = settling(snapshots, on, month.last) if on else None
        return snapshot.taken_on if snapshot else self._missing(within, month, on)

    def _missing(self, within: ListName, month: Edition, on: Snapshot | None) -> str:
        last = next((s for s in reversed(self._history.lists().get(within, ())) if s.taken_on in month), None)
        if last is None:
            return f"there's no snapshot of the {within} list from {month.name}"
        date_ = day(last.taken_on)
        if (month.last - last.taken_on).days > SETTLING_DAYS:
            return f"the last snapshot of {month.name} is from {date_}, more than three days before the month's end"
        if on is None or same_list(on, last):
            return f"the snapshot from {date_} is incomplete"
        if last.simulated and not on.simulated:
            return f"the snapshot from {date_} is simulated"
        size = f"the list had {plural(last.size, 'model')} on {date_}"
        placed = f"the {count(on.size)} that it had when the bets were placed"
        return f"{size}, fewer than nine tenths of {placed}" if last.size < on.size else f"{size} instead of {placed}"
