"""Reads the sentences of an answer and holds each against the whole truth."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from truth.adversarial.told_cases import Problem
from truth.adversarial.whole_truth import UNRANKED, ranked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from truth.adversarial.histories import Recorded
    from truth.adversarial.told_cases import Case

    Reader = Callable[[Case, re.Match[str]], Iterator[Problem]]

PERCENT = r"[<>]?[\d.]+%"
POINTS = r"(?:at least )?[\d.]+(?: to [\d.]+)? (?:percentage )?points?"
OF = r"of (?:models|downloads|likes)(?: with a known \w+)?"
READERS: list[tuple[re.Pattern[str], Reader]] = []
"""The first pattern that is found in a sentence reads it."""
_HARMLESS = (
    r"snapshot|^The \w+ is known for|(?:isn't|not) known|is known\b|filled in|left out|^Too little|^The list changed",
    r"includes |^By (?:models|downloads): HHI|effective number|counts half|have no rank|come from|top creators behind",
    r"with a declared task, by group|^Individuals with the most|makes? up [\d.<>]+% of its",
    r"of models declare no|^(?:Models with no|Creators with no) [a-z ]+ (?:have|make up) [^;]+$",
    r"are the same as on|It's missing from|has moved to|There's nothing to compare|from models that (?:entered|stayed)",
    r"(?:covers?|account for) [\d.<>]+% of models|^(?:The )?[A-Z]\w+(?: \w+)?: \w+",
)
HARMLESS = re.compile("|".join(_HARMLESS))
"""About the data, or figures that are checked as numbers."""


def reads(pattern: str) -> Callable[[Reader], Reader]:
    def register(reader: Reader) -> Reader:
        READERS.append((re.compile(pattern), reader))
        return reader

    return register


class UnreadableError(Exception):
    """A sentence that the oracle doesn't understand."""


def problems(case: Case, sentence: str) -> list[Problem]:
    """Return what a sentence tells that isn't so.

    Raises:
        UnreadableError: for a sentence, or a name in it, that isn't understood.

    """
    text = re.sub(r" \((?:[+−0-9.]+(?: points?)?|unchanged) without [^()]+\)", "", sentence.rstrip("."))  # noqa: RUF001 - the product's minus
    text, *more = re.split(r", (?:led by|spread over) (?!\S+ \(\d+)", text, maxsplit=1)
    del more  # reasons are checked as values
    for pattern, reader in READERS:
        match = pattern.search(text)
        if match:
            return [Problem(kind, f"{told} [{sentence}]") for kind, told in reader(case.about(text), match)]
    if HARMLESS.search(text):
        return []
    raise UnreadableError(sentence)


def _name(case: Case, words: str) -> str:
    name = case.name(words)
    if name is None:
        raise UnreadableError(words)
    return name


def _listed(case: Case, words: str) -> list[str]:
    return [_name(case, part) for part in re.split(r", | and ", words)]


def _wrong_sign(case: Case, name: str, verb: str) -> Iterator[Problem]:
    change = case.change(name)
    if (change <= 0) if verb in {"rose", "gained"} else (change >= 0):
        yield Problem("sign", f"{name} {verb}: {float(change):+.4f}")


def _wrong_rank(case: Case, name: str, told: str | int, listing: Recorded | None = None) -> Iterator[Problem]:
    true = case.rank(name, listing)
    if name in UNRANKED:
        yield Problem("rank of an unknown", f"{name} {told}")
    elif true != int(told):
        yield Problem("rank", f"{name} {told}: {true}")


def _not_ahead(case: Case, first: str, second: str, listing: Recorded | None = None) -> Iterator[Problem]:
    if {first, second} & UNRANKED:
        yield Problem("rank of an unknown", f"{first} ahead of {second}")
    elif case.share(first, listing) <= case.share(second, listing):
        yield Problem("rank", f"{first} ahead of {second}: {_both(case, first, second, listing)}")


def _both(case: Case, first: str, second: str, listing: Recorded | None) -> str:
    return f"{float(case.share(first, listing)):.4f}, {float(case.share(second, listing)):.4f}"


def _not_leading(case: Case, names: Sequence[str]) -> Iterator[Problem]:
    """Yield the names that don't lead, or don't lead alone."""
    shares = ranked(case.shares())
    leaders = {name for name, share in shares.items() if share == max(shares.values())}
    if set(names) & UNRANKED:
        yield Problem("rank of an unknown", f"{names} lead")
    elif set(names) != leaders:
        yield Problem("rank", f"{names} lead: {sorted(leaders)}")


@reads(rf"^(.+?) (lost|gained) {POINTS} {OF} by (\w+ \d+, \d+), then")
def _reversal(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name, turn = _name(case, match[1]), _on(case, match[3])
    before, after = case.share(name, turn) - case.share(name, case.then), case.share(name) - case.share(name, turn)
    if (before < 0) != (match[2] == "lost") or before * after >= 0:
        yield Problem("sign", f"{name} {float(before):+.4f}, {float(after):+.4f}")


def _on(case: Case, day: str) -> Recorded:
    return next(s for s in case.series if f"{(d := case.truth.history.days[s.place]):%B} {d.day}, {d.year}" == day)


@reads(rf"^(.+?) \({PERCENT}[^)]*\) passed (.+?) \({PERCENT}[^)]*\) for (\d+)\w+ place|^(.+?) passed (.+?) and is (\d+)\w\w:")
def _passed_for_place(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    first, second, place = (match[1] or match[4]), (match[2] or match[5]), (match[3] or match[6])
    first, second = _name(case, first), _name(case, second)
    yield from _not_ahead(case, first, second)
    yield from _not_ahead(case, second, first, case.then)
    yield from _wrong_rank(case, first, place)


@reads(rf"^(.+?) leads? with {PERCENT} {OF}; (?:it|they) overtook (.+?) \(")
def _overtook(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    first, second = _name(case, match[1]), _name(case, match[2])
    yield from _not_leading(case, [first])
    yield from _not_ahead(case, second, first, case.then)


@reads(rf"^(.+?) \({PERCENT}[^)]*\) overtook (.+?) \({PERCENT}[^)]*\) as the")
def _overtook_in_digest(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    yield from _overtook(case, match)


@reads(rf"^(.+?) leads? by both measures, with {PERCENT} of")
def _leads_both(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    for by in ("models", "downloads"):
        yield from _not_leading(case.about(f"of {by}"), [_name(case, match[1])])


@reads(rf"^No share .*changed.*?; (.+?) leads? with {PERCENT}")
def _nothing_and_leader(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    yield from _changed(case, Fraction(5, 1000))
    yield from _not_leading(case, [_name(case, match[1])])


@reads(r"^No share .*?changed by (half|a tenth)")
def _nothing(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    yield from _changed(case, Fraction(5 if match[1] == "half" else 1, 1000))


def _changed(case: Case, least: Fraction) -> Iterator[Problem]:
    for name, change in case.changes().items():
        if abs(change) >= least:
            yield Problem("unchanged", f"{name} {float(change):+.4f}")


@reads(rf"^(?!Without )(.+?) leads? with {PERCENT} {OF}(?: each)?(?:, ahead of (.+?) \({PERCENT}\))?")
def _leads(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    leaders = _listed(case, match[1])
    yield from _not_leading(case, leaders)
    if match[2]:
        second = _name(case, match[2])
        rest = {name: share for name, share in ranked(case.shares()).items() if name not in leaders}
        if second in rest and any(share > rest[second] for share in rest.values()):
            yield Problem("rank", f"second is {second}: {max(rest, key=lambda name: rest[name])}")


@reads(r"^(.+?) (?:has|have) the most models \(.+?\), (?:but|and) (.+?) (?:has|have) the most downloads")
def _two_leaders(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    yield from _not_leading(case.about("of models"), [_name(case, match[1])])
    yield from _not_leading(case.about("of downloads"), [_name(case, match[2])])


@reads(r"^(.+?) tie for the most models \(.+?\); (.+?) (?:has|have) the most downloads")
def _tied_leaders(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    yield from _not_leading(case.about("of downloads"), [_name(case, match[2])])
    models = case.about("of models")
    if not match[1].split()[0].isdigit():
        yield from _not_leading(models, _listed(case, match[1]))


@reads(r"^(.+?) (?:leads?|tie for first) by (?:models|downloads) \(|^\d+ \w+ tie for first")
def _leaders_by(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    for words, by in re.findall(r"(?:^|; )([^;]+?) leads? by (models|downloads)", match.string):
        yield from _not_leading(case.about(f"of {by}"), _listed(case, words))


@reads(rf"^(.+?) (?:has|have|makes? up) ({PERCENT} {OF} \((?:\d+\w\w|not).*)")
def _rank_of_name(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name = _name(case, match[1])
    for of, place, _, number in re.findall(rf"{PERCENT} ({OF}) \((\d+)\w\w( of (\d+))?[^)]*\)", match[2]):
        measured = case.about(of)
        yield from _wrong_rank(measured, name, place)
        if number and int(number) > len(ranked(measured.shares())):  # names that nobody recorded aren't counted
            yield Problem("rank", f"of {number}: {len(ranked(measured.shares()))}")


@reads(r"^(.+?) (?:has|have) [\d.]+[kMB]? (?:of the|downloads?|models?).*?\([^,()]+, (\d+)\w\w of (\d+)[^)]*\)")
def _rank_by_one_measure(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    yield from _wrong_rank(case, _name(case, match[1]), match[2])
    if int(match[3]) > len(ranked(case.shares())):
        yield Problem("rank", f"of {match[3]}: {len(ranked(case.shares()))}")


@reads(r"^(.+?) (?:has|have) passed .* by (?:models|downloads)")
def _passed(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    for winners, losers in re.findall(
        r"(?:^|, and )(.+?) (?:has|have) passed (.+?)(?=, and .+ (?:has|have) passed| by )", match.string
    ):
        if " others" in winners + losers:
            continue
        for winner in _listed(case, winners):
            for loser in _listed(case, losers):
                yield from _not_ahead(case, winner, loser)
                yield from _not_ahead(case, loser, winner, case.then)


@reads(r"^(.+?) went from (\d+)\w\w to (\d+)\w\w by")
def _went(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name = _name(case, match[1])
    yield from _wrong_rank(case, name, match[2], case.then)
    yield from _wrong_rank(case, name, match[3])


@reads(r"^(?:The rank of (.+?)|(.+?)(?:'s|') rank) by \w+ hasn't changed")
def _same_rank(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name = _name(case, match[1] or match[2])
    if name in UNRANKED:
        yield Problem("rank of an unknown", name)
    elif case.rank(name) != case.rank(name, case.then):
        yield Problem("rank", f"{name} unchanged: {case.rank(name, case.then)}, {case.rank(name)}")


@reads(rf"^(.+?) held steady at {PERCENT}")
def _steady(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    change = case.change(_name(case, match[1]))
    if abs(change) >= Fraction(1, 1000):
        yield Problem("unchanged", f"{match[1]} {float(change):+.4f}")


@reads(rf"^(.+?) (leads?) (.+?) by {POINTS} {OF}|^(.+?) and (.+?) are tied at {PERCENT}")
def _lead_over(whole: Case, match: re.Match[str]) -> Iterator[Problem]:
    clauses = match.string.split("; ")
    case = replace(whole, among_known=False).about(clauses[-1])  # of the change
    now = replace(whole, then=None, series=(), among_known=False).about(clauses[0])
    if match[2]:
        yield from _not_ahead(now, _name(case, match[1]), _name(case, match[3]))
    else:
        first, second = _name(case, match[4]), _name(case, match[5])
        if abs(now.share(first) - now.share(second)) >= Fraction(1, 1000):
            yield Problem("rank", f"{first} and {second} tied: {_both(now, first, second, None)}")
    change = re.search(rf"; (.+?) (rose|fell) {POINTS} since", match.string)
    if change:
        yield from _wrong_sign(case, _name(case, change[1]), change[2])
    elif passed := re.search(r"; (.+?) passed (.+?) for (\d+)\w\w place", match.string):
        yield from _not_ahead(case, _name(case, passed[1]), _name(case, passed[2]))
        yield from _not_ahead(case, _name(case, passed[2]), _name(case, passed[1]), case.then)
        yield from _wrong_rank(case, _name(case, passed[1]), passed[3])
    elif "no share has changed" in match.string:
        for name in (match[1], match[3], match[4], match[5]):
            if name and abs(case.change(_name(case, name))) >= Fraction(1, 1000):
                yield Problem("unchanged", f"{name} {float(case.change(_name(case, name))):+.4f}")


@reads(r"^(.+?) (?:has|have) [\d.]+ times as many (.+) as (.+?)(?:, among models( with a known \w+))?$")
def _times_as_many(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    for clause in match[2].split(" and "):
        of = f"of {clause.split(' as many ')[-1]}{match[4] or ''}"
        yield from _not_ahead(case.about(of), _name(case, match[1]), _name(case, match[3]))


@reads(rf"^.+? (?:has|have) {PERCENT} {OF}, .+? {PERCENT}; (?:(.+?) (rose|fell) {POINTS}|no share has changed) since")
def _beside(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    if match[1]:
        yield from _wrong_sign(case, _name(case, match[1]), match[2])


@reads(rf"^(.+?) (?:has|have) {PERCENT} {OF}(?:, .*? (?:the share of|more than) (.+?) \(|; (.+?) (?:has|have) none)")
def _more_than(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    first, second = _name(case, match[1]), _name(case, match[2] or match[3])
    if match[2] and case.share(first) <= case.share(second):
        yield Problem("rank", f"{first} more than {second}: {_both(case, first, second, None)}")
    if match[3] and case.share(second):
        yield Problem("figure", f"{second} has {float(case.share(second)):.4f}")


@reads(rf"^(.+?) (rose|fell|gained|lost) {POINTS}(.*)")
def _change(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name = _name(case, match[1])
    yield from _wrong_sign(case, name, match[2])
    ranks = re.search(r"\((\d+)\w\w to (\d+)\w\w\)", match[3])
    if ranks:
        yield from _wrong_rank(case, name, ranks[1], case.then)
        yield from _wrong_rank(case, name, ranks[2])
    record = re.search(r"(?:its|their) (highest|lowest) since", match[3])
    if record:
        others = [case.share(name, s) for s in case.series if s is not case.now]
        if any((other >= case.share(name)) if record[1] == "highest" else (other <= case.share(name)) for other in others):
            yield Problem("record", f"{name} {record[1]}")


@reads(rf"^(.+?) entered the list with {PERCENT}|^(.+?) left the list, with {PERCENT} before")
def _entered_or_left(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name, absent, present = _name(case, match[1] or match[2]), case.then, case.now
    if match[2]:
        absent, present = present, absent
    if name in case.shares(absent) or name not in case.shares(present):
        yield Problem("membership", match[0])


@reads(r"New in the top (\d+)|Dropped out")
def _turnover(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    places = int(re.search(r"the top (\d+)", match.string)[1])
    for start, words in re.findall(r"(New in|Dropped out)[^:]*: (.+?)(?=\. |$)", match.string):
        for name in _listed(case, words):
            then, now = case.rank(name, case.then) or 999, case.rank(name) or 999
            was, will = (then, now) if start == "New in" else (now, then)
            if name in UNRANKED:
                yield Problem("rank of an unknown", f"{name} in the top {places}")
            elif was <= places or will > places:
                yield Problem("rank", f"{start} {places}: {name} {then} to {now}")


@reads(r"^Leaders by downloads(?: with a known \w+)?: (.+)")
def _leaders(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    names = [_name(case, words) for words in re.findall(rf"(?:^|, | and )(.+?) \({PERCENT}\)", match[1])]
    for first, second in itertools.pairwise(names):
        if {first, second} & UNRANKED:
            yield Problem("rank of an unknown", f"{first}, {second}")
        elif case.share(first) < case.share(second):
            yield Problem("rank", f"{first} before {second}: {_both(case, first, second, None)}")


@reads(r"^Without (\S+), (.+?) would have (risen|fallen|hardly moved).* instead of (rising|falling)")
def _trend_without(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    name = _name(case, match[2])
    yield from _wrong_sign(case, name, "rose" if match[4] == "rising" else "fell")
    if match[3] != "hardly moved":
        others = _without_model(case, match[1])
        yield from _wrong_sign(replace(case, among=others), name, "rose" if match[3] == "risen" else "fell")


def _without_model(case: Case, model: str) -> frozenset[int]:
    return frozenset({*case.now.members, *(case.then or case.now).members} - {*case.truth.numbers(model)})


@reads(rf"^Without (\S+), (.+?) would (?:have {PERCENT}|lead with)")
def _without(case: Case, match: re.Match[str]) -> Iterator[Problem]:
    if "would lead" in match.string:
        shares = ranked(replace(case, among=_without_model(case, match[1])).shares())
        name = _name(case, match[2])
        if any(share > shares.get(name, 0) for share in shares.values()):
            yield Problem("rank", f"without {match[1]}: {name}")
