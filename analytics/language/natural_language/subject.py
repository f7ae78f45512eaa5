"""The subject of a question: which question it is, and the names it asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.query import MOST_NAMES, About, Filter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analytics.language.natural_language.names import KnownName
    from analytics.language.natural_language.terms import Terms
    from analytics.query import Form

    Meanings = tuple[KnownName, ...]

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


Subject = tuple[str, tuple[str, ...], tuple[Filter, ...]]
"""The word of a question, the names it's about, and the filters that narrow it."""


def find_subject(terms: Terms, forms: Mapping[str, Form]) -> Subject | None:
    """Return the word of the question that is asked, its names and filters; ``None`` if nothing is asked.

    ``forms``: those that can be asked, by their words.
    """
    left_out = _filters(terms.excluded, negated=True)
    if left_out is None:
        return None
    others = [meanings for meanings in terms.names if not only_task(meanings)]
    ranked = _narrowed(others, terms)
    if ranked:
        return ranked[0], ranked[1], (*ranked[2], *left_out)
    subject = _subject(terms, others, forms)
    return (*subject, left_out) if subject else None


def _subject(terms: Terms, others: Sequence[Meanings], forms: Mapping[str, Form]) -> tuple[str, tuple[str, ...]] | None:
    kinds = [kind for kind in terms.kinds if kind != "course"]
    if terms.when.both and not terms.names:
        return "compare", tuple(str(period) for period in sorted(terms.when.both, key=lambda period: period.end))
    if _about_likes(terms, kinds, others):
        return "likes", ()
    asked = [form for form in forms.values() if form.word in kinds and form.word not in _UNLESS_NAMED]
    first = max(asked, key=lambda form: form.spoken.priority, default=None)
    if first and not ("movers" in kinds and first.spoken.priority < forms["movers"].spoken.priority):
        return _of_choice(first, terms)
    if "movers" in kinds and not others and len(terms.names) < 2:
        return "movers", tuple(ranking.plural for ranking in terms.rankings[:1])
    return _several(terms) or (_single(others, terms) if others else _ranking(terms))


def _narrowed(others: Sequence[Meanings], terms: Terms) -> Subject | None:
    """Return a ranking among the models of the names: "which licenses does Google use"; ``None`` where the names are the subject.

    A dimension that a name is of is the name's own word: "the MIT license" asks for no ranking of licenses.
    """
    if not others or terms.comparing or [kind for kind in terms.kinds if kind != "course"]:
        return None
    filters = _filters(others)
    if filters is None or len({f.dimension for f in filters}) < len(filters):
        return None
    kinds = {filter_.dimension for filter_ in filters}
    rankings = _open_rankings(terms, {meaning.dimension for meanings in others for meaning in meanings})
    if len(rankings) == 1 and not (terms.asks_share and rankings == [Dimension.CREATOR]):
        return rankings[0].plural, (), filters
    if rankings or terms.asks_share:
        return None
    several = Dimension.KIND in kinds and (terms.top or terms.which or Dimension.COUNTRY in kinds)
    if Dimension.CREATOR not in kinds and (terms.asks_who or several):
        return Dimension.CREATOR.plural, (), filters
    return ("models", (), filters) if terms.about_models and terms.measure is not Measure.MODELS else None


def _open_rankings(terms: Terms, dimensions: Collection[Dimension | None]) -> list[Dimension]:
    """Return the dimensions that are asked for and aren't the word of a name: "the MIT license", "permissive licenses"."""
    own = {*dimensions, *([Dimension.LICENSE] if Dimension.FAMILY in {*dimensions, *terms.rankings} else [])}
    return list(dict.fromkeys(ranking for ranking in terms.rankings if ranking not in own))


def _filters(names: Sequence[Meanings], *, negated: bool = False) -> tuple[Filter, ...] | None:
    """Return a filter for each name; ``None`` where one is a model, which narrows nothing."""
    filters = []
    for meanings in names:
        meaning = next((m for dimension in _PREFERRED for m in meanings if m.dimension is dimension), None)
        if meaning is None or meaning.dimension is None:
            return None
        filters.append(Filter(meaning.dimension, meaning.name, negated))
    return tuple(filters)


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
    if terms.asks_who and (tasks or terms.measure or terms.asks_leader):
        return Dimension.CREATOR.plural, ()
    if terms.about_models and not (tasks and terms.measure is Measure.MODELS):
        return "models", ()
    return ("task", tuple(tasks)) if len(tasks) == 1 else None
