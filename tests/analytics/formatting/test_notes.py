"""The notes that a message has room for."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting.notes import SENTENCES, WORDS, in_brief
from analytics.notes import Caveat, Remark


def test_caveats_come_first_and_are_joined():
    notes = (
        "A detail.",
        Remark("Meta includes facebook."),
        Caveat("A long story.", "it is old"),
        Caveat("More.", "some are bounds"),
    )
    assert in_brief(notes) == ("It is old; some are bounds.", "Meta includes facebook.")


def test_the_same_caveat_of_two_measures_is_told_once():
    assert in_brief((Caveat("By models.", "it is old"), Caveat("By downloads.", "it is old"))) == ("It is old.",)


def test_a_clause_that_starts_with_a_model_keeps_its_id():
    assert in_brief((Caveat("x.", "google/bert alone made the change"),)) == ("google/bert alone made the change.",)


def test_without_caveats_there_is_room_for_two_remarks():
    assert in_brief(tuple(map(Remark, ("One.", "Two.", "Three.")))) == ("One.", "Two.")
    assert in_brief(("A detail.",)) == ()


def test_caveats_without_room_are_counted():
    told = in_brief(tuple(Caveat(f"{n}.", f"{n} " + "word " * 11 + "end") for n in range(6)))
    assert len(told) == SENTENCES
    assert told[-1].endswith("4 more under “About the data”.")


@given(
    st.lists(st.builds(Caveat, st.text(), st.lists(st.sampled_from("ab"), min_size=1, max_size=30).map(" ".join)), max_size=12)
)
def test_there_are_never_more_than_two_sentences(notes):
    told = in_brief(notes)
    assert len(told) <= SENTENCES
    assert all(len(sentence.split()) <= max(WORDS, *(len(note.brief.split()) for note in notes)) + 6 for sentence in told)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda note: pickle.loads(pickle.dumps(note))], ids=["copied", "pickled"])
def test_a_caveat_stays_one_on_its_way_between_processes(again):
    note = again(Caveat("All of it.", "in brief"))
    assert note == "All of it."
    assert (type(note), note.brief) == (Caveat, "in brief")
