"""Which models of a listing fit a question's filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension
from analytics.names import grouping
from analytics.names.creators import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.domain import Model
    from analytics.query import Filter


OF_THE_ID = (Dimension.CREATOR, Dimension.NAMESPACE, Dimension.KIND, Dimension.COUNTRY)
"""Dimensions that follow from a model's id and the table of creators, whatever a source records; no model declares them anew."""


def fitting(models: Iterable[Model], filters: Sequence[Filter], on: date) -> tuple[Model, ...]:
    """Return the models that fit all ``filters``, whose names are those of the data; ``on`` is the listing's date.

    A model with two licenses fits each of the two. One whose name isn't recorded fits neither a name nor its negation.
    """
    return tuple(model for model in models if all(fits(model, filter_, on) for filter_ in filters))


def fits(model: Model, filter_: Filter, on: date) -> bool:
    """Return whether a model fits a filter."""
    names = known_names(model, filter_, on)
    return bool(names) and (filter_.name in names) is not filter_.negated


def known_names(model: Model, filter_: Filter, on: date) -> set[str]:
    """Return a model's names in a filter's dimension; empty where they aren't recorded, or the country isn't known."""
    names = set(grouping.weights_of(model, filter_.dimension, on))
    return names if filter_.name == NOT_KNOWN else names - {NOT_KNOWN}
