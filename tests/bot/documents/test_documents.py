"""The forms of a report: the same numbers in each, every name as text, and simulated data told as such."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from io import BytesIO

import hostile
import pytest
from build_once import build_once
from data.real_listings import complete_files
from markdown_it import MarkdownIt
from PIL import Image
from pypdf import PdfReader
from truth.asking import imported

from analytics.charts.drawing import draw
from analytics.charts.text_measurement import FONTS
from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.export.report_json import report_as_json
from analytics.report.builder import report
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.documents.document import charts, document
from bot.documents.html import as_html
from bot.documents.markdown import as_canvas, as_markdown
from bot.documents.pdf import Fonts, as_pdf
from bot.documents.text import as_text

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "div", "footer", "figure", "img"),
    *(
        "h1",
        "h2",
        "p",
        "ul",
        "ol",
        "li",
        "span",
        "sup",
        "a",
        "code",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "wbr",
    ),
}
"""The elements of the template."""
ATTRIBUTES = {"alt", "aria-label", "charset", "class", "content", "href", "id", "lang", "name", "scope", "src", "width"}
BREAKS = re.compile(r"\s+")


class Page(HTMLParser):
    """The visible text, elements and attributes of a page."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.attributes = "", [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        self.text += " " if tag not in {"wbr", "sup", "a"} else ""

    def handle_data(self, data):
        self.text += data


def built(history, **options):
    return report(Edition.month(history.snapshots(ListName.TOP)[-1].taken_on), history, with_published=True, **options)


def forms(told):
    """Return a report's document, and its text in every form."""
    text, pictures = document(told), {key: draw(chart) for key, chart in charts(told).items()}
    page = Page(as_html(text, pictures))
    source = as_markdown(text, {key: f"{key}.png" for key in pictures})
    markdown = Page(MarkdownIt("commonmark").enable("table").render(source))
    pdf = PdfReader(BytesIO(as_pdf(text, pictures, Fonts(*FONTS), told.source.snapshot)))
    return text, {
        "html": page.text,
        "markdown": markdown.text,
        "pdf": "\n".join(sheet.extract_text() for sheet in pdf.pages),
        "text": as_text(text),
    }


@pytest.fixture(scope="module")
def told(long_history):
    return built(long_history)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The report of 2026-08 from the real listings."""
    files = complete_files(tmp_path_factory.mktemp("listings"))
    url = f"sqlite:///{build_once('truth.db', lambda path: imported(path, files))}"
    return report(Edition.parse("2026-08"), SqlHistory(database.engine(url)), with_published=True)


@pytest.fixture(scope="module", params=["told", pytest.param("real", marks=pytest.mark.shared)])
def all_forms(request):
    told = request.getfixturevalue(request.param)
    return told, *forms(told)


def squeezed(text):
    """Without white space, which each form sets in its own way."""
    return BREAKS.sub("", text)


def passages(text):
    """Return every sentence and every cell of a document."""
    for chapter in text.chapters:
        yield from (chapter.title, chapter.finding, chapter.text, chapter.change, chapter.definition, *chapter.notes)
        for table in chapter.tables:
            yield from (cell for row in (table.headings, *table.rows) for cell in row)
    for row in text.then_and_now.rows if text.then_and_now else ():
        yield from row
    yield from (
        text.title,
        text.dateline,
        *text.summary,
        *text.notes,
        *text.conclusions,
        text.question,
        text.command,
        text.source,
    )


@pytest.mark.parametrize("form", ["html", "markdown", "pdf", "text"])
def test_every_sentence_and_every_number_is_in_each_form(all_forms, form):
    _, text, texts = all_forms
    missing = [each for each in passages(text) if squeezed(each) not in squeezed(texts[form])]
    if form == "pdf":  # a page ends within some paragraphs
        missing = [each for each in missing if not all(squeezed(word) in squeezed(texts[form]) for word in each.split())]
    assert missing == []


def test_the_json_has_the_numbers_that_the_tables_print(all_forms):
    told, text, _ = all_forms
    data = {section["key"]: section for section in report_as_json(told)["sections"]}
    for chapter in text.chapters:
        for ranking in data[chapter.key].get("answers", [{}])[0].get("rankings", []):
            portions = {share["name"]: f"{share['portion']:.1%}" for share in ranking["shares"]}
            for row in chapter.tables[0].rows:
                assert portions.get(row[1], "0.0%") in row or "<0.1%" in row or ">99.9%" in row


def test_simulated_data_is_told_in_the_text_and_on_every_picture(all_forms):
    told, _, texts = all_forms
    simulated = told.source.simulated
    assert told.title.endswith("(simulated data)") is simulated
    for text in texts.values():
        assert (text.count("All data in this report is simulated.") == 1) is simulated
    assert {chart.simulated for chart in charts(told).values()} == {simulated}
    assert len(charts(told)) == (8 if simulated else 7)


def test_the_page_loads_nothing_and_runs_nothing(told):
    page = Page(as_html(document(told), {key: draw(chart) for key, chart in charts(told).items()}))
    assert set(page.elements) <= ALLOWED
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    sources = [value for name, value in page.attributes if name == "src"]
    assert len(sources) == 8
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert all(value for name, value in page.attributes if name == "alt")


def test_the_file_has_a_title_pages_and_bookmarks(told):
    text = document(told)
    pictures = {key: draw(chart) for key, chart in charts(told).items()}
    content = as_pdf(text, pictures, Fonts(*FONTS), told.source.snapshot)
    assert content == as_pdf(text, pictures, Fonts(*FONTS), told.source.snapshot)
    pdf = PdfReader(BytesIO(content))
    assert pdf.metadata.title == told.title
    assert [entry.title for entry in pdf.outline][:7] == [f"{each.number}. {each.title}" for each in text.chapters]
    for number, sheet in enumerate(pdf.pages, 1):
        assert re.search(rf"\b{number}\b", sheet.extract_text())
    assert sum(len(sheet.images) for sheet in pdf.pages) == 8
    assert all(Image.open(BytesIO(png)).size[0] == 1200 for png in pictures.values())


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory):
    rows = hostile.tables(7)
    names = ("<script>alert(1)</script>", "a|b", "[x](https://evil.example)", "![x](y.png)", "日本語", "{{ 7 * 7 }}")
    rows = [
        (model, license_, f"{name}", library) for (model, license_, _, library), name in zip(rows, names, strict=False)
    ] + rows[6:]
    return built(hostile.stored(tmp_path_factory.mktemp("hostile") / "names", rows))


def test_names_are_text_in_every_form(hostile_report):
    text, texts = forms(hostile_report)
    shown = "".join(cell for chapter in text.chapters for table in chapter.tables for row in table.rows for cell in row)
    assert "<script>alert(1)</script>" in shown
    page = Page(as_html(text, dict.fromkeys(charts(hostile_report), b"")))
    assert set(page.elements) <= ALLOWED
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    source = as_markdown(text, {key: f"{key}.png" for key in charts(hostile_report)})
    markdown = Page(MarkdownIt("commonmark").enable("table").render(source))
    assert {*markdown.elements} <= {
        *(
            "h1",
            "h2",
            "p",
            "em",
            "strong",
            "ul",
            "li",
            "blockquote",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "img",
            "code",
            "hr",
        )
    }
    assert markdown.elements.count("strong") == len(text.chapters)
    assert markdown.elements.count("img") == len(charts(hostile_report))
    for form in ("html", "markdown"):
        missing = [each for each in passages(text) if squeezed(each) not in squeezed(texts[form])]
        assert missing == [], form
    assert "□" in texts["pdf"]
    json.dumps(report_as_json(hostile_report), allow_nan=False)


@pytest.mark.parametrize("which", ["told", "hostile_report"])
def test_a_canvas_tells_the_same_in_what_slack_shows(which, request):
    text = document(request.getfixturevalue(which))
    source = as_canvas(text)
    shown = Page(MarkdownIt("commonmark").enable("table").render(source))
    words = squeezed(shown.text).replace("\N{ZERO WIDTH SPACE}", "")
    untold = [each for each in passages(text) if squeezed(each).replace("\N{ZERO WIDTH SPACE}", "") not in words]
    assert untold == [text.title]  # a canvas has its title elsewhere
    assert not {*shown.elements} & {"h1", "h3", "h4", "img", "a"}
    assert re.search(r"(?<!\\)\[|(?<!\\)<|:[^\s:\u200b]{1,100}:", source) is None
    assert shown.elements.count("h2") == len(text.chapters) + 3
