"""The whole truth of a made-up history: shares, ranks and what is known, in exact fractions and without any of the product."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from truth.adversarial.histories import CREATORS, FACTS, MOVED

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from truth.adversarial.histories import History, Recorded

UNRANKED = {"none declared", "not known"}
CARRY_DAYS = 92
"""Days within which a fact that another date records counts as known; see docs/explanation/method.md."""
TOLERANCE = 0.1
"""Largest difference in size of two lists that are compared."""


class Truth:
    """What is so, and what the store can know of it."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.place = {day: place for place, day in enumerate(history.days)}
        self.shares = cache(self._shares)
        self._dates: defaultdict[tuple[str, str], set[tuple[date, str]]] = defaultdict(set)
        for listing in self.listings():
            for number, fact in listing.facts:
                self._dates[self.present(number, listing.place), fact].add((history.days[listing.place], listing.within))

    def listings(self, within: str = "") -> list[Recorded]:
        return [listing for listing in self.history.listings if within in {"", listing.within}]

    def of_day(self, within: str, day: date, alike: int = 0) -> Recorded | None:
        """Return the list that is read: the largest of the day, the first stored of equal ones; of a size like ``alike``."""
        at = [listing for listing in self.listings(within) if self.history.days[listing.place] == day]
        if alike:
            at = [one for one in at if abs(len(one.members) - alike) <= TOLERANCE * max(len(one.members), alike)]
        return max(at, key=lambda listing: len(listing.members), default=None)

    def of_source(self, within: str, day: date, source: str) -> Recorded | None:
        return next((s for s in self.listings(within) if self.history.days[s.place] == day and s.source == source), None)

    def present(self, number: int, place: int) -> str:
        """Return the id that everybody knows a model under."""
        model_id = self.history.lives[number].ids[place]
        return MOVED.get(model_id, model_id)

    def numbers(self, model: str) -> list[int]:
        """Return the models that have had an id, or a name after the namespace."""
        ids = (
            (number, {*life.ids, *(MOVED.get(own, own) for own in life.ids)}) for number, life in enumerate(self.history.lives)
        )
        return [number for number, known in ids if any(model in {own, own.rpartition("/")[2]} for own in known)]

    def value(self, number: int, place: int, by: str) -> int:
        return 1 if by == "models" else self.history.lives[number].downloads[place]

    def names(self, number: int, place: int, dimension: str) -> tuple[str, ...]:
        life = self.history.lives[number]
        namespace = life.ids[place].partition("/")[0]
        match dimension:
            case "creator":
                return (CREATORS[namespace][0],)
            case "country":
                return (CREATORS[namespace][1],)
            case "namespace":
                return (namespace,)
        return life.facts[dimension][place] or ("none declared",)

    def is_known(self, number: int, place: int, dimension: str, until: date | None = None) -> bool:
        """Return whether some list near the day records what a model declares.

        ``until``: for digests, which look back only, and only in the top list.
        """
        if dimension not in FACTS:
            return True
        day = self.history.days[place]
        return any(
            abs((other - day).days) <= CARRY_DAYS and (until is None or (other <= until and within == "top"))
            for other, within in self._dates[self.present(number, place), dimension]
        )

    def is_recorded(self, listing: Recorded, number: int, dimension: str) -> bool:
        return dimension not in FACTS or (number, dimension) in listing.facts

    def known(self, listing: Recorded, dimension: str, until: date | None = None) -> frozenset[int]:
        return frozenset(n for n in listing.members if self.is_known(n, listing.place, dimension, until))

    def _shares(self, listing: Recorded, dimension: str, by: str, among: Collection[int] | None = None) -> dict[str, Fraction]:
        """Return the share of each name, of all models or of some; ``{}`` where there is nothing to share."""
        members = [n for n in listing.members if among is None or n in among]
        whole = sum(self.value(number, listing.place, by) for number in members)
        values: defaultdict[str, Fraction] = defaultdict(Fraction)
        for number in members:
            names = self.names(number, listing.place, dimension)
            for name in names:
                values[name] += Fraction(self.value(number, listing.place, by), len(names))
        return {name: value / whole if whole else Fraction() for name, value in values.items()}

    def part(self, listing: Recorded, number: int, name: str, dimension: str, by: str) -> Fraction:
        """Return the share of the whole list that one model has under a name."""
        if number not in listing.members:
            return Fraction()
        whole = sum(self.value(member, listing.place, by) for member in listing.members)
        names = self.names(number, listing.place, dimension)
        own = Fraction(self.value(number, listing.place, by) * names.count(name), len(names))
        return own / whole if whole else Fraction()


def rank(shares: dict[str, Fraction], name: str) -> int | None:
    """Return the rank of a name; ``None`` for one that the list doesn't have, and for what isn't declared or known."""
    if name in UNRANKED or name not in shares:
        return None
    return 1 + sum(share > shares[name] for other, share in shares.items() if other not in UNRANKED)


def ranked(shares: dict[str, Fraction]) -> dict[str, Fraction]:
    return {name: share for name, share in shares.items() if name not in UNRANKED}
