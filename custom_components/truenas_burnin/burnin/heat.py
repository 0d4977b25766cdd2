"""How hot a drive may get before its surface pass stands still."""

from ..truenas.models import Drive, DriveType, SmartReport
from .evidence import HeatLimits
from .settings import Settings


def heat_limits(
    drive: Drive, settings: Settings, report: SmartReport | None
) -> HeatLimits:
    """Return where to stop and where to go on, in °C.

    By the kind of drive, or by the drive's own limit if that is lower.
    """
    if drive.type in (DriveType.SSD, DriveType.NVME):
        stop, go_on = settings.ssd_pause_at, settings.ssd_resume_at
    else:
        stop, go_on = settings.hdd_pause_at, settings.hdd_resume_at
    own = None if report is None else report.temperature_limit
    if own is None or own >= stop:
        return HeatLimits(pause_at=stop, resume_at=go_on)
    return HeatLimits(pause_at=int(own), resume_at=int(own) - (stop - go_on))
