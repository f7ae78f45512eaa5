"""Looks the whole store over, inside an analytics process: what it holds, whom one can ask about, and the latest findings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName
from analytics.errors import HfStatsError
from analytics.names import creators, licenses, renames
from analytics.names.grouping import creator
from analytics.query import Period
from analytics.questions.data_warnings import of_day
from analytics.questions.registry import ask, parse
from bot.domain.store_summary import FINDINGS, Finding, Holding, Name, StoreSummary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.domain import Snapshot
    from analytics.storage.history import History

MOST_NAMES = 3000
"""Names of one kind that are offered: the most downloaded. Any other can still be typed."""


def edition(history: History) -> str:
    """Return a text that changes when a snapshot comes or goes. Costs one small query a list."""
    return " ".join(f"{s.list}:{s.id}" for s in _latest(history)) + f" {sum(len(history.snapshots(n)) for n in ListName)}"


def summarize(history: History) -> StoreSummary:
    """Look over the store: the numbers of a few answers, nothing drawn."""
    latest = _latest(history)
    days = {s.taken_on for name in ListName for s in history.snapshots(name)}
    return StoreSummary(
        edition=edition(history),
        holdings=tuple(Holding(s.list, s.taken_on, s.size) for s in latest),
        simulated=any(s.simulated for s in latest),
        months=tuple(sorted({Period(day.year, day.month) for day in days}, key=lambda month: month.start, reverse=True)),
        findings=tuple(found for text in FINDINGS if (found := _finding(text, history))) if latest else (),
        doubts=tuple(doubt.sentence for one in latest for doubt in of_day(one, history)),
        names=_names(history, latest),
    )


def _latest(history: History) -> list[Snapshot]:
    return [found[-1] for name in ListName if (found := history.snapshots(name))]


def _finding(text: str, history: History) -> Finding | None:
    try:
        return Finding(text, ask(parse(text), history).headline)
    except HfStatsError:  # a store of one month has no movers, one without likes no correlation
        return None


def _names(history: History, latest: Sequence[Snapshot]) -> dict[str, tuple[Name, ...]]:
    found = {
        dimension.value: _ranked(_downloads(history, latest, dimension))
        for dimension in (Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY)
    }
    found["license"] = tuple(Name(one.name, tuple({licenses.title(one.name)} - {one.name})) for one in found["license"])
    found["movers"] = tuple(Name(dimension.plural, (dimension.value,)) for dimension in Dimension)
    found["creator"] = _creators(_downloads(history, latest, Dimension.NAMESPACE))
    models = {model.id: float(model.downloads) for s in latest for model in history.models(s.id)}
    found["model"] = tuple(Name(one.name, tuple(renames.former(one.name))) for one in _ranked(models))
    return found


def _downloads(history: History, latest: Sequence[Snapshot], dimension: Dimension) -> dict[str, float]:
    """Add up each name's downloads; a model in two lists counts twice, which the order survives."""
    found: defaultdict[str, float] = defaultdict(float)
    for _, count in history.counts([s.id for s in latest], dimension):
        found[count.name] += count.downloads
    return found


def _creators(namespaces: Mapping[str, float]) -> tuple[Name, ...]:
    aliases = {family.name: family.aliases for family in creators.FAMILIES}
    downloads: defaultdict[str, float] = defaultdict(float)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for namespace, count in namespaces.items():
        family = creator(namespace)
        downloads[family] += count
        if namespace != family:
            members[family].append(namespace)
    return tuple(Name(one.name, (*sorted(members[one.name]), *aliases.get(one.name, ()))) for one in _ranked(downloads))


def _ranked(downloads: Mapping[str, float]) -> tuple[Name, ...]:
    return tuple(Name(name) for name in sorted(downloads, key=lambda name: (-downloads[name], name))[:MOST_NAMES])
