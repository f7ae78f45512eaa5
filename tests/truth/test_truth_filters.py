"""Every pair of a ranking and a filter agrees with the second computation."""

from __future__ import annotations

from itertools import product

import pytest
from truth.cases import TOP, TOP_30, TRENDING, in_words, leading
from truth.reference import DIMENSIONS, Asked

FILTERS = ("license", "creator", "task", "library", "namespace")
QUESTIONS = (*DIMENSIONS, "models", "likes")


def asked(real, word, filters, moment):
    """Return a question narrowed by a leading name of each dimension, where it ranks another one."""
    dimension = DIMENSIONS.get(word, word)
    names = [(of, leading(real, of, **moment, count=2)[-1], left_out) for of, left_out in filters]
    narrowed = [(of, name, left_out) for of, name, left_out in names if left_out or of not in {dimension, "task"}]
    return [Asked(word, filters=tuple(narrowed), **moment)] if narrowed else []


@pytest.mark.shared
@pytest.mark.parametrize("moment", [TOP, TOP_30, TRENDING], ids=in_words)
@pytest.mark.parametrize("word", QUESTIONS)
def test_each_ranking_among_the_models_of_each_name_and_without_them(agree, real, word, moment):
    singles = product(FILTERS, (False, True))
    agree(question for single in singles for question in asked(real, word, [single], moment))


@pytest.mark.shared
@pytest.mark.parametrize("word", QUESTIONS)
def test_two_filters_at_a_time(agree, real, word):
    pairs = [((one, False), (other, True)) for one, other in product(FILTERS, FILTERS) if one != other]
    questions = [question for pair in pairs for question in asked(real, word, pair, TOP)]
    agree(question for question in questions if len(question.filters) == 2)


@pytest.mark.shared
def test_one_name_against_another_among_the_models_of_a_third(agree, real):
    license_, creators = leading(real, "license", **TOP, count=1)[0], leading(real, "creator", **TOP, count=3)
    filters = (("license", license_, False),)
    agree([Asked("creator", (name,), filters=filters, **TOP) for name in creators])
    agree([Asked("compare", tuple(creators), of="creator", filters=filters, **TOP)])
