"""Every question about one date agrees with the second computation, on every list and every share."""

from __future__ import annotations

from itertools import product

import pytest
from truth.cases import BOTH, LIKED, MEASURES, MOMENTS, SIDE_BY_SIDE, TOP, TOP_30, TRENDING, every_name, in_words, leading
from truth.listings import asked_at
from truth.reference import DIMENSIONS, Asked, today

from analytics.domain import ListName

pytestmark = pytest.mark.shared

each_moment = pytest.mark.parametrize("moment", MOMENTS, ids=in_words)
NAMED = ("license", "creator", "task", "library")


def test_the_store_holds_what_the_files_hold(history, real):
    expected = sorted((one.list, one.day, len(one.rows)) for one in real if one.list != "both")
    stored = [
        (name.value, s.taken_on.isoformat(), s.size)
        for name in (ListName.LIKED, ListName.TOP, ListName.TRENDING)
        for s in history.snapshots(name)
    ]
    assert sorted(stored) == expected
    assert len(stored) == 1 + 1 + 16 + 173 + 4 + 2


@each_moment
def test_shares(agree, moment):
    agree(Asked(word, by=by, **moment) for word in DIMENSIONS for by in SIDE_BY_SIDE)


@pytest.mark.parametrize("moment", MOMENTS[::2], ids=in_words)
@pytest.mark.parametrize("task", ["text-generation", "fill-mask", "none declared"])
def test_shares_within_a_task(agree, moment, task):
    words = [word for word in DIMENSIONS if word != "tasks"]
    agree(Asked(word, task=task, **moment) for word in words)


@pytest.mark.parametrize("by", MEASURES)
def test_shares_by_one_measure(agree, by):
    agree(Asked(word, by=by, at="2026-08-22") for word in DIMENSIONS)


def test_the_first_five(agree):
    moment = {"at": "2026-08-22", "top": 5}
    agree(Asked(word, by=by, **moment) for word in (*DIMENSIONS, "models") for by in ("downloads", "likes"))


@pytest.mark.parametrize("dimension", NAMED)
def test_every_name_of_the_list_against_the_field(agree, real, dimension):
    found = every_name(real, dimension, **TOP)
    agree(Asked(dimension, (name,), **TOP) for name in found)


@pytest.mark.parametrize("moment", [TOP_30, TRENDING, BOTH, LIKED, MOMENTS[1]], ids=in_words)
def test_every_tenth_name_of_other_lists(agree, real, moment):
    asked = [Asked(of, (name,), **moment) for of in NAMED for name in every_name(real, of, **moment)[::10]]
    agree(asked)


@pytest.mark.parametrize("moment", [TOP, TRENDING], ids=in_words)
@pytest.mark.parametrize("dimension", NAMED)
def test_a_leading_name_by_each_measure_and_within_a_task(agree, real, moment, dimension):
    asked = [
        Asked(dimension, (name,), by=by, top=3, **moment)
        for name in leading(real, dimension, **moment, count=3)
        for by in SIDE_BY_SIDE
    ]
    if dimension != "task":
        asked += [Asked(one.word, one.names, one.by, task="fill-mask", **moment) for one in asked]
    agree(asked)


@each_moment
def test_names_side_by_side(agree, real, moment):
    chosen = {dimension: leading(real, dimension, **moment, count=4) for dimension in NAMED}
    asked = [
        Asked("compare", tuple(found), by=by, of=of, **moment)
        for of, found in chosen.items()
        if len(found) > 1
        for by in SIDE_BY_SIDE
    ]
    agree(asked)


@each_moment
def test_single_models(agree, real, moment):
    rows = asked_at(real, **moment).rows
    lists = [Asked("models", by=by, task=task, **moment) for by in SIDE_BY_SIDE for task in ("", "text-generation")]
    agree([*lists, *(Asked("model", (today(row.id),), **moment) for row in rows[::15])])


@each_moment
def test_likes_against_downloads(agree, moment):
    agree(Asked("likes", task=task, **moment) for task in ("", "text-generation", "fill-mask", "none declared"))


@pytest.mark.parametrize(
    "question",
    [
        Asked("license", ("mit",), at="2022-07-02"),
        Asked("library", ("transformers",), at="2024-09-20"),
        Asked("libraries", at="2024-09-20"),
        Asked("likes", at="2024-09-20"),
        Asked("creators", by="likes", at="2022-07-02"),
    ],
    ids=str,
)
def test_what_a_date_does_not_record_is_reported_as_such(agree, question):
    agree([question])


# Filters

FILTERS = ("license", "creator", "task", "library", "namespace")
QUESTIONS = (*DIMENSIONS, "models", "likes")


def asked(real, word, filters, moment):
    """Return a question narrowed by a leading name of each dimension, where it ranks another one."""
    dimension = DIMENSIONS.get(word, word)
    names = [(of, leading(real, of, **moment, count=2)[-1], left_out) for of, left_out in filters]
    narrowed = [(of, name, left_out) for of, name, left_out in names if left_out or of not in {dimension, "task"}]
    return [Asked(word, filters=tuple(narrowed), **moment)] if narrowed else []


@pytest.mark.parametrize("moment", [TOP, TOP_30, TRENDING], ids=in_words)
@pytest.mark.parametrize("word", QUESTIONS)
def test_each_ranking_among_the_models_of_each_name_and_without_them(agree, real, word, moment):
    singles = product(FILTERS, (False, True))
    agree(question for single in singles for question in asked(real, word, [single], moment))


@pytest.mark.parametrize("word", QUESTIONS)
def test_two_filters_at_a_time(agree, real, word):
    pairs = [((one, False), (other, True)) for one, other in product(FILTERS, FILTERS) if one != other]
    questions = [question for pair in pairs for question in asked(real, word, pair, TOP)]
    agree(question for question in questions if len(question.filters) == 2)


def test_one_name_against_another_among_the_models_of_a_third(agree, real):
    license_, creators = leading(real, "license", **TOP, count=1)[0], leading(real, "creator", **TOP, count=3)
    filters = (("license", license_, False),)
    agree([Asked("creator", (name,), filters=filters, **TOP) for name in creators])
    agree([Asked("compare", tuple(creators), of="creator", filters=filters, **TOP)])
