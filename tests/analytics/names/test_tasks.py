"""Tasks, and the words for them."""

from __future__ import annotations

import pytest
from data.real_listings import WHOLE

from analytics.domain import NONE_DECLARED
from analytics.names.normalize import normalize
from analytics.names.tasks import ALIASES, GROUPS, OTHER, TASKS, find, group


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("text generation", "text-generation"),
        ("Text-Generation", "text-generation"),
        ("textgeneration", "text-generation"),
        ("fill mask", "fill-mask"),
        ("FILL_MASK", "fill-mask"),
        ("asr", "automatic-speech-recognition"),
        ("speech to text", "automatic-speech-recognition"),
        ("text to 3d", "text-to-3d"),
        ("sentiment analysis", "text-classification"),
        ("none", NONE_DECLARED),
        ("none declared", NONE_DECLARED),
    ],
)
def test_people_may_spell_a_task_as_they_like(words: str, task: str) -> None:
    assert find(words) == task


@pytest.mark.parametrize("words", ["", "text", "generation of text"])
def test_unknown_words_find_nothing(words: str) -> None:
    assert find(words) is None


def test_every_task_is_found_by_its_own_name() -> None:
    assert [find(task) for task in TASKS] == list(TASKS)


def test_a_word_means_one_task() -> None:
    words = [normalize(word) for word in (*TASKS, NONE_DECLARED, *(word for words in ALIASES.values() for word in words))]
    assert len(set(words)) == len(words)
    assert set(ALIASES) <= {*TASKS, NONE_DECLARED}


@pytest.mark.shared
def test_every_task_of_the_real_listings_is_known(listings: dict[str, list[dict[str, str]]]) -> None:
    declared = {row["pipeline_tag"] for rows in listings.values() for row in rows} - {""}
    assert len(declared) > (40 if WHOLE else 35)
    assert declared - set(TASKS) == set()


def test_each_task_is_in_one_group() -> None:
    assert sorted(task for tasks in GROUPS.values() for task in tasks) == sorted(TASKS)
    assert group("text-to-speech") == "speech and audio"
    assert group("a-task-of-tomorrow") == OTHER


@pytest.mark.shared
def test_each_task_of_the_real_listings_has_a_group(listings: dict[str, list[dict[str, str]]]) -> None:
    declared = {row["pipeline_tag"] for rows in listings.values() for row in rows} - {""}
    grouped = {task for tasks in GROUPS.values() for task in tasks}
    assert declared - grouped == set(), "name these in task_groups.toml"
    assert {task for task in declared if group(task) == OTHER} <= {"biology", "graph-ml", "other"}
