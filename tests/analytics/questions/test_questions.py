"""Every question on a history made by hand: what it says, what it draws, what it offers next."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

import handmade
import pytest

from analytics.chart import ChartKind
from analytics.charts.validation import must_be_drawable
from analytics.domain import NONE_DECLARED, Dimension, Listing, ListName, Measure, Model
from analytics.errors import HfStatsError, NoDataError, QueryError
from analytics.export.serialization import as_json
from analytics.formatting.phrases import noun_phrase
from analytics.language.filters import narrows
from analytics.names.creators import FAMILIES
from analytics.names.grouping import UNRANKED
from analytics.names.licenses import title
from analytics.query import Option
from analytics.questions.registry import FORMS, QUESTIONS, ask, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from analytics.answer import Answer
    from analytics.storage.history import History
    from analytics.storage.sql_history import SqlHistory

PLAIN = {question.form.word: question.examples[0] for question in QUESTIONS}
EXAMPLES = [example for question in QUESTIONS for example in question.examples]

VALUES = {
    Option.BY: tuple(f"by {measure}" for measure in Measure),
    Option.IN: tuple(f"in {name}" for name in ListName if name is not ListName.HUB),  # test_whole_hub.py asks of that
    Option.TASK: ("task text-generation",),
    Option.TOP: ("top 3",),
    Option.AT: ("at 2026-07",),
    Option.SINCE: ("since 2026-06",),
}
NAMES = {
    "license": "license mit",
    "creator": "creator meta",
    "task": "task text-generation",
    "library": "library transformers",
    "family": "family permissive",
    "country": "country us",
    "kind": "kind company",
    "model": "model openai-community/gpt2",
    "compare": "compare mit apache-2.0",
}


FILTERS = ("kind company", "kind company not creator google")
SINCE = ("", " since 2026-06")


def narrowed() -> Iterator[str]:
    """Yield every question without options, with each value of each option, and with every two options."""
    for form in FORMS:
        put = NAMES.get(form.word) or (form.example if form.fewest else form.word)
        yield put
        options = [option for option in Option if option in form.options]
        yield from (f"{put} {value}" for option in options for value in VALUES[option])
        for one, other in combinations(options, 2):
            yield f"{put} {VALUES[one][-2:][0]} {VALUES[other][-2:][0]}"
        if narrows(form) and form.dimension is not Dimension.KIND:
            yield from (f"{put} {filters}{since}" for filters in FILTERS for since in SINCE if since[1:6] in ("", *form.options))


def unanswerable(text: str) -> bool:
    """Tell the two things that these words ask and that no history could answer."""
    return text.startswith("models by models")


ASKED = [text for text in dict.fromkeys([*EXAMPLES, *narrowed()]) if not unanswerable(text)]


ABOUT_THE_WHOLE = (
    "Likes ",
    "No share of ",
    "No model ",
    "Gated models ",
    "No models ",
    "30-day downloads of ",
    "Creators from ",
    "Derived models ",
    "Half of the models ",
    "Concentration ",
    "The top 3 ",
    "The top 2 ",
    "A single ",
    "Not counting ",
    "If trends continue, ",
)
"""How headlines begin that name nobody, or not first."""


@pytest.mark.parametrize("word", PLAIN)
def test_answers_stay_as_they_are(word: str, answer: Callable[[str], Answer], golden: Callable[[str, Any], None]) -> None:
    golden(word, as_json(answer(PLAIN[word])))


@pytest.mark.parametrize(
    "text", ["licenses since 2025-11", "movers licenses", "creator meta since 2026-05", "compare meta google since 2026-05"]
)
def test_answers_over_time_stay_as_they_are(
    text: str, answer: Callable[[str], Answer], golden: Callable[[str, Any], None]
) -> None:
    golden(re.sub(r"\W+", "-", text), as_json(answer(text)))


@pytest.mark.parametrize("text", ASKED)
def test_whatever_can_be_asked_is_answered_well(text: str, answer: Callable[[str], Answer]) -> None:
    found = answer(text)
    assert str(parse(text)) == found.query
    if found.source.narrowed:
        assert found.headline.startswith(f"Models {found.source.narrowed}: ")
        assert found.chart.alt.startswith(found.headline)
        chart = replace(found.chart, alt=found.chart.alt.partition(": ")[2])
        found = replace(found, headline=found.headline.partition(": ")[2], chart=chart)
    says_a_finding(found)
    names_what_is_there(found)
    can_be_drawn(found)
    adds_up(found)
    json.dumps(as_json(found), allow_nan=False)
    for offered in found.next:
        assert offered != found.query
        assert str(parse(offered)) == offered, "a button's words are a query's own"
        assert answer(offered).headline


def says_a_finding(found: Answer) -> None:
    assert found.headline
    assert len(found.headline) <= 200
    assert not found.headline.endswith(".")
    assert found.headline == found.headline.strip()
    assert "nan" not in found.headline.casefold().split()
    assert "None" not in found.headline
    assert 2 <= len(found.next) <= 3
    assert len(set(found.next)) == len(found.next)
    for note in found.notes:
        assert note.endswith(".")


def can_be_drawn(found: Answer) -> None:
    chart = found.chart
    must_be_drawable(chart)
    assert chart.title
    assert not chart.title.endswith(".")
    assert chart.title not in found.headline, "the finding doesn't stand twice"
    assert len(chart.title) <= 70
    assert chart.alt.startswith(found.headline.rstrip("."))
    assert len(chart.alt) <= 1000
    assert all(len(one.values) == len(chart.categories) for one in chart.series)
    assert len(set(chart.categories)) == len(chart.categories)
    if chart.kind is ChartKind.SCATTER:
        drawn = {dot.name for dot in chart.dots}
    elif chart.kind in {ChartKind.PAIRED, ChartKind.BARS, ChartKind.FOCUS}:
        drawn = set(chart.categories)
        assert len(chart.categories) <= max(8, parse(found.query).top or 0)
    elif chart.kind is ChartKind.DUMBBELL:
        drawn = set(chart.categories)
        assert sum(rows for _, rows in chart.groups) == len(chart.categories) <= 9
    else:
        drawn = {one.name for one in chart.series}
        assert list(chart.categories) == sorted(chart.categories)
        assert len(chart.series) <= 8
    assert set(chart.emphasis) <= drawn
    if chart.kind in {ChartKind.BARS, ChartKind.FOCUS}:
        assert len(chart.emphasis) == 1, "one thing stands out"
    assert f"{found.source.snapshot:%b} {found.source.snapshot.day}, {found.source.snapshot.year}" in chart.subtitle
    if found.source.since:
        assert f"{found.source.since:%b} {found.source.since.day}" in chart.subtitle


def adds_up(found: Answer) -> None:
    for ranking in found.rankings:
        portions = [share.portion for share in ranking.shares]
        assert all(0 <= portion <= 1 + 1e-12 for portion in portions)
        assert sum(portions) <= 1 + 1e-9
        assert 0 <= ranking.recorded <= ranking.total * (1 + 1e-12)
        ranks = [share.rank for share in ranking.ranked]
        assert ranks == sorted(ranks)
        assert {share.name for share in ranking.unranked} == {s.name for s in ranking.shares} & UNRANKED, "and they come last"
    for shift in found.shifts:
        assert shift.points == shift.after - shift.before
        if shift.reasons:
            assert sum(reason.points for reason in shift.reasons) == pytest.approx(shift.points, abs=1e-12)
    assert 0 <= found.source.coverage <= 1


def names_what_is_there(found: Answer) -> None:
    """The first words of a headline are a name that the answer has, but for the sentences of which that is not true."""
    if found.headline.startswith(ABOUT_THE_WHOLE) or re.match(r"\d+ models? (with|left) ", found.headline):
        return
    rankings = (*found.rankings, *(moment.ranking for moment in found.series))
    names = {share.name for ranking in rankings for share in ranking.shares} | {shift.name for shift in found.shifts}
    names |= {forecast.name for forecast in found.forecasts}
    tied = [sum(share.rank == 1 for share in ranking.shares) for ranking in rankings]
    if max(tied, default=0) > 2 and found.headline[0].isdigit():
        assert found.headline.startswith(tuple(f"{several} {found.rankings[0].of}s " for several in tied))
        return
    spoken = {noun_phrase(dimension, one).start for dimension in Dimension for one in names}
    assert found.headline.startswith(tuple(names | set(map(title, names)) | spoken))


@pytest.mark.parametrize(
    "text", ["movers", "movers licenses", "movers tasks", "movers libraries", "movers namespaces", "movers by models"]
)
def test_movers_name_whom_and_which_models(text: str, answer: Callable[[str], Answer]) -> None:
    found = answer(text)
    first = found.shifts[0]
    spoken = {noun_phrase(dimension, first.name).start for dimension in Dimension}
    assert found.headline.startswith((first.name, found.chart.series[0].name, *spoken))
    told = found.headline.partition(", led by ")[2].partition(", with ")[0]
    assert told, "the shift is explained"
    models = {reason.model.partition("/")[2] for reason in first.reasons}
    for piece in re.split(r" and |(?<=\)), ", told):
        assert any(piece.startswith(model) for model in models), piece


# What a reader can add up from the listings.


def test_two_licenses_are_half_a_model_each(answer: Callable[[str], Answer]) -> None:
    models, downloads = answer("licenses").rankings
    assert models.total == 12
    assert models.recorded == 11, "one model's license is not recorded"
    values = {share.name: share.value for share in models.shares}
    assert values == {"apache-2.0": 3, "mit": 4.5, "cc-by-4.0": 0.5, "llama3.1": 1, "gemma": 1, NONE_DECLARED: 1}
    carried = {share.name: share.value for share in downloads.shares}
    assert carried["mit"] == 40e6 + 19e6 + 5.5e6 + 16e6 + 9e6
    assert downloads.recorded == downloads.total - 4e6
    assert answer("licenses").source.coverage == pytest.approx(11 / 12)


def test_a_family_adds_up_its_namespaces(answer: Callable[[str], Answer]) -> None:
    found = answer("creator meta")
    downloads = found.rankings[1].shares[0]
    assert downloads.name == "Meta"
    assert downloads.members == (("FacebookAI", 40e6), ("meta-llama", 16e6))
    assert downloads.value == 56e6
    assert found.notes == (
        "Without FacebookAI/roberta-base, Meta would have 4.5% of downloads instead of 14.2%.",
        "Meta includes FacebookAI and meta-llama.",
    )


def test_a_model_that_was_renamed_is_the_same_model(answer: Callable[[str], Answer]) -> None:
    found = answer("model bert-base-uncased since 2025-11")
    assert found.facts["downloads_before"] == 90e6
    assert found.facts["rank_before"] == 2
    assert "bert-base-uncased has moved to google-bert/bert-base-uncased." in found.notes
    assert None not in found.chart.series[0].values
    shift = next(s for s in answer("creators by downloads since 2025-11").shifts if s.name == "Google")
    assert shift.before > 0.2


def test_the_riser_is_the_reason(answer: Callable[[str], Answer]) -> None:
    found = answer("movers by downloads")
    assert found.shifts[0].name == "Alibaba"
    assert [(r.model, r.cause.value) for r in found.shifts[0].reasons] == [("Qwen/Qwen3-8B", "grew")]
    assert found.headline.startswith(
        "Alibaba gained 6.1 percentage points of downloads since July 31, 2026, led by Qwen3-8B (+6.1)"
    )


def test_a_short_list_is_left_out_and_reported(answer: Callable[[str], Answer]) -> None:
    found = answer("licenses since 2026-05")
    assert date(2026, 6, 15) not in {moment.taken_on for moment in found.series}
    assert "1 snapshot covers only 3 models and isn't comparable, so it's left out." in found.notes


@pytest.mark.parametrize("text", ["namespaces", "creators", "creators in trending", "namespaces by models", "creators by models"])
def test_a_tie_is_not_told_as_a_lead(text: str, answer: Callable[[str], Answer]) -> None:
    found = answer(text)
    models = found.rankings[0]
    assert models.shares[0].rank == models.shares[1].rank == 1, "as made"
    for claim in ("has the most models", "leads by both measures", "leads with"):
        assert claim not in found.headline


def test_movers_since_a_date_tell_what_they_hide(answer: Callable[[str], Answer]) -> None:
    found = answer("movers since 2026-01")
    assert found.source.since == date(2026, 5, 31)
    assert found.notes == (
        "The earliest comparable snapshot is from May 31, 2026.",
        "1 snapshot covers only 3 models and isn't comparable, so it's left out.",
        (
            "Alibaba: +10.8 points from models that stayed in the list, "
            "\N{MINUS SIGN}0.2 points from models that entered or left the list."
        ),
        "Qwen/Qwen3-8B alone raised total downloads by 11.3% of the earlier total.",
    )


def test_top_narrows_what_is_listed_not_what_is_counted(answer: Callable[[str], Answer]) -> None:
    whole, three = answer("creators"), answer("creators top 3")
    assert three.top == 3
    assert three.rankings == whole.rankings
    assert three.headline == whole.headline


@pytest.mark.parametrize("word", ["licenses", "creators", "tasks", "libraries", "namespaces"])
def test_top_shows_so_many_bars_and_the_others(word: str, answer: Callable[[str], Answer]) -> None:
    for text in (f"{word} top 2", f"{word} top 2 by models"):
        categories = answer(text).chart.categories
        ranked = [category for category in categories if category.casefold() != NONE_DECLARED]
        assert len(ranked) == 3
        assert re.fullmatch(r"1 other|\d+ others", ranked[-1])
        assert categories[:3] == tuple(ranked), "what isn't declared comes last"


def test_likes_are_not_asked_of_a_source_without_them(history: SqlHistory) -> None:
    for text in ("licenses by likes at 2025-11", "likes at 2025-11", "models by likes at 2025-11"):
        with pytest.raises(NoDataError, match="November 30, 2025 doesn't record likes"):
            ask(parse(text), history)
    with pytest.raises(NoDataError, match="doesn't record libraries"):
        ask(parse("libraries at 2025-11 as recorded"), history)


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("models task text-generation", "Qwen/Qwen3-8B leads with 48M downloads (52.2% of text-generation downloads)"),
        ("access task fill-mask", "None of the models is gated"),
        ("derivatives task fill-mask", "None of the models declares a base model"),
    ],
)
def test_a_headline_about_one_task_does_not_speak_of_the_whole_list(
    text: str, headline: str, answer: Callable[[str], Answer]
) -> None:
    assert answer(text).headline == headline


def test_a_task_that_was_asked_for_is_not_missing(answer: Callable[[str], Answer]) -> None:
    assert not [note for note in answer("compare 2026-05 2026-08 task text-generation").notes if "tasks" in note]


def test_top_counts_the_models_that_entered_and_those_that_left(answer: Callable[[str], Answer]) -> None:
    left, entered = answer("entries since 2026-05 top 1").shifts
    assert (left.name, left.rank_after) == ("facebook/opt-125m", None)
    assert (entered.name, entered.rank_before) == ("zai-org/GLM-5", None)


def test_a_past_without_likes_is_a_shorter_past(answer: Callable[[str], Answer]) -> None:
    assert answer("licenses by likes since 2025-11").series[0].taken_on == date(2026, 5, 31)
    assert answer("licenses since 2025-11").series[0].taken_on == date(2025, 11, 30)


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("models by models", QueryError, "“models” ranks single models, so it works by downloads or by likes only."),
        ("creator gogle", QueryError, "I don't know the creator “gogle”. Did you mean Google"),
        ("license apache-2.1", QueryError, "I don't know the license “apache-2.1”. Did you mean apache-2.0"),
        ("licenses task fil-mask", QueryError, "I don't know the task “fil-mask”. Did you mean fill-mask"),
        ("task robotics", NoDataError, "robotics had none of the 12 most-downloaded models on August 22, 2026."),
        (
            "licenses task robotics",
            NoDataError,
            "None of the 12 most-downloaded models had the task robotics on August 22, 2026.",
        ),
        ("creator nvidia", NoDataError, "NVIDIA had none of the 12 most-downloaded models on August 22, 2026."),
        ("model gpt3", QueryError, "“gpt3” wasn't among the 12 most-downloaded models on August 22, 2026. Did you mean "),
        (
            "movers birds",
            QueryError,
            (
                "hfstats has no movers for “birds”. Choose licenses, creators, namespaces, tasks, libraries, families, kinds, "
                "countries, access or derivatives."
            ),
        ),
        ("compare meta facebook", QueryError, "meta and facebook are both Meta. Compare different creators."),
        (
            "compare meta xyzzy",
            QueryError,
            "I can't compare “xyzzy” with the other names.",
        ),
        (
            "compare meta apache-2.0",
            QueryError,
            "I can't compare “apache-2.0” with the other names.",
        ),
        (
            "licenses at 2026-04",
            NoDataError,
            "There's no snapshot from April 2026. The nearest ones are from November 30, 2025 and May 31, 2026.",
        ),
        (
            "licenses since 2026-08-22",
            NoDataError,
            "There's nothing to compare with since August 22, 2026: the snapshots of the 12 most-downloaded models run from ",
        ),
        *(
            (text, NoDataError, f"{month} 2999 is in the future; the data runs from November 30, 2025 to August 22, 2026.")
            for month, texts in {
                "January": ("licenses at 2999-01", "licenses since 2999", "movers since 2999", "concentration since 2999"),
                "March": ("entries since 2999-03", "creator google since 2999-03", "compare 2026-08 2999-03"),
                "December": ("models at 2999",),
            }.items()
            for text in texts
        ),
        (
            "movers at 2025-11",
            NoDataError,
            "There's nothing to compare with yet: the first snapshot of the 12 most-downloaded models is from November 30, 2025.",
        ),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(text: str, error: type[HfStatsError], sentence: str, history: SqlHistory) -> None:
    with pytest.raises(error) as raised:
        ask(parse(text), history)
    assert type(raised.value) is error
    assert str(raised.value).startswith(sentence)
    assert str(raised.value)[-1] in ".?"


WRONG = [
    "models by models",
    "creator gogle",
    "creator nvidea",
    "creator opnai",
    "creator mistrall in trending",
    "license apache-2.1",
    "license lama3",
    "licenses task fil-mask",
    "task robotics",
    "licenses task robotics",
    "creator nvidia",
    "model gpt3",
    "movers birds",
    "compare meta facebook",
    "compare meta gogle",
    "compare meta xyzzy",
    "compare mit apche",
    "licenses at 2026-04",
    "licenses at 2027",
    "licenses since 2026-08-22",
    "movers at 2025-11",
    "licenses by likes at 2025-11",
    "libraries at 2025-11 as recorded",
    "likes at 2025-11",
    "likes task sentence-similarity",
    "movers libraries at 2026-05 as recorded",
    "library jax",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_an_error_offers_works(text: str, history: SqlHistory) -> None:
    with pytest.raises(HfStatsError) as raised:
        ask(parse(text), history)
    for offered in raised.value.suggestions:
        assert ask(parse(offered), history).headline, offered


# Smaller histories: the first day, and one imported file.


def first_day() -> list[Listing]:
    return [listing for listing in handmade.listings() if listing.taken_on == handmade.DAYS[-1]]


def one_file() -> list[Listing]:
    top = next(listing for listing in first_day() if listing.list is ListName.TOP)
    return [replace(top, source="top300", models=tuple(replace(m, likes=None, library=None) for m in top.models))]


@pytest.mark.parametrize("made", [first_day, one_file])
def test_a_first_day_answers_what_it_can_and_offers_only_that(made: Callable[[], list[Listing]], tmp_path: Path) -> None:
    history: History = handmade.stored(made(), tmp_path / "first.db")
    offered: dict[str, str] = {}
    answered = set()
    for text in [*EXAMPLES, *(f"{put} in trending" for put in PLAIN.values())]:
        try:
            offers = ask(parse(text), history).next
            answered.add(parse(text).word)
        except HfStatsError as error:
            offers = error.suggestions
        offered |= dict.fromkeys(offers, text)
    assert {"licenses", "creators", "tasks", "license", "creator", "task", "models", "model", "compare"} <= answered
    assert not {text: asked for text, asked in offered.items() if not answers(text, history)}


def answers(text: str, history: History) -> bool:
    try:
        ask(parse(text), history)
    except HfStatsError:
        return False
    return True


def test_an_empty_history_says_what_an_operator_does(tmp_path: Path) -> None:
    history = handmade.stored([], tmp_path / "empty.db")
    for text in EXAMPLES:
        with pytest.raises(NoDataError, match=r"There's no data yet\. Take a snapshot with “hfstats snapshot”") as raised:
            ask(parse(text), history)
        assert raised.value.suggestions == ()


def test_simulated_history_is_said_to_be(tmp_path: Path) -> None:
    made = [replace(listing, simulated=True, source="simulation") for listing in handmade.long_listings()]
    history = handmade.stored(made, tmp_path / "simulated.db")
    for text in PLAIN.values():
        found = ask(parse(text), history)
        assert found.source.simulated
        assert found.chart.simulated
        assert "simulated history" in found.chart.footer


def test_the_registry_is_whole() -> None:
    words = [word for form in FORMS for word in (form.word, *form.aliases)]
    assert len(words) == len(set(words)), "no word means two questions"
    for question in QUESTIONS:
        assert question.summary
        assert not question.summary.endswith(".")
        assert {parse(example).word for example in question.examples} == {question.form.word}
        assert parse(question.form.example) == parse(question.examples[0])
        assert question.form.singular in {"", *(form.word for form in FORMS)}


@pytest.mark.parametrize("namespaces", [1, 2, 6, 7, 8, 9])
def test_a_creator_is_broken_down_to_a_few_namespaces_and_the_others(namespaces: int, tmp_path: Path) -> None:
    family = next(entry for entry in FAMILIES if entry.name == "Alibaba").namespaces[:namespaces]
    models = (*(Model(f"{name}/one", 10_000 - place) for place, name in enumerate(family)), Model("nobody/two", 1))
    history = handmade.stored([Listing(handmade.DAYS[-1], ListName.TOP, "handmade", models)], tmp_path / "family.db")
    found = ask(parse("creator alibaba"), history)
    must_be_drawable(found.chart)
    assert sum(portion for _, portion in found.chart.parts) == pytest.approx(found.rankings[-1].shares[0].portion)
    assert "1 others" not in {name for name, _ in found.chart.parts}, "one other has a name"


# Filters


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("licenses creator zorblax", "I don't know the creator “zorblax”."),
        ("licenses in hub creator google", "The whole Hub can't be narrowed by filters"),
        ("creators license gpl", "None of the"),
        ("licenses license mit", "“licenses license mit” would rank that license alone."),
        ("licenses creator google creator meta", "A model has one creator, so no model fits two."),
        ("licenses not", "“not” needs what to leave out, for example: licenses not creator google"),
        ("licenses not creator", "“not creator” needs a name, for example: licenses not creator google"),
        ("model openai-community/gpt2 license mit", "“model” can't be narrowed by license."),
        ("creators not creator a not kind b not kind c not country d not license e not library f not task g", "up to 6 filters"),
        ("entries license mit", "“entries” can be narrowed by creator, namespace, kind or country, not by license"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(text: str, sentence: str, history: SqlHistory) -> None:
    with pytest.raises(HfStatsError, match=re.escape(sentence)):
        ask(parse(text), history)


def test_models_without_a_record_are_left_out_and_counted(history: SqlHistory) -> None:
    whole, kept, left_out = (ask(parse(f"creators{filters}"), history) for filters in ("", " license mit", " not license mit"))
    unknown = whole.source.models - kept.source.models - left_out.source.models
    assert unknown > 0
    for answer in (kept, left_out):
        assert f"{unknown} model" in " ".join(answer.notes)
        assert answer.source.size == whole.source.models


def test_a_change_between_dates_that_know_different_parts_is_refused(tmp_path: Path) -> None:
    """Half of the models lose their record of a license, and none of them its license."""
    day, later = date(2026, 7, 1), date(2026, 8, 1)
    models = tuple(Model(f"meta-llama/m{n}", 100 - n, 1, ("mit",), "fill-mask", "transformers") for n in range(20))
    unknown = tuple(replace(model, licenses=None) if n % 2 else model for n, model in enumerate(models))
    known = [Listing(on, ListName.TOP, "a", rows) for on, rows in ((day, models), (later, models))]
    less = [known[0], Listing(later, ListName.TOP, "b", unknown)]
    text = "creators license mit since 2026-07 as recorded"
    assert ask(parse(text), handmade.stored(known, tmp_path / "known.db")).headline
    with pytest.raises(NoDataError, match="so a change of these models could come from that alone"):
        ask(parse(text), handmade.stored(less, tmp_path / "less.db"))


def test_a_model_that_changed_its_license_did_not_enter_the_list(tmp_path: Path) -> None:
    listings = []
    for on, tag in ((date(2026, 7, 1), "apache-2.0"), (date(2026, 8, 1), "mit")):
        rows = [Model(f"google/m{n}", 100 - n, 1, ("mit",), "fill-mask", "transformers") for n in range(20)]
        rows.append(Model("facebook/moved", 50, 1, (tag,), "fill-mask", "transformers"))
        listings.append(Listing(on, ListName.TOP, "a", tuple(sorted(rows, key=lambda model: -model.downloads))))
    found = ask(parse("movers creators license mit"), handmade.stored(listings, tmp_path / "moved.db"))
    causes = {reason.model: reason.cause.value for shift in found.shifts for reason in shift.reasons}
    assert causes["facebook/moved"] == "changed what it declares"


def test_movers_in_one_direction_have_no_others(history: SqlHistory) -> None:
    both, up, down = (ask(parse(f"movers creators{way}"), history) for way in ("", " up", " down"))
    assert all(shift.points > 0 for shift in up.shifts)
    assert all(shift.points < 0 for shift in down.shifts)
    assert {shift.name for shift in both.shifts} == {shift.name for shift in (*up.shifts, *down.shifts)}
    assert " lost " in down.headline


def test_models_of_creators_from_nowhere_known_fit_no_country_and_are_counted(history: SqlHistory) -> None:
    whole, kept, left_out = (ask(parse(f"licenses{filters}"), history) for filters in ("", " country us", " not country us"))
    unknown = whole.source.models - kept.source.models - left_out.source.models
    assert unknown > 0
    assert all(f"{unknown} model" in " ".join(answer.notes) for answer in (kept, left_out))
