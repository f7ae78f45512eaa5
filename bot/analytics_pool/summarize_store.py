"""Summarize the store in an analytics process: snapshots, names and the latest findings."""

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
"""Names per kind, most downloaded first. Others can still be typed."""


def edition(history: History) -> str:
    """Return a text that changes when a snapshot is added or removed. Runs one small query per list."""
    return " ".join(f"{s.list}:{s.id}" for s in _latest(history)) + f" {sum(len(history.snapshots(n)) for n in ListName)}"


def summarize(history: History) -> StoreSummary:
    """Return the store's summary. Draws no charts."""
    latest = _latest(history)
    days = {s.taken_on for name in ListName for s in history.snapshots(name)}
    return StoreSummary(
        edition=edition(history),
        holdings=tuple(Holding(s.list, s.taken_on, s.size) for s in latest),
        simulated=any(s.simulated for s in latest),
        months=tuple(sorted({Period(day.year, day.month) for day in days}, key=lambda month: month.start, reverse=True)),
        findings=tuple(finding for text in FINDINGS if (finding := _finding(text, history))) if latest else (),
        warnings=tuple(warning.sentence for snapshot in latest for warning in of_day(snapshot, history)),
        names=_names(history, latest),
    )


def _latest(history: History) -> list[Snapshot]:
    return [snapshots[-1] for name in ListName if (snapshots := history.snapshots(name))]


def _finding(text: str, history: History) -> Finding | None:
    try:
        return Finding(text, ask(parse(text), history).headline)
    except HfStatsError:  # for example, no movers in a store with one month of data
        return None


def _names(history: History, latest: Sequence[Snapshot]) -> dict[str, tuple[Name, ...]]:
    names = {
        dimension.value: _ranked(_downloads(history, latest, dimension))
        for dimension in (Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY)
    }
    names["license"] = tuple(
        Name(license_.name, tuple({licenses.title(license_.name)} - {license_.name})) for license_ in names["license"]
    )
    names["movers"] = tuple(Name(dimension.plural, (dimension.value,)) for dimension in Dimension)
    names["creator"] = _creators(_downloads(history, latest, Dimension.NAMESPACE))
    models = {model.id: float(model.downloads) for s in latest for model in history.models(s.id)}
    names["model"] = tuple(Name(model.name, tuple(renames.former(model.name))) for model in _ranked(models))
    return names


def _downloads(history: History, latest: Sequence[Snapshot], dimension: Dimension) -> dict[str, float]:
    """Return each name's downloads. A model in two lists counts twice, which hardly changes the order."""
    downloads: defaultdict[str, float] = defaultdict(float)
    for _, count in history.counts([s.id for s in latest], dimension):
        downloads[count.name] += count.downloads
    return downloads


def _creators(namespaces: Mapping[str, float]) -> tuple[Name, ...]:
    aliases = {family.name: family.aliases for family in creators.FAMILIES}
    downloads: defaultdict[str, float] = defaultdict(float)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for namespace, count in namespaces.items():
        family = creator(namespace)
        downloads[family] += count
        if namespace != family:
            members[family].append(namespace)
    return tuple(Name(entry.name, (*sorted(members[entry.name]), *aliases.get(entry.name, ()))) for entry in _ranked(downloads))


def _ranked(downloads: Mapping[str, float]) -> tuple[Name, ...]:
    return tuple(Name(name) for name in sorted(downloads, key=lambda name: (-downloads[name], name))[:MOST_NAMES])
