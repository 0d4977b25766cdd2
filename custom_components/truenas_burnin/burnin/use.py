"""What a drive is used for, as the last poll saw it."""

from enum import StrEnum

from ..truenas.models import Drive


class Use(StrEnum):
    """What keeps a drive from being overwritten; UNUSED is what does not."""

    UNUSED = "unused"
    BOOT = "boot"
    POOL = "pool"
    EXPORTED_POOL = "exported_pool"
    OTHER = "other"
    IN_DOUBT = "in_doubt"


def use_of(drive: Drive) -> Use:
    """Return what a drive is used for; the boot pool is a pool too."""
    if drive.boot:
        return Use.BOOT
    if drive.pool is not None:
        return Use.POOL
    if drive.exported_pool is not None:
        return Use.EXPORTED_POOL
    if drive.used_by is None and (drive.doubt or drive.unreadable):
        return Use.IN_DOUBT
    return Use.UNUSED if drive.unused and drive.used_by is None else Use.OTHER
