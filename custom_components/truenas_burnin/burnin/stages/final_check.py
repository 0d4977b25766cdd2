"""The last stage: SMART again, compared with the baseline."""

from typing import override

from ...truenas.models import SmartReport
from ...truenas.serials import same_serial
from ..evidence import Evidence, SmartRecord, SurfaceRun
from ..gate import changed
from ..model import BurnIn
from ..reason import Reason, ReasonKey, because
from ..verdict import (
    NO_SMART,
    earlier_failure,
    fatal_reasons,
    is_incomplete,
    judge,
    unverified,
)
from .base import (
    Context,
    ReadingStage,
    StageDelayed,
    Step,
    baseline,
    failed,
    inconclusive,
    passed,
    read_smart,
)


class FinalCheck(ReadingStage):
    """Judge the drive by what its SMART record did during the burn-in."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Nothing to remember: reading has no effect."""
        return SmartRecord()

    @override
    async def begin(self, ctx: Context) -> Step:
        """Read the SMART report and compare; wait for one that lacks something.

        Raise StageDelayed while another drive, or one of another size, is seen.
        """
        if other := changed(ctx.burn_in.drive, ctx.drive):
            raise StageDelayed((other,))
        before, after = baseline(ctx.burn_in), await read_smart(ctx)
        findings = (*unverified(ctx.burn_in), *earlier_failure(ctx.burn_in))
        if before is None or after is None:
            findings = (*findings, NO_SMART)
        if after is None:
            return Step(stage=passed(ctx), findings=findings)
        smart = SmartRecord(report=after)
        if other := _other_drive(ctx, before or after, after):
            return Step(
                stage=inconclusive(ctx, other, evidence=smart), findings=findings
            )
        findings = (*findings, *judge(before or after, after, _hottest(ctx.burn_in)))
        if fatal := fatal_reasons(findings):
            return Step(stage=failed(ctx, *fatal, evidence=smart), findings=findings)
        if before is not None and is_incomplete(before, after):
            raise StageDelayed((because(ReasonKey.SMART_INCOMPLETE),), smart)
        return Step(stage=passed(ctx, evidence=smart), findings=findings)


def _other_drive(
    ctx: Context, before: SmartReport, after: SmartReport
) -> Reason | None:
    """Return why nothing can be compared: it is not the same drive (nwipe #741)."""
    if not same_serial(before.serial, after.serial):
        return because(
            ReasonKey.SERIAL_DIFFERS, before=before.serial, after=after.serial
        )
    size = ctx.burn_in.drive.size
    if after.size not in (None, size):
        return because(ReasonKey.SIZE_DIFFERS, told=after.size, seen=size)
    return None


def _hottest(burn_in: BurnIn) -> int | None:
    """Return the highest temperature that was seen while the drive was written."""
    runs = (stage.found(SurfaceRun) for stage in burn_in.stages)
    found = (run.hottest for run in runs if run is not None)
    return max((item for item in found if item is not None), default=None)
