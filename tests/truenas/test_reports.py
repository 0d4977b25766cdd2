"""What is read in reports of odd drives, and what is said of them.

A report is a file in `reports/`, as `smartctl -x --json` printed it, and a line of
`expected.jsonl`: the part of the reading that matters, the verdict, and every sentence
that the user reads, in both languages. With `after` the line is about a burn-in.
"""

from dataclasses import asdict, dataclass
import json
from pathlib import Path
from typing import Any, Final

import pytest

from custom_components.truenas_burnin.burnin.model import Severity
from custom_components.truenas_burnin.burnin.obstacles import obstacles
from custom_components.truenas_burnin.burnin.verdict import judge, pre_screen
from custom_components.truenas_burnin.truenas.models import SmartReport
from custom_components.truenas_burnin.truenas.smartctl import parse_report

from ..said import said_in

FOLDER: Final = Path(__file__).parent / "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One line of `expected.jsonl`."""

    kind: str
    report: str
    reading: dict[str, Any]
    verdict: str
    en: list[str]
    de: list[str]
    after: str | None = None


LINES: Final = [
    Expected(**json.loads(line))
    for line in (FOLDER / "expected.jsonl").read_text().splitlines()
]


def read(name: str) -> SmartReport:
    """Return the reading of a report."""
    return parse_report((FOLDER / f"{name}.json").read_bytes())


def within(part: object, whole: object) -> bool:
    """Tell whether all that `part` says is so in `whole`."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and within(value, whole[key]) for key, value in part.items()
        )
    if isinstance(part, list):
        return (
            isinstance(whole, list)
            and len(part) == len(whole)
            and all(map(within, part, whole, strict=True))
        )
    return part == whole


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.report)
def test_the_reading(line: Expected) -> None:
    """Field by field."""
    found: Any = json.loads(json.dumps(asdict(read(line.report)), default=sorted))
    assert within(line.reading, found), found
    if "counters" in line.reading:
        listed = line.reading["counters"].keys()
        assert {key for key in found["counters"] if key.startswith("ata_")} <= listed


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.report)
def test_the_verdict_and_its_words(line: Expected) -> None:
    """Refused, failed, warned or passed; each sentence once, in both languages."""
    report = read(line.report)
    if refusals := obstacles(report, destructive=True):
        assert line.verdict == "refused"
        reasons = list(refusals)
    else:
        findings = list(pre_screen(report))
        if line.after is not None:
            findings += judge(report, read(line.after))
        weights = {finding.severity for finding in findings}
        verdict = "warned" if weights else "passed"
        assert line.verdict == ("failed" if Severity.FAIL in weights else verdict)
        reasons = [finding.reason for finding in findings]
    for language, words in (("en", line.en), ("de", line.de)):
        found = [said_in(language, reason) for reason in reasons]
        assert list(dict.fromkeys(found)) == words


def test_every_report_has_its_line() -> None:
    """And every kind of oddity has its reports."""
    files = {path.stem for path in FOLDER.glob("*.json")}
    named = {line.report for line in LINES} | {line.after for line in LINES} - {None}
    assert files == named
    assert {line.kind for line in LINES} >= set("BCDEFHIJ")
