"""A report as a PDF for printing and filing: A4, with page numbers, bookmarks and footnotes."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from bot.documents.document import ABOUT_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from bot.documents.document import Chapter, Document, Picture, Table

_MARGIN = 18.0
"""Millimeters, as are all lengths here; type sizes are points."""
_FAMILY = "report"
_INK, _QUIET, _RULE = (26, 26, 26), (95, 95, 95), (205, 205, 205)
_BODY, _SMALL, _TABLE = 10.0, 8.0, 8.5
_LEADING = 1.45
_POINT = 25.4 / 72
_WIDEST = 150.0
"""Width of a picture."""
_UNKNOWN = "□"


class Fonts(NamedTuple):
    """TrueType files."""

    regular: Path
    bold: Path


def as_pdf(document: Document, pictures: Mapping[str, bytes], fonts: Fonts, on: date) -> bytes:
    """Return the file; ``pictures``: PNG by key. ``on`` is the date of the data, so that the same report gives the same bytes."""
    pdf = _Pdf(document, fonts)
    pdf.set_creation_date(_midnight(on))
    pdf.add_page()
    pdf.opening(document)
    for chapter in document.chapters:
        pdf.chapter(chapter, pictures)
    pdf.closing(document, pictures)
    return bytes(pdf.output())


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


class _Pdf(FPDF):
    """The pages; every text goes through :meth:`_text`, which replaces characters that the font lacks."""

    def __init__(self, document: Document, fonts: Fonts) -> None:
        super().__init__(format="A4")
        self.add_font(_FAMILY, "", fonts.regular)
        self.add_font(_FAMILY, "B", fonts.bold)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self.set_title(document.title)
        self.set_subject(document.dateline)
        self.set_author("hfstats")
        self.set_creator("hfstats")
        self.set_lang("en-US")
        self._running = document.title
        faces = [self.fonts[_FAMILY], self.fonts[f"{_FAMILY}B"]]
        self._glyphs = frozenset.intersection(*(frozenset(face.cmap) for face in faces if isinstance(face, TTFFont)))

    def footer(self) -> None:
        """Print the title and the page number at the foot of each page."""
        self.set_y(-_MARGIN)
        self._style(_SMALL, color=_QUIET)
        self.cell(self.epw / 2, 5, self._shown(self._running), align=Align.L)
        self.cell(self.epw / 2, 5, f"{self.page_no()}", align=Align.R)

    def opening(self, document: Document) -> None:
        """Print the title, the summary and the notes on the whole."""
        self._text(document.title, 24, bold=True, after=1)
        self._text(document.dateline, _BODY, color=_QUIET, after=4)
        self._text(document.warning, 12, bold=True, after=3)
        self._text(" ".join(document.summary), 12.5, after=3)
        self._list(document.notes, _SMALL, _QUIET)

    def chapter(self, chapter: Chapter, pictures: Mapping[str, bytes]) -> None:
        """Print one chapter; its heading stays with its finding and picture."""
        self._heading(f"{chapter.number}. {chapter.title}", 100 if chapter.picture else 30)
        self._text(f"{chapter.finding} [{chapter.number}]", 11.5, bold=True, after=2)
        self._picture(chapter.picture, pictures)
        self._text(chapter.text, _BODY, after=2)
        self._text(chapter.change, _BODY, after=2)
        for table in chapter.tables:
            self._table(table)
        self._list(chapter.notes, _SMALL, _QUIET)
        self._text(f"[{chapter.number}] {chapter.definition}", _SMALL, color=_QUIET, after=2)

    def closing(self, document: Document, pictures: Mapping[str, bytes]) -> None:
        """Print the conclusions, the published figures, the closing question and the source."""
        self._heading("Conclusions", 75)
        self._list(document.conclusions, _BODY, _INK)
        if document.then_and_now:
            self._heading("Then and now", 50)
            self._text(ABOUT_PUBLISHED, _BODY, after=2)
            self._table(document.then_and_now)
        self._heading("What comes next", 100 if document.forecast else 30)
        self._text(document.question, _BODY, after=2)
        self._picture(document.forecast, pictures)
        self._text(f"{document.bet} {document.command}", _BODY, after=4)
        self._text(document.source, _SMALL, color=_QUIET)

    def _heading(self, text: str, room: float) -> None:
        """Print a heading with a bookmark, on a new page where less than ``room`` is left."""
        self.ln(5)
        self._make_room(room)
        self.start_section(self._shown(text))
        self._text(text, 15, bold=True, after=2)

    def _make_room(self, height: float) -> None:
        """Start a new page unless this much is left on the present one."""
        if self.get_y() + height > self.h - self.b_margin:
            self.add_page()

    def _picture(self, picture: Picture | None, pictures: Mapping[str, bytes]) -> None:
        if picture is None:
            return
        width = min(_WIDEST, self.epw)
        self.image(BytesIO(pictures[picture.key]), x=self.l_margin + (self.epw - width) / 2, w=width, alt_text=picture.alt)
        self.ln(3)

    def _list(self, sentences: tuple[str, ...], size: float, color: tuple[int, int, int]) -> None:
        for sentence in sentences:
            self._text(f"•  {sentence}", size, color=color, after=1)
        self.ln(1)

    def _table(self, table: Table) -> None:
        rows = [tuple(map(self._shown, row)) for row in (table.headings, *table.rows)]
        height = (_TABLE * _POINT * 1.5 + 0.6) * len(rows)
        self._make_room(height + (_TABLE * _POINT * _LEADING + 1 if table.caption else 0))
        if table.caption:
            self._text(table.caption, _TABLE, color=_QUIET, after=1)
        self._style(_TABLE, bold=True)
        self.set_draw_color(*_RULE)
        aligned = tuple(Align.L if place in table.texts else Align.R for place in range(len(table.headings)))
        widths = [max(self.get_string_width(row[place]) for row in rows) + 5 for place in range(len(rows[0]))]
        self._style(_TABLE)
        with self.table(
            rows,
            width=min(self.epw, sum(widths)),
            col_widths=tuple(widths),
            align=Align.L,
            text_align=aligned,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", color=_QUIET),
            line_height=_TABLE * _POINT * 1.5,
            padding=(0.3, 1),
        ):
            pass
        self.ln(1)
        self._text(table.more, _SMALL, color=_QUIET)
        self.ln(2)

    def _text(
        self, text: str, size: float, *, bold: bool = False, color: tuple[int, int, int] = _INK, after: float = 0.0
    ) -> None:
        if not text:
            return
        self._style(size, bold=bold, color=color)
        leading = size * _POINT * (1.25 if size > 14 else _LEADING)
        self.multi_cell(0, leading, self._shown(text), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after)

    def _style(self, size: float, *, bold: bool = False, color: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*color)

    def _shown(self, text: str) -> str:
        """Return a text with a box for each character that the fonts lack, as on the pictures."""
        return "".join(character if ord(character) in self._glyphs else _UNKNOWN for character in text)
