"""Stores what was recorded of a made-up history, asks the product and holds its answers against the whole truth."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from truth.adversarial import model_claims, sentence_claims, value_claims
from truth.adversarial.histories import history
from truth.adversarial.sentence_claims import UnreadableError
from truth.adversarial.told_cases import TITLES, Case, Problem
from truth.adversarial.whole_truth import Truth

from analytics.digest.builder import digest
from analytics.digest.edition import Edition
from analytics.domain import Listing, ListName, Model
from analytics.errors import NoDataError, QueryError
from analytics.questions.registry import ask, parse
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from truth.adversarial.histories import History, Recorded

DIMENSIONS = {"licenses": "license", "creators": "creator", "tasks": "task", "libraries": "library", "countries": "country"}
CHANGES = {"movers", "entries", "since", "compare"}


@dataclass
class Outcome:
    """What became of one history."""

    counts: Counter[str] = field(default_factory=Counter)
    """Shifts told, told by bounds, and refused; sentences that were read."""
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """The question, and what is told that isn't so."""
    assumed: list[tuple[str, Problem]] = field(default_factory=list)
    """The same where a model declared something new on days that nobody recorded: filling in assumes that none does."""
    unread: list[str] = field(default_factory=list)


def run(seed: int, empty: Path, folder: Path) -> Outcome:
    """Hold what is told of one history against its truth; ``empty`` is a store without snapshots."""
    made_up = history(seed)
    path = folder / f"{seed}.db"
    shutil.copyfile(empty, path)
    engine = database.engine(f"sqlite:///{path}")
    try:
        store = SqlHistory(engine)
        _fill(store, made_up)
        outcome = Outcome()
        truth = Truth(made_up)
        for question in _questions(made_up):
            _ask(question, truth, store, outcome)
        for month in dict.fromkeys(Edition.month(day) for day in made_up.days):
            _digest(month, truth, store, outcome)
    finally:
        engine.dispose()
        path.unlink()
    if made_up.has_unseen_changes:
        outcome.assumed, outcome.problems = outcome.problems, []
    return outcome


def _fill(store: SqlHistory, made_up: History) -> None:
    for _, listings in groupby(made_up.listings, key=lambda listing: listing.place):
        for listing in listings:
            ingest.store([_listing(made_up, listing)], store)


def _listing(made_up: History, listing: Recorded) -> Listing:
    models = []
    for number in listing.members:
        life, at = made_up.lives[number], listing.place
        own = {fact: life.facts[fact][at] if (number, fact) in listing.facts else None for fact in life.facts}
        task, library = ((own[fact] or ("",))[0] if own[fact] is not None else None for fact in ("task", "library"))
        trending = life.trending[at] if listing.within == "trending" else None
        model = Model(life.ids[at], life.downloads[at], None, own["license"], task, library, trending, hub_id=life.hub_id)
        models.append(model)
    return Listing(made_up.days[listing.place], ListName(listing.within), listing.source, tuple(models))


def _questions(made_up: History) -> Iterator[str]:
    """Yield questions of each kind, with dates and names by chance."""
    luck = random.Random(-made_up.seed)
    days = made_up.days
    since = f" since {luck.choice(days[:-1])}"
    lists = {listing.within for listing in made_up.listings}
    within = " in trending" if "trending" in lists and luck.random() < 0.4 else ""
    by = lambda: luck.choice(("", " by downloads", " by downloads", " by models"))  # noqa: E731 - three lines shorter
    some = lambda dimension: f'"{luck.choice(list(TITLES[dimension]))}"'  # noqa: E731 - as above
    for word, dimension in DIMENSIONS.items():
        yield f"{word}{by()}{within} at {luck.choice(days)}"
        yield f"{word}{by()}{within}{since}"
        yield f"movers {word}{by()}{within}{luck.choice(('', since))}"
        yield f"{dimension} {some(dimension)}{by()}{within}"
        yield f"{dimension} {some(dimension)}{by()}{within}{since}"
        if dimension != "library":  # some of these are creators too
            yield f"compare {some(dimension)} {some(dimension)}{by()}{within}{luck.choice(('', since))}"
    yield f"compare {days[0]:%Y-%m} {days[-1]:%Y-%m}{by()}{within}"
    yield f'creators{by()} task "text-generation"{luck.choice(("", since))}'
    yield f'movers licenses task "text-generation"{since}'
    yield f"entries{within}{luck.choice(('', since))}"
    yield f"models{within}{luck.choice(('', since))}"
    yield f"model {luck.choice(made_up.lives).ids[-1]}{within}{since}"


def _ask(question: str, truth: Truth, store: SqlHistory, outcome: Outcome) -> None:
    is_change = not CHANGES.isdisjoint(question.split())
    try:
        answer = ask(parse(question), store)
    except QueryError:
        return
    except NoDataError:
        outcome.counts["nothing to tell"] += is_change
        return
    cases = _cases(question, answer, truth)
    if not cases:
        return
    if not _is_of_series(answer.shifts, cases[0]):
        cases = [replace(case, series=()) for case in cases]
    case = cases[0]
    if case.dimension != "model":
        for ranking in answer.rankings:
            _note(outcome, question, value_claims.of_ranking(replace(case, by=ranking.by), ranking, is_whole=case.then is None))
    if question.startswith(("models", "entries")):
        pass  # the shifts of models are those of their ranks
    else:
        _shifts(question, answer.shifts, cases, outcome)
    _refused(answer.notes, answer.headline, outcome)
    _sentences(question, (answer.headline, *answer.notes), cases, outcome)


def _cases(question: str, answer: Any, truth: Truth) -> list[Case]:
    """Return the dimensions that an answer may be about."""
    within = str(answer.source.list)
    now = truth.of_source(within, answer.source.snapshot, answer.source.origin)
    if now is None:
        return []
    words = question.split()
    since = answer.source.since
    then = truth.of_day(within, since, len(now.members)) if since else None
    dates = sorted({moment.taken_on for moment in answer.series})
    series = (*tuple(s for day in dates if (s := truth.of_day(within, day, len(now.members))))[:-1], now) if dates else ()
    case = Case(truth, "", _measure(question), now, then, series, noted=_noted(answer.notes))
    if " task " in f" {question} " and words[0] != "task":
        case = replace(case, task="text-generation")
    if words[0] in {"entries", "models", "model"}:
        everything = tuple(s for s in truth.listings(within) if abs(len(s.members) - len(now.members)) <= 0.1 * len(now.members))
        return [replace(case, dimension="model", series=everything if words[0] == "model" else series)]
    if words[0] == "compare":
        named = [d for d in TITLES if f'"{words[1].strip(chr(34))}' in [f'"{name}' for name in TITLES[d]] or _names(question, d)]
        dimensions = (
            ["license", "creator", "task"] if words[1][:2] == "20" else [answer.rankings[0].of] if answer.rankings else named
        )
    else:
        word = words[1] if words[0] == "movers" else words[0]
        dimensions = [DIMENSIONS.get(word, word)]
    return [replace(case, dimension=dimension) for dimension in dimensions]


def _names(question: str, dimension: str) -> bool:
    return any(f'"{name}"' in question for name in TITLES[dimension])


def _measure(question: str) -> str:
    return "models" if " by models" in question else "downloads"


def _noted(notes: tuple[str, ...]) -> frozenset[str]:
    """Return the measures whose changes are told of the models that are known on all dates."""
    of_known = (note for note in notes if "Changes leave out" in note)
    return frozenset(by for note in of_known for by in ("models", "downloads") if f"% of {by} now" in note)


def _is_of_series(shifts: Any, case: Case) -> bool:
    """Return whether shifts are among the models known on all days of a series, not only on the first and the last one."""
    among = next((s for s in shifts if getattr(getattr(s, "basis", None), "name", "") == "BOTH" and s.by == case.by), None)
    return among is None or abs(case.about("with a known").change(among.name) - among.points) < value_claims.EVEN


def _shifts(question: str, shifts: Any, cases: list[Case], outcome: Outcome) -> None:
    for shift in shifts:
        case = next((c for c in cases if shift.name in TITLES[c.dimension]), cases[0] if len(cases) == 1 else None)
        if case is None or case.then is None:
            continue
        basis = getattr(shift, "basis", None)
        outcome.counts["bounded" if basis is not None and basis.name == "BOUNDS" else "told"] += 1
        plain = replace(case, by=shift.by, noted=frozenset())
        _note(outcome, question, value_claims.of_shift(plain, shift))


def _refused(notes: tuple[str, ...], headline: str, outcome: Outcome) -> None:
    for note in (*notes, headline):
        if note.startswith(("Too little is known to tell whether", "Too little is known")) or "can't be compared" in note:
            outcome.counts["refused"] += 1


def _sentences(question: str, sentences: tuple[str, ...], cases: list[Case], outcome: Outcome) -> None:
    for sentence in sentences:
        for case in cases:
            try:
                reader = model_claims if case.dimension == "model" else sentence_claims
                told = reader.problems(case, sentence)
            except UnreadableError:
                continue
            break
        else:
            try:
                told = model_claims.problems(cases[0], sentence)
            except UnreadableError:
                if not sentence_claims.HARMLESS.search(sentence):
                    outcome.unread.append(f"{question}: {sentence}")
                continue
        outcome.counts["sentences"] += 1
        _note(outcome, question, told)


def _digest(month: Edition, truth: Truth, store: SqlHistory, outcome: Outcome) -> None:
    try:
        told = digest(month, store)
    except NoDataError:
        return
    question = f"digest {month}"
    now = truth.of_source("top", told.source.snapshot, told.source.origin)
    cases = []
    for section in told.sections:
        then = truth.of_day("top", section.since, len(now.members)) if section.since else None
        case = Case(truth, str(section.dimension), "downloads", now, then, until=month.last)
        case = replace(case, noted=_noted(section.notes))
        for ranking in section.rankings:
            _note(outcome, question, value_claims.of_ranking(replace(case, by=ranking.by), ranking, is_whole=True))
        _shifts(question, section.shifts, [case], outcome)
        _refused(section.notes, "", outcome)
        leaders = tuple(line for line in section.lines if line.startswith("Leaders"))
        _sentences(question, leaders, [replace(case, then=None, noted=frozenset())], outcome)
        _sentences(question, tuple(line for line in section.lines if line not in leaders), [case], outcome)
        cases.append(case)
    since = truth.of_day("top", told.source.since, len(now.members)) if told.source.since else None
    _sentences(question, (told.headline,), cases, outcome)
    for highlight in told.highlights:
        of = [case for case in cases if highlight.dimension in {None, case.dimension}]
        _sentences(question, (highlight.text,), of, outcome)
    _sentences(question, told.notes, [Case(truth, "model", "downloads", now, since)], outcome)


def _note(outcome: Outcome, question: str, problems: Any) -> None:
    outcome.problems += [(question, problem) for problem in problems]
