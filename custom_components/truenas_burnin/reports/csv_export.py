"""Tables for spreadsheets, which must not take any cell for a formula."""

from collections.abc import Iterable, Mapping
import csv
import io
import re
from typing import Final

from ..burnin.extent import extent_of
from ..burnin.model import BurnIn
from .method import method_of
from .reasons import Texts, reasons_text
from .times import time_view

type Cell = str | int | float | None

_SIGNS: Final = "=+@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}-\N{FULLWIDTH HYPHEN-MINUS}"
"""What spreadsheets take for the beginning of a formula, some in both widths."""

_FORMULA: Final = (*_SIGNS, "\t", "\r", "\n")
"""With what they skip before it."""

_INNER_FORMULA: Final = re.compile(rf"([,;\t\r\n][\s\"]*)(?=[{re.escape(_SIGNS)}])")

_HISTORY: Final = (
    "id",
    "nas",
    "disk",
    "serial",
    "model",
    "size",
    "profile",
    "method",
    "destructive",
    "state",
    "extent",
    "verified",
    "operator",
    "created",
    "started",
    "finished",
    "seconds",
    "reason",
    "findings",
    "attempt",
    "retry_of",
)


def history_csv(
    burn_ins: Iterable[BurnIn], titles: Mapping[str, str], texts: Texts
) -> str:
    """Return burn-ins as a table; `titles` names each NAS by its id."""
    return csv_text(_HISTORY, (_row(item, titles, texts) for item in burn_ins))


def csv_text(headers: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return a table whose texts no spreadsheet takes for formulas (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe_cell(cell: Cell) -> Cell:
    """Return a cell that is shown as it is: OWASP's apostrophe before a formula.

    Where lists are parted by semicolons or tabs a cell may be taken for several, and a
    line end in it for the end of a row: quotes count at the beginning of a cell only.
    """
    if not isinstance(cell, str):
        return cell
    if cell.startswith(_FORMULA):
        cell = f"'{cell}"
    return _INNER_FORMULA.sub(r"\1'", cell)


def _row(burn_in: BurnIn, titles: Mapping[str, str], texts: Texts) -> tuple[Cell, ...]:
    drive = burn_in.drive
    seconds = None
    if burn_in.started is not None and burn_in.finished is not None:
        seconds = round((burn_in.finished - burn_in.started).total_seconds())
    return (
        burn_in.id,
        titles.get(burn_in.nas_id, burn_in.nas_id),
        burn_in.device,
        drive.serial,
        drive.model,
        drive.size,
        str(burn_in.profile),
        method_of(burn_in),
        _yes_no(burn_in.destructive),
        burn_in.state.value,
        extent_of(burn_in).value,
        _yes_no(burn_in.verified),
        burn_in.operator,
        time_view(burn_in.created),
        time_view(burn_in.started),
        time_view(burn_in.finished),
        seconds,
        reasons_text(burn_in.reasons, texts),
        reasons_text((finding.reason for finding in burn_in.findings), texts),
        burn_in.attempt,
        burn_in.retry_of,
    )


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
