"""``Basis``, the data that a digest rests on: which snapshots, and whether the last one of its month or week is among them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.questions.comparability import last_like_largest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.digest.edition import Edition
    from analytics.domain import ListName, Snapshot
    from analytics.storage.history import History

METHOD = 4
"""The version of the method. Raise it when the same snapshots make another digest."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The data of one edition of one list."""

    edition: Edition
    within: ListName
    last: date | None
    """The date of the edition's last snapshot (:func:`last_of`); ``None`` without one."""
    complete: bool
    """Whether there is a snapshot of the edition's last day or of a later one."""
    fingerprint: str
    """Of the method and of all snapshots that the digest can be made from: 16 hexadecimal digits."""

    def key(self, sections: Iterable[str]) -> str:
        """Return what a digest with these sections is stored under, at most 120 characters; other data has another key."""
        return f"{self.edition} in {self.within}: {','.join(sections)} · {self.last or 'no snapshot'} · {self.fingerprint}"


def last_of(edition: Edition, snapshots: Sequence[Snapshot]) -> Snapshot | None:
    """Return the snapshot that an edition's digest is about, chosen as by a question about its month; ``None`` without one."""
    return last_like_largest([s for s in snapshots if s.taken_on in edition])


def basis(edition: Edition, history: History, within: ListName) -> Basis:
    """Return what the digest of an edition rests on: the snapshots up to its end, or all if none is from that time."""
    snapshots = history.snapshots(within)
    earlier = [snapshot for snapshot in snapshots if snapshot.taken_on <= edition.last]
    chosen = last_of(edition, snapshots)
    last = chosen.taken_on if chosen else None
    rests_on = earlier if last else snapshots
    fingerprint = hashlib.sha256(f"{METHOD}".encode())
    for snapshot in rests_on:
        fingerprint.update(f" {snapshot.id} {snapshot.taken_on} {snapshot.source} {snapshot.size}".encode())
    complete = bool(snapshots) and snapshots[-1].taken_on >= edition.last
    return Basis(edition, within, last, complete, fingerprint.hexdigest()[:16])
