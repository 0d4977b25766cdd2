"""Ask first: is it the right drive, is it worth days of work?  Then begin."""

from typing import override

from ..evidence import Evidence, SmartRecord
from ..obstacles import obstacles
from ..reason import ReasonKey, because
from ..verdict import behind_bridge, fatal_reasons, pre_screen, relatives, solid_state
from .base import (
    Context,
    ReadingStage,
    Step,
    check_gate,
    failed,
    inconclusive,
    passed,
    read_smart,
)


class Precheck(ReadingStage):
    """Ask the gate, keep the SMART baseline, stop on a drive already failing."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Wait for a foreign self-test to end; refuse what the gate refuses."""
        drive = await check_gate(ctx)
        if not ctx.fleet.system.commands:
            return SmartRecord()
        log = await ctx.nas.self_test_log(drive)
        return SmartRecord() if log.running_percent is None else None

    @override
    async def begin(self, ctx: Context) -> Step:
        """Read the SMART report and judge it by absolutes."""
        known = (
            *solid_state(ctx.burn_in, ctx.drive),
            *relatives(ctx.drive, ctx.fleet),
        )
        report = await read_smart(ctx)
        if report is None:
            return Step(stage=passed(ctx), findings=known)
        smart = SmartRecord(report=report)
        if found := obstacles(report, destructive=ctx.burn_in.destructive):
            return Step(stage=inconclusive(ctx, *found, evidence=smart))
        if report.size is not None and report.size != ctx.drive.size:
            # An adapter shows a part of it: nobody could write to the rest.
            reason = because(
                ReasonKey.SIZE_DIFFERS, told=report.size, seen=ctx.drive.size
            )
            return Step(stage=inconclusive(ctx, reason, evidence=smart))
        findings = (
            *pre_screen(report),
            *behind_bridge(ctx.drive, report),
            *known,
        )
        if fatal := fatal_reasons(findings):
            return Step(stage=failed(ctx, *fatal, evidence=smart), findings=findings)
        return Step(
            stage=passed(ctx, evidence=smart),
            findings=findings,
            estimated_minutes=report.estimated_minutes,
        )
