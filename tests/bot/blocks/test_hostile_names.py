"""Nothing that a file calls a model, a license, a task or a library takes any effect: not in Slack, a sheet or a terminal."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from hostile import PIECES, effects, effects_of, hostile_names, seen, stored, strings, tables, tame
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.charts.drawing import draw
from analytics.digest.builder import digest, latest
from analytics.domain import Dimension, ListName
from analytics.errors import HfStatsError
from analytics.export import serialization
from analytics.formatting.visible import visible
from analytics.query import Option, Query
from analytics.questions.registry import FORMS, QUESTIONS, ask, parse
from bot.analytics_pool import process, summarize_store
from bot.blocks import controls, home, hub_card, messages, subscriptions, text
from bot.blocks import digest as digests
from bot.blocks.escape import escape, escape_code, escape_everything, escape_line, escape_plain_text, prevent_links
from bot.blocks.figures import native_chart
from bot.blocks.figures import table_block as slack_tables
from bot.blocks.forms import prediction_form, question_form
from bot.cli.main import main
from bot.domain.outbox import Alert
from bot.domain.query_form import form_values, mistakes
from bot.domain.reply import Notice

SEED = 20261127
COLUMNS = {Dimension.LICENSE.value: 1, Dimension.TASK.value: 2, Dimension.LIBRARY.value: 3, "model": 0}
"""Which of a row's names a question is about."""
ORDINARY = [
    *("apache-2.0", "text-generation", "meta-llama/Llama-3.1-8B", "c4ai_command_r", "~user", "snake_case_name", "a__b"),
    *("vit_base_patch16_224.augreg2_in21k", "openai/whisper-tiny.en", "Transformers.js", "cc-by-nc-4.0", "C++", "R&D", "5:1"),
    *("image-text-to-text", "日本語", "Tiếng Việt", "a, b and c", "60% of #1", "“so”", "(x)", "https", "12.5"),
]


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    return stored(folder / "hostile", tables(SEED)), stored(folder / "tame", tame(SEED))


def asked(question):
    """Yield one question of the registry about every kind of name, hostile and tame."""
    form = question.form
    for example in question.examples[:2]:
        query = parse(example).but(at=None)
        yield query, query
    column = COLUMNS.get(form.word, 2)
    many = 0 if not form.most else 8 if form.word in COLUMNS else 1
    for hostile, plain in zip(tables(SEED)[:many], tame(SEED)[:many], strict=True):
        yield Query(form.word, (hostile[column],)), Query(form.word, (plain[column],))
    if form.word in {"creator", "compare"}:
        owners = ([row[0].partition("/")[0] for row in rows[: form.most]] for rows in (tables(SEED), tame(SEED)))
        hostile, plain = (tuple(dict.fromkeys(found)) for found in owners)
        yield Query(form.word, hostile), Query(form.word, plain)
    if Option.TASK in form.options and not form.fewest:
        yield Query(form.word, task=tables(SEED)[3][2]), Query(form.word, task=tame(SEED)[3][2])


def everything_said(query, history):
    """Return everything that an answer becomes: blocks and texts."""
    try:
        answer = ask(query, history)
    except HfStatsError as error:
        notice = Notice(str(error), suggestions=error.suggestions)
        return None, [messages.notice_blocks(notice)], [messages.notice_fallback(notice)]
    forms = [
        [messages.image_at("https://hfstats.example/a.png", answer.chart.alt)],
        native_chart.native_chart(answer.chart),
        slack_tables.table_blocks(answer),
        messages.numbers(answer),
    ]
    shown = [
        messages.answer_blocks(answer, form, "U123", changed_by="U456", below=[messages.interpretation_note(str(query)), *below])
        for form in forms
        for below in (controls.controls(answer, "U123"), controls.controls(answer, "U123", quiet=True))
    ]
    shown += [
        messages.progress(str(query)),
        messages.progress_without_update(str(query)),
        messages.restart_notice(str(query), "ask:0"),
    ]
    return answer, shown, [messages.answer_fallback(answer, str(query))]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)
def test_no_name_takes_effect_in_any_answer(question, twins):
    """The registry is walked, so that a new question is looked at as well."""
    hostile, plain = twins
    answered = 0
    for one, other in asked(question):
        answer, shown, texts = everything_said(one, hostile)
        twin, twin_shown, _ = everything_said(other, plain)
        took, own = (sum(map(effects_of, found), Counter()) for found in (shown, twin_shown))
        # What is asked of one that is no name of its kind may be answered for a hostile one that happens to be one.
        assert took <= own or (answer is None) != (twin is None), str(one)
        for fallback in texts:
            assert not effects(fallback, verbatim=False), fallback
        if answer:
            answered += 1
            in_a_sheet(serialization.as_csv(answer))
            in_a_terminal(text.answer_text(answer))
    assert answered


def test_names_are_there_to_be_read(twins):
    hostile, _ = twins
    answer = ask(parse("licenses top 8"), hostile)
    shown = "\n".join(strings(messages.answer_blocks(answer, messages.numbers(answer))))
    read = seen(shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    assert seen(visible(answer.headline)) in read
    for share in answer.rankings[-1].shares[:8]:
        assert seen(visible(share.name))[:40] in read


def test_no_name_takes_effect_in_a_digest(twins):
    counted = []
    for history in twins:
        told = digest(latest(history, ListName.TOP), history)
        content = digests.digest_content(told, "key")
        counted.append(effects_of([*content.blocks(), *content.details]))
        assert not effects(content.text, verbatim=False), content.text
        for file in content.files.values():
            in_a_sheet(file)
        in_a_terminal(digests.as_text(told))
    assert counted[0] <= counted[1]


def test_no_name_takes_effect_on_the_home_and_in_forms(twins):
    counted = []
    for history, rows in zip(twins, (tables(SEED), tame(SEED)), strict=True):
        summary = summarize_store.summarize(history)
        entries = process.entries()
        found = effects_of(home.home_view(summary, entries, date(2026, 8, 22), asked=f"license {rows[0][1]}"))
        for row in rows:
            form = form_values(Query("license", (row[1],), task=row[2]))
            found += effects_of(question_form.build_view(form, entries, summary, mistakes(form, FORMS)))
            found += effects_of(question_form.build_view(form, entries, summary, {"names": f"I know no license “{row[1]}”."}))
            found += effects_of(
                question_form.suggestions("names:compare", {"license": [row[1]], "task": [row[2]], "library": [row[3]]})
            )
            found += effects_of(prediction_form.suggestions(Dimension.LICENSE, [row[1]], row[2]))
        counted.append(found)
    assert counted[0] <= counted[1]


def test_no_name_takes_effect_in_alerts_and_cards(twins):
    counted = []
    for history, rows in zip(twins, (tables(SEED), tame(SEED)), strict=True):
        found: Counter = Counter()
        for row in rows:
            said = f"{row[1]} falls below 10% of downloads"
            content = subscriptions.alert(said, said, "9.4% of downloads", 3, f"license {row[1]} by downloads")
            assert not effects(content.text, verbatim=False)
            watch = Alert(
                1, "T1", "C1", f"license {row[1]} below 10%", "U1", datetime.now(UTC), crossed=False, looked_at=None, muted=None
            )
            found += effects_of(content.blocks()) + effects_of(subscriptions.alert_rows([(watch, said)]))
            found += effects_of(subscriptions.status_message([("Data", said)], []).blocks())
            answer = ask(Query("model", (row[0],)), history)
            found += effects_of(hub_card.model_card(answer, None, None))
            found += effects_of(messages.notice_blocks(Notice(said, suggestions=(said,))))
        counted.append(found)
    assert counted[0] <= counted[1]


def test_charts_are_drawn_of_hostile_names(twins):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for query in ("licenses by downloads", "tasks since 2025-01"):
            assert draw(ask(parse(query), twins[0]).chart).startswith(b"\x89PNG")


def in_a_sheet(file: str) -> None:
    """No cell that is no number begins as a formula does, nor does what a semicolon parts from it."""
    for row in csv.reader(io.StringIO(file)):
        for cell in row:
            try:
                float(cell)
            except ValueError:
                assert not re.search(r"(?:^|;)\s*[=+\-@＝＋－＠]", cell), cell  # noqa: RUF001
                assert "\n" not in cell


def in_a_terminal(shown: str) -> None:
    """Nothing moves the cursor or turns the direction."""
    assert {unicodedata.category(character) for character in visible(shown)} & {"Cc", "Cf"} <= {"Cc"}
    assert "\x1b" not in visible(shown)


PIECE = st.sampled_from([*PIECES, "\u202e", "\u200b", "\n", "\r\n", "\x1b[31m", "\t", " ", "\u2028", "word", "(", ")", "."])
TEXTS = st.lists(PIECE, max_size=6).map("".join) | st.text(max_size=30)
TEMPLATES = {
    "*{}*": escape_line,
    "_{}_": escape_line,
    "{} · {}": escape_line,
    "• {}\n{}": escape_line,
    "“{}”, *{}*: {}": escape_line,
    "`{}` *{}*": escape_code,
    ":warning: {}": escape,
    "<https://huggingface.co/a|{}> and {}": escape_line,
}


@settings(max_examples=200)
@given(st.data())
def test_nothing_but_a_templates_own_formatting_takes_effect(data):
    template = data.draw(st.sampled_from(sorted(TEMPLATES)))
    make = TEMPLATES[template]
    given_ = [data.draw(TEXTS) for _ in range(template.count("{}"))]
    mark = {"`{}` *{}*": [escape_code, escape_line]}.get(template, [make] * len(given_))
    hostile = template.format(*(one(value) for one, value in zip(mark, given_, strict=True)))
    harmless = template.format(*["x"] * len(given_))
    assert effects(hostile, verbatim=True) <= effects(harmless, verbatim=True)
    assert effects(prevent_links(hostile), verbatim=False)["linked"] <= effects(prevent_links(harmless), verbatim=False)["linked"]


def test_a_tilde_alone_closes_nothing():
    assert not effects(f"“{escape_line('~')}”, {escape_line('~')}: x", verbatim=True)


@given(TEXTS)
def test_text_of_unknown_use_means_itself(value):
    assert not effects(escape_everything(value), verbatim=False)
    assert "<!" not in escape_everything(value)
    assert "<@" not in escape_everything(value)
    assert not re.search(r":[\w+'-]+:", escape_plain_text(value))


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_stay_as_they_are(name):
    as_is = name.replace("&", "&amp;")
    assert (escape(name), escape_code(name), escape_plain_text(name), serialization.safe(name)) == (as_is, as_is, name, name)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" -2", " '-2"),
        ("x;=1", "x;'=1"),
        ("\t=1", " '=1"),
        ("a\n=1", "a =1"),
        ("＝1", "'＝1"),  # noqa: RUF001
        ("a=b", "a=b"),
        ("-", "'-"),
    ],
)
def test_a_sheet_reads_no_formula(name, cell):
    assert serialization.safe(name).replace("' ", " '") == cell


@pytest.mark.parametrize("name", ["[bold]x[red].csv", "\x1b[31mred.csv", "\u202etxt.csv", "a\nb.csv", "*b* :x:.csv"])
def test_a_files_own_name_takes_no_effect_where_it_is_said(name, tmp_path):
    path = tmp_path / name
    path.write_text("snapshot_date,model_id,downloads\n2026-08-22,a/b,5\n", encoding="utf-8")
    settings_ = {"DATABASE_URL": f"sqlite:///{tmp_path / 'hfstats.db'}"}
    imported = CliRunner().invoke(main, ["import", str(path)], env=settings_)
    assert imported.exit_code == 0, imported.output
    said = CliRunner().invoke(main, ["ask", "models"], env=settings_)
    refused = CliRunner().invoke(main, ["import", str(path) + "x"], env=settings_)
    for output in (imported.output, said.output, refused.output):
        in_a_terminal(output)
        assert output == visible(output)
    assert len(refused.output.splitlines()) - len(name.splitlines()) <= 1


def test_the_generator_makes_names_of_every_kind():
    names = " ".join(name for seed in range(20) for name in hostile_names(seed))
    assert all(piece.lower() in names for piece in PIECES if ";" not in piece)
