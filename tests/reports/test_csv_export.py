"""Tables that spreadsheets show and do not run."""

import csv
import io

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.reports.csv_export import (
    csv_text,
    history_csv,
    safe_cell,
)

from ..ledger.builders import NAS_ID, OTHER_NAS, a_burn_in
from ..said import ENGLISH
from .builders import HOSTILE, a_failed_one, a_passed_one, an_evil_one


def read(text: str) -> list[dict[str, str]]:
    """Return the rows of a table."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_history() -> None:
    """A row each, times in ISO 8601, the NAS by its name."""
    running = a_burn_in(2, nas_id=OTHER_NAS)
    text = history_csv(
        (a_passed_one(), a_failed_one(), running), {NAS_ID: "nas"}, ENGLISH.get
    )
    passed, failed, under_way = read(text)
    assert passed["serial"] == "SER001"
    assert (passed["nas"], under_way["nas"]) == ("nas", OTHER_NAS)
    assert passed["finished"] == "2026-11-26T15:04:00+00:00"
    assert passed["seconds"] == str((2 * 24 + 3) * 3600 + 4 * 60)
    assert (passed["destructive"], passed["verified"]) == ("yes", "yes")
    assert (under_way["finished"], under_way["seconds"]) == ("", "")
    assert failed["findings"] == "5 grew; bad blocks"
    assert failed["reason"].startswith("errors at 50 %: 0 read, 3 write, 1 compare")


def test_a_drive_that_wants_to_be_a_formula() -> None:
    """Its model is shown, not run."""
    (row,) = read(history_csv([an_evil_one()], {}, ENGLISH.get))
    assert row["model"] == f"'=cmd|'/c calc'!A1{HOSTILE}"
    assert row["serial"] == HOSTILE


@pytest.mark.parametrize("start", [*"=+-@\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n"])
def test_formulas(start: str) -> None:
    """Whatever a spreadsheet takes for the beginning of one."""
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    "between", [";", '; "', "\t", ";;", ",", ', "', "\n", "\r\n", '\r"', ";\n"]
)
def test_formulas_where_others_part_cells(between: str) -> None:
    """A German spreadsheet sees several cells and rows in one; none is a formula."""
    cell = safe_cell(f"WD80EFAX{between}=1+1")
    assert cell == f"WD80EFAX{between}'=1+1"


def test_numbers_stay_numbers() -> None:
    """Also negative ones; so does nothing."""
    assert [safe_cell(cell) for cell in (-1, -1.5, None, "", "a=1")] == [
        -1,
        -1.5,
        None,
        "",
        "a=1",
    ]


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2))
def test_every_text_comes_back(cells: list[str]) -> None:
    """Commas, quotes and line ends included, and never as a formula."""
    ((_, *rows),) = [list(csv.reader(io.StringIO(csv_text("ab", [cells]), newline="")))]
    assert rows == [[safe_cell(cell) for cell in cells]]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in rows[0])
