"""What a drive's own record says of it before days are spent on it."""

from dataclasses import dataclass
from enum import StrEnum

from ..truenas.models import SelfTest, SmartReport
from .model import Severity
from .obstacles import obstacles
from .reason import Reason
from .verdict import pre_screen


class Grade(StrEnum):
    """Whether a drive is worth a burn-in, as far as its record tells."""

    GOOD = "good"
    WARN = "warn"
    FAIL = "fail"
    """A burn-in would end before anything is written."""
    BLOCKED = "blocked"
    """Something that a person can change is in the way."""
    SILENT = "silent"
    """The drive said nothing of its health."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """One drive in the table; None for what its kind does not count or did not tell.

    Hours are power-on hours, `farm_hours` those of a Seagate's own log, `percent_used`
    the endurance of solid state.
    """

    grade: Grade
    reasons: tuple[Reason, ...]
    power_on_hours: int | None
    farm_hours: int | None
    reallocated: int | None
    pending: int | None
    uncorrectable: int | None
    crc: int | None
    percent_used: int | None
    last_self_test: SelfTest | None


REALLOCATED = ("ata_5", "scsi_grown_defects", "flash_bad_blocks")
PENDING = ("ata_197", "scsi_pending_defects", "flash_pending_ecc")
UNCORRECTABLE = (
    "ata_198",
    "nvme_media_errors",
    "flash_read_failures",
    "scsi_uncorrected_read",
    "scsi_uncorrected_write",
    "scsi_uncorrected_verify",
)
CRC = ("ata_199",)
USED = ("nvme_percentage_used",)
"""The counters of a SMART report that each column sums up."""


def triage_of(report: SmartReport) -> Triage:
    """Return the row of a drive, judged as the precheck of a burn-in would."""
    blocked = obstacles(report, destructive=True)
    findings = pre_screen(report)
    return Triage(
        grade=_grade(report, blocked, {item.severity for item in findings}),
        reasons=(*blocked, *(item.reason for item in findings)),
        power_on_hours=report.power_on_hours,
        farm_hours=report.farm_power_on_hours,
        reallocated=total(report, REALLOCATED),
        pending=total(report, PENDING),
        uncorrectable=total(report, UNCORRECTABLE),
        crc=total(report, CRC),
        percent_used=total(report, USED),
        last_self_test=next(iter(report.self_tests.tests), None),
    )


def _grade(
    report: SmartReport, blocked: tuple[Reason, ...], weights: set[Severity]
) -> Grade:
    if Severity.FAIL in weights:
        return Grade.FAIL
    if blocked:
        return Grade.BLOCKED
    if report.silent:
        return Grade.SILENT
    return Grade.WARN if weights else Grade.GOOD


def total(report: SmartReport, counters: tuple[str, ...]) -> int | None:
    """Return the sum of those counters that the report has, None if it has none."""
    found = [report.counters[key] for key in counters if key in report.counters]
    return sum(found) if found else None
