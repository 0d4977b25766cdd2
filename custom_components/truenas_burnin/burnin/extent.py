"""How much of a drive a burn-in checks: a pass says no more than that."""

from enum import StrEnum

from .evidence import WipeRun
from .model import BurnIn, StageKind


class Extent(StrEnum):
    """What a burn-in writes and reads back; its text is `extent_` and it."""

    EVERY_SECTOR = "every_sector"
    ZONES = "zones"
    NOT_READ_BACK = "not_read_back"
    NOT_WRITTEN = "not_written"


def extent_of(burn_in: BurnIn) -> Extent:
    """Return how much of its drive a burn-in checks, by its plan."""
    written = [stage for stage in burn_in.stages if stage.kind.destructive]
    read_back = {stage.kind for stage in written if stage.found(WipeRun) is None}
    if StageKind.SURFACE_VALIDATE in read_back:
        return Extent.EVERY_SECTOR
    if read_back:
        return Extent.ZONES
    return Extent.NOT_READ_BACK if written else Extent.NOT_WRITTEN
