"""Questions as values and as text, before they meet any data.

The text of a query is the only wire format: slash text, mentions, the command line, a page's ``?q=`` and every button's value are
``str(query)``, and ``parse(str(query), forms) == query`` for every query that can be built.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from analytics.domain import Dimension, ListName, Measure
from analytics.typed_text import tidy, without_end

MOST_NAMES = 8
"""The number of colors of a chart."""

FILTER_WORDS = {
    **{dimension.value: dimension for dimension in Dimension if dimension is not Dimension.TASK},
    "licence": Dimension.LICENSE,
}
"""The words that narrow a question to the models of one name: ``licenses creator google``. Tasks have an option of their own."""

NOT = "not"
"""The word that leaves the models of one name out: ``licenses not creator google``."""

NEGATIONS = frozenset({NOT, "without", "excluding", "except", "minus", "ignoring"})
"""All words that do."""

POLITE = frozenset({"please", "pls", "plz", "thanks", "thx"})
"""Words at the end of a request that say nothing."""

JOINERS = frozenset({"vs", "vs.", "versus", "and", "with", "against"})
"""Words that separate names: ``compare meta ai vs google``."""

AS_RECORDED = "as recorded"
"""The words that keep what a source doesn't record from being filled in: see :mod:`analytics.storage.carry_over`."""

_MONTH_OR_DAY = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)


class Option(StrEnum):
    """The words that narrow a question."""

    BY = "by"
    IN = "in"
    TASK = "task"
    TOP = "top"
    AT = "at"
    SINCE = "since"


OPTION_WORDS = {
    **{option.value: option for option in Option},
    "on": Option.AT,
    "from": Option.SINCE,
    "for": Option.TASK,
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month (``2026-08``) or a day (``2026-08-22``), UTC."""

    year: int
    month: int
    day: int | None = None

    def __post_init__(self) -> None:
        _ = self.start, self.end  # a day that does not exist raises ValueError here

    @classmethod
    def read(cls, text: str) -> Period | None:
        """Return the month or day that ``text`` writes (``2026-08``, ``2026-08-22``); ``None`` for anything else."""
        match = _MONTH_OR_DAY.fullmatch(text)
        try:
            return cls(int(match[1]), int(match[2]), int(match[3]) if match[3] else None) if match else None
        except ValueError:  # a 13th month
            return None

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.month, self.day or 1)

    @property
    def end(self) -> date:
        """The last day."""
        return date(self.year, self.month, self.day or calendar.monthrange(self.year, self.month)[1])

    @property
    def name(self) -> str:
        """As people write it: ``August 2026``, ``August 22, 2026``."""
        return f"{self.start:%B} {self.day}, {self.year}" if self.day else f"{self.start:%B} {self.year}"

    def __str__(self) -> str:
        month = f"{self.year:04}-{self.month:02}"
        return month if self.day is None else f"{month}-{self.day:02}"


@dataclass(frozen=True, slots=True, order=True)
class Filter:
    """Narrows a question to the models of one name, or to those that aren't of it."""

    dimension: Dimension
    name: str
    """As typed; resolved when the question is asked."""
    negated: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", tidy(self.name))

    def __str__(self) -> str:
        return f"{f'{NOT} ' if self.negated else ''}{self.dimension} {quoted(self.name)}"


class Direction(StrEnum):
    """Which changes count: ``movers down`` tells who lost."""

    UP = "up"
    DOWN = "down"


DIRECTIONS = {
    **dict.fromkeys(("up", "gainers", "winners", "risers"), Direction.UP),
    **dict.fromkeys(("down", "losers", "fallers"), Direction.DOWN),
}
"""The words for them."""


class About(StrEnum):
    """What a kind of question is about, and so what its names are."""

    LIST = "list"
    """The list as a whole."""
    MODELS = "models"
    """The models of the list, ranked."""
    MODEL = "model"
    """The model that it names."""
    DIMENSION = "dimension"
    """The names of one dimension, :attr:`Form.dimension`, ranked."""
    NAME = "name"
    """The name of that dimension that it names."""
    CHOICE = "choice"
    """The dimension that it names, creators by default: ``movers licenses``."""
    SEVERAL = "several"
    """Two or more names of one dimension."""


class Rows(StrEnum):
    """For which of its queries a kind of question needs the row of every model. The whole Hub has few rows."""

    NONE = "none"
    SOME = "some"
    """For those that :attr:`analytics.questions.question.Question.needs_rows` tells."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a kind of question needs of the data, besides a snapshot and the measure asked for."""

    rows: Rows = Rows.NONE
    records: frozenset[str] = frozenset()
    """What the snapshot has to record: ``likes``, ``created``."""
    earlier: bool = False
    """Whether it compares with an earlier snapshot even without ``since``."""
    months: int = 0
    """Fewest months of history."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How a kind of question is asked in natural language."""

    phrases: tuple[str, ...] = ()
    """Words that ask it, whatever else is said. Case, spaces and hyphens don't matter."""
    priority: int = 0
    """Which question is asked where a text has phrases of several: the one with the highest priority."""
    measures: frozenset[Measure] = frozenset(Measure)
    """Measures that narrow it. Words for the others say nothing: "how old are the popular models"."""
    of_models: bool = False
    """Whether it can be about models, where it is about a dimension that it names: ``concentration models``."""
    over_time: bool = True
    """Whether words such as "changed" ask for it over time. They don't where it is about changes anyway."""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of question: its word, how many names it takes, which options, what it is about, and what it needs."""

    word: str
    options: frozenset[Option] = frozenset()
    fewest: int = 0
    most: int = 0
    aliases: tuple[str, ...] = ()
    example: str = ""
    """A complete query of this form."""
    singular: str = ""
    """The word of the form for one name of this ranking: ``license`` for ``licenses``; ``""`` if there is none."""
    about: About = About.LIST
    dimension: Dimension | None = None
    """The dimension of a question about one dimension or one name of it."""
    needs: Needs = Needs()
    spoken: Spoken = Spoken()
    directed: bool = False
    """Whether it can be limited to what rose or fell."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its form, names and options. Names are as typed; they are resolved when the question is asked."""

    word: str
    names: tuple[str, ...] = ()
    by: Measure | None = None
    within: ListName = ListName.TOP
    task: str | None = None
    top: int | None = None
    at: Period | None = None
    since: Period | None = None
    as_recorded: bool = False
    """Whether nothing is filled in from the tags or from near dates."""
    filters: tuple[Filter, ...] = ()
    """All of them hold for each model that counts; in order, so that equal questions are equal values."""
    direction: Direction | None = None

    def __post_init__(self) -> None:
        """Normalize white space, quotes and the order of filters, so that equal questions are equal values."""
        object.__setattr__(self, "filters", tuple(sorted(set(self.filters), key=lambda f: (f.negated, f))))
        object.__setattr__(self, "names", tuple(tidy(name) for name in self.names))
        if self.task is not None:
            object.__setattr__(self, "task", tidy(self.task))

    def but(self, **changes: Any) -> Query:  # noqa: ANN401 - the fields' own types, checked by replace()
        """Return the same question with some fields changed; another kind of question has no direction."""
        if changes.get("word", self.word) != self.word:
            changes = {"direction": None} | changes
        return replace(self, **changes)

    def __str__(self) -> str:
        words = [self.word, *map(quoted, self.names), *([self.direction] if self.direction else []), *map(str, self.filters)]
        if self.by:
            words += [Option.BY, self.by]
        if self.within is not ListName.TOP:
            words += [Option.IN, self.within]
        if self.task is not None:
            words += [Option.TASK, quoted(self.task)]
        if self.top is not None:
            words += [Option.TOP, str(self.top)]
        if self.at:
            words += [Option.AT, str(self.at)]
        if self.since:
            words += [Option.SINCE, str(self.since)]
        if self.as_recorded:
            words.append(AS_RECORDED)
        return " ".join(words)


def quoted(name: str) -> str:
    """Put ``name`` in quotation marks where the grammar would read it as something else."""
    lower = name.casefold()
    words = (OPTION_WORDS, JOINERS, FILTER_WORDS, DIRECTIONS, {*NEGATIONS, "-", *POLITE, AS_RECORDED.split(maxsplit=1)[0]})
    reserved = any(lower in known for known in words) or name.endswith(",") or name.startswith("'") or name != without_end(name)
    if name and not reserved and not re.search(r'[\s"\\]', name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
