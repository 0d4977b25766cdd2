"""A row of the triage table: what counts, and whether the drive is worth days."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.triage import Grade, triage_of
from custom_components.truenas_burnin.truenas.models import (
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SmartReport,
)

from .fakes import a_report, a_test
from .test_runner import DRIVE

REPORT = a_report(DRIVE)


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, Grade.GOOD),
        ({"counters": {"ata_5": 8}}, Grade.WARN),
        ({"counters": {"ata_197": 8}}, Grade.FAIL),
        ({"passed": False, "locked": True}, Grade.FAIL),
        ({"locked": True}, Grade.BLOCKED),
        ({"logical_sector": 520}, Grade.BLOCKED),
        ({"counters": {}, "passed": None}, Grade.SILENT),
        ({"power_on_hours": 10, "farm_power_on_hours": 40_000}, Grade.WARN),
    ],
)
def test_the_grade(changes: dict[str, object], grade: Grade) -> None:
    """As the precheck would judge; every grade but good and silent says why."""
    row = triage_of(a_report(DRIVE, **changes))
    assert row.grade is grade
    assert bool(row.reasons) is (grade not in (Grade.GOOD, Grade.SILENT))


def test_the_columns() -> None:
    """Each kind of drive counts in its own words; what it does not count is None."""
    ata = triage_of(replace(REPORT, counters={"ata_5": 1, "ata_198": 2, "ata_199": 3}))
    assert (ata.reallocated, ata.pending, ata.uncorrectable) == (1, None, 2)
    assert (ata.crc, ata.percent_used) == (3, None)
    sas = triage_of(
        replace(
            REPORT,
            counters={
                "scsi_grown_defects": 4,
                "scsi_pending_defects": 0,
                "scsi_uncorrected_read": 1,
                "scsi_uncorrected_write": 1,
            },
        )
    )
    assert (sas.reallocated, sas.pending, sas.uncorrectable) == (4, 0, 2)
    nvme = {"nvme_percentage_used": 7, "nvme_media_errors": 0}
    assert triage_of(replace(REPORT, counters=nvme)).percent_used == 7


def test_hours_and_the_last_self_test() -> None:
    """The newest entry of the drive's own log."""
    tests = (
        a_test(SelfTestKind.LONG, SelfTestStatus.FAILED, 90),
        a_test(SelfTestKind.SHORT),
    )
    report: SmartReport = replace(
        REPORT,
        farm_power_on_hours=14,
        self_tests=SelfTestLog(tests=tests, running_percent=None),
    )
    row = triage_of(report)
    assert (row.power_on_hours, row.farm_hours) == (12, 14)
    assert row.last_self_test is tests[0]
    assert triage_of(REPORT).last_self_test is None
