"""The last stage: SMART again, compared with the baseline."""

from typing import override

from ...truenas.serials import same_serial
from ..evidence import Evidence, SmartRecord, SurfaceRun
from ..reason import ReasonKey, because
from ..verdict import NO_SMART, fatal_reasons, judge, unverified
from .base import (
    Context,
    ReadingStage,
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
        """Read the SMART report and compare."""
        before, after = baseline(ctx.burn_in), await read_smart(ctx)
        findings = unverified(ctx.burn_in)
        if before is None or after is None:
            findings = (*findings, NO_SMART)
        if after is None:
            return Step(stage=passed(ctx), findings=findings)
        before = before or after
        smart = SmartRecord(report=after)
        if not same_serial(before.serial, after.serial):
            # Nothing can be compared: it is not the same drive (nwipe #741).
            reason = because(
                ReasonKey.SERIAL_DIFFERS, before=before.serial, after=after.serial
            )
            return Step(
                stage=inconclusive(ctx, reason, evidence=smart), findings=findings
            )
        hottest = max(
            (
                run.hottest
                for stage in ctx.burn_in.stages
                if (run := stage.found(SurfaceRun)) and run.hottest is not None
            ),
            default=None,
        )
        findings = (*findings, *judge(before, after, hottest))
        if fatal := fatal_reasons(findings):
            return Step(stage=failed(ctx, *fatal, evidence=smart), findings=findings)
        return Step(stage=passed(ctx, evidence=smart), findings=findings)
