"""SMART before and after, value by value."""

from dataclasses import replace

from custom_components.truenas_burnin.burnin.model import Finding, Severity
from custom_components.truenas_burnin.reports.smart_changes import (
    SmartChange,
    Verdict,
    smart_changes,
)

from ..burnin.fakes import a_drive, a_report
from ..ledger.builders import a_burn_in
from ..said import verbatim
from .builders import a_passed_one, an_attribute


def test_attributes() -> None:
    """Each with what its change means; the worst finding of a key counts."""
    before = a_report(
        a_drive(1),
        attributes=(
            an_attribute(5, "Reallocated_Sector_Ct", 0),
            an_attribute(9, "Power_On_Hours", 12),
            an_attribute(199, "UDMA_CRC_Error_Count", 1),
        ),
        counters={"ata_5": 0, "ata_199": 1},
    )
    after = replace(
        before,
        attributes=(
            an_attribute(5, "Reallocated_Sector_Ct", 8),
            an_attribute(9, "Power_On_Hours", 60),
            an_attribute(199, "UDMA_CRC_Error_Count", 1),
        ),
    )
    findings = (
        Finding(key="ata_5", severity=Severity.FAIL, reason=verbatim("grew")),
        Finding(key="ata_5", severity=Severity.WARN, reason=verbatim("stands")),
        Finding(
            key="ata_199_failing", severity=Severity.WARN, reason=verbatim("failing")
        ),
    )
    rows = smart_changes(a_passed_one(before, after, findings=findings))
    assert rows == (
        SmartChange(
            key="ata_5",
            name="Reallocated Sector Ct",
            before=0,
            after=8,
            verdict=Verdict.FAIL,
        ),
        SmartChange(
            key="ata_9",
            name="Power On Hours",
            before=12,
            after=60,
            verdict=Verdict.INFO,
        ),
        SmartChange(
            key="ata_199",
            name="UDMA CRC Error Count",
            before=1,
            after=1,
            verdict=Verdict.WARN,
        ),
    )


def test_counters() -> None:
    """Drives without attributes tell their counters and their hours."""
    before = a_report(a_drive(1), counters={"nvme_media_errors": 0, "odd": 1})
    after = replace(before, counters={"nvme_media_errors": 0}, power_on_hours=None)
    rows = smart_changes(a_passed_one(before, after))
    assert [
        (row.key, row.name, row.before, row.after, row.verdict) for row in rows
    ] == [
        ("nvme_media_errors", None, 0, 0, Verdict.SAME),
        ("odd", None, 1, None, Verdict.NOT_READ),
        ("power_on_hours", None, 12, None, Verdict.NOT_READ),
    ]


def test_no_report() -> None:
    """Before the precheck there is nothing."""
    assert smart_changes(a_burn_in(stages=())) == ()
