"""Every question has all its parts: words, help, examples, answers, charts, JSON, follow-ups and buttons."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from analytics.answer import FollowUps
from analytics.chart import ChartKind
from analytics.charts.drawing import draw
from analytics.export.json_schema import answer_schema, check_answer
from analytics.export.serialization import as_json
from analytics.language import grammar
from analytics.query import Option
from analytics.questions.question_parts import Fields
from analytics.questions.registry import FORMS, QUESTIONS, parse
from bot.analytics_pool.process import AnalyticsProcess, entries
from bot.blocks.controls import controls, name_choices
from bot.blocks.messages import answer_blocks
from bot.blocks.table_rows import table
from bot.conversation.help import completions, help_notice, topic_notice
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import RequestParser
from bot.conversation.suggestions.answerable import is_answerable
from bot.domain.request import Question
from playground.block_kit.blocks import check_blocks

NARROWED = {
    Option.BY: ("by models", "by downloads"),
    Option.AT: ("at 2026-07",),
    Option.SINCE: ("since 2026-05", "since 2026-06"),  # with several moments, and with two
}

each = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)


@pytest.fixture(scope="session")
def names(long_history):
    index = NameIndex(AnalyticsProcess(long_history))
    index.current()
    return index


@pytest.fixture(scope="session")
def parser(names):
    return RequestParser(entries(), NaturalLanguage(names, FORMS))


def asked(question):
    """Return the examples, and the simplest one with each option that changes what is drawn."""
    query = parse(question.examples[0])
    plain = str(query.but(by=None, within=parse("licenses").within))
    options = [text for option, texts in NARROWED.items() if option in question.form.options for text in texts]
    texts = [*question.examples, *(f"{plain} {text}" for text in options)]
    return [text for text in dict.fromkeys(texts) if not text.startswith("models by models")]  # it has no answer


def offered(answer):
    """Return the queries of all menus and buttons below an answer, without the one that was asked."""
    menus = answer.follow_ups
    groups = [menus.measures, menus.ranges, *(group for _, group in menus.breakdown)]
    months = [month for month in (menus.earlier, menus.later) if month]
    return {follow_up.query for group in (*groups, months) for follow_up in group} - {answer.query}


def lacks(question, answers):
    """Return what a question lacks, given the answers to :func:`asked`."""
    kinds = {answer.chart.kind for answer in answers}
    with_others = [answer for answer in answers if answer.chart.kind is not ChartKind.DUMBBELL]  # two months have no other month
    fields = [set(as_json(answer)) - {"query", "headline", "source", "notes", "chart", "next"} for answer in answers]
    has = {
        "form": bool(question.form.word and question.form.example in question.examples),
        "help": bool(question.summary) and not question.summary.endswith("."),
        "two examples": len({parse(example) for example in question.examples}) >= 2,
        "charts": kinds == question.charts,
        "fields": question.fields.always <= set.intersection(*fields)
        and set.union(*fields) <= question.fields.always | question.fields.sometimes,
        "follow-ups": all(offered(answer) for answer in with_others),
        "next questions": all(2 <= len(answer.next) <= 3 for answer in answers),
    }
    return [part for part, there in has.items() if not there]


@each
def test_a_question_lacks_nothing(question, answer):
    assert lacks(question, [answer(text) for text in asked(question)]) == []


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("form", {"form": replace(QUESTIONS[0].form, example="")}),
        ("help", {"summary": ""}),
        ("two examples", {"examples": QUESTIONS[0].examples[:1]}),
        ("charts", {"charts": frozenset()}),
        ("fields", {"fields": Fields()}),
    ],
)
def test_a_part_that_is_lacking_is_named(part, changes, answer):
    answers = [answer(text) for text in asked(QUESTIONS[0])]
    assert lacks(replace(QUESTIONS[0], **changes), answers) == [part]


def test_answers_without_follow_ups_are_noticed(answer):
    answers = [replace(answer(text), follow_ups=FollowUps()) for text in asked(QUESTIONS[0])]
    assert lacks(QUESTIONS[0], answers) == ["follow-ups"]


@each
def test_its_words_ask_it(question, parser):
    for example in question.examples:
        request = parser.parse(example)
        assert isinstance(request, Question)
        assert request.query == parse(example)
        assert not request.rephrased
    for word in (question.form.word, *question.form.aliases):
        assert grammar.parse(" ".join([word, *question.form.example.split()[1:]]), FORMS).word == question.form.word


@each
def test_its_phrases_ask_it_in_natural_language(question, parser):
    for phrase in question.form.spoken.phrases:
        request = parser.parse(f"what about {phrase}, please")
        assert isinstance(request, Question), phrase
        assert request.query.word == question.form.word, phrase


@each
def test_its_help_explains_it(question):
    notice = topic_notice(entries(), question.form.word)
    assert question.summary in notice.text
    assert notice.suggestions == question.examples
    listed = [text for section in help_notice(entries()).sections for line in section.lines for text in line.typed]
    assert question.form.example in listed
    assert set(question.examples) <= {text for text, _ in completions(entries())}


@each
def test_its_chart_is_drawn_and_its_numbers_are_listed(question, answer):
    found = answer(question.examples[0])
    with Image.open(BytesIO(draw(found.chart))) as picture:
        assert picture.format == "PNG"
    assert table(found, 10).rows


@each
def test_its_json_is_that_of_its_schema(question, answer):
    schema = answer_schema(question.form.word, question.fields.always, question.fields.sometimes)
    for text in asked(question):
        check_answer(as_json(answer(text)), schema)


@each
def test_its_buttons_have_an_answer(question, answer):
    for example in question.examples:
        found = answer(example)
        for text in (*offered(found), *found.next):
            assert answer(text).headline
        rows = controls(found, "U123")
        elements = {element["action_id"] for row in rows for element in row["elements"]}
        assert ({"view:by", "view:since"} & elements != set() or found.follow_ups.breakdown != ()) is bool(offered(found))
        assert check_blocks(name_choices(found)) == []
        assert check_blocks(answer_blocks(found, rows)) == []


@each
def test_its_examples_are_offered_where_the_store_can_answer_them(question, names):
    assert is_answerable(parse(question.form.example), FORMS, names.current())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.pop("rankings"), "missing"),
        (lambda data: data.update(forecasts=[]), "not in the schema"),
        (lambda data: data["rankings"][0].update(by="stars"), "by"),
        (lambda data: data["rankings"][0]["shares"][0].update(portion="half"), "portion"),
        (lambda data: data.update(colour="red"), "colour"),
    ],
)
def test_json_of_another_shape_is_refused(change, message, answer):
    data = as_json(answer("licenses"))
    change(data)
    with pytest.raises(ValueError, match=message):
        check_answer(data, answer_schema("licenses", QUESTIONS[0].fields.always, QUESTIONS[0].fields.sometimes))
