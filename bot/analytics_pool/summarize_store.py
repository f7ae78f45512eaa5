"""Summarize the store in an analytics process: snapshots, names and the latest findings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName
from analytics.errors import HfStatsError
from analytics.names import creators, licenses, renames
from analytics.names.grouping import STORED, creator
from analytics.query import Period, Query
from analytics.questions.comparability import scope
from analytics.questions.data_warnings import of_day
from analytics.questions.distributions.ages import created_on
from analytics.questions.registry import ask, parse
from bot.domain.store_summary import FINDINGS, RANKINGS, Finding, Holding, Name, StoreSummary

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
        holdings=tuple(_holding(s, history) for s in latest),
        simulated=any(s.simulated for s in latest),
        months=tuple(sorted({Period(day.year, day.month) for day in days}, key=lambda month: month.start, reverse=True)),
        findings=tuple(finding for text in FINDINGS if (finding := _finding(text, history))) if latest else (),
        warnings=tuple(warning.sentence for snapshot in latest for warning in of_day(snapshot, history)),
        names=_names(history, latest),
    )


def _latest(history: History) -> list[Snapshot]:
    return [snapshots[-1] for name in ListName if (snapshots := history.snapshots(name))]


def _holding(snapshot: Snapshot, history: History) -> Holding:
    days = [s.taken_on for s in scope(Query("licenses", within=snapshot.list), history).comparable]
    models = history.models(snapshot.id)
    return Holding(
        snapshot.list,
        snapshot.taken_on,
        snapshot.size,
        tuple(dict.fromkeys(Period(day.year, day.month) for day in days)),
        days[-2] if len(days) > 1 else None,
        frozenset(
            (
                *(dimension.value for dimension in STORED if history.counts([snapshot.id], dimension)),
                *(["likes"] if any(model.likes is not None for model in models) else []),
                *(["created"] if any(created_on(model) for model in models) else []),
            )
        ),
    )


def _finding(text: str, history: History) -> Finding | None:
    try:
        return Finding(text, ask(parse(text), history).headline)
    except HfStatsError:  # for example, no movers in a store with one month of data
        return None


def _names(history: History, latest: Sequence[Snapshot]) -> dict[str, tuple[Name, ...]]:
    names = {
        dimension.value: _ranked(_usage(history, latest, dimension))
        for dimension in (Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY)
    }
    names["license"] = tuple(
        replace(license_, also=tuple({licenses.title(license_.name)} - {license_.name})) for license_ in names["license"]
    )
    names[RANKINGS] = tuple(Name(dimension.plural, (dimension.value,)) for dimension in Dimension)
    names["creator"] = _creators(_usage(history, latest, Dimension.NAMESPACE))
    models: defaultdict[str, _Usage] = defaultdict(_Usage)
    for snapshot in latest:
        for model in history.models(snapshot.id):
            models[model.id].downloads = float(model.downloads)
            models[model.id].lists.add(snapshot.list)
    names["model"] = tuple(replace(model, also=tuple(renames.former(model.name))) for model in _ranked(models))
    return names


@dataclass(slots=True)
class _Usage:
    downloads: float = 0.0
    lists: set[ListName] = field(default_factory=set)


def _usage(history: History, latest: Sequence[Snapshot], dimension: Dimension) -> dict[str, _Usage]:
    """Return each name's downloads and lists. A model in two lists counts twice, which hardly changes the order."""
    lists = {snapshot.id: snapshot.list for snapshot in latest}
    usage: defaultdict[str, _Usage] = defaultdict(_Usage)
    for snapshot, count in history.counts(list(lists), dimension):
        usage[count.name].downloads += count.downloads
        usage[count.name].lists.add(lists[snapshot])
    return usage


def _creators(namespaces: Mapping[str, _Usage]) -> tuple[Name, ...]:
    aliases = {family.name: family.aliases for family in creators.FAMILIES}
    usage: defaultdict[str, _Usage] = defaultdict(_Usage)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for namespace, of_namespace in namespaces.items():
        family = creator(namespace)
        usage[family].downloads += of_namespace.downloads
        usage[family].lists |= of_namespace.lists
        if namespace != family:
            members[family].append(namespace)
    return tuple(replace(entry, also=(*sorted(members[entry.name]), *aliases.get(entry.name, ()))) for entry in _ranked(usage))


def _ranked(usage: Mapping[str, _Usage]) -> tuple[Name, ...]:
    ranked = sorted(usage.items(), key=lambda item: (-item[1].downloads, item[0]))[:MOST_NAMES]
    return tuple(Name(name, lists=frozenset(of_name.lists)) for name, of_name in ranked)
