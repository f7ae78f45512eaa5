"""The chapters about creators: who publishes the most models, who has the most downloads, and what drives the leader."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import enumerate_, noun_phrase, ordinal, possessive
from analytics.questions.ranking_notes import main_models, times_the_second
from analytics.report.month import Content
from analytics.statistics.comparison import find

if TYPE_CHECKING:
    from analytics.answer import Answer, Ranking
    from analytics.report.month import Month

_COMPARED = 5
"""Leaders by each measure that are compared."""
_FEW = 2
"""Creators among the leaders by both measures up to which it's told as few."""
_MODELS = 3
"""Models of the leader that are named."""
_NUMBERS = ("none", "one", "two", "three", "four", "five")


def by_models(month: Month) -> Content:
    """Tell who publishes the most models, and that they aren't those with the most downloads."""
    answer = month.ask("creators", by=Measure.MODELS)
    downloads = month.view(Dimension.CREATOR).ranking(Measure.DOWNLOADS)
    (models,) = answer.rankings
    change, notes = month.change(Dimension.CREATOR, Measure.MODELS)
    return Content(
        f"{answer.headline}.",
        (*_published_as(models), *_same_leaders(models, downloads), *_leader_by_downloads(models, downloads)),
        (answer,),
        answer.chart,
        change,
        (*month.notes(Dimension.CREATOR, answer.rankings), *notes),
        _conclusion(models, downloads),
    )


def by_downloads(month: Month) -> Content:
    """Tell who has the most downloads, which models make them, and how concentrated they are."""
    answer = month.ask("creators", by=Measure.DOWNLOADS)
    (ranking,) = answer.rankings
    leader = ranking.ranked[0]
    own = month.ask("creator", leader.name, by=Measure.DOWNLOADS)
    change, notes = month.change(Dimension.CREATOR, Measure.DOWNLOADS)
    concentration = _concentration(month)
    return Content(
        f"{answer.headline}.",
        (
            *_driven_by(own, leader.name, is_partial=month.within is ListName.HUB),
            *month.without_largest(Dimension.CREATOR, (leader.name,)),
            *times_the_second(answer.rankings, Dimension.CREATOR),
            *(f"{each.headline}." for each in concentration),
        ),
        (answer, own, *concentration),
        own.chart,
        change,
        (*month.notes(Dimension.CREATOR, answer.rankings), *notes),
        "" if month.within is ListName.HUB else _few_models(own, leader.name),
    )


def _published_as(models: Ranking) -> tuple[str, ...]:
    """Name the namespaces of the leader."""
    leader = models.ranked[0]
    if len(leader.members) < 2:
        return ()
    namespaces = enumerate_([namespace for namespace, _ in leader.members])
    return (f"{possessive(leader.name)} {count(leader.value)} models are published under the names {namespaces}.",)


def _same_leaders(models: Ranking, downloads: Ranking) -> tuple[str, ...]:
    """Count who is among the leaders by both measures."""
    many, much = ([share.name for share in ranking.ranked[:_COMPARED]] for ranking in (models, downloads))
    if len(many) < _COMPARED:
        return ()
    both = [noun_phrase(Dimension.CREATOR, name).text for name in many if name in much]
    named = f": {enumerate_(both)}" if both else ""
    if len(both) == _COMPARED:
        return (f"The five creators with the most models are also the five with the most downloads{named}.",)
    number = _NUMBERS[len(both)]
    start = f"Only {number}" if 0 < len(both) <= _FEW else number.capitalize()
    verb = "is" if len(both) == 1 else "are"
    return (f"{start} of the five creators with the most models {verb} also among the five with the most downloads{named}.",)


def _leader_by_downloads(models: Ranking, downloads: Ranking) -> tuple[str, ...]:
    """Say where the leader by downloads stands by models, unless it leads by both."""
    first = downloads.ranked[0]
    own = find(models, first.name)
    if not own or own.rank is None or own.rank == 1:
        return ()
    part = f"{percent(own.portion)} of models"
    return (f"{first.name}, the leader by downloads, is {ordinal(own.rank)} by models, with {part}.",)


def _driven_by(own: Answer, name: str, *, is_partial: bool) -> tuple[str, ...]:
    """Name the models that make the leader's downloads, with their parts of the whole list.

    ``is_partial``: whether it may have other models, whose rows aren't stored.
    """
    if not own.models or not own.models.shares:
        return ()
    drivers = "" if is_partial else main_models(own.models)
    shown = [f"{share.name} ({percent(share.portion)})" for share in own.models.shares[:_MODELS] if share.value]
    if not is_partial and not drivers and len(shown) <= _MODELS and len(own.models.shares) == len(shown):
        models = "one model" if len(shown) == 1 else f"{_NUMBERS[len(shown)]} models"
        return (f"All of it comes from {models}: {enumerate_(shown)}.",)
    sentences = [f"{_number(drivers)} that lead: {drivers}."] if drivers else []
    if len(shown) > 1:
        sentences.append(f"{possessive(name)} leading models by part of all downloads are {enumerate_(shown)}.")
    return tuple(sentences)


def _few_models(own: Answer, name: str) -> str:
    drivers = main_models(own.models) if own.models else ""
    return f"A lead can rest on very few models: {drivers.replace(' its ', f' {possessive(name)} ')}." if drivers else ""


def _number(drivers: str) -> str:
    return "One model drives" if " alone makes up " in drivers else "Few models drive"


def _concentration(month: Month) -> tuple[Answer, ...]:
    """Return how concentrated downloads are, unless the list doesn't say."""
    if month.within is not ListName.HUB:
        with suppress(NoDataError):
            return (month.ask("concentration"),)
    return ()


def _conclusion(models: Ranking, downloads: Ranking) -> str:
    many, much = models.ranked[0], downloads.ranked[0]
    if many.name == much.name:
        return f"{many.name} leads both in what is published and in what is used."
    return (
        f"Publishing the most models doesn't make a creator the most used: {many.name} leads by models, "
        f"but {much.name} leads by downloads."
    )
