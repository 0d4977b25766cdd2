"""What the SMART record said before a burn-in, and what it said after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..burnin.known import smart_of
from ..burnin.model import BurnIn, Severity, StageKind
from ..truenas.models import SmartReport


class Verdict(StrEnum):
    """What the change of one value means."""

    SAME = "same"
    NOT_READ = "not_read"
    INFO = "info"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartChange:
    """One value of a drive's SMART record; None where it was not read.

    `name` is what the drive calls it, None where it has no name of its own.
    """

    key: str
    name: str | None
    before: int | None
    after: int | None
    verdict: Verdict


_FAILING: Final = "_failing"
"""What verdict.py appends to the key of an attribute under its own threshold."""


def smart_changes(burn_in: BurnIn) -> tuple[SmartChange, ...]:
    """Return every value that either check read, in the order the drive tells them."""
    first = smart_of(burn_in, StageKind.PRECHECK)
    last = smart_of(burn_in, StageKind.FINAL_CHECK)
    before, after = _values(first), _values(last)
    told = _told(burn_in)
    return tuple(
        SmartChange(
            key=key,
            name=name,
            before=before.get((key, name)),
            after=after.get((key, name)),
            verdict=told.get(key)
            or _plain(before.get((key, name)), after.get((key, name))),
        )
        for key, name in before | after
    )


def _values(report: SmartReport | None) -> dict[tuple[str, str | None], int]:
    """Return the values by key and name: attributes of ATA, counters of the others."""
    if report is None:
        return {}
    listed: dict[tuple[str, str | None], int] = {
        (f"ata_{item.id}", item.name.replace("_", " ")): item.raw
        for item in report.attributes
    }
    keys = {key for key, _ in listed}
    counted: dict[tuple[str, str | None], int] = {
        (key, None): value for key, value in report.counters.items() if key not in keys
    }
    if report.power_on_hours is not None and "ata_9" not in keys:
        counted["power_on_hours", None] = report.power_on_hours
    return listed | counted


def _told(burn_in: BurnIn) -> Mapping[str, Verdict]:
    """Return what the findings say of each key; the worst of them counts."""
    told: dict[str, Verdict] = {}
    for finding in burn_in.findings:
        key = finding.key.removesuffix(_FAILING)
        if finding.severity is Severity.FAIL:
            told[key] = Verdict.FAIL
        else:
            told.setdefault(key, Verdict.WARN)
    return told


def _plain(before: int | None, after: int | None) -> Verdict:
    if before is None or after is None:
        return Verdict.NOT_READ
    return Verdict.SAME if before == after else Verdict.INFO
