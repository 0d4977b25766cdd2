"""The certificate for machines."""

import csv
import io
import json
from pathlib import Path
import re
import subprocess
import sys

from custom_components.truenas_burnin.burnin.model import StageKind
from custom_components.truenas_burnin.presentation.certificate_data import (
    certificate_csv,
    certificate_json,
)
from custom_components.truenas_burnin.reports.certificate.seal import seal

from ..ledger.builders import a_burn_in
from ..reports.builders import (
    HOSTILE,
    RANGE,
    a_failed_one,
    a_passed_one,
    a_stage,
    an_evil_one,
    english,
    surface_evidence,
    with_result,
)
from ..reports.certificate.builders import HASH, URL, a_paper
from ..said import ENGLISH


def test_json() -> None:
    """All that is known of the burn-ins, and where it is from."""
    found = json.loads(
        certificate_json([a_paper(), a_paper(a_failed_one(), None)], ENGLISH.get)
    )
    assert found["v"] == 2
    passed, failed = found["certificates"]
    assert (passed["nas"], passed["url"], passed["audit_hash"]) == ("tank", URL, HASH)
    assert failed["url"] is None
    assert passed["verified"] is True
    assert failed["ranges"][2] == {
        "sweep": 1,
        "index": 2,
        "start": 2 * RANGE,
        "length": RANGE,
        "activity": "write",
        "seconds": 30.0,
        "read_errors": 0,
        "write_errors": 3,
        "compare_errors": 1,
        "kernel_errors": 0,
        "temperature": 37,
        "slowest_ms": None,
        "p999_ms": None,
    }


def test_the_seal_can_be_checked() -> None:
    """By the command of docs/certificate.md, which nobody needs us for."""
    text = certificate_json([a_paper()], ENGLISH.get)
    page = (Path(__file__).parents[2] / "docs" / "certificate.md").read_text()
    (indented,) = re.findall(r"    python3 -c '(.*?)'", page, re.DOTALL)
    command = indented.replace("\n    ", "\n")

    def check(content: str) -> str:
        done = subprocess.run(  # noqa: S603 (of our own page)
            [sys.executable, "-c", command],
            input=content,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert check(text) == f"SER001 {seal(a_passed_one())} True\n"
    changed = text.replace('"state": "passed"', '"state": "failed"')
    assert check(changed).endswith("False\n")


def test_csv() -> None:
    """A table that a person can read: what a value is part of, its name, the value."""
    text = certificate_csv([a_paper(a_failed_one()), a_paper(an_evil_one())], english())
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][:4] == ["serial", "part", "name", "value"]
    assert {len(row) for row in rows} == {8}
    mine = [row[1:] for row in rows if row[0] == "SER001"]
    assert mine[0][:3] == ["Verdict", "Result", "Failed"]
    assert ["Drive", "Firmware", "82.00A82"] in [row[:3] for row in mine]
    assert ["Findings", "", "bad blocks"] in [row[:3] for row in mine]
    (changed,) = [
        row for row in mine if row[:2] == ["All SMART values", "5 reallocated sectors"]
    ]
    assert changed[2:5] == ["0", "not read", "warning"]
    assert sum(row[0] == "Ranges of the surface" for row in mine) == 4
    assert HOSTILE in {row[0] for row in rows}
    formula = certificate_csv([a_paper(a_passed_one(operator="=cmd|calc"))], english())
    assert ",'=cmd|calc," in formula


def test_a_range_in_no_time() -> None:
    """Its speed is not told."""
    evidence = with_result(surface_evidence(2), 0, seconds=0)
    surface = a_stage(StageKind.SURFACE_VALIDATE, evidence=evidence)
    text = certificate_csv([a_paper(a_burn_in(stages=(surface,)))], english())
    (row,) = [line for line in text.splitlines() if ",1,0.0 GB," in line]
    assert row.split(",")[4:7] == ["1.0 GB", "20 s", "100 MB/s"]
