"""How each stage of a burn-in is really done."""

from collections.abc import Mapping
from typing import Final

from ...truenas.models import SystemInfo, WipeMode
from ..evidence import WipeRun
from ..model import Stage, StageKind
from ..ranges import surface_ranges, zone_ranges
from .base import Context, StageDelayed, StageRefused, StageRunner, StageSkipped, Step
from .final_check import FinalCheck
from .precheck import Precheck
from .self_test import SelfTestStage
from .surface import SurfaceStage
from .wipe import WipeStage

__all__ = [
    "STAGES",
    "WRITE_ONLY",
    "Context",
    "StageDelayed",
    "StageRefused",
    "StageRunner",
    "StageSkipped",
    "Step",
    "runner_of",
]

STAGES: Final[Mapping[StageKind, StageRunner]] = {
    StageKind.PRECHECK: Precheck(),
    StageKind.SHORT_SMART: SelfTestStage(),
    StageKind.CONVEYANCE_SMART: SelfTestStage(),
    StageKind.LONG_SMART: SelfTestStage(),
    StageKind.IO_VALIDATE: SurfaceStage(zone_ranges),
    StageKind.SURFACE_VALIDATE: SurfaceStage(surface_ranges),
    StageKind.FINAL_CHECK: FinalCheck(),
}

WRITE_ONLY: Final[dict[StageKind, StageRunner]] = {
    StageKind.IO_VALIDATE: WipeStage(WipeMode.QUICK),
    StageKind.SURFACE_VALIDATE: WipeStage(WipeMode.FULL),
}
"""What stands in for a surface pass where the key may not run commands."""


def runner_of(stage: Stage, system: SystemInfo) -> StageRunner:
    """Return how a stage is done on a system; once prepared it stays with that."""
    write_only = (
        system.wipe and not system.commands
        if stage.token is None
        else stage.found(WipeRun) is not None
    )
    if write_only and stage.kind in WRITE_ONLY:
        return WRITE_ONLY[stage.kind]
    return STAGES[stage.kind]
