"""Which snapshots alerts are checked on and bets are settled by: complete ones that compare with the list as it usually is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from analytics.questions.comparability import RECENT_DAYS, comparable, difference, settling, usual
from analytics.statistics import quality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from analytics.digest.edition import Edition
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

    def last_day(self, within: ListName, month: Edition) -> date | str:
        """Return the date of the snapshot that settles a month's bets.

        Where there is none, return the reason as a clause; ``""`` where the month has no snapshot at all.
        """
        snapshots = self._lists.get(within, ())
        snapshot, before = settling(snapshots, month.first, month.last)
        if snapshot:
            return snapshot.taken_on
        other = next((s for s in reversed(snapshots) if s.taken_on in month), None)
        if other is None or before is None:
            return ""
        reason = difference(before, other).removesuffix(".")
        return f"{reason[:1].lower()}{reason[1:]}"
