"""The notes that a message shows of each answer over the real listings, and where the rest of them is."""

from __future__ import annotations

import pytest
from truth.cases import MOMENTS, SPANS

from analytics.errors import HfStatsError
from analytics.formatting.notes import in_brief
from analytics.notes import Caveat
from analytics.query import Option, Period
from analytics.questions.registry import QUESTIONS, ask, parse
from bot.blocks.controls import controls
from bot.blocks.messages import answer_blocks
from bot.domain.reply import about_data

pytestmark = pytest.mark.shared

SENTENCES, WORDS = 2, 25


def asked(question):
    """Yield a question's examples at each moment, over each span, by each measure and within a task."""
    options = question.form.options
    for example in question.examples:
        query = parse(example).but(within=parse("licenses").within, since=None)
        cases = [{"within": case["within"], "at": case["at"]} for case in MOMENTS if Option.AT in options]
        cases += [case for case in SPANS if Option.SINCE in options]
        for case in cases or [{"within": "top"}]:
            periods = {name: Period.read(case[name]) for name in ("at", "since") if case.get(name)}
            narrowed = query.but(within=type(query.within)(case["within"]), **periods)
            yield narrowed
            yield narrowed.but(as_recorded=True)
            if Option.TASK in options:
                yield narrowed.but(task="text-generation")


def answered(question, history):
    for query in dict.fromkeys(asked(question)):
        try:
            yield ask(query, history)
        except HfStatsError:
            continue


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)
def test_a_message_has_two_short_notes_and_the_rest_can_be_reached(question, history):
    for answer in answered(question, history):
        told = in_brief(answer.notes)
        assert len(told) <= SENTENCES, answer.query
        assert all(len(sentence.split()) <= WORDS for sentence in told), (answer.query, told)
        briefs = {note.brief for note in answer.notes if isinstance(note, Caveat)}
        left_out = [brief for brief in briefs if brief.casefold() not in " ".join(told).casefold()]
        assert not left_out or f"{len(left_out)} more under" in " ".join(told), (answer.query, told, left_out)
        shown = str(answer_blocks(answer, [], below=controls(answer)))
        hidden = [note for note in answer.notes if note not in told]
        assert bool(hidden) is ("About the data" in shown), answer.query
        assert all(note in about_data(answer).text for note in answer.notes)
