"""Parse and print bets: which name will lead which ranking at the end of which month, and how likely that is."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import QueryError
from analytics.formatting.phrases import name as called
from analytics.query import Query
from analytics.statistics.prediction.brier import scores
from analytics.typed_text import tidy
from bot.domain.outbox import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from analytics.query import Form
    from analytics.statistics.prediction.brier import Score
    from bot.domain.outbox import Bet

EXAMPLE = "predict creators Alibaba 70% by {month}"
RANKED = (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY, Dimension.FAMILY)
MEASURES = (Measure.DOWNLOADS, Measure.MODELS)
LISTS = (ListName.TOP, ListName.TRENDING)
CONFIDENCE = (50, 60, 70, 80, 90, 95, 99)
"""Percentages in the form's menu; a typed bet can have any whole percentage from 1 to 99."""
MONTHS_AHEAD = 12
"""How many months after the current one are open for bets."""
VOID_DAY = 10
"""Day of the next month until which bets wait for a snapshot: a listing of the month's end may be imported late."""
LONGEST_NAME = 100
_LONGEST = 400
_NEWCOMER = "newcomer"
"""Precedes a name that isn't in the list yet."""
_FILLERS = frozenset({"that", "leads", "the"})
_BEFORE_A_MONTH = frozenset({"by", "at", "in", "until", "before", "end", "of", "the", "for"})
_MEASURE = {"downloads": Measure.DOWNLOADS, "download": Measure.DOWNLOADS, "models": Measure.MODELS, "model": Measure.MODELS}
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_MONTH = re.compile(r"\d{4}-\d{1,2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})%", re.ASCII)
_MONTHS = {name.casefold(): at for at in range(1, 13) for name in (calendar.month_name[at], calendar.month_abbr[at])}

Token = tuple[str, bool]
"""A word and whether it was quoted."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A complete or incomplete bet. ``str`` returns text that :func:`parse_bet` reads."""

    of: Dimension = Dimension.CREATOR
    by: Measure = Measure.DOWNLOADS
    within: ListName = ListName.TOP
    name: str = ""
    newcomer: bool = False
    """Whether the name isn't in the list yet."""
    percent: int | None = None
    month: Edition | None = None

    def __post_init__(self) -> None:
        """Normalize whitespace and quotes, so that equal bets are equal values."""
        object.__setattr__(self, "name", tidy(self.name))

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.name and self.percent and self.month)

    @property
    def question(self) -> str:
        """The ranking in canonical form, without the month."""
        return str(Query(self.of.plural, by=self.by, within=self.within))

    @property
    def asked(self) -> Draft:
        """The same ranking and month, without name and percentage."""
        return replace(self, name="", newcomer=False, percent=None)

    def __str__(self) -> str:
        words = ["predict", self.question]
        if self.name:
            words += [*([_NEWCOMER] if self.newcomer else []), _quote(self.name)]
        if self.percent:
            words.append(f"{self.percent}%")
        if self.month:
            words.append(f"at {self.month}")
        return " ".join(words)


def parse_bet(text: str, forms: Sequence[Form]) -> Draft:
    """Parse the words after ``predict``, in any order. Missing parts stay empty.

    Raises:
        QueryError: naming the part that can't be read.

    """
    if len(text) > _LONGEST:
        raise QueryError(f"This bet has {len(text)} characters. The limit is {_LONGEST}.")
    tokens = [(re.sub(r"\\(.)", r"\1", m[1]), True) if m[1] is not None else (m[2], False) for m in _TOKEN.finditer(tidy(text))]
    if any(word.startswith('"') and not in_quotes for word, in_quotes in tokens):
        raise QueryError("A quotation mark isn't closed. Add the missing one.")
    tokens, month = _take_month(tokens)
    tokens, percent = _take_percent(tokens)
    tokens, by, within = _take_options(tokens)
    words = _ranking_words(forms)
    at = next((at for at, (word, in_quotes) in enumerate(tokens) if not in_quotes and _normalize_word(word) in words), None)
    of = Dimension.CREATOR if at is None else words[_normalize_word(tokens[at][0])]
    rest = [token for place, token in enumerate(tokens) if place != at]
    if at is None and rest:
        raise QueryError(f"Name the ranking that you're betting on: {_join_or([dimension.plural for dimension in RANKED])}.")
    newcomer = (_NEWCOMER, False) in [(word.casefold(), in_quotes) for word, in_quotes in rest]
    left_out = _FILLERS | {_NEWCOMER}
    name = " ".join(word for word, in_quotes in rest if in_quotes or word.casefold() not in left_out).strip()
    if len(name) > LONGEST_NAME:
        raise QueryError(f"This name has {len(name)} characters. The limit is {LONGEST_NAME}.")
    return Draft(of, by, within, name, newcomer and bool(name), percent, month)


def parse_question(question: str, month: str) -> Draft:
    """Parse a stored bet's :attr:`Draft.question` and month."""
    word, *rest = question.split()
    of = next(dimension for dimension in RANKED if dimension.plural == word)
    within = ListName(rest[3]) if len(rest) > 3 else ListName.TOP
    return Draft(of, Measure(rest[1]), within, month=Edition.parse(month))


def open_months(now: datetime) -> tuple[Edition, ...]:
    """Return the months open for bets: the next twelve."""
    months = [Edition.month(now.date()).after]
    while len(months) < MONTHS_AHEAD:
        months.append(months[-1].after)
    return tuple(months)


def closed_reason(month: Edition, now: datetime) -> str:
    """Return why a month is closed for bets; ``""`` if it's open."""
    able = open_months(now)
    if month < Edition.month(now.date()):
        return f"{month.name} is over. The next month you can bet on is {able[0].name}."
    if month < able[0]:
        return f"Bets on {month.name} closed when the month began. The next month you can bet on is {able[0].name}."
    if month > able[-1]:
        return f"You can bet at most {MONTHS_AHEAD} months ahead, through {able[-1].name}."
    return ""


def void_date(month: Edition) -> date:
    """Return the day on which bets on a month that no snapshot has settled become void: the 10th of the next month."""
    return month.after.first.replace(day=VOID_DAY)


def example(now: datetime) -> str:
    """Return an example of a bet that could be placed now."""
    return EXAMPLE.format(month=open_months(now)[-1])


def title(draft: Draft) -> str:
    """Return the ranking's name: ``creators by downloads in the trending list``."""
    of = "license families" if draft.of is Dimension.FAMILY else draft.of.plural
    return f"{of} by {draft.by}" + (f" in the {draft.within} list" if draft.within is not ListName.TOP else "")


def claim(draft: Draft) -> str:
    """Return the bet's claim: ``Alibaba will lead creators by downloads at the end of December 2026``."""
    when = f" at the end of {draft.month.name}" if draft.month else ""
    return f"{called(draft.of, draft.name)} will lead {title(draft)}{when}"


def score_bets(bets: Iterable[Bet]) -> tuple[Score, ...]:
    """Return everyone's skill over settled bets. Void bets don't count."""
    return scores(
        (bet.person, bet.percent, bet.outcome is Outcome.RIGHT, bet.base_rate) for bet in bets if bet.base_rate is not None
    )


def _ranking_words(forms: Sequence[Form]) -> dict[str, Dimension]:
    dimensions: dict[str, Dimension] = {}
    for dimension in RANKED:
        alike = [
            word for form in forms if form.word in {dimension.plural, dimension.value} for word in (form.word, *form.aliases)
        ]
        dimensions |= dict.fromkeys((dimension.plural, dimension.value, *alike), dimension)
    return dimensions


def _normalize_word(word: str) -> str:
    return word.casefold().strip(":?!.,")


def _take_month(tokens: list[Token]) -> tuple[list[Token], Edition | None]:
    """Remove the month with the words before it: ``by the end of December 2026``, ``at 2026-12``."""
    for at, (word, in_quotes) in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ("", False)
        spelled = word.casefold() in _MONTHS and bool(_YEAR.fullmatch(after[0]))
        if in_quotes or not (spelled or _MONTH.fullmatch(word)):
            continue
        begin, end = at, at + 1 + spelled
        while begin and not tokens[begin - 1][1] and tokens[begin - 1][0].casefold() in _BEFORE_A_MONTH:
            begin -= 1
        rest = [*tokens[:begin], *tokens[end:]]
        if _take_month(rest)[1]:
            raise QueryError("Name only one month.")
        year, number = (after[0], _MONTHS[word.casefold()]) if spelled else (word[:4], int(word[5:]))
        try:
            return rest, Edition.month(date(int(year), number, 1))
        except (ValueError, OverflowError):
            raise QueryError(f"“{word}” isn't a month. Write it like 2026-12.") from None
    return tokens, None


def _take_percent(tokens: list[Token]) -> tuple[list[Token], int | None]:
    joined: list[Token] = []
    for word, in_quotes in tokens:
        if joined and not in_quotes and word.casefold() in {"%", "percent"} and joined[-1][0].isdigit() and not joined[-1][1]:
            joined[-1] = (f"{joined[-1][0]}%", False)
        else:
            joined.append((word, in_quotes))
    percentages = [(word, in_quotes) for word, in_quotes in joined if not in_quotes and word.endswith("%") and word[:1].isdigit()]
    if not percentages:
        return joined, None
    typed = percentages[0][0]
    match = _PERCENT.fullmatch(typed)
    if len(percentages) > 1:
        raise QueryError("Give only one percentage.")
    if not match or not 1 <= int(match[1]) <= 99:
        raise QueryError(f"“{typed[:20]}” isn't a valid percentage. Use a whole number from 1% to 99%.")
    return [token for token in joined if token not in percentages], int(match[1])


def _take_options(tokens: list[Token]) -> tuple[list[Token], Measure, ListName]:
    """Remove ``by …`` and ``in …``."""
    rest: list[Token] = []
    options: dict[str, str] = {}
    words = iter(tokens)
    for word, in_quotes in words:
        key = word.casefold()
        if in_quotes or key not in {"by", "in"}:
            rest.append((word, in_quotes))
            continue
        if key in options:
            raise QueryError(f"“{key}” appears twice. Remove one.")
        options[key] = next(words, ("", False))[0]
    by, within = options.get("by", "downloads"), options.get("in", "top")
    if by.casefold() not in _MEASURE:
        raise QueryError(f"You can't bet on a ranking by “{by[:40]}”. Use {_join_or(MEASURES)}.")
    if within.casefold() not in LISTS:
        raise QueryError(f"You can't bet on the list “{within[:40]}”. Use {_join_or(LISTS)}.")
    return rest, _MEASURE[by.casefold()], ListName(within.casefold())


def _quote(name: str) -> str:
    """Quote a name, so that it can't be read as anything else."""
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _join_or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
