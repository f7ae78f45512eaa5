"""Every answer's numbers computed a second time: exact fractions over the rows of a file, one definition a function."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import log10
from pathlib import Path
from statistics import correlation
from typing import TYPE_CHECKING, Any

from truth.listings import NONE, asked_at, comparable, thinned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from truth.listings import Row, Snapshot

NAMES = Path(__file__).parents[2] / "analytics" / "names"
MOVED = tomllib.loads((NAMES / "renames.toml").read_text(encoding="utf-8"))
OWNERS: dict[str, dict[str, str]] = defaultdict(dict)
"""By namespace: from which day on it counts under which family."""
for _family in tomllib.loads((NAMES / "creators.toml").read_text(encoding="utf-8"))["family"]:
    for _namespace in _family["namespaces"]:
        OWNERS[_namespace.casefold()][_family["since"].isoformat()] = _family["name"]

SPELLED = {
    entry["tag"]: entry["spelling_of"]
    for entry in tomllib.loads((NAMES / "licenses.toml").read_text(encoding="utf-8"))["license"]
    if "spelling_of" in entry
} | {"PyTorch": "pytorch", "comfyUI": "comfyui"}
"""What stands in the files for another license or library."""

DIMENSIONS = {
    "licenses": "license",
    "creators": "creator",
    "namespaces": "namespace",
    "tasks": "task",
    "libraries": "library",
}
UNRANKED = frozenset({NONE})
"""What competes with nobody: it comes last and has no rank."""
EXPLAINED = 12
"""The largest movers come with their reasons."""


class NothingToTell(Exception):  # noqa: N818 - no error: the right answer is that the data have none
    """The files do not record what is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its parts, so that neither side has to read the other's words."""

    word: str
    names: tuple[str, ...] = ()
    by: str = ""
    within: str = "top"
    task: str = ""
    top: int | None = None
    at: str = ""
    since: str = ""
    of: str = ""
    """The dimension of the names that ``compare`` is given."""
    filters: tuple[tuple[str, str, bool], ...] = ()
    """A dimension, a name of it, and whether the models of that name are left out; of one date only."""

    def __str__(self) -> str:
        options = {
            "by": self.by,
            "in": self.within if self.within != "top" else "",
            "task": f'"{self.task}"' if self.task else "",
            "top": self.top,
        }
        options |= {"at": self.at, "since": self.since}
        names = [name if self.word == "movers" else f'"{name}"' for name in self.names]
        narrowed = [f'{"not " if left_out else ""}{dimension} "{name}"' for dimension, name, left_out in self.filters]
        return " ".join([self.word, *names, *narrowed, *(f"{word} {value}" for word, value in options.items() if value)])


# What a model stands under, and what it weighs


def today(model_id: str) -> str:
    """Return a model's present id."""
    moved = MOVED["models"].get(model_id, model_id)
    namespace, slash, name = moved.partition("/")
    return MOVED["namespaces"].get(namespace, namespace) + slash + name if slash else moved


def owner(namespace: str, day: str) -> str:
    """Return the family that a namespace belonged to on a day, the first one also before that; the namespace where none did."""
    owners = OWNERS.get(namespace.casefold())
    if not owners:
        return namespace
    return owners[max([since for since in owners if since <= day], default=min(owners))]


def names(row: Row, dimension: str) -> tuple[str, ...] | None:
    """Return what a model stands under, in equal parts; ``None`` where that is not recorded."""
    match dimension:
        case "license":
            return None if row.licenses is None else tuple(SPELLED.get(tag, tag) for tag in row.licenses)
        case "task":
            return None if row.task is None else (row.task,)
        case "library":
            return None if row.library is None else (SPELLED.get(row.library, row.library),)
        case "namespace":
            return (row.id.split("/")[0],)
        case "creator":
            return (owner(today(row.id).split("/")[0], row.day),)
    return (row.id,)


def fits(row: Row, dimension: str, name: str, left_out: bool) -> bool:
    """Whether a model is of a name, or surely isn't where those are left out."""
    under = names(row, dimension)
    return under is not None and (name in under) != left_out


def amount(row: Row, by: str) -> Fraction:
    return Fraction({"models": 1, "downloads": row.downloads, "likes": row.likes or 0}[by])


def parts(rows: Iterable[Row], dimension: str, by: str) -> list[tuple[Row, str, Fraction]]:
    """Return every model under every name it has, with the part of the measure that it brings."""
    return [
        (row, name, amount(row, by) / len(under))
        for row in rows
        if (under := names(row, dimension)) is not None
        for name in under
    ]


# Rankings and what changes between two of them


def ranked(values: dict[str, Fraction], whole: Fraction) -> list[dict[str, Any]]:
    """Return shares of ``whole``, the largest first, equal ones by name; these share the better rank."""
    ordered = sorted(values.keys() - UNRANKED, key=lambda name: (-values[name], name))
    rank = {value: place for place, value in reversed([*enumerate((values[name] for name in ordered), start=1)])}
    ranks = [(name, rank[values[name]]) for name in ordered] + [(name, None) for name in sorted(values.keys() & UNRANKED)]
    return [
        {"rank": place, "name": name, "value": values[name], "portion": values[name] / whole if whole else Fraction(0)}
        for name, place in ranks
    ]


def ranking(rows: Sequence[Row], dimension: str, by: str) -> dict[str, Any]:
    """Return one entry of ``rankings``: the whole list, what of it is recorded, and every name's share of that."""
    brought = parts(rows, dimension, by)
    if not brought or (by == "likes" and all(row.likes is None for row in rows)):
        raise NothingToTell
    values: dict[str, Fraction] = defaultdict(Fraction)
    for _, name, value in brought:
        values[name] += value
    recorded = sum(values.values())
    total = sum(amount(row, by) for row in rows)
    shares = ranked(values, recorded)
    if dimension == "creator":
        members: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for row, name, value in brought:
            members[name][row.id.split("/")[0]] += value
        for share in shares:
            own = ranked(members[share["name"]], recorded)
            share["members"] = [{"name": member["name"], "value": member["value"]} for member in own]
    return {"by": by, "of": dimension, "total": total, "recorded": recorded, "shares": shares}


def only(entry: dict[str, Any], kept: Sequence[str], *, absent: bool = False) -> dict[str, Any]:
    """Keep some names of a ranking. Where ``absent`` ones are shown, they have nothing and come after all others."""
    shares = [share for share in entry["shares"] if share["name"] in kept]
    found = {share["name"] for share in shares}
    behind = sum(share["rank"] is not None for share in entry["shares"]) + 1
    none = [
        {"rank": None if name in UNRANKED else behind, "name": name, "value": 0, "portion": 0}
        for name in kept
        if absent and name not in found
    ]
    return entry | {"shares": sorted(shares + none, key=lambda share: share["rank"] is None)}


def first(entry: dict[str, Any], top: int | None) -> dict[str, Any]:
    """Keep the first names that have a rank, and what has none."""
    ranked = [share for share in entry["shares"] if share["rank"] is not None]
    return entry | {"shares": ranked[:top] + [share for share in entry["shares"] if share["rank"] is None]}


def first_shifts(changes: list[dict[str, Any]], top: int | None) -> list[dict[str, Any]]:
    """Do the same with shifts."""
    ranked = [change for change in changes if change["name"] not in UNRANKED]
    return ranked[:top] + [change for change in changes if change["name"] in UNRANKED]


def shifts(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every name's change of share, the largest first."""
    then, now = ({share["name"]: share for share in side["shares"]} for side in (before, after))
    none = {"portion": Fraction(0), "rank": None}
    changes = []
    for name in sorted(then.keys() | now.keys()):
        old, new = then.get(name, none), now.get(name, none)
        changes.append(
            {
                "name": name,
                "by": after["by"],
                "before": old["portion"],
                "after": new["portion"],
                "points": new["portion"] - old["portion"],
                "rank_before": old["rank"],
                "rank_after": new["rank"],
                "reasons": [],
            }
        )
    return sorted(changes, key=lambda change: (change["name"] in UNRANKED, -abs(change["points"])))


def reasons(before: Sequence[Row], after: Sequence[Row], dimension: str, name: str, by: str) -> list[dict[str, Any]]:
    """Return each model's own share under the name at the later date less that at the earlier one, the largest first."""
    then, now = _own_shares(before, dimension, name, by), _own_shares(after, dimension, name, by)
    listed_then, listed_now = {today(row.id) for row in before}, {today(row.id) for row in after}
    found = []
    for model in sorted(then.keys() | now.keys()):
        change = now.get(model, Fraction(0)) - then.get(model, Fraction(0))
        if model not in listed_then:
            cause = "entered the list"
        elif model not in listed_now:
            cause = "left the list"
        elif not _recorded(before, model, dimension):
            cause = "newly recorded"
        elif not _recorded(after, model, dimension):
            cause = "no longer recorded"
        elif _weight(before, model, dimension, name) != _weight(after, model, dimension, name):
            cause = "changed its name" if dimension in {"creator", "namespace"} else "changed what it declares"
            if dimension == "creator" and len({owner(model.split("/")[0], side[0].day) for side in (before, after)}) > 1:
                cause = "changed hands"
        else:
            cause = _moved(_own_amount(after, model, by) - _own_amount(before, model, by), change)
        found.append({"model": model, "cause": cause, "points": change})
    apart = [reason for reason in found if _moved_apart((before, after), dimension, name, by, reason)]
    if apart:
        found = [reason for reason in found if reason not in apart]
        points = sum((reason["points"] for reason in apart), Fraction(0))
        found.append({"model": "the other models", "cause": "all other models together", "points": points})
    return sorted(found, key=lambda reason: -abs(reason["points"]))


def _moved_apart(sides: Sequence[Sequence[Row]], dimension: str, name: str, by: str, reason: dict[str, Any]) -> bool:
    """Tell whether a model's part of the whole list did not move as its part of what is recorded: others' records did that."""
    model, change = reason["model"], reason["points"]
    if not change or not all(_recorded(rows, model, dimension) for rows in sides):
        return False
    part_then, part_now = (
        sum((value for row, under, value in parts(rows, dimension, by) if under == name and today(row.id) == model), Fraction(0))
        / (sum(amount(row, by) for row in rows) or 1)
        for rows in sides
    )
    return (part_now - part_then) * change <= 0


def _moved(own: Fraction, change: Fraction) -> str:
    if change == 0:
        return "grew" if own > 0 else "shrank" if own < 0 else "unchanged"
    if change > 0:
        return "grew" if own > 0 else "the rest fell more"
    return "shrank" if own < 0 else "diluted"


def _recorded(rows: Sequence[Row], model: str, dimension: str) -> bool:
    return any(names(row, dimension) is not None for row in rows if today(row.id) == model)


def _own_amount(rows: Sequence[Row], model: str, by: str) -> Fraction:
    return sum((amount(row, by) for row in rows if today(row.id) == model), Fraction(0))


def told(
    sides: Sequence[Sequence[Row]], dimension: str, by: str, chosen: Sequence[str] | None = None, *, course: bool = False
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, list[Sequence[Row]]]]:
    """Return each day's shares, the changes that may be told, and the rows that each basis counts.

    ``course``: whether all days between the first and the last are told too.
    """
    entries = [ranking(rows, dimension, by) for rows in sides]
    plain = _with_bounds(entries[0], entries[-1], chosen)
    rows: dict[str, list[Sequence[Row]]] = {
        basis: [*sides] for basis in ("all recorded models", "all recorded models, with bounds")
    }
    large = [change for change in plain if abs(change["points"]) >= LEAST] or plain
    unclear = [change for change in large if "low" in change and not _sign(change)]
    covered = [_covered(entry) for entry in entries]
    as_it_is = not unclear and abs(covered[0] - covered[-1]) <= Fraction(1, 20)
    if (min(covered) >= COMPLETE) if course else as_it_is:
        return entries, plain if as_it_is else [], rows
    if course or unclear:
        unknown = {today(row.id) for side in sides for row in side if names(row, dimension) is None}
        among = [[row for row in side if today(row.id) not in unknown] for side in sides]
        fewer = [ranking(side, dimension, by) | {"total": entry["total"]} for side, entry in zip(among, entries, strict=True)]
        left = [_covered(entry) for entry in fewer]
        if min(left) >= Fraction(2, 3) and max(left) - min(left) <= Fraction(1, 20):
            known = {change["name"]: change for change in plain}
            moved = [
                own | {"basis": "all recorded models, with bounds"}
                if change["points"] * _sign(own) < 0
                else change | {"basis": "models recorded at both dates"} | {k: own[k] for k in ("low", "high") if k in own}
                for change in shifts(fewer[0], fewer[-1])
                if (own := known.get(change["name"]))
            ]
            return fewer, _by_certainty(moved), rows | {"models recorded at both dates": [*among]}
        if course:
            _, moved, rows = told([sides[0], sides[-1]], dimension, by, chosen)
            return entries, moved, rows
    return entries, _by_certainty([c | {"basis": "all recorded models, with bounds"} for c in plain if _sign(c)]), rows


LEAST = Fraction(5, 10_000)
COMPLETE = Fraction(9_995, 10_000)


def _covered(entry: dict[str, Any]) -> Fraction:
    return Fraction(entry["recorded"]) / entry["total"] if entry["total"] else Fraction(1)


def _with_bounds(before: dict[str, Any], after: dict[str, Any], chosen: Sequence[str] | None) -> list[dict[str, Any]]:
    changes = [c | {"basis": "all recorded models"} for c in shifts(before, after) if chosen is None or c["name"] in chosen]
    if min(_covered(before), _covered(after)) == 1:
        return changes
    for change in changes:
        (least, most), (least_now, most_now) = (_extremes(side, change["name"]) for side in (before, after))
        change |= {"low": least_now - most, "high": most_now - least}
    return changes


def _extremes(side: dict[str, Any], name: str) -> tuple[Fraction, Fraction]:
    value = next((share["value"] for share in side["shares"] if share["name"] == name), Fraction(0))
    return value / side["total"], (value + side["total"] - side["recorded"]) / side["total"]


def _sign(change: dict[str, Any]) -> int:
    low, high = change.get("low", change["points"]), change.get("high", change["points"])
    return 1 if low > 0 else -1 if high < 0 else 0


def _by_certainty(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def certain(change: dict[str, Any]) -> Fraction:
        bounds = (change["low"], change["high"]) if change["basis"].endswith("bounds") else (change["points"],)
        return min(map(abs, bounds))

    return sorted(changes, key=lambda change: (change["name"] in UNRANKED, -certain(change), change["name"]))


def _weight(rows: Sequence[Row], model: str, dimension: str, name: str) -> Fraction:
    """Return the part of a model that stands under a name."""
    under = next(names(row, dimension) for row in rows if today(row.id) == model)
    return Fraction(under.count(name), len(under)) if under else Fraction(0)


def split(before: Sequence[Row], after: Sequence[Row], dimension: str, name: str, by: str) -> dict[str, Fraction]:
    """Part a shift by leaving models out: those of one date alone, and what is declared anew."""
    listed = [{today(row.id): row for row in rows} for rows in (before, after)]
    stayed = listed[0].keys() & listed[1].keys()
    there_then, there_now = ([row for model, row in side.items() if model in stayed] for side in listed)
    undeclared = [
        replace(listed[0][model], downloads=row.downloads, likes=row.likes) for model, row in listed[1].items() if model in stayed
    ]
    s0, s1, c0, c1, unchanged = (_share(rows, dimension, name, by) for rows in (before, after, there_then, there_now, undeclared))
    return {"grew": unchanged - c0, "declared": c1 - unchanged, "entered": s1 - c1, "left": c0 - s0}


def _share(rows: Sequence[Row], dimension: str, name: str, by: str) -> Fraction:
    brought = parts(rows, dimension, by)
    whole = sum((value for _, _, value in brought), Fraction(0))
    return sum((value for _, under, value in brought if under == name), Fraction(0)) / whole if whole else Fraction(0)


def _own_shares(rows: Sequence[Row], dimension: str, name: str, by: str) -> dict[str, Fraction]:
    brought = parts(rows, dimension, by)
    whole = sum(value for _, _, value in brought)
    own: dict[str, Fraction] = defaultdict(Fraction)
    for row, under, value in brought:
        if under == name:
            own[today(row.id)] += value / whole if whole else 0
    return own


# Likes against downloads


def statistics(rows: Sequence[Row]) -> dict[str, float]:
    """Return Pearson's R² on counts and on logarithms, and Spearman's rho with equal values at their mean rank."""
    pairs = [(row.likes, row.downloads) for row in rows if row.likes is not None]
    positive = [(likes, downloads) for likes, downloads in pairs if likes and downloads]
    if len(positive) < 3 or any(len(set(side)) < 2 for side in zip(*positive, strict=True)):
        raise NothingToTell
    likes, downloads = zip(*pairs, strict=True)
    largest = max((row for row in rows if row.likes is not None), key=lambda row: (row.downloads, row.id))
    without = [(row.likes, row.downloads) for row in rows if row.likes is not None and row is not largest]
    logs = [[log10(value) for value in side] for side in zip(*positive, strict=True)]
    return {
        "r2": correlation(likes, downloads) ** 2,
        **({"r2_without_largest": correlation(*zip(*without, strict=True)) ** 2} if _enough(without) else {}),
        "spearman": correlation(mean_ranks(likes), mean_ranks(downloads)),
        "r2_loglog": correlation(*logs) ** 2,
        "n": len(pairs),
    }


def _enough(pairs: Sequence[tuple[int, int]]) -> bool:
    """Tell whether there are three pairs above 0 that differ on both sides."""
    positive = [pair for pair in pairs if all(pair)]
    return len(positive) > 2 and all(len(set(side)) > 1 for side in zip(*positive, strict=True))


def mean_ranks(values: Sequence[float]) -> list[float]:
    return [sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values]


# The questions


def with_task(snapshot: Snapshot, task: str) -> list[Row]:
    return [row for row in snapshot.rows if not task or row.task == task]


@cache
def _remembered(snapshot: Snapshot, task: str, dimension: str, by: str) -> dict[str, Any]:
    return ranking(with_task(snapshot, task), dimension, by)


class Look:
    """One question's look at the snapshots."""

    def __init__(self, asked: Asked, snapshots: Sequence[Snapshot], dimension: str) -> None:
        now = asked_at(snapshots, asked.within, asked.at)
        if now is None:
            raise NothingToTell
        self.asked, self.now, self.dimension = asked, now, dimension
        self.past = comparable(snapshots, now)
        self.rows = self.rows_of(now)
        self.measures = [asked.by] if asked.by else ["models", "downloads"]
        if not self.rows:
            raise NothingToTell

    def rows_of(self, snapshot: Snapshot) -> list[Row]:
        return with_task(snapshot, self.asked.task)

    def ranking(self, snapshot: Snapshot, by: str) -> dict[str, Any]:
        return _remembered(snapshot, self.asked.task, self.dimension, by)

    def over_time(self) -> list[Snapshot]:
        chosen = [one for one in self.past if one.day >= self.asked.since]
        if len(chosen) < 2:
            raise NothingToTell
        return thinned(chosen)

    def moments(self, by: str) -> list[tuple[Snapshot, dict[str, Any]]]:
        """Rank the dates that record what is asked; the last one must, and so must one before it."""
        found = [(one, entry) for one in self.over_time() if (entry := self.recorded(one, by))]
        if len(found) < 2 or found[-1][0] is not self.now:
            raise NothingToTell
        return found

    def course(self, by: str, chosen: Sequence[str] | None = None) -> tuple[list[Any], list[dict[str, Any]], dict[str, Any]]:
        """Return the dates with their shares, the changes, and the rows of each basis."""
        days = [one for one, _ in self.moments(by)]
        sides = [self.rows_of(one) for one in days]
        if self.dimension == "model":  # which is followed under its present ID
            sides = [[replace(row, id=today(row.id)) for row in side] for side in sides]
        entries, changes, rows = told(sides, self.dimension, by, chosen, course=True)
        return list(zip(days, entries, strict=True)), changes, rows

    def recorded(self, snapshot: Snapshot, by: str) -> dict[str, Any] | None:
        try:
            return self.ranking(snapshot, by)
        except NothingToTell:
            return None

    def source(self, since: str | None = None) -> dict[str, Any]:
        known = sum(names(row, self.dimension) is not None for row in self.rows)
        found = {
            "list": self.now.list,
            "snapshot": self.now.day,
            "models": len(self.rows),
            "coverage": Fraction(known, len(self.rows)),
            "simulated": False,
            "origin": self.now.origin,
        }
        return found | ({"since": since} if since else {})


def answer(asked: Asked, snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    """Return the numbers of an answer, in the JSON's own shape.

    Raises:
        NothingToTell: where the files do not have what is asked.

    """
    if asked.filters:
        now = asked_at(snapshots, asked.within, asked.at)
        snapshots = [replace(now, rows=tuple(row for row in now.rows if all(fits(row, *each) for each in asked.filters)))]
    told = {"models": _list, "model": _one_model, "likes": _likes, "movers": _movers} | dict.fromkeys(DIMENSIONS, _list)
    return told.get(asked.word, _names)(Look(asked, snapshots, dimension_of(asked)))


def dimension_of(asked: Asked) -> str:
    if asked.word == "compare":
        return asked.of
    if asked.word in {"models", "model", "likes"}:
        return "model"
    word = asked.names[0] if asked.word == "movers" else asked.word
    return DIMENSIONS.get(word, word)


def _list(look: Look) -> dict[str, Any]:
    """Share a list out among the names of a dimension, or among its models."""
    asked, single = look.asked, look.dimension == "model"
    measures = [asked.by or "downloads"] if single else look.measures
    if not asked.since:
        return {
            "rankings": [first(look.ranking(look.now, by), asked.top) for by in measures],
            "source": look.source(),
        }
    courses = [look.course(by) for by in measures]
    over = [moments for moments, _, _ in courses]
    shown = asked.top or 30 if single else asked.top
    return {
        "rankings": [first(moments[-1][1], asked.top) for moments in over],
        "series": [{"date": one.day} | first(entry, shown) for moments in over for one, entry in moments],
        "shifts": [change for _, changes, _ in courses for change in first_shifts(changes, asked.top)],
        "source": look.source(over[-1][0][0].day),
    }


def _names(look: Look) -> dict[str, Any]:
    """Set one name against the field, or several against each other."""
    asked, kept, several = look.asked, look.asked.names, look.asked.word == "compare"
    if asked.since:
        courses = [look.course(by, kept) for by in look.measures]
        over = [moments for moments, _, _ in courses]
        changes = [change | ({} if several else _why(look, rows, change)) for _, moved, rows in courses for change in moved]
        ends = [share["name"] for moments in over for _, entry in (moments[0], moments[-1]) for share in entry["shares"]]
        if not several and kept[0] not in ends:
            raise NothingToTell
        return {
            "rankings": [only(moments[-1][1], kept, absent=several) for moments in over],
            "series": [{"date": one.day} | only(entry, kept, absent=several) for moments in over for one, entry in moments],
            "shifts": changes,
            "source": look.source(over[-1][0][0].day),
        }
    entries = [only(look.ranking(look.now, by), kept, absent=several) for by in look.measures]
    if not entries[0]["shares"]:
        raise NothingToTell
    return {"rankings": entries, "source": look.source()} | ({} if several else {"models": _models_of(look, kept[0])})


def _models_of(look: Look, name: str) -> list[dict[str, Any]]:
    by = "likes" if look.asked.by == "likes" else "downloads"
    brought = parts(look.rows, look.dimension, by)
    whole = sum((value for _, _, value in brought), Fraction(0))
    return ranked({row.id: value for row, under, value in brought if under == name}, whole)[: look.asked.top or 10]


def _why(look: Look, rows: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    sides = rows[change["basis"]]
    which = sides[0], sides[-1], look.dimension, change["name"], change["by"]
    return {"reasons": reasons(*which), "split": split(*which)}


def _movers(look: Look) -> dict[str, Any]:
    """Compare with the last date of the latest earlier month that records it, else with the first such date of this month."""
    by = look.asked.by or "downloads"
    if look.asked.since:
        candidates = [one for one, _ in look.moments(by)[:-1]]
    else:
        earlier = [one for one in look.past if one.day[:7] < look.now.day[:7]]
        candidates = [*reversed(earlier), *look.past[len(earlier) : -1]]
    then = next((one for one in candidates if look.recorded(one, by)), None)
    if then is None:
        raise NothingToTell
    _, changes, rows = told([look.rows_of(then), look.rows], look.dimension, by)
    moved = [change for change in changes if change["points"] and change["name"] not in UNRANKED][: look.asked.top]
    least = abs(moved[:EXPLAINED][-1]["points"]) if moved else 0
    for place, change in enumerate(moved):
        # Of equally large ones, it is open which are explained.
        if place < EXPLAINED or abs(change["points"]) >= least:
            change.update(_why(look, rows, change))
    return {"shifts": moved, "source": look.source(then.day)}


def _likes(look: Look) -> dict[str, Any]:
    known = sum(row.likes is not None for row in look.rows)
    return {
        "statistics": statistics(look.rows),
        "source": look.source() | {"coverage": Fraction(known, len(look.rows))},
    }


def _one_model(look: Look) -> dict[str, Any]:
    """Tell where a model stands in the list's own order; over time also where it first stood, under whichever id."""
    wanted = look.asked.names[0]
    places = {today(row.id): place for place, row in enumerate(look.rows, start=1)}
    row = look.rows[places[wanted] - 1]
    facts = {"rank": places[wanted], "downloads": row.downloads, "likes": row.likes, "creator": names(row, "creator")[0]}
    since = None
    if look.asked.since:
        seen = (
            (one.day, place, then)
            for one in look.over_time()
            for place, then in enumerate(one.rows, start=1)
            if today(then.id) == wanted
        )
        since, place, then = next(seen)
        facts |= {"downloads_before": then.downloads, "rank_before": place}
    return {
        "rankings": [only(look.ranking(look.now, "downloads"), [row.id])],
        "facts": {key: value for key, value in facts.items() if value is not None},
        "source": look.source(since),
    }
