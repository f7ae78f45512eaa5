"""Words to Query and back: what is forgiven, what is refused and in which words, and that no text is anything worse."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from analytics.domain import Dimension, ListName, Measure
from analytics.errors import QueryError
from analytics.language import grammar
from analytics.language.filters import narrows
from analytics.language.grammar import LARGEST_TOP, LONGEST_TEXT
from analytics.query import FILTER_WORDS, JOINERS, OPTION_WORDS, About, Direction, Filter, Form, Option, Period, Query, quoted
from analytics.questions.registry import FORMS, parse
from analytics.typed_text import tidy

BY_WORD = {form.word: form for form in FORMS}
WORDS = sorted(
    {word for form in FORMS for word in (form.word, *form.aliases)}
    | {*OPTION_WORDS, *JOINERS, *Measure, *ListName}
    | {
        "2026",
        "2026-08",
        "2026-13",
        "2026-08-22",
        "0",
        "10",
        "1001",
        "apache-2.0",
        "Meta",
        "AI",
        "zzz",
        "“",
        '"',
        "\\",
        ",",
        "a,",
        "in",
        "top",
    }
)
ODD = st.sampled_from(
    [
        "meta ai",
        'say "x"',
        "back\\slash",
        "\\",
        '"',
        "by",
        "TOP",
        "in",
        "Vs",
        "and",
        "a, b",
        "tail,",
        ",",
        "“curly”",
        "naïve",
        "模型 🚀",
        *(
            "a\u0301",
            "a`\u0301",
            "\u200bx\u200b",
            "x\u0000y",
            "tab\there",
            "\u2028",
            "2026-08",
            "",
            "-",
            "'",
            "\u017fince",
            "\ufb01",
            "\u0130",
        ),
    ]
)
NAMES = st.one_of(ODD, st.text(max_size=30), st.text(string.ascii_letters + "-_./ ", max_size=20))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    day = draw(st.dates())
    return Period(day.year, day.month, draw(st.sampled_from([None, day.day])))


@st.composite
def filters(draw: st.DrawFn, form: Form) -> tuple[Filter, ...]:
    """Draw filters that make sense: no two names of one dimension, and not the dimension that is ranked."""
    if not narrows(form):
        return ()
    wanted = draw(st.lists(st.sampled_from(list(FILTER_WORDS.values())), unique=True, max_size=3))
    left_out = draw(st.lists(st.sampled_from(Dimension), max_size=2))
    ranked = form.dimension if form.about is About.DIMENSION else None
    return (
        *(Filter(dimension, draw(NAMES)) for dimension in wanted if dimension is not ranked),
        *(Filter(dimension, draw(NAMES), negated=True) for dimension in left_out),
    )


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Draw any query that the forms allow."""
    form = draw(st.sampled_from(FORMS))
    has = form.options
    at = draw(st.none() | periods()) if Option.AT in has else None
    since = draw(st.none() | periods()) if Option.SINCE in has else None
    if at and since and since.start > at.end:
        at, since = since, at
    assume(not (at and since and since.start > at.end))
    query = Query(
        form.word,
        tuple(draw(st.lists(NAMES, min_size=form.fewest, max_size=form.most))),
        by=draw(st.none() | st.sampled_from(Measure)) if Option.BY in has else None,
        within=draw(st.sampled_from(ListName)) if Option.IN in has else ListName.TOP,
        task=draw(st.none() | NAMES) if Option.TASK in has else None,
        top=draw(st.none() | st.integers(1, LARGEST_TOP)) if Option.TOP in has else None,
        at=at,
        since=since,
        filters=draw(filters(form)),
        direction=draw(st.none() | st.sampled_from(Direction)) if form.directed else None,
    )
    assume(len(str(query)) <= LONGEST_TEXT)
    return query


@settings(max_examples=400)
@given(queries())
@example(Query("creator", ("a`\u0301",)))
@example(Query("license", ("`\u0300",)))
@example(Query("compare", ("vs", "and")))
@example(Query("compare", ("licence", "mit")))
@example(Query("creator", ("without",), filters=(Filter(Dimension.LICENSE, "mit"),)))
@example(Query("movers", ("winners",)))
@example(Query("compare", ("a,", ",")))
@example(Query("movers", ("",), task=""))
def test_a_query_is_read_back_from_its_words(query: Query) -> None:
    assert parse(str(query)) == query


@given(st.text(st.characters()))
@example("a`\u0301")
@example("\u1fef")
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(st.characters(), max_size=600))
@example("")
@example(" \u200b\n")
@example("licenses top 0000000019999")
@example("licenses top ²")
@example("licenses at ٢٠٢٦")
@example("\ud800")
@example('creator "' + "\\" * 489 + '"')
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    understood_or_mended(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
@example("licenses in top")
@example("models top 10 in top")
@example("org " + "a" * 496)
@example("creator " + "\\" * 400)
def test_any_words_of_the_grammar_are_a_query_or_a_query_error(text: str) -> None:
    understood_or_mended(text)


def understood_or_mended(text: str) -> None:
    """What is understood is so from its own words, too; what is not has a sentence, and suggestions that are understood."""
    query = read(text)
    if isinstance(query, QueryError):
        assert str(query)
        assert "\n" not in str(query)
        assert len(set(query.suggestions)) == len(query.suggestions) <= 3
        for offered in query.suggestions:
            assert parse(str(parse(offered))) == parse(offered)
        return
    assert parse(str(query)) == query
    if query.top is not None:
        assert 1 <= query.top <= LARGEST_TOP


def read(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("licenses", Query("licenses")),
        ("  LICENSES  ", Query("licenses")),
        ("licenses?", Query("licenses")),
        ("licences", Query("licenses")),
        ("orgs", Query("creators")),
        ("organisation meta", Query("creator", ("meta",))),
        ("leaderboard", Query("models")),
        ("r2", Query("likes")),
        ("vs meta google", Query("compare", ("meta", "google"))),
        *((f"licenses by {word}", Query("licenses", by=Measure.MODELS)) for word in ("models", "model", "number", "COUNT")),
        *((f"licenses by {word}", Query("licenses", by=Measure.DOWNLOADS)) for word in ("downloads", "Download")),
        *((f"licenses by {word}", Query("licenses", by=Measure.LIKES)) for word in ("likes", "like")),
        *((f"licenses in {name}", Query("licenses", within=name)) for name in ListName),
        ("licenses in all", Query("licenses", within=ListName.BOTH)),
        ("licenses in likes", Query("licenses", within=ListName.LIKED)),
        ("licenses IN Trending BY Likes", Query("licenses", by=Measure.LIKES, within=ListName.TRENDING)),
        ("models in top top 10", Query("models", top=10)),
        ("models top 10 in top by likes", Query("models", by=Measure.LIKES, top=10)),
        ("licenses task text generation", Query("licenses", task="text generation")),
        ("licenses for text generation by likes", Query("licenses", by=Measure.LIKES, task="text generation")),
        ("licenses top 3", Query("licenses", top=3)),
        ("licenses top 1000", Query("licenses", top=1000)),
        ("licenses at 2026-08", Query("licenses", at=Period(2026, 8))),
        ("licenses on 2026-8-2", Query("licenses", at=Period(2026, 8, 2))),
        ("licenses in 2026-08", Query("licenses", at=Period(2026, 8))),
        ("licenses in 2026-08 in trending", Query("licenses", within=ListName.TRENDING, at=Period(2026, 8))),
        ("licenses at 2024", Query("licenses", at=Period(2024, 12))),
        ("licenses since 2024", Query("licenses", since=Period(2024, 1))),
        ("licenses from 2024-02-29", Query("licenses", since=Period(2024, 2, 29))),
        ("licenses since 2026-08 at 2026-08-01", Query("licenses", at=Period(2026, 8, 1), since=Period(2026, 8))),
        ("creator meta ai", Query("creator", ("meta ai",))),
        ("creator “meta ai” by likes", Query("creator", ("meta ai",), by=Measure.LIKES)),
        ("creator by likes meta", Query("creator", ("meta",), by=Measure.LIKES)),
        ('license "by"', Query("license", ("by",))),
        ('license "a \\"b\\" \\\\c"', Query("license", ('a "b" \\c',))),
        ("model meta-llama/Llama-3.1-8B", Query("model", ("meta-llama/Llama-3.1-8B",))),
        ("compare meta google qwen", Query("compare", ("meta", "google", "qwen"))),
        ("compare meta ai vs google", Query("compare", ("meta ai", "google"))),
        ("compare meta ai, google and qwen", Query("compare", ("meta ai", "google", "qwen"))),
        ("compare meta, and google,", Query("compare", ("meta", "google"))),
        ('compare "vs" and "a,"', Query("compare", ("vs", "a,"))),
        ("movers", Query("movers")),
        ("shifts licenses", Query("movers", ("licenses",))),
    ],
)
def test_words_mean(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize("alias", [(alias, form.word) for form in FORMS for alias in form.aliases], ids=lambda pair: pair[0])
def test_every_alias_means_its_question(alias: tuple[str, str]) -> None:
    said, word = alias
    names = BY_WORD[word].example.removeprefix(word)
    assert parse(said.title() + names) == parse(word + names)


@given(st.permutations(["meta", "by likes", "in trending", "task fill-mask", "top 3", "at 2026-08", "since 2026-01"]))
def test_options_come_in_any_order(order: list[str]) -> None:
    assume(order[order.index("meta") - 1] != "task fill-mask" or order[0] == "meta")  # a task's name may have several words
    at, since = Period(2026, 8), Period(2026, 1)
    expected = Query("creator", ("meta",), Measure.LIKES, ListName.TRENDING, "fill-mask", 3, at, since)
    assert parse(" ".join(["creator", *order])) == expected


LISTS = (
    "top (the 300 models with the most downloads), trending (the 300 models with the highest trending score), "
    "liked (the models with the most likes, if such a list was imported), both (the top and trending lists together) "
    "and hub (every public model, if the whole Hub was imported)"
)


@pytest.mark.parametrize(
    ("text", "sentence", "first"),
    [
        ("", "Ask a question, for example: licenses", "licenses"),
        ("   ", "Ask a question, for example: licenses", "licenses"),
        ("lisences", "I don't know what “lisences” means. Type “help” to see what you can ask.", "licenses"),
        ("creater meta", "I don't know what “creater” means. Type “help” to see what you can ask.", "creator meta"),
        ("what is up", "I don't know what “what” means. Type “help” to see what you can ask.", None),
        ("licenses by stars", "“stars” isn't a measure. Use models, downloads or likes.", "licenses"),
        ("licenses by downlods", "“downlods” isn't a measure. Use models, downloads or likes.", "licenses by downloads"),
        ("licenses in trendng", f"“trendng” isn't a list. The lists are {LISTS}.", "licenses in trending"),
        ("licenses in trendy", f"“trendy” isn't a list. The lists are {LISTS}.", "licenses in trending"),
        ("licenses top many", "“top” needs a number from 1 to 1000, not “many”.", "licenses"),
        ("licenses top 0", "“top” needs a number from 1 to 1000, not “0”.", "licenses"),
        ("licenses top 1001", "“top” needs a number from 1 to 1000, not “1001”.", "licenses"),
        ("licenses top -1", "“top” needs a number from 1 to 1000, not “-1”.", "licenses"),
        ("licenses top ٣", "“top” needs a number from 1 to 1000, not “٣”.", "licenses"),
        ("licenses top 0000000019999", "“top” needs a number from 1 to 1000, not “0000000019999”.", "licenses"),
        ("licenses at 2026-13", "“2026-13” isn't a date. Write 2026-08 or 2026-08-22.", "licenses"),
        ("licenses at 2023-02-29", "“2023-02-29” isn't a date. Write 2026-08 or 2026-08-22.", "licenses"),
        ("licenses since yesterday", "“yesterday” isn't a date. Write 2026-08 or 2026-08-22.", "licenses"),
        ("licenses at 0000", "“0000” isn't a date. Write 2026-08 or 2026-08-22.", "licenses"),
        (
            "licenses since 2026-08 at 2026-07",
            "“since 2026-08” is later than “at 2026-07”. Leave one of them out.",
            "licenses at 2026-07",
        ),
        ("licenses by", "“by” needs a value: models, downloads or likes.", "licenses"),
        ("licenses in", "“in” needs a value: top, trending, liked, both or hub.", "licenses"),
        ("licenses task", "“task” needs a value: a task such as text-generation.", "licenses"),
        ("licenses top", "“top” needs a value: a number from 1 to 1000.", "licenses"),
        ("licenses since", "“since” needs a value: 2026-08 or 2026-08-22.", "licenses"),
        ("licenses by likes by models", "“by” appears twice. Use it once.", None),
        ("licenses at 2026-08 on 2026-07", "“at” appears twice. Use it once.", None),
        ("likes by downloads", "“likes” doesn't support “by”; it supports “in”, “task”, “at”.", "likes"),
        (
            "tasks task fill-mask",
            "“tasks” doesn't support “task”; it supports “by”, “in”, “top”, “at”, “since”.",
            "tasks by downloads",
        ),
        ("licenses apache", "“licenses” takes no name, so I don't know what “apache” means.", "license apache"),
        ("licenses downloads", "“licenses” takes no name, so I don't know what “downloads” means.", None),
        ("creator", "“creator” needs a name, for example: creator meta", "creator meta"),
        ("compare meta", "“compare” needs at least two names, for example: compare meta google", "compare meta google"),
        ("compare meta vs", "“compare” needs at least two names, for example: compare meta google", "compare meta google"),
        ("compare a b c d e f g h i", "“compare” takes at most 8 names, not 9.", "compare a b c d e f g h"),
        ('creator "a" "b"', "“creator” takes one name, not 2.", 'creator "a b"'),
        ('creator "meta', "A quotation mark is missing at the end of the name.", None),
        ("x" * 501, "That's 501 characters. A question can have up to 500.", None),
    ],
)
def test_what_is_not_understood_is_named_and_mended(text: str, sentence: str, first: str | None) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    assert str(raised.value).replace("at least 2 names", "at least two names") == sentence
    if first is not None:
        assert raised.value.suggestions
        assert raised.value.suggestions[0] == first


def test_a_text_of_the_longest_length_is_read() -> None:
    name = "x" * (LONGEST_TEXT - len("creator "))
    assert parse(f"creator {name}") == Query("creator", (name,))
    with pytest.raises(QueryError, match=f"{LONGEST_TEXT + 1} characters"):
        parse(f"creator {name}x")


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period(2024, 2), date(2024, 2, 1), date(2024, 2, 29)),
        (Period(2023, 2), date(2023, 2, 1), date(2023, 2, 28)),
        (Period(2026, 12), date(2026, 12, 1), date(2026, 12, 31)),
        (Period(2024, 2, 29), date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_period_has_its_days(period: Period, start: date, end: date) -> None:
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    "wrong", [(2023, 2, 29), (2026, 13, None), (2026, 0, None), (2026, 8, 32), (0, 1, None), (10000, 1, None)]
)
def test_no_period_is_made_of_days_that_are_not(wrong: tuple[int, int, int | None]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Period(*wrong)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mit", "mit"),
        ("meta ai", '"meta ai"'),
        ("", '""'),
        ("BY", '"BY"'),
        ("from", '"from"'),
        ("Vs.", '"Vs."'),
        ("tail,", '"tail,"'),
        ("mid,dle", "mid,dle"),
        ('say "x"', '"say \\"x\\""'),
        ("a\\b", '"a\\\\b"'),
    ],
)
def test_names_are_in_quotation_marks_only_where_they_must(name: str, words: str) -> None:
    assert quoted(name) == words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  a \t b ", "a b"),
        ("“a”", '"a"'),
        ("\u2018a\u2019", "'a'"),
        ("a\u200bb", "a b"),
        ("e\u0301", "é"),
        ("\u00a0a", "a"),
        ("`a`", "a"),
    ],
)
def test_names_are_folded(typed: str, folded: str) -> None:
    assert tidy(typed) == folded
    assert Query("creator", (typed,), task=typed) == Query("creator", (folded,), task=folded)


def test_a_changed_query_is_a_query_of_its_own() -> None:
    query = Query("creator", ("meta",))
    assert query.but(top=3) == replace(query, top=3)
    assert query.top is None
    assert query.but(names=("  meta  ai",)).names == ("meta ai",)


def test_forms_are_what_is_read_and_nothing_else() -> None:
    forms = (Form("birds", example="birds"),)
    assert grammar.parse("birds", forms) == Query("birds")
    with pytest.raises(QueryError, match="I don't know what “licenses” means") as raised:
        grammar.parse("licenses", forms)
    assert raised.value.suggestions == ()
    with pytest.raises(QueryError, match=r"“birds” doesn't support “by”\.$"):
        grammar.parse("birds by likes", forms)
