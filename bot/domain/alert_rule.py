"""A watch's rule: a question about one name, a side, and a line. Words in, values out; and whether it is crossed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.errors import QueryError
from analytics.formatting.filters import filters_in_words
from analytics.formatting.phrases import name, ordinal
from analytics.language import grammar
from analytics.names.grouping import UNRANKED
from analytics.names.narrowing import OF_THE_ID
from analytics.statistics.coverage import COMPLETE, COVERAGE_DIFFERENCE, coverage_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer
    from analytics.query import Form, Query

EXAMPLES = ("watch creator meta below 10%", "watch license mit above 25% by models", "watch creator google rank below 2")
_BACK = 0.02
"""Part of the line by which a share must come back before it can cross again: from under 10% to 10.2%."""
_NAMED = tuple(one.value for one in (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK, Dimension.LIBRARY))
_LINE = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?")
_SIDES = {"below": True, "under": True, "<": True, "above": False, "over": False, ">": False}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """What a rule looks at: a share, 0 to 1, and a rank; ``None`` where the name is not in the list."""

    share: float
    rank: int | None
    name: str
    low: float | None = None
    """The share if none, and if all, of the models whose name isn't recorded are of this one; ``None`` where all are recorded."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that a figure may cross. ``str`` gives words that :func:`read_rule` reads."""

    query: Query
    """Of one name, by one measure, now."""
    on_rank: bool
    below: bool
    """Whether it is told when the figure falls below the line; a rank below 3rd is 4th or worse."""
    line: float
    """A share, 0 to 1, or a rank."""

    def beyond(self, figure: Figure, *, was: bool) -> bool:
        """Tell whether a figure is beyond the line; ``was`` tells whether it was, for who is back must be well back.

        What isn't declared or known never is: its share says what was recorded, not how a competitor did.
        """
        if figure.name in UNRANKED:
            return False
        if self.on_rank:
            rank = figure.rank or 1_000_000
            if self.below:
                return rank > (max(self.line - 1, 1) if was else self.line)
            return rank < (self.line + 1 if was else self.line)
        back = self.line * _BACK if was else 0.0
        return figure.share < self.line + back if self.below else figure.share > self.line - back

    def is_certain(self, figure: Figure) -> bool:
        """Tell whether a figure is on the same side of the line, whatever the models that aren't recorded are of.

        A rank is certain as long as they have no more than :data:`COVERAGE_DIFFERENCE` of the measure.
        """
        if figure.low is None or figure.high is None:
            return True
        if self.on_rank:
            return figure.high - figure.low <= COVERAGE_DIFFERENCE
        return (figure.low < self.line) is (figure.high < self.line)

    def said(self) -> str:
        """Return the rule in words: ``Meta falls below 10% of downloads``."""
        return self._sentence("falls below" if self.below else "rises above")

    def state(self) -> str:
        """Return in words that the line is crossed: ``Meta is already below 10% of downloads``."""
        return self._sentence("is already below" if self.below else "is already above")

    def _sentence(self, verb: str) -> str:
        who = name(Dimension(self.query.word), self.query.names[0])
        what = f"{ordinal(int(self.line))} place by" if self.on_rank else f"{self.line * 100:.10g}% of"
        within = f" in the {self.query.within} list" if self.query.within.value != "top" else ""
        among = f" among models {filters_in_words(self.query.filters)}" if self.query.filters else ""
        return f"{who} {verb} {what} {self.query.by}{within}{among}"

    def __str__(self) -> str:
        line = f"{self.line:g}" if self.on_rank else f"{self.line * 100:.10g}%"
        return f"{self.query} {'rank ' if self.on_rank else ''}{'below' if self.below else 'above'} {line}"


def read_rule(text: str, forms: Sequence[Form]) -> Rule:
    """Read what stands after ``watch``, in any order that leaves the line after its side.

    Raises:
        QueryError: naming what is missing or not understood, with examples.

    """
    words = text.split()
    low = [word.casefold() for word in words]
    place = next((at for at, word in enumerate(low) if word in _SIDES), None)
    if place is None or place + 1 >= len(words):
        raise QueryError("An alert needs a threshold: a share (“below 10%”) or a rank (“rank below 3”).", EXAMPLES)
    typed = low[place + 1].rstrip("%")
    percents = low[place + 1].endswith("%") or low[place + 2 : place + 3] in (["%"], ["percent"])
    taken = {place, place + 1} | ({place + 2} if low[place + 2 : place + 3] in (["%"], ["percent"]) else set())
    ranks = {at for at, word in enumerate(low) if word in {"rank", "place"} and at not in taken}
    taken |= ranks
    if not _LINE.fullmatch(typed):
        raise QueryError(f"“{words[place + 1][:40]}” isn't a share, such as 10%, or a rank, such as 3.", EXAMPLES)
    query = _query(" ".join(word for at, word in enumerate(words) if at not in taken), forms)
    rule = Rule(query, bool(ranks), _SIDES[low[place]], _line(typed.replace(",", "."), rank=bool(ranks), percents=percents))
    if len(str(rule)) > _LONGEST:
        raise QueryError(f"This alert has {len(str(rule))} characters. The limit is {_LONGEST}.", EXAMPLES)
    return rule


def _line(typed: str, *, rank: bool, percents: bool) -> float:
    value = float(typed)
    if rank:
        if percents or value != int(value) or not 1 <= value <= 300:
            raise QueryError(f"“{typed}” isn't a rank. Use a whole number from 1 to 300.", EXAMPLES)
        return value
    if not 0 < value < 100:
        raise QueryError(f"A share is between 0% and 100%, so “{typed}%” doesn't work.", EXAMPLES)
    return round(value / 100, 8)


def _query(text: str, forms: Sequence[Form]) -> Query:
    if not text:
        raise QueryError("An alert needs a name to watch.", EXAMPLES)
    query = grammar.parse(text, forms)
    if query.word not in _NAMED:
        raise QueryError(f"An alert is about one {', '.join(_NAMED[:-1])} or {_NAMED[-1]}, not about “{query.word}”.", EXAMPLES)
    if query.at or query.since or query.top:
        raise QueryError("An alert checks every new snapshot, so leave out “at”, “since” and “top”.", EXAMPLES)
    unsure = next((one.dimension for one in query.filters if one.dimension not in OF_THE_ID), None)
    if unsure:
        narrowing = f"An alert can be narrowed by {', '.join(OF_THE_ID[:-1])} or {OF_THE_ID[-1]}, not by {unsure}"
        raise QueryError(f"{narrowing}, which isn't recorded of every model.", (f"watch {query.but(filters=())} below 10%",))
    return query.but(by=query.by or Measure.DOWNLOADS)


def figure(rule: Rule, answer: Answer) -> Figure:
    """Read the figure that a rule looks at from the answer to its question."""
    ranking = next(one for one in answer.rankings if one.by is rule.query.by)
    share = ranking.shares[0]
    if coverage_of(ranking) >= COMPLETE:
        return Figure(share.portion, share.rank, share.name)
    unknown = ranking.total - ranking.recorded
    return Figure(share.portion, share.rank, share.name, share.value / ranking.total, (share.value + unknown) / ranking.total)
