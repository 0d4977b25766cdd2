"""The last stage: SMART again, compared with the baseline."""

from typing import override

from ...truenas.models import Drive
from ...truenas.smart_json import report_from_json, report_to_json
from ..model import Evidence, Severity, Stage, StageKind, StageState
from ..ports import Nas
from ..verdict import judge
from .base import Context, StageRunner, Step, ended, passed


class FinalCheck(StageRunner):
    """Judge the drive by what its SMART record did during the burn-in."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Nothing to remember: reading has no effect."""
        return {}

    @override
    async def begin(self, ctx: Context) -> Step:
        """Read the SMART report and compare."""
        after = await ctx.nas.smart(ctx.drive)
        smart = report_to_json(after)
        precheck = next(
            stage for stage in ctx.burn_in.stages if stage.kind is StageKind.PRECHECK
        )
        findings = judge(report_from_json(precheck.evidence["smart"]), after)
        fatal = [item for item in findings if item.severity is Severity.FAIL]
        if fatal:
            reason = "; ".join(item.text for item in fatal)
            return Step(
                stage=ended(ctx, StageState.FAILED, reason, smart=smart),
                findings=findings,
            )
        return Step(stage=passed(ctx, smart=smart), findings=findings)

    @override
    async def poll(self, ctx: Context) -> Step:
        """Begin again: reading has no effect to wait for."""
        return await self.begin(ctx)

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Do nothing: reading leaves nothing behind."""
