"""Filters in words: ``by Google under Apache-2.0``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Dimension
from analytics.formatting.phrases import noun_phrase, of_list, plural
from analytics.names.creators import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import ListName
    from analytics.query import Filter

_PREPOSITIONS = {
    Dimension.CREATOR: "by",
    Dimension.NAMESPACE: "by",
    Dimension.KIND: "by",
    Dimension.COUNTRY: "from",
    Dimension.LICENSE: "under",
    Dimension.FAMILY: "under",
    Dimension.LIBRARY: "for",
    Dimension.TASK: "for",
    Dimension.ACCESS: "that are",
    Dimension.DERIVATION: "that are",
}
"""Also the order in which several are said."""


def filters_in_words(filters: Sequence[Filter]) -> str:
    """Return filters as what follows the word "models"; ``""`` without any. Their names are those of the data."""
    order = list(_PREPOSITIONS)
    ordered = sorted(filters, key=lambda f: (f.negated, order.index(f.dimension)))
    wanted = " ".join(_said(f) for f in ordered if not f.negated)
    left_out = " and ".join(_said(f) for f in ordered if f.negated)
    return f"{wanted}, {left_out}" if wanted and left_out else wanted or left_out


def _said(filter_: Filter) -> str:
    negation = "not " if filter_.negated else ""
    if filter_.name == NONE_DECLARED:
        return f"{'with a' if filter_.negated else 'without a'} declared {filter_.dimension}"
    if filter_.name == NOT_KNOWN:
        known = "is known" if filter_.negated else "isn't known"
        return f"by creators whose {filter_.dimension} {known}"
    phrase = noun_phrase(filter_.dimension, filter_.name)
    name = filter_.name if filter_.dimension in {Dimension.ACCESS, Dimension.TASK} else phrase.text
    preposition = _PREPOSITIONS[filter_.dimension]
    return f"that aren't {name}" if negation and preposition == "that are" else f"{negation}{preposition} {name}"


def models_in_words(within: ListName, size: int, fitting: int, filters: str) -> str:
    """Describe models: ``the 300 most-downloaded models``, ``the 21 models by Google among the 300 most-downloaded models``.

    ``size`` is the list's; ``fitting`` of them fit the filters, if ``filters`` says any.
    """
    return f"the {plural(fitting, 'model')} {filters} among {of_list(within, size)}" if filters else of_list(within, size)
