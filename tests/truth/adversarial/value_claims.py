"""Holds the values of an answer against the whole truth: rankings, shifts with their bounds, and the reasons for them."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from truth.adversarial.histories import FACTS
from truth.adversarial.told_cases import Problem
from truth.adversarial.whole_truth import UNRANKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truth.adversarial.told_cases import Case

EVEN = 1e-9
"""What floats may differ by."""
VISIBLE = 0.0005
"""A change from which it is told."""


def of_ranking(case: Case, ranking: Any, *, is_whole: bool) -> Iterator[Problem]:
    """Yield what a ranking tells that isn't so.

    What is recorded under a name can't be more than what is, and can't be less by more than isn't recorded.
    ``is_whole``: whether the ranking is of all models of the list.
    """
    values: defaultdict[str, Fraction] = defaultdict(Fraction)
    for number in case.now.members:
        if not case.task or case.task in case.truth.names(number, case.now.place, "task"):
            names = case.truth.names(number, case.now.place, case.dimension)
            for name in names:
                values[name] += Fraction(case.truth.value(number, case.now.place, ranking.by), len(names))
    unknown = ranking.total - ranking.recorded
    if is_whole and not case.task and abs(ranking.total - sum(values.values())) > EVEN * max(1, ranking.total):
        yield Problem("figure", f"total {ranking.total}: {float(sum(values.values()))}")
    ranked = [share.value for share in ranking.shares if share.name not in UNRANKED]
    for share in ranking.shares:
        slack = EVEN * max(1.0, ranking.total)
        most = share.value + unknown if is_whole and not case.task else float("inf")
        if not share.value - slack <= values[share.name] <= most + slack:
            yield Problem("figure", f"{share.name} {share.value} to {most}: {float(values[share.name])}")
        if share.name in UNRANKED:
            if share.rank is not None:
                yield Problem("rank of an unknown", f"{share.name} {share.rank}")
        elif share.value and share.rank != 1 + sum(value > share.value + 1e-6 for value in ranked) and len(ranking.shares) > 3:
            yield Problem("rank", f"{share.name} {share.rank} among the values told")


def of_shift(case: Case, shift: Any) -> Iterator[Problem]:
    """Yield what a shift tells that isn't so: its sign, its size or bounds, its reasons."""
    basis = getattr(shift, "basis", None)
    is_among = basis is not None and basis.name == "BOTH"
    whole = case.change(shift.name)
    low, high = getattr(shift, "low", None), getattr(shift, "high", None)
    if low is not None and not low - EVEN <= whole <= high + EVEN:
        yield Problem("bounds", f"{shift.name} {low:+.4f} to {high:+.4f}: {float(whole):+.4f}")
    told = case if not is_among else case.about("with a known")
    change = told.change(shift.name)
    if is_among and abs(change - shift.points) > EVEN:
        yield Problem("figure", f"{shift.name} {shift.points:+.4f} among the known: {float(change):+.4f}")
    if abs(shift.points) >= VISIBLE and shift.points * change <= 0:
        yield Problem("sign", f"{shift.name} {shift.points:+.4f}: {float(change):+.4f}")
    for listing, told_rank in ((case.then, shift.rank_before), (case.now, shift.rank_after)):
        if shift.name in UNRANKED:
            if told_rank is not None:
                yield Problem("rank of an unknown", f"{shift.name} {told_rank}")
        elif (
            told_rank is not None
            and all(case.truth.is_known(n, listing.place, case.dimension, case.until) for n in listing.members)
            and told_rank != told.rank(shift.name, listing)
        ):
            yield Problem("rank", f"{shift.name} {told_rank}: {told.rank(shift.name, listing)}")
    for reason in shift.reasons:
        yield from _of_reason(case, shift, reason, is_among=is_among)


def _of_reason(case: Case, shift: Any, reason: Any, *, is_among: bool) -> Iterator[Problem]:
    numbers = [n for n in case.truth.numbers(reason.model) if n in case.now.members or n in case.then.members]
    if len(numbers) != 1:
        return
    number, told = numbers[0], f"{reason.model} {reason.cause} for {shift.name} {reason.points:+.4f}"
    then, now = (case.truth.value(number, listing.place, shift.by) for listing in (case.then, case.now))
    names = [case.truth.names(number, listing.place, case.dimension) for listing in (case.then, case.now)]
    facts = [case.dimension, *(["task"] if case.task else [])]
    recorded = [all(case.truth.is_recorded(listing, number, f) for f in facts) for listing in (case.then, case.now)]
    was, is_now = (_is_in(case, number, listing) for listing in (case.then, case.now))
    is_so = {
        "ENTERED": is_now and not was,
        "LEFT": was and not is_now,
        "GREW": was and is_now and now > then,
        "SHRANK": was and is_now and now < then,
        "DILUTED": was and is_now and now >= then,
        "OUTLASTED": was and is_now and now <= then,
        "UNCHANGED": was and is_now and now == then,
        "DECLARED": case.dimension in FACTS and names[0] != names[1],
        "RENAMED": names[0] != names[1],
        "NEWLY_RECORDED": not recorded[0],
        "NO_LONGER_RECORDED": not recorded[1],
    }.get(reason.cause.name, True)
    if not is_so:
        yield Problem(f"cause: {reason.cause}", f"{told}: {then} to {now}, {names[0]} to {names[1]}, {was} to {is_now}")
    place = re.search(r"(\d+)\w\w (?:before|now)", getattr(reason, "place", ""))
    if place:
        listing = case.then if reason.cause.name == "ENTERED" else case.now
        value = case.truth.history.lives[number].downloads[listing.place]
        above = [life.downloads[listing.place] for life in case.truth.history.lives]
        if not sum(v > value for v in above) < int(place[1]) <= sum(v >= value for v in above):
            yield Problem("rank", f"{told}, {reason.place}")
    parts = [case.truth.part(listing, number, shift.name, case.dimension, shift.by) for listing in (case.then, case.now)]
    change = parts[1] - parts[0]
    is_of_list = not is_among and not case.task and reason.cause.name not in {"NEWLY_RECORDED", "NO_LONGER_RECORDED"}
    if is_of_list and abs(reason.points) >= VISIBLE and reason.points * change <= 0:
        yield Problem("sign of a reason", f"{told}: {float(change):+.4f}")


def _is_complete(case: Case, listing: Any) -> bool:
    return all(case.truth.is_known(number, listing.place, case.dimension, case.until) for number in listing.members)


def _is_in(case: Case, number: int, listing: Any) -> bool:
    return number in listing.members and (not case.task or case.task in case.truth.names(number, listing.place, "task"))
