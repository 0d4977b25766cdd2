"""The report of a day."""

from dataclasses import replace
from datetime import timedelta

from custom_components.truenas_burnin.burnin.evidence import WipeRun
from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.reports.daily import daily_report
from custom_components.truenas_burnin.truenas.models import WipeMode

from ..ledger.builders import START, a_burn_in
from .builders import HOSTILE, a_failed_one, a_passed_one, an_evil_one, english


def unverified() -> BurnIn:
    """Return a burn-in that only wrote."""
    stages = list(a_passed_one().stages)
    wipe = WipeRun(mode=WipeMode.FULL, device="ada1")
    stages[2] = replace(stages[2], evidence=wipe)
    return a_passed_one(stages=tuple(stages))


def test_a_busy_day() -> None:
    """The worst first, then what is under way and until when."""
    finished = [a_passed_one(), unverified(), a_failed_one()]
    queued = a_burn_in(2, state=BurnInState.QUEUED, finish_time=None)
    running = a_burn_in(3, finish_time=START + timedelta(days=4))
    report = daily_report("nas", finished, [queued, running], english())
    assert report.title == "Burn-ins of nas: 1 failed, 2 passed"
    lines = report.text.splitlines()
    assert lines[0] == "Finished since the last report"
    assert lines[1] == (
        "- Failed: ada1: WD80EFAX SER001, 8 TB "
        "(errors at 50 %: 0 read, 3 write, 1 compare; at 0.00 MB (byte 4096), the drive"
        " couldn't be written; 5 grew; bad blocks)"
    )
    assert lines[2] == "- Passed: ada1: WD80EFAX SER001, 8 TB"
    assert lines[3].endswith("(Not verified: the drive was written, but not read back)")
    assert lines[5] == "In progress"
    assert lines[6].startswith("- Running: ada3: ")
    assert (
        "Short self-test, 16.1 %; expected to finish 2026-11-28 13:00 CET" in lines[6]
    )
    assert lines[7].startswith("- Queued: ada2: ")
    for line in (
        "Finished since the last report",
        "In progress",
        "WD80EFAX SER001, 8 TB",
    ):
        assert line in report.html


def test_a_quiet_day() -> None:
    """It says so."""
    report = daily_report("nas", [], [], english())
    assert report.title == "Burn-ins of nas: none finished"
    assert report.text == "Finished since the last report\nNone\n\nIn progress\nNone"
    assert report.html.count("<p>None</p>") == 2


def test_a_drive_that_wants_to_be_a_page() -> None:
    """Nothing of it gets into the HTML as markup."""
    report = daily_report(HOSTILE, [an_evil_one()], [], english())
    assert HOSTILE in report.text
    assert "<script>" not in report.html


def test_a_finding_that_is_the_reason_is_said_once() -> None:
    """The others are said beside it."""
    burn_in = a_failed_one()
    reasons = (burn_in.findings[1].reason,)
    report = daily_report("nas", [replace(burn_in, reasons=reasons)], [], english())
    assert report.text.splitlines()[1].endswith("(bad blocks; 5 grew)")
