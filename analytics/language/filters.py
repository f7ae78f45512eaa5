"""Parses what narrows a question: ``creator google``, ``not license mit``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension
from analytics.errors import QueryError
from analytics.query import DIRECTIONS, FILTER_WORDS, NEGATIONS, NOT, OPTION_WORDS, About, Direction, Filter, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form

MOST_FILTERS = 6


def split_filters(tokens: Sequence[tuple[str, bool]], form: Form) -> tuple[list[tuple[str, bool]], tuple[Filter, ...]]:
    """Take the filters out of the words after the first; returns the other words and the filters.

    ``tokens``: words, each with whether it was in quotation marks. A dimension's word without a value after it is a name, as in
    ``movers license``.

    Raises:
        QueryError: for a negation without a value, a question that can't be narrowed, or too many filters.

    """
    rest: list[tuple[str, bool]] = []
    filters: list[Filter] = []
    place = 0
    while place < len(tokens):
        taken = _filter(tokens[place:], form)
        if taken:
            filters.append(taken[0])
            place += taken[1]
        else:
            rest.append(tokens[place])
            place += 1
    if filters and not narrows(form):
        raise QueryError(f"“{form.word}” can't be narrowed by {filters[0].dimension}.")
    if len(filters) > MOST_FILTERS:
        raise QueryError(f"A question can have up to {MOST_FILTERS} filters, not {len(filters)}.")
    _require_sense(filters, form)
    return rest, tuple(filters)


def split_direction(tokens: Sequence[tuple[str, bool]], form: Form) -> tuple[list[tuple[str, bool]], Direction | None]:
    """Take ``up`` or ``down`` out of the words of a question that can be limited to what rose or fell."""
    words = [DIRECTIONS.get(_word(token)) if form.directed else None for token in tokens]
    directions = set(filter(None, words))
    rest = [token for token, direction in zip(tokens, words, strict=True) if direction is None]
    return rest, directions.pop() if len(directions) == 1 else None


def narrows(form: Form) -> bool:
    """Return whether a question can be narrowed: one about a model can't."""
    return form.about is not About.MODEL


def _filter(tokens: Sequence[tuple[str, bool]], form: Form) -> tuple[Filter, int] | None:
    """Return the filter that a text begins with, and its number of words."""
    negated = _word(tokens[0]) in NEGATIONS
    of = tokens[1:] if negated else tokens
    dimension = _dimension(of[0], negated=negated) if of else None
    if dimension is None:
        if negated and _word(tokens[0]) == NOT:
            raise QueryError(f"“{NOT}” needs what to leave out, for example: {form.word} {NOT} creator google")
        return None
    if len(of) < 2 or (not of[1][1] and (_dimension(of[1]) or _word(of[1]) in {*OPTION_WORDS, NOT})):
        if negated:
            raise QueryError(f"“{NOT} {dimension}” needs a name, for example: {form.word} {NOT} creator google")
        return None
    return Filter(dimension, of[1][0].rstrip(",") if not of[1][1] else of[1][0], negated), 2 + negated


def _dimension(token: tuple[str, bool], *, negated: bool = False) -> Dimension | None:
    word = _word(token)
    if negated and word == Dimension.TASK:
        return Dimension.TASK
    return FILTER_WORDS.get(word)


def _word(token: tuple[str, bool]) -> str:
    return "" if token[1] else token[0].casefold()


def _require_sense(filters: Sequence[Filter], form: Form) -> None:
    """Refuse two names of which no model can be both, and a ranking of the one name that is left."""
    wanted = [f for f in filters if not f.negated]
    for f in wanted:
        if form.dimension is f.dimension and form.about is About.DIMENSION:
            instead = (f"{form.singular} {quoted(f.name)}", form.word) if form.singular else (form.word,)
            raise QueryError(f"“{form.word} {f}” would rank that {f.dimension} alone.", instead)
        if sum(other.dimension is f.dimension for other in wanted) > 1 and f.dimension is not Dimension.LICENSE:
            raise QueryError(f"A model has one {f.dimension}, so no model fits two. Use one, or compare them.")
