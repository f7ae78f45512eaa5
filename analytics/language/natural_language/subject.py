"""The subject of a question: which question it is, and the names it asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.query import MOST_NAMES, About

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.language.natural_language.names import KnownName
    from analytics.language.natural_language.terms import Terms
    from analytics.query import Form

SINGULAR = {
    Dimension.CREATOR: "creator",
    Dimension.LICENSE: "license",
    Dimension.TASK: "task",
    Dimension.LIBRARY: "library",
    Dimension.FAMILY: "family",
    Dimension.COUNTRY: "country",
    Dimension.KIND: "kind",
    None: "model",
}
"""The question about a single name of a dimension; ``None`` is a single model."""
_PREFERRED = (
    *(Dimension.TASK, Dimension.COUNTRY, Dimension.LIBRARY, Dimension.CREATOR, Dimension.LICENSE, Dimension.FAMILY),
    *(Dimension.KIND, None),
)
"""The order in which dimensions are tried for a word that names several things."""


def find_subject(terms: Terms, forms: Mapping[str, Form]) -> tuple[str, tuple[str, ...]] | None:
    """Return the word of the question that is asked, and the names it is about; ``None`` if nothing is asked.

    ``forms``: those that can be asked, by their words.
    """
    kinds = [kind for kind in terms.kinds if kind != "course"]
    others = [meanings for meanings in terms.names if not only_task(meanings)]
    if terms.when.both and not terms.names:
        return "compare", tuple(str(period) for period in sorted(terms.when.both, key=lambda period: period.end))
    if _about_likes(terms, kinds, others):
        return "likes", ()
    asked = [form for form in forms.values() if form.word in kinds and form.word not in _UNLESS_NAMED]
    first = max(asked, key=lambda form: form.spoken.priority, default=None)
    if first and not ("movers" in kinds and first.spoken.priority < forms["movers"].spoken.priority):
        return _of_choice(first, terms)
    if "movers" in kinds and not others:
        return "movers", tuple(ranking.plural for ranking in terms.rankings[:1])
    return _several(terms) or (_single(others, terms) if others else _ranking(terms))


_UNLESS_NAMED = frozenset({"likes", "movers"})
"""Questions whose phrases also appear in questions about a name: "has Meta gained". A text with a name asks those."""


def _about_likes(terms: Terms, kinds: Sequence[str], others: Sequence[tuple[KnownName, ...]]) -> bool:
    if others or terms.rankings:
        return False
    return "likes" in kinds or ({Measure.LIKES, Measure.DOWNLOADS} <= terms.measures)


def _of_choice(form: Form, terms: Terms) -> tuple[str, tuple[str, ...]]:
    """Name the dimension for the questions that take one, where it is not the creators."""
    if form.about is not About.CHOICE:
        return form.word, ()
    if terms.rankings:
        ranked = terms.rankings[0].plural
        return form.word, () if ranked == Dimension.CREATOR.plural else (ranked,)
    return form.word, ("models",) if form.spoken.of_models and terms.about_models else ()


def only_task(meanings: Sequence[KnownName]) -> bool:
    """Tell whether a name can only be a task."""
    return {meaning.dimension for meaning in meanings} == {Dimension.TASK}


def _several(terms: Terms) -> tuple[str, tuple[str, ...]] | None:
    """Compare two or more names of one dimension."""
    if len(terms.names) < 2:
        return None
    for dimension in _dimensions(terms):
        chosen = [_in_dimension(meanings, dimension) for meanings in terms.names]
        names = list(dict.fromkeys(choice.name for choice in chosen if choice))
        left = [meanings for meanings, choice in zip(terms.names, chosen, strict=True) if choice is None]
        if len(names) >= 2 and all(only_task(meanings) for meanings in left) and len(left) <= 1:
            if dimension is Dimension.KIND:
                return Dimension.KIND.plural, ()
            return ("compare", tuple(names[:MOST_NAMES])) if dimension else None
    return None


def _in_dimension(meanings: Sequence[KnownName], dimension: Dimension | None) -> KnownName | None:
    return next((meaning for meaning in meanings if meaning.dimension is dimension), None)


def _dimensions(terms: Terms) -> tuple[Dimension | None, ...]:
    """Order the dimensions that a name may belong to: those that the question mentions come first."""
    mentioned = [Dimension.FAMILY if ranking is Dimension.NAMESPACE else ranking for ranking in terms.rankings]
    return tuple(dict.fromkeys((*mentioned, *_PREFERRED)))


def _single(others: Sequence[tuple[KnownName, ...]], terms: Terms) -> tuple[str, tuple[str, ...]] | None:
    meanings = others[0]
    for dimension in _dimensions(terms):
        meaning = _in_dimension(meanings, dimension)
        if meaning and len(others) == 1:
            return SINGULAR[dimension], (meaning.name,)
    return None


def _ranking(terms: Terms) -> tuple[str, tuple[str, ...]] | None:
    """Choose a ranking: of a dimension, of models or within one task."""
    tasks = [meanings[0].name for meanings in terms.names]
    rankings = [ranking for ranking in terms.rankings if not (ranking is Dimension.TASK and tasks)]
    if Dimension.FAMILY in terms.rankings and Dimension.LICENSE in terms.rankings:
        rankings = [Dimension.FAMILY]
    if rankings:
        return rankings[0].plural, ()
    if terms.asks_who and (tasks or terms.measure):
        return Dimension.CREATOR.plural, ()
    if terms.about_models and not (tasks and terms.measure is Measure.MODELS):
        return "models", ()
    return ("task", tuple(tasks)) if len(tasks) == 1 else None
