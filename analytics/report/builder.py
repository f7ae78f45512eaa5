"""Builds the report of a month from answers: its chapters, summary, conclusions and closing question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.phrases import day
from analytics.query import Query
from analytics.questions.changes.forecast import FORECAST
from analytics.questions.comparability import notes_on_month
from analytics.questions.data_warnings import carrying, notes_on_choice, of_day
from analytics.report import creators, licenses, likes, tasks, trending
from analytics.report.month import Content, Month
from analytics.report.published import then_and_now
from analytics.report.values import SIMULATED, Report, Section
from analytics.statistics import quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.chart import Chart
    from analytics.digest.edition import Edition
    from analytics.storage.history import History


@dataclass(frozen=True, slots=True)
class _Chapter:
    key: str
    title: str
    picture: str
    """The title of its picture; the finding stands beside it."""
    definition: str
    build: Callable[[Month], Content]


_MODELS = "A model that declares two licenses counts half for each."
_DOWNLOADS = "Downloads are those of the 30 days before the snapshot."
_FAMILY = "A creator adds up the namespaces that belong to it on the Hub."

_CHAPTERS = (
    _Chapter(
        "licenses",
        "Licenses: what is published and what is used",
        "Licenses by models and by downloads",
        "Share by models: models with the license, out of those whose license is known. Share by downloads: their downloads out "
        f"of those models' downloads. {_DOWNLOADS} {_MODELS}",
        licenses.licenses,
    ),
    _Chapter(
        "license_families",
        "License families: what the licenses allow",
        "License families by models and by downloads",
        "A family groups licenses by their terms, from permissive to non-commercial. Shares are counted as for licenses.",
        licenses.families,
    ),
    _Chapter(
        "creators_by_models",
        "Creators: who publishes the most models",
        "Creators by number of models",
        f"Share by models: the creator's models out of all models of the list. {_FAMILY}",
        creators.by_models,
    ),
    _Chapter(
        "creators_by_downloads",
        "Creators: whose models are downloaded",
        "Creators by downloads",
        f"Share by downloads: the downloads of the creator's models out of those of the list. {_DOWNLOADS} {_FAMILY}",
        creators.by_downloads,
    ),
    _Chapter(
        "tasks",
        "Tasks: what the models are for",
        "Tasks by downloads",
        f"The task is the one that the model declares on the Hub. {_DOWNLOADS} Groups follow the Hub's categories of tasks; "
        "embeddings and search, and image and video generation, are groups of their own.",
        tasks.by_downloads,
    ),
    _Chapter(
        "likes",
        "Likes: do they tell what is used?",
        "Likes against downloads",
        "R² is Pearson's correlation of likes and downloads, squared, on the raw counts; the rank correlation is Spearman's. "
        f"Likes are those since the model was created. {_DOWNLOADS}",
        likes.against_downloads,
    ),
    _Chapter(
        "trending",
        "Trending: what gets attention now",
        "Tasks of the trending models",
        "The trending list has the 300 models with the highest trending score, which the Hub calculates from recent activity.",
        trending.differences,
    ),
)
_TITLES = {
    ListName.TOP: "Open models in {}",
    ListName.TRENDING: "Trending open models in {}",
    ListName.BOTH: "Open models in {}, most downloaded and trending",
    ListName.HUB: "All open models in {}",
    ListName.LIKED: "The most-liked open models in {}",
}


def report(edition: Edition, history: History, *, within: ListName = ListName.TOP, with_published: bool = False) -> Report:
    """Build the report of a month about one list.

    Its numbers are those of the same questions asked about the month. ``with_published`` adds those of January 2024.

    Raises:
        QueryError: for a week.
        NoDataError: when the month has no snapshot of the list, or one with a severe warning.

    """
    if edition.weekly:
        raise QueryError(f"A report covers a month, not {edition.name}. Write a month like {edition.first:%Y-%m}.")
    month = Month(edition, history, within)
    _ = month.scope  # refuses a month without a snapshot
    contents = [(chapter, _content(chapter, month)) for chapter in _CHAPTERS]
    question, forecast = _closing(month)
    then = month.earlier[0] if month.earlier else None
    return Report(
        edition=edition,
        source=month.view(Dimension.NAMESPACE).source(then),
        title=_TITLES[within].format(edition.name) + (" (simulated data)" if month.scope.now.simulated else ""),
        summary=_summary(month, {chapter.key: content for chapter, content in contents}),
        sections=tuple(_section(number, chapter, content) for number, (chapter, content) in enumerate(contents, 1)),
        conclusions=tuple(content.conclusion for _, content in contents if isinstance(content, Content) and content.conclusion),
        question=question,
        bet=str(Query("creators", by=Measure.DOWNLOADS, within=within if within is ListName.TRENDING else ListName.TOP)),
        previous=then.taken_on if then else None,
        forecast=forecast,
        then_and_now=then_and_now(month) if with_published else (),
        notes=_notes(month),
    )


def _content(chapter: _Chapter, month: Month) -> Content | str:
    """Return what a chapter says, or the sentence about what isn't recorded."""
    try:
        return chapter.build(month)
    except NoDataError as error:
        return str(error)


def _section(number: int, chapter: _Chapter, content: Content | str) -> Section:
    if isinstance(content, str):
        return Section(chapter.key, number, chapter.title, content, (), (), None, chapter.definition, "")
    return Section(
        key=chapter.key,
        number=number,
        title=chapter.title,
        finding=content.finding,
        sentences=content.sentences,
        answers=content.answers,
        chart=replace(content.chart, title=chapter.picture),
        definition=chapter.definition,
        change=content.change,
        notes=tuple(dict.fromkeys(content.notes)),
        groups=content.groups,
    )


def _summary(month: Month, contents: dict[str, Content | str]) -> tuple[str, ...]:
    """Return the findings about licenses, creators and tasks, as far as they are recorded."""
    findings = [content.finding if isinstance(content, Content) else "" for content in map(contents.get, ("licenses", "tasks"))]
    return tuple(filter(None, (findings[0], f"{month.ask('creators').headline}.", findings[1])))


def _closing(month: Month) -> tuple[str, Chart | None]:
    """Return the closing question with the forecast from the data up to the month, and its chart."""
    query = month.query("forecast")  # at a date, which can't be typed: a reader always asks from now on
    try:
        answer = FORECAST.answer(query, month.history)
    except NoDataError as error:
        return f"Who will lead next? {error}", None
    return f"Who will lead next? {answer.headline}.", replace(answer.chart, title="Forecast: creators by downloads")


def _notes(month: Month) -> tuple[str, ...]:
    """Return the sentences that concern the whole report: what it compares with, and warnings about the data."""
    now, then = month.scope.now, next(iter(month.earlier), None)
    warnings = [*of_day(now, month.history), *carrying(now, month.history)]
    notes = [SIMULATED] if now.simulated else []
    if now.taken_on < month.edition.last:
        notes.append(f"The last snapshot of {month.edition.name} is from {day(now.taken_on)}.")
    notes += notes_on_choice(month.query("creators"), now, month.history.snapshots(month.within))
    if then is None:
        first = "This is the first report, so there's no earlier snapshot to compare with."
        notes.append("No earlier snapshot is comparable." if month.scope.left_out else first)
    else:
        notes += notes_on_month(month.scope, then)
        if month.within is not ListName.HUB:
            before, after = month.history.models(then.id), month.history.models(now.id)
            warnings += quality.stalled(then, before, now, after)
            warnings += () if month.jump else quality.dominant(before, after)
        if month.jump:
            notes.append(f"{month.jump.said(f'since {day(then.taken_on)}')}{month.jump.added}.")
    return tuple(dict.fromkeys((*notes, *(warning.sentence for warning in warnings))))
