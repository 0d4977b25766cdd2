"""The certificate as PDF."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, override
import unicodedata

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace
import segno

from ...burnin.model import BurnInState
from ..phrases import Phrases
from ..quantities import speed_text
from .curve import curve
from .sheet import Paper, Row, Sheet, Table, sheet

_FONT: Final = "helvetica"
_MARGIN: Final = 15.0
_QR: Final = 28.0
_CURVE_HEIGHT: Final = 40.0

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

_SUBSTITUTES: Final = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
    }
)
"""Letters that Unicode does not take apart."""


def certificate_pdf(papers: Iterable[Paper], phrases: Phrases, made: datetime) -> bytes:
    """Return the certificates, each beginning a page. Takes long: many pages.

    The fonts that every reader has know Latin-1: other letters lose their marks or
    become question marks.
    """
    document = _Document(phrases)
    document.set_creation_date(made)
    for paper in papers:
        document.certify(sheet(paper, phrases))
    return bytes(document.output())


def latin(text: str) -> str:
    """Return a text in the letters of Latin-1, without control characters."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(map(_letter, composed.translate(_SUBSTITUTES)))


def _letter(letter: str) -> str:
    if letter == "\n" or " " <= letter <= "~" or "\xa0" <= letter <= "\xff":
        return letter
    if unicodedata.category(letter) == "Cc":
        return " "
    plain = unicodedata.normalize("NFKD", letter)
    kept = "".join(char for char in plain if " " <= char <= "~")
    return kept or ("" if unicodedata.combining(letter) else "?")


class _Document(FPDF):
    """A4 pages with their number at the foot."""

    def __init__(self, phrases: Phrases) -> None:
        super().__init__(format="A4", unit="mm")
        self._phrases = phrases
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_title(latin(phrases.say("title")))
        self.set_lang(phrases.language)
        self.set_font(_FONT, size=10)

    @override
    def normalize_text(self, text: str) -> str:
        """Let no letter through that the font does not have."""
        return super().normalize_text(latin(text))

    @override
    def footer(self) -> None:
        """Draw the number of the page."""
        self.set_y(-12)
        self.set_font(_FONT, size=8)
        self.set_text_color(_GREY)
        self.cell(text=f"{self.page_no()} / {{nb}}", w=0, align=Align.R)

    def certify(self, page: Sheet) -> None:
        """Draw one certificate, from the top of a page."""
        self.add_page()
        self._head(page)
        self._facts(page)
        self._findings(page)
        self._table(page.stages)
        self._curve(page)
        self._table(page.smart)
        self._table(page.ranges, size=6.5)

    def _write(
        self,
        text: str,
        *,
        size: float = 10,
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
        top, width = self.get_y(), self.epw
        if page.url is not None:
            width -= _QR + 5
            self._qr(page.url, self.l_margin + width + 5, top)
        self._write(self._phrases.say("title"), size=9, colour=_GREY, width=width)
        self._write(page.heading, size=18, style="B", width=width)
        colour = _STATES.get(page.state, _INK)
        self._write(page.verdict, size=16, style="B", colour=colour, width=width)
        if page.reason:
            self._write(page.reason, width=width)
        if page.url is not None:
            self.set_y(max(self.get_y(), top + _QR + 5))
        if page.not_verified:
            self._write(page.not_verified, style="B", colour=_AMBER)
        self.ln(2)

    def _qr(self, url: str, left: float, top: float) -> None:
        """Draw the code of the burn-in's page, and lead there."""
        matrix = segno.make_qr(url, error="m").matrix
        module = _QR / len(matrix)
        self.set_fill_color(0, 0, 0)
        for line, row in enumerate(matrix):
            for column, dark in enumerate(row):
                if dark:
                    x, y = left + column * module, top + line * module
                    self.rect(x, y, module, module, style="F")
        self.link(left, top, _QR, _QR, url)

    def _facts(self, page: Sheet) -> None:
        rows = tuple(Row(cells=fact) for fact in page.facts)
        self._rows(rows, (28, 72), size=9, labelled=True)

    def _findings(self, page: Sheet) -> None:
        self._heading(self._phrases.say("findings"))
        if not page.findings:
            self._write(self._phrases.say("no_findings"), size=9)
        for finding in page.findings:
            colour = _MARKS.get(finding.mark, _INK)
            self._write(f"- {finding.cells[0]}", size=9, colour=colour)

    def _heading(self, text: str) -> None:
        self.ln(3)
        if self.will_page_break(20):
            self.add_page()
        self._write(text, size=12, style="B")
        self.ln(1)

    def _table(self, data: Table, size: float = 8.5) -> None:
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
        labelled: bool = False,
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
                    label = labelled and not column
                    row.cell(cell, style=FontFace(color=_GREY) if label else None)

    def _curve(self, page: Sheet) -> None:
        if not page.samples:
            return
        self._heading(self._phrases.say("curve"))
        if self.will_page_break(_CURVE_HEIGHT + 12):
            self.add_page()
        left, top, width = self.l_margin, self.get_y() + 2, self.epw
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
        self._write(speed_text(line.top), size=7, colour=_GREY)
        self.set_y(top + _CURVE_HEIGHT + 1)
        self._write(page.speeds, size=9)
