"""Whether a query says everything that was asked: what it leaves out makes it another question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.language.natural_language.names import KnownName
    from analytics.language.natural_language.terms import Terms
    from analytics.query import Query


def says_all(query: Query, terms: Terms) -> bool:
    """Tell whether each name, each dimension and the direction of a text stand in its query."""
    said = {*query.names, *([query.task] if query.task else []), *(filter_.name for filter_ in query.filters)}
    if any(not _is_said(meanings, said, query) for meanings in (*terms.names, *terms.excluded)):
        return False
    if terms.either:
        return False
    return all(_stands(ranking, query, terms) for ranking in terms.rankings)


def _is_said(meanings: Sequence[KnownName], said: set[str], query: Query) -> bool:
    if query.word == Dimension.KIND.plural and any(meaning.dimension is Dimension.KIND for meaning in meanings):
        return True  # "companies vs labs" ranks the kinds
    return any(meaning.name in said for meaning in meanings)


def _stands(ranking: Dimension, query: Query, terms: Terms) -> bool:
    """Tell whether a dimension is what is ranked, what a name is of, or what the answer is about anyway."""
    own = {meaning.dimension for meanings in (*terms.names, *terms.excluded) for meaning in meanings}
    ranked = {query.word, *query.names}
    if ranking in own or ranking.plural in ranked or ranking.value in ranked:
        return True
    if ranking is Dimension.LICENSE:
        return Dimension.FAMILY in own or Dimension.FAMILY.plural in ranked
    groups = {Dimension.COUNTRY, Dimension.KIND}
    return ranking is Dimension.CREATOR and bool(own & groups or ranked & {*(g.plural for g in groups), "movers", "forecast"})
