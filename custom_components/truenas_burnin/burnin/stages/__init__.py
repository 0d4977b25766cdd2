"""How each stage of a burn-in is really done."""

from collections.abc import Mapping
from typing import Final

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
    "WIPE",
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

WIPE: Final[StageRunner] = WipeStage()


def runner_of(stage: Stage) -> StageRunner:
    """Return how a stage is done: as it was planned, and confirmed."""
    return STAGES[stage.kind] if stage.found(WipeRun) is None else WIPE
