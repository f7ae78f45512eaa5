"""From what people type to what the data has, and to what would work where it has nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain import NONE_DECLARED, Dimension
from analytics.errors import NoDataError, QueryError
from analytics.names.creators import FAMILIES
from analytics.names.licenses import LICENSES
from analytics.names.resolve import lookup, nearest, resolve
from analytics.names.tasks import ALIASES, TASKS
from analytics.query import Query
from analytics.questions.registry import ask, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.storage.sql_history import SqlHistory

NAMESPACES = frozenset({"facebook", "meta-llama", "google", "Qwen", "some-body", "bert-base-uncased"})


@pytest.mark.parametrize(
    ("typed", "dimension", "names", "found"),
    [
        ("meta", Dimension.CREATOR, NAMESPACES, "Meta"),
        ("META AI", Dimension.CREATOR, NAMESPACES, "Meta"),
        ("facebook", Dimension.CREATOR, NAMESPACES, "Meta"),
        ("meta_llama", Dimension.CREATOR, NAMESPACES, "Meta"),
        ("Some Body", Dimension.CREATOR, NAMESPACES, "some-body"),
        ("bert-base-uncased", Dimension.CREATOR, NAMESPACES, "Google"),
        ("nvidia", Dimension.CREATOR, NAMESPACES, "NVIDIA"),
        ("nobody", Dimension.CREATOR, NAMESPACES, None),
        ("Apache 2", Dimension.LICENSE, {"apache-2.0"}, "apache-2.0"),
        ("apache", Dimension.LICENSE, (), "apache-2.0"),
        ("none", Dimension.LICENSE, (), NONE_DECLARED),
        ("My License", Dimension.LICENSE, {"my-license"}, "my-license"),
        ("my-license", Dimension.LICENSE, (), None),
        ("ASR", Dimension.TASK, (), "automatic-speech-recognition"),
        ("fill mask", Dimension.TASK, (), "fill-mask"),
        ("new task", Dimension.TASK, {"new-task"}, "new-task"),
        ("new task", Dimension.TASK, (), None),
        ("Transformers", Dimension.LIBRARY, {"transformers"}, "transformers"),
        ("transformers", Dimension.LIBRARY, (), None),
        ("", Dimension.CREATOR, NAMESPACES, None),
        ("", Dimension.LICENSE, {"mit"}, None),
    ],
)
def test_names_are_found(typed: str, dimension: Dimension, names: frozenset[str], found: str | None) -> None:
    assert lookup(typed, dimension, names) == found


def test_the_data_goes_before_the_tables() -> None:
    assert lookup("asr", Dimension.TASK, {"asr"}) == "asr"
    assert lookup("Mit", Dimension.LICENSE, {"MIT"}) == "MIT"
    assert lookup("mit", Dimension.LICENSE, ["MIT", "mit"]) == "mit"


@pytest.mark.parametrize(
    "spell", [str, str.upper, str.lower, lambda word: word.replace("-", " "), lambda word: word.replace(" ", "")]
)
def test_every_known_word_is_found_however_it_is_spelled(spell: Callable[[str], str]) -> None:
    for family in FAMILIES:
        for word in family.words:
            assert lookup(spell(word), Dimension.CREATOR, ()) == family.name, word
    for task in TASKS:
        for word in (task, *ALIASES.get(task, ())):
            assert lookup(spell(word), Dimension.TASK, ()) == task, word
    for entry in LICENSES:
        assert lookup(entry.tag, Dimension.LICENSE, ()) == (entry.spelling_of or entry.tag)


@given(st.sampled_from([Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY]), st.sets(st.text(min_size=1), min_size=1))
def test_a_name_in_the_data_is_itself(dimension: Dimension, names: set[str]) -> None:
    for name in names:
        assert lookup(name, dimension, names) == name


@pytest.mark.parametrize(
    ("typed", "dimension", "names", "near"),
    [
        ("gogle", Dimension.CREATOR, NAMESPACES, "Google"),
        ("some-bodi", Dimension.CREATOR, NAMESPACES, "some-body"),
        ("fil-mask", Dimension.TASK, {"fill-mask", "robotics"}, "fill-mask"),
        ("apache-2.1", Dimension.LICENSE, {"apache-2.0", "mit"}, "apache-2.0"),
        ("transformer", Dimension.LIBRARY, {"transformers", "timm"}, "transformers"),
    ],
)
def test_the_nearest_name_is_offered_first(typed: str, dimension: Dimension, names: set[str], near: str) -> None:
    assert nearest(typed, dimension, names)[0] == near
    query = Query(dimension.value, (typed,), top=3)
    with pytest.raises(QueryError) as raised:
        resolve(typed, dimension, names, query)
    assert str(raised.value).startswith(f"I don't know the {dimension} “{typed}”. Did you mean {near}")
    assert raised.value.suggestions[0] == str(query.but(names=(near,)))


def test_a_word_like_nothing_leads_to_the_whole_ranking() -> None:
    for dimension in (Dimension.LICENSE, Dimension.CREATOR, Dimension.LIBRARY):
        assert nearest("qqqqqqq", dimension, ()) == []
        with pytest.raises(QueryError) as raised:
            resolve("qqqqqqq", dimension, (), Query(dimension.value, ("qqqqqqq",)))
        assert str(raised.value) == f"I don't know the {dimension} “qqqqqqq”."
        assert raised.value.suggestions == (dimension.plural,)


def test_a_task_that_narrows_is_mended_where_it_stands() -> None:
    with pytest.raises(QueryError) as raised:
        resolve("fil-mask", Dimension.TASK, {"fill-mask"}, Query("license", ("mit",), task="fil-mask"))
    assert raised.value.suggestions == ("license mit task fill-mask",)


@given(st.text(max_size=40), st.sampled_from([Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK, Dimension.LIBRARY]))
def test_whatever_is_typed_what_is_offered_can_be_asked(history: SqlHistory, typed: str, dimension: Dimension) -> None:
    query = parse(str(Query(dimension.value, (typed,))))
    try:
        assert ask(query, history).headline
    except (QueryError, NoDataError) as error:
        offered = error.suggestions
    else:
        return
    assert all(ask(parse(text), history).headline for text in offered)
