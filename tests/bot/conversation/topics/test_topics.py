"""Each word that can be typed has a topic of ``help``, with two examples that parse."""

from __future__ import annotations

import pytest

from analytics.domain import ListName
from analytics.language.grammar import parse
from analytics.query import OPTION_WORDS
from analytics.questions.registry import FORMS, QUESTIONS
from bot.analytics_pool.process import entries
from bot.blocks.messages import notice_blocks
from bot.conversation.commands import WORDS, parse_command
from bot.conversation.help import topic_notice
from bot.conversation.request_parser import split_quiet
from bot.conversation.topics.commands import COMMANDS
from bot.conversation.topics.words import LISTS, OPTIONS, OTHERS
from playground.block_kit.blocks import check_blocks

TOPICS = (*COMMANDS, *OPTIONS.values(), *LISTS, *OTHERS)
SPECIAL = ("csv", "quiet", "downloads", "list", "date", "help")


@pytest.mark.parametrize(
    "word",
    sorted({*WORDS, *OPTION_WORDS, *ListName, *SPECIAL, *(word for form in FORMS for word in (form.word, *form.aliases))}),
)
def test_every_word_has_a_topic(word):
    notice = topic_notice(entries(), word)
    assert notice is not None
    examples = {
        text for section in notice.sections if section.title == "Examples" for line in section.lines for text in line.typed
    }
    assert len(examples | set(notice.suggestions)) >= 2
    assert check_blocks(notice_blocks(notice)) == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.words[0])
def test_a_topic_has_examples_and_buttons_that_parse(topic):
    assert len(topic.examples) >= 2
    for text in (*topic.examples, *topic.buttons):
        line = split_quiet(text.format(month="2026-12"))[0]
        about = line.removeprefix("help ")
        if line.startswith("help"):
            assert topic_notice(entries(), about)
        elif parse_command(line, FORMS) is None:
            parse(line, FORMS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)
def test_a_question_has_two_examples(question):
    assert len(question.examples) >= 2


def test_no_word_has_two_topics():
    words = [word for topic in TOPICS for word in topic.words]
    assert sorted(words) == sorted(set(words))
    assert set(words) & {form.word for form in FORMS} == set()
