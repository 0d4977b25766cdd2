"""The certificate for machines."""

import csv
import io
import json

from custom_components.truenas_burnin.reports.certificate import (
    certificate_csv,
    certificate_json,
)
from custom_components.truenas_burnin.reports.records import burn_in_detail

from ...said import ENGLISH
from ..builders import HOSTILE, RANGE, a_failed_one, a_passed_one, an_evil_one
from .builders import HASH, URL, a_paper


def test_json() -> None:
    """All that is known of the burn-ins, and where it is from."""
    found = json.loads(
        certificate_json([a_paper(), a_paper(a_failed_one(), None)], ENGLISH.get)
    )
    assert found["v"] == 1
    passed, failed = found["certificates"]
    assert (passed["nas"], passed["url"], passed["audit_hash"]) == ("tank", URL, HASH)
    assert failed["url"] is None
    assert burn_in_detail(a_passed_one(), ENGLISH.get).items() <= passed.items()
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


def test_csv() -> None:
    """One value a row, under its path."""
    text = certificate_csv(
        [a_paper(a_failed_one()), a_paper(an_evil_one())], ENGLISH.get
    )
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["burn_in", "name", "value"]
    first = len(rows) // 2
    values = {name: value for _, name, value in rows[1 : first + 1]}
    assert values["drive.serial"] == "SER001"
    assert values["stages.2.state"] == "failed"
    assert values["ranges.2.write_errors"] == "3"
    assert values["smart.rows.0.before"] == "0"
    assert values["findings.1.text"] == "bad blocks"
    evil = {name: value for _, name, value in rows[first + 1 :]}
    assert evil["drive.serial"] == HOSTILE
    assert evil["drive.model"].startswith("'=cmd|")
