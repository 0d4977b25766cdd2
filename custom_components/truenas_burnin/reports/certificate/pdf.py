"""The certificate as PDF: one page that decides, then details."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, cast, override
import unicodedata

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace, TTFFont
import segno

from ...burnin.model import BurnInState
from ..phrases import Phrases
from ..quantities import speed_text
from .curve import curve
from .sheet import Facts, Paper, Row, Sheet, Table, sheet
from .summary import Summary, summary

_FONT: Final = "dejavu"
_FONTS: Final = Path(__file__).parent / "fonts"
_MARGIN: Final = 15.0
_QR: Final = 30.0
_CURVE_HEIGHT: Final = 26.0

type Colour = tuple[int, int, int]

_INK: Final[Colour] = (26, 26, 26)
_GREY: Final[Colour] = (85, 85, 85)
_BLUE: Final[Colour] = (11, 92, 173)
_AMBER: Final[Colour] = (122, 77, 0)
_RED: Final[Colour] = (161, 22, 22)
_GREEN: Final[Colour] = (20, 99, 44)

_STATES: Final = {
    BurnInState.PASSED: _GREEN,
    BurnInState.FAILED: _RED,
    BurnInState.CANCELLED: _AMBER,
    BurnInState.INCONCLUSIVE: _AMBER,
}
_MARKS: Final = {"fail": _RED, "warn": _AMBER}

_UNKNOWN: Final = "\N{WHITE SQUARE}"
"""What stands for a letter that the font does not have, such as a Chinese one."""


def certificate_pdf(papers: Sequence[Paper], phrases: Phrases, made: datetime) -> bytes:
    """Return the certificates, each beginning a page, several under a summary.

    Takes long: many pages. The font knows Latin, Greek and Cyrillic; other letters
    become boxes.
    """
    document = _Document(phrases)
    document.set_creation_date(made)
    if len(papers) > 1:
        document.sum_up(summary(papers, phrases))
    for paper in papers:
        document.certify(sheet(paper, phrases))
    return bytes(document.output())


def printable(text: str, known: Mapping[int, object]) -> str:
    """Return a text in letters that are known, without control characters."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_letter(letter, known) for letter in composed)


def _letter(letter: str, known: Mapping[int, object]) -> str:
    if letter == "\n" or ord(letter) in known:
        return letter
    if unicodedata.category(letter) == "Cc":
        return " "
    plain = unicodedata.normalize("NFKD", letter)
    kept = "".join(char for char in plain if ord(char) in known)
    return kept or ("" if unicodedata.combining(letter) else _UNKNOWN)


class _Document(FPDF):
    """A4 pages with their number at the foot."""

    def __init__(self, phrases: Phrases) -> None:
        super().__init__(format="A4", unit="mm")
        self._phrases = phrases
        self.add_font(_FONT, "", _FONTS / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", _FONTS / "DejaVuSans-Bold.ttf")
        self._known: Mapping[int, object] = cast("TTFFont", self.fonts[_FONT]).cmap
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_title(phrases.say("title"))
        self.set_lang(phrases.language)
        self.set_font(_FONT, size=9)

    @override
    def normalize_text(self, text: str) -> str:
        """Let no letter through that the font does not have."""
        return super().normalize_text(printable(text, self._known))

    @override
    def footer(self) -> None:
        """Draw the number of the page."""
        self.set_y(-12)
        self.set_font(_FONT, size=7)
        self.set_text_color(_GREY)
        self.cell(text=f"{self.page_no()} / {{nb}}", w=0, align=Align.R)

    def sum_up(self, batch: Summary) -> None:
        """Draw the summary of several certificates."""
        self.add_page()
        self._write(self._phrases.say("title"), size=9, colour=_GREY)
        self._write(batch.title, size=16, style="B")
        self._write(batch.counts, size=10)
        self._table(batch.table)

    def certify(self, page: Sheet) -> None:
        """Draw one certificate, from the top of a page."""
        self.add_page()
        self._head(page)
        self._facts(page)
        self._table(page.attempts, size=7)
        self._curve(page)
        self._table(page.smart, size=7)
        self._seal(page)
        if page.stages.rows:
            self.add_page()
            title = self._phrases.say("details", drive=page.heading)
            self._write(title, size=11, style="B")
            self._table(page.stages)
            self._table(page.bad_ranges)
            self._table(page.all_smart, size=7)
            self._pairs((page.ids,), "")

    def _write(
        self,
        text: str,
        *,
        size: float = 9,
        style: str = "",
        colour: Colour = _INK,
        width: float = 0,
    ) -> None:
        self.set_font(_FONT, style, size)
        self.set_text_color(colour)
        self.multi_cell(
            width,
            text=text,
            align=Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _head(self, page: Sheet) -> None:
        """Draw the drive, and what decides in a frame of its colour."""
        kind = self._phrases.say("title")
        line = f"{kind} · {page.customer}" if page.customer else kind
        self._write(line, size=8.5, colour=_GREY)
        self._write(page.heading, size=15, style="B")
        self.ln(1.5)
        colour = _STATES.get(page.state, _INK)
        top, inset = self.get_y(), 4.0
        self.set_left_margin(_MARGIN + inset)
        self.set_xy(_MARGIN + inset, top + 2)
        word = page.verdict.upper() if not page.partly else page.verdict
        tone = _AMBER if page.partly and page.state is BurnInState.PASSED else colour
        self._write(word, size=20, style="B", colour=tone)
        for text in (page.done, page.reason):
            if text:
                self._write(text, size=9)
        if page.warnings:
            self._write(f"⚠ {page.warnings}", style="B", colour=_AMBER)
        elif page.no_findings:
            self._write(page.no_findings, colour=_GREY)
        for finding in page.findings:
            self._write(f"- {finding.cells[0]}", size=8, colour=_MARKS[finding.mark])
        self.set_left_margin(_MARGIN)
        bottom = self.get_y() + 2
        if bottom > top:
            self.set_draw_color(tone)
            self.set_line_width(0.6)
            self.rect(_MARGIN, top, self.epw, bottom - top)
            self.set_line_width(0.2)
        self.set_xy(_MARGIN, bottom + 2)

    def _facts(self, page: Sheet) -> None:
        self._pairs((page.drive, page.test), "")

    def _pairs(self, columns: tuple[Facts, ...], missing: str) -> None:
        """Draw columns of names and values side by side."""
        rows = []
        for index in range(max(map(len, columns))):
            cells: tuple[str, ...] = ()
            for facts in columns:
                cells += facts[index] if index < len(facts) else (missing, missing)
            rows.append(Row(cells=cells))
        widths = (17, 33) * len(columns) if len(columns) > 1 else (20, 80)
        labels = frozenset(range(0, 2 * len(columns), 2))
        self._rows(tuple(rows), widths, size=7.5, labels=labels)

    def _heading(self, text: str) -> None:
        self.ln(2)
        if self.will_page_break(20):
            self.add_page()
        self._write(text, size=10, style="B")

    def _table(self, data: Table, size: float = 8) -> None:
        if not data.rows:
            return
        self._heading(data.title)
        head = Row(cells=data.headers)
        self._rows(
            (head, *data.rows), data.widths, data.numbers, size=size, headed=True
        )

    def _rows(
        self,
        rows: tuple[Row, ...],
        widths: tuple[int, ...],
        numbers: frozenset[int] = frozenset(),
        *,
        size: float,
        headed: bool = False,
        labels: frozenset[int] = frozenset(),
    ) -> None:
        self.set_font(_FONT, size=size)
        self.set_text_color(_INK)
        self.set_draw_color(204, 204, 204)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=widths,
            first_row_as_headings=headed,
            line_height=size * 0.5,
            text_align=tuple(
                Align.R if column in numbers else Align.L
                for column in range(len(widths))
            ),
            headings_style=FontFace(emphasis="BOLD"),
            wrapmode=WrapMode.WORD,
        ) as table:
            for item in rows:
                row = table.row(
                    style=FontFace(color=_MARKS[item.mark]) if item.mark else None
                )
                for column, cell in enumerate(item.cells):
                    label = column in labels
                    row.cell(cell, style=FontFace(color=_GREY) if label else None)

    def _curve(self, page: Sheet) -> None:
        if not page.samples:
            return
        if self.will_page_break(_CURVE_HEIGHT + 20):
            self.add_page()
        self._heading(self._phrases.say("curve"))
        left, top, width = self.l_margin, self.get_y() + 1, self.epw
        line = curve(page.samples, width, _CURVE_HEIGHT)
        self.set_draw_color(_GREY)
        self.set_line_width(0.2)
        self.polyline(
            [
                (left, top),
                (left, top + _CURVE_HEIGHT),
                (left + width, top + _CURVE_HEIGHT),
            ]
        )
        self.set_draw_color(_BLUE)
        self.set_line_width(0.4)
        self.polyline([(left + x, top + y) for x, y in line.points])
        self.set_line_width(0.2)
        self.set_xy(left + 1, top)
        self._write(speed_text(line.top), size=6.5, colour=_GREY)
        self.set_y(top + _CURVE_HEIGHT + 1)
        self._write(page.speeds, size=8)

    def _seal(self, page: Sheet) -> None:
        """Draw the hash, what it is, and the code that holds verdict and hash."""
        if self.will_page_break(_QR + 8):
            self.add_page()
        self.ln(3)
        top, width = self.get_y(), self.epw - _QR - 6
        self._code(page.code, self.l_margin + width + 6, top)
        say = self._phrases.say
        self._write(say("seal"), size=8, style="B", width=width)
        self._write(page.seal, size=7, width=width)
        self._write(say("seal_how"), size=7.5, colour=_GREY, width=width)
        self.set_y(max(self.get_y(), top + _QR + 2))

    def _code(self, text: str, left: float, top: float) -> None:
        matrix = segno.make_qr(text, error="m").matrix
        module = _QR / len(matrix)
        self.set_fill_color(0, 0, 0)
        for line, row in enumerate(matrix):
            for column, dark in enumerate(row):
                if dark:
                    x, y = left + column * module, top + line * module
                    self.rect(x, y, module, module, style="F")
