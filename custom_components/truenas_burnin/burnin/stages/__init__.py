"""How each stage of a burn-in is really done."""

from collections.abc import Mapping
from typing import Final

from ..model import StageKind
from .base import Context, StageFailed, StageRunner, Step
from .final_check import FinalCheck
from .precheck import Precheck
from .self_test import SelfTestStage
from .surface import SurfaceStage, surface_ranges, zone_ranges

__all__ = ["STAGES", "Context", "StageFailed", "StageRunner", "Step"]

STAGES: Final[Mapping[StageKind, StageRunner]] = {
    StageKind.PRECHECK: Precheck(),
    StageKind.SHORT_SMART: SelfTestStage(),
    StageKind.CONVEYANCE_SMART: SelfTestStage(),
    StageKind.LONG_SMART: SelfTestStage(),
    StageKind.IO_VALIDATE: SurfaceStage(zone_ranges),
    StageKind.SURFACE_VALIDATE: SurfaceStage(surface_ranges),
    StageKind.FINAL_CHECK: FinalCheck(),
}
