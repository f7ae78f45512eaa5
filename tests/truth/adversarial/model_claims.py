"""Reads the sentences about single models and holds them against the whole truth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from truth.adversarial.sentence_claims import PERCENT, UnreadableError
from truth.adversarial.told_cases import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truth.adversarial.histories import Recorded
    from truth.adversarial.told_cases import Case

PATTERNS = {
    "entries": r"(?P<in>\d+) models? with .* entered the list|(?P<out>\d+) models? left the list since|No models (?P<no>entered)",
    "left": r"^(?P<names>\S+ \(\d+\w\w\)(?:(?:, | and )\S+ \(\d+\w\w\))*) left the list; |The largest were (?P<largest>.+)$",
    "leader": r"^(?P<leader>\S+) (?:still leads|now leads, (?:up from (?P<from>\d+)|new)).*; (?P<new>\d+|no) models? ent",
    "leads": rf"^(?P<first>\S+) leads with \S+ downloads? \({PERCENT} of the list\)",
    "model": r"^30-day downloads of (?P<model>\S+) (?P<verb>\w+) .* since (?P<day>\w+ \d+, \d+) \(.*?(?P<rank>\d+)\w\w\)$",
    "alone": r"^(?P<alone>\S+) alone (?P<how>raised|lowered) total downloads|the largest change comes from (?P<single>\S+)",
    "portion": r"^(?P<portion>\S+) alone has (?P<percent>[\d.]+)% of the downloads of the",
    "jump": r"^(?P<jump>\S+) (?P<moved>entered|left) the list (?:with|in|since)",
    "spike": r"^(?P<spike>[^\s,]+),? .*spike",
}


def problems(case: Case, sentence: str) -> list[Problem]:
    """Return what a sentence tells that isn't so.

    Raises:
        UnreadableError: for a sentence that isn't understood.

    """
    for kind, pattern in PATTERNS.items():
        match = re.search(pattern, sentence.rstrip("."))
        if match:
            reader = globals()[f"_{kind}"]
            return [Problem(kind, f"{text} [{sentence}]") for kind, text in reader(case, match.groupdict())]
    raise UnreadableError(sentence)


def _number(case: Case, model: str) -> int:
    numbers = case.truth.numbers(model)
    if len(numbers) != 1:
        raise UnreadableError(model)
    return numbers[0]


def _moved(case: Case) -> tuple[set[int], set[int]]:
    """Return which models entered and which left."""
    if case.then is None:
        raise UnreadableError("no earlier list")
    then, now = set(case.then.members), set(case.now.members)
    return now - then, then - now


def _entries(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    entered, left = _moved(case)
    if told["in"] and int(told["in"]) != len(entered):
        yield Problem("membership", f"{told['in']} entered: {len(entered)}")
    if told["out"] and (int(told["out"]) != len(left) or entered):
        yield Problem("membership", f"{told['out']} left: {len(left)}, {len(entered)} entered")
    if told["no"] and (entered or left):
        yield Problem("membership", f"none moved: {len(entered)}, {len(left)}")


def _left(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    for model, rank in re.findall(r"(\S+) \((\d+)\w\w\)", told["names"] or told["largest"]):
        number = _number(case, model)
        if number not in _moved(case)[1]:
            yield Problem("membership", f"{model} left")
        yield from _wrong_rank(case, number, int(rank), case.then)


def _wrong_rank(case: Case, number: int, told: int, listing: Recorded) -> Iterator[Problem]:
    """Yield a rank by downloads that isn't so; equal models may have any of their ranks."""
    values = [case.truth.value(member, listing.place, "downloads") for member in listing.members]
    own = case.truth.value(number, listing.place, "downloads")
    if not 1 + sum(v > own for v in values) <= told <= sum(v >= own for v in values):
        yield Problem("rank", f"{case.truth.present(number, listing.place)} {told}")


def _leader(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    number = _number(case, told["leader"])
    yield from _wrong_rank(case, number, 1, case.now)
    if told["from"]:
        yield from _wrong_rank(case, number, int(told["from"]), case.then)
    entered = len(_moved(case)[0])
    if entered != (0 if told["new"] == "no" else int(told["new"])):
        yield Problem("membership", f"{told['new']} entered: {entered}")


def _leads(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    number = _number(case, told["first"])
    own = case.truth.value(number, case.now.place, "downloads")
    others = [case.truth.value(member, case.now.place, "downloads") for member in case.now.members if member != number]
    if own <= max(others):
        yield Problem("rank", f"{told['first']} leads with {own}: {max(others)}")


def _model(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    number = _number(case, told["model"])
    place = next(p for day, p in case.truth.place.items() if f"{day:%B} {day.day}, {day.year}" == told["day"])
    then, now = (case.truth.value(number, at, "downloads") for at in (place, case.now.place))
    if (told["verb"] == "rose" and now <= then) or (told["verb"] == "fell" and now >= then):
        yield Problem("sign", f"{told['model']} {told['verb']}: {then} to {now}")
    if case.now.within == "top":  # the other list is ranked by trending score
        yield from _wrong_rank(case, number, int(told["rank"]), case.now)
    earlier = [s for s in case.series if case.then.place <= s.place < place and number in s.members]
    if earlier:
        yield Problem("membership", f"{told['model']} since {told['day']}: listed before")


def _alone(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    if told["single"]:
        return
    number = _number(case, told["alone"])
    then, now = (
        case.truth.value(number, listing.place, "downloads") if number in listing.members else 0
        for listing in (case.then, case.now)
    )
    if (now <= then) if told["how"] == "raised" else (now >= then):
        yield Problem("sign", f"{told['alone']} {told['how']}: {then} to {now}")


def _portion(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    number = _number(case, told["portion"])
    own, *others = (case.truth.value(n, case.now.place, "downloads") for n in (number, *case.now.members))
    if number not in case.now.members or f"{own / sum(others):.1%}" != f"{told['percent']}%":
        yield Problem("figure", f"{told['portion']}: {own} of {sum(others)}")


def _jump(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    if _number(case, told["jump"]) not in _moved(case)[told["moved"] == "left"]:
        yield Problem("membership", f"{told['jump']} {told['moved']}")


def _spike(case: Case, told: dict[str, str]) -> Iterator[Problem]:
    number = _number(case, told["spike"])
    if number in case.now.members:
        yield Problem("membership", f"{told['spike']} is a spike, and in the list")
