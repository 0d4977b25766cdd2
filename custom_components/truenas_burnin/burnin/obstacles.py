"""What a drive says of itself that makes a burn-in impossible: no fault of the drive."""

from ..truenas.models import SmartReport
from .reason import Reason, ReasonKey, because
from .thresholds import SECTORS


def obstacles(report: SmartReport, *, destructive: bool) -> tuple[Reason, ...]:
    """Return every obstacle, each with what a person can do about it."""
    found: list[Reason] = []
    if not destructive and report.without_smart:
        found.append(because(ReasonKey.NOTHING_TO_LEARN))
    if report.protocol == "ATA" and report.smart_enabled is False:
        found.append(because(ReasonKey.SMART_OFF))
    if destructive and report.locked:
        found.append(because(ReasonKey.DRIVE_LOCKED))
    sector = report.logical_sector
    if destructive and sector is not None and sector not in SECTORS:
        found.append(because(ReasonKey.SECTOR_SIZE, bytes=sector))
    return tuple(found)
