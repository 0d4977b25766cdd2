"""Write and read back the drive, whole or in three zones, by the agent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, override

from ...truenas.models import Drive
from ...truenas.surface import (
    Activity,
    AgentState,
    ByteRange,
    JobRecords,
    JobStatus,
    SurfacePlan,
)
from ..evidence import Checkpoint, Evidence, HeatLimits, SurfaceRun
from ..gate import claims
from ..heat import heat_limits
from ..model import PauseReason, Stage, StageState, advance
from ..ports import Nas
from ..reason import Reason, ReasonKey, because
from ..siblings import slow_sibling
from ..slow_spots import slow_spots
from ..surface_words import what_broke, why_ended
from .base import (
    Context,
    StageRunner,
    Step,
    baseline,
    check_gate,
    failed,
    inconclusive,
    passed,
)

type RangeMaker = Callable[[int], tuple[ByteRange, ...]]

_NOT_OF_THE_DRIVE: Final = frozenset(
    {
        "device_missing",
        "drive_vanished",
        "internal",
        "interference",
        "no_space",
        "serial_differs",
        "size_differs",
    }
)
"""Why a job may fail without a word on the drive: one that vanished may be pulled."""

_BAD_KEPT: Final = 100
"""Bad places that the record of a drive names; the others are counted."""


class SurfaceStage(StageRunner):
    """Have the agent write and verify ranges; it needs nobody meanwhile."""

    def __init__(self, ranges: RangeMaker) -> None:
        """Keep which ranges of a drive this stage covers."""
        self._ranges = ranges

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Ask the gate afresh and plan the ranges.

        An earlier attempt that was given up may still be under way: it is ended.
        """
        drive = await check_gate(ctx)
        if ctx.stage.replaces is not None:
            await ctx.nas.stop_surface(ctx.stage.replaces)
        planned = ctx.evidence(SurfaceRun).planned
        return replace(planned, ranges=self._ranges(drive.size))

    @override
    async def begin(self, ctx: Context) -> Step:
        """Hand the plan to the agent, which starts it once per token."""
        drive = await check_gate(ctx)
        plan = await _plan(ctx, drive)
        await ctx.nas.start_surface(plan)
        limits = HeatLimits(pause_at=plan.pause_at, resume_at=plan.resume_at)
        run = replace(ctx.evidence(SurfaceRun), limits=limits)
        return Step(stage=replace(ctx.holding(run), reference=plan.token))

    @override
    async def poll(self, ctx: Context) -> Step:
        """Follow the agent's status of our token, as long as the drive is free."""
        if taken := claims(ctx.drive):
            return await self._let_go(ctx, taken)
        status = (ctx.surface or {}).get(str(ctx.stage.token))
        if status is None:
            asked = await ctx.nas.surface_status(ask=True)
            status = asked.get(str(ctx.stage.token))
        if status is None:
            # The agent's folder is gone, and with it its worker by the next cycle.
            return Step(stage=replace(ctx.stage, reference=None))
        if status.state is AgentState.INTERRUPTED and ctx.pause:
            stage = _progress(ctx, status, StageState.PAUSED)
            return Step(stage=stage, pause_reason=ctx.pause)
        if status.state is AgentState.INTERRUPTED:
            return Step(stage=ctx.stage, begin=True)
        if status.state.final:
            return await self._finish(ctx, status)
        step = await self._follow(await _told_of_heat(ctx, status), status)
        return replace(step, milestone=step.stage.evidence != ctx.stage.evidence)

    async def _let_go(self, ctx: Context, taken: tuple[Reason, ...]) -> Step:
        """End the writing at once; a pass that had ended before is what it is."""
        token = str(ctx.stage.token)
        await ctx.nas.stop_surface(token)
        status = (await ctx.nas.surface_status(ask=True)).get(token)
        if status is not None and status.state in (
            AgentState.PASSED,
            AgentState.FAILED,
        ):
            return await self._finish(ctx, status)
        return Step(stage=inconclusive(ctx, *taken))

    async def _follow(self, ctx: Context, status: JobStatus) -> Step:
        """Have the agent stand still or go on, where it does not as it should."""
        paused = status.state is AgentState.PAUSED
        code = status.reason.code if paused and status.reason is not None else None
        hot = code == PauseReason.HEAT
        if ctx.pause is not None and code != ctx.pause:
            await ctx.nas.pause_surface(status.token, ctx.pause)
        elif ctx.pause is None and paused and not hot:
            await ctx.nas.resume_surface(status.token)
        reason = PauseReason.HEAT if hot else ctx.pause
        state = StageState.PAUSED if paused and reason else StageState.RUNNING
        return Step(
            stage=_progress(ctx, status, state),
            pause_reason=reason if state is StageState.PAUSED else None,
            mark=(status.activity, status.sweep, status.bytes_done),
        )

    async def _finish(self, ctx: Context, status: JobStatus) -> Step:
        """Keep the evidence first; the agent's folder goes with the next start."""
        kept = await ctx.nas.surface_records(status.token)
        run = _ended(ctx.evidence(SurfaceRun), kept)
        ctx = replace(ctx, stage=advance(ctx.holding(run), status.percent))
        match status.state:
            case AgentState.PASSED if not _is_complete(run):
                reason = because(ReasonKey.SURFACE_INCOMPLETE)
                return Step(stage=inconclusive(ctx, reason))
            case AgentState.PASSED:
                stage = passed(ctx)
                slow = slow_sibling(ctx.burn_in, stage, ctx.siblings)
                return Step(stage=stage, findings=(*slow, *slow_spots(run)))
            case AgentState.FAILED if _blames_the_drive(status):
                return Step(stage=failed(ctx, *what_broke(kept.status)))
            case _:
                return Step(stage=inconclusive(ctx, why_ended(kept.status)))

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Stop the agent's worker and release the drive, even one that is gone."""
        await nas.stop_surface(str(stage.token))


async def _plan(ctx: Context, drive: Drive) -> SurfacePlan:
    limits = heat_limits(drive, ctx.settings, baseline(ctx.burn_in))
    run = ctx.evidence(SurfaceRun)
    return SurfacePlan(
        token=str(ctx.stage.token),
        ledger=await ctx.epoch(),
        device=drive.device,
        serial=drive.serial,
        lunid=drive.lunid,
        unit=drive.unit,
        size=drive.size,
        content=run.confirmed,
        method=run.method,
        passes=run.passes,
        ranges=run.ranges,
        capacity_check=True,
        discard=run.discard,
        pause_at=limits.pause_at,
        resume_at=limits.resume_at,
        max_errors=ctx.settings.max_errors,
    )


async def _told_of_heat(ctx: Context, status: JobStatus) -> Context:
    """Have the worker go by the limits as they are now: a person may have set them."""
    run = ctx.evidence(SurfaceRun)
    limits = heat_limits(ctx.drive, ctx.settings, baseline(ctx.burn_in))
    if limits == run.limits:
        return ctx
    await ctx.nas.limit_surface(status.token, limits.pause_at, limits.resume_at)
    return replace(ctx, stage=ctx.holding(replace(run, limits=limits)))


def _blames_the_drive(status: JobStatus) -> bool:
    """Tell whether a failed job says something of the drive that was planned."""
    return status.reason is None or status.reason.code not in _NOT_OF_THE_DRIVE


def _is_complete(run: SurfaceRun) -> bool:
    """Tell whether all that was planned was written and read back without an error.

    Every range once in every sweep, each second sweep a reading one.
    """
    done = {(item.sweep, item.start, item.length): item for item in run.records}
    return (
        len(done) == len(run.records)
        and done.keys() == set(_wanted(run))
        and all(
            item.flawless
            and (item.activity is Activity.VERIFY) == (item.sweep % 2 == 0)
            for item in run.records
        )
    )


def _wanted(run: SurfaceRun) -> Iterator[tuple[int, int, int]]:
    for sweep in range(1, run.sweeps + 1):
        for item in run.ranges:
            yield sweep, item.start, item.length


def _progress(ctx: Context, status: JobStatus, state: StageState) -> Stage:
    """Return the stage as far as it is, with a checkpoint for each range that is done."""
    run = ctx.evidence(SurfaceRun)
    profile, ranges = run.profile, max(1, status.ranges)
    done = status.bytes_done // max(1, status.bytes_total // status.sweeps // ranges)
    before = profile[-1].ranges if profile else 0
    if done > before:
        point = Checkpoint(
            ranges=done,
            done=status.bytes_done,
            seconds=status.seconds,
            temperature=status.temperature,
        )
        profile = (*profile, point)
    run = replace(run, activity=status.activity, sweep=status.sweep, profile=profile)
    return advance(replace(ctx.holding(run), state=state), status.percent)


def _ended(run: SurfaceRun, kept: JobRecords) -> SurfaceRun:
    """Return the pass as the agent kept it; what was seen live has gaps."""
    status = kept.status
    return replace(
        run,
        activity=status.activity,
        sweep=status.sweep,
        errors=status.errors,
        bad=kept.errors[:_BAD_KEPT],
        seconds=status.seconds,
        hottest=status.hottest,
        profile=(),
        records=kept.ranges,
    )
