"""Write and read back the drive, whole or in three zones, by the agent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final, override

from ...truenas.models import (
    AgentState,
    AgentStatus,
    BlockRange,
    Drive,
    RangeResult,
    SurfaceRequest,
)
from ..agent_words import said_by_agent
from ..evidence import Checkpoint, Errors, Evidence, SurfaceRun
from ..gate import claims
from ..heat import heat_limits
from ..model import PauseReason, Stage, StageState, advance
from ..ports import Nas
from ..reason import Reason, ReasonKey, because
from ..siblings import slow_sibling
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

type RangeMaker = Callable[[int], tuple[BlockRange, ...]]

_NOT_OF_THE_DRIVE: Final = frozenset(
    {"device_lost", "no_smartctl", "serial_changed", "size_changed"}
)
"""Why a range failed (agent.sh) without a word on the drive that was planned."""


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
        run = ctx.evidence(SurfaceRun)
        return replace(run, ranges=self._ranges(drive.size))

    @override
    async def begin(self, ctx: Context) -> Step:
        """Hand the plan to the agent, which starts it once per token."""
        drive = await check_gate(ctx)
        request = _request(ctx, drive)
        await ctx.nas.start_surface(request)
        return Step(stage=replace(ctx.stage, reference=request.token))

    @override
    async def poll(self, ctx: Context) -> Step:
        """Follow the agent's status line of our token, as long as the drive is free."""
        if taken := claims(ctx.drive):
            return await self._let_go(ctx, taken)
        status = (ctx.surface or {}).get(str(ctx.stage.token))
        if status is None:
            asked = await ctx.nas.surface_status(ask=True)
            status = asked.get(str(ctx.stage.token))
        if status is None:
            # The agent's folder is gone, and with it its worker by the next cycle.
            return Step(stage=replace(ctx.stage, reference=None))
        match status.state:
            case AgentState.RUNNING | AgentState.PAUSED:
                return await self._follow(ctx, status)
            case AgentState.INTERRUPTED if ctx.pause:
                stage = _progress(ctx, status, StageState.PAUSED)
                return Step(stage=stage, pause_reason=ctx.pause)
            case AgentState.INTERRUPTED:
                return Step(stage=ctx.stage, begin=True)
            case _:
                return await self._finish(ctx, status)

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

    async def _follow(self, ctx: Context, status: AgentStatus) -> Step:
        """Have the agent stand still or go on, where it does not as it should."""
        paused = status.state is AgentState.PAUSED
        hot = paused and status.reason == PauseReason.HEAT
        if ctx.pause is not None and not (paused and status.reason == ctx.pause):
            await ctx.nas.pause_surface(status.token, ctx.pause)
        elif ctx.pause is None and paused and not hot:
            await ctx.nas.resume_surface(status.token)
        reason = PauseReason.HEAT if hot else ctx.pause
        state = StageState.PAUSED if paused and reason else StageState.RUNNING
        run = _seen(ctx, status)
        known = len(ctx.evidence(SurfaceRun).profile)
        return Step(
            stage=_progress(ctx, status, state),
            pause_reason=reason if state is StageState.PAUSED else None,
            mark=(status.done, status.phase, status.percent),
            milestone=len(run.profile) > known,
        )

    async def _finish(self, ctx: Context, status: AgentStatus) -> Step:
        """Keep the evidence first; the agent's folder goes with the next start."""
        results = await ctx.nas.surface_ranges(status.token)
        where = _progress(ctx, status, StageState.RUNNING)
        ctx = replace(ctx, stage=where)
        run = _ended(ctx.evidence(SurfaceRun), status, results)
        match status.state:
            case AgentState.PASSED if not _is_complete(run):
                reason = because(ReasonKey.SURFACE_INCOMPLETE)
                return Step(stage=inconclusive(ctx, reason, evidence=run))
            case AgentState.PASSED:
                stage = passed(ctx, run)
                return Step(
                    stage=stage,
                    findings=slow_sibling(ctx.burn_in, stage, ctx.siblings),
                )
            case AgentState.FAILED if status.reason not in _NOT_OF_THE_DRIVE:
                broke = _what_broke(status, where.percent)
                return Step(stage=failed(ctx, *broke, evidence=run))
            case _:
                return Step(stage=inconclusive(ctx, _why_stopped(status), evidence=run))

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Stop the agent's worker and release the drive, even one that is gone."""
        await nas.stop_surface(str(stage.token))


def _request(ctx: Context, drive: Drive) -> SurfaceRequest:
    pause_at, resume_at = heat_limits(drive, ctx.settings, baseline(ctx.burn_in))
    run = ctx.evidence(SurfaceRun)
    return SurfaceRequest(
        token=str(ctx.stage.token),
        serial=drive.serial,
        device=drive.name,
        size=drive.size,
        patterns=run.patterns,
        ranges=run.ranges,
        pause_at=pause_at,
        resume_at=resume_at,
        tick=ctx.settings.agent_tick,
        max_errors=ctx.settings.max_errors_per_range,
    )


def _is_complete(run: SurfaceRun) -> bool:
    """Tell whether exactly what was planned is verified, all of it without error."""
    flawless = not any(
        item.read_errors or item.write_errors or item.compare_errors
        for item in run.results
    )
    return flawless and tuple(item.range for item in run.results) == run.ranges


def surface_percent(ranges: Sequence[BlockRange], status: AgentStatus) -> float:
    """Return how much of all phases of all ranges is done, by bytes."""
    total = sum(item.size for item in ranges)
    done = float(sum(item.size for item in ranges[: status.done]))
    if status.done < len(ranges) and status.phase:
        phases = (status.phase - 1 + status.percent / 100.0) / status.phases
        done += ranges[status.done].size * phases
    return 100.0 * done / total


def _progress(ctx: Context, status: AgentStatus, state: StageState) -> Stage:
    run = _seen(ctx, status)
    stage = replace(ctx.holding(run), state=state)
    return advance(stage, surface_percent(run.ranges, status))


def _seen(ctx: Context, status: AgentStatus) -> SurfaceRun:
    """Return what is known of the pass now that the agent has spoken."""
    run = ctx.evidence(SurfaceRun)
    profile = run.profile
    if status.done > (profile[-1].done if profile else 0):
        point = Checkpoint(
            done=status.done, seconds=status.seconds, temperature=status.temperature
        )
        profile = (*profile, point)
    return replace(run, phase=status.phase, phases=status.phases, profile=profile)


def _ended(
    run: SurfaceRun, status: AgentStatus, results: tuple[RangeResult, ...]
) -> SurfaceRun:
    """Return the pass as the agent kept it; what was seen live has gaps."""
    seconds = accumulate(item.seconds for item in results)
    temperatures = [item.temperature for item in results]
    return replace(
        run,
        errors=Errors(
            read=status.read_errors,
            write=status.write_errors,
            compare=status.compare_errors,
        ),
        first_bad_byte=_first_bad_byte(status),
        seconds=status.seconds,
        hottest=max((item for item in temperatures if item is not None), default=None),
        profile=tuple(
            Checkpoint(
                done=item.index + 1, seconds=so_far, temperature=item.temperature
            )
            for item, so_far in zip(results, seconds, strict=True)
        ),
        results=results,
    )


def _first_bad_byte(status: AgentStatus) -> int | None:
    return None if status.first_bad is None else status.first_bad * status.block


def _why_stopped(status: AgentStatus) -> Reason:
    code, _, words = status.reason.partition(" ")
    match code:
        case "":
            return because(ReasonKey.SURFACE_STOPPED)
        case "incomplete":
            return because(ReasonKey.SURFACE_INCOMPLETE)
        case "in":  # use: and what badblocks says
            return said_by_agent("in_use", words, status.device)
        case "no_result":
            return because(ReasonKey.NO_RESULT, text=words or "…")
        case _:
            return said_by_agent(code, status.reason, status.device)


def _what_broke(status: AgentStatus, percent: float) -> Iterator[Reason]:
    at = f"{percent:.0f}"
    if status.reason.startswith("badblocks:"):
        yield because(ReasonKey.PASS_ENDED_EARLY, percent=at, text=status.reason)
        return
    counted = {
        "read": status.read_errors,
        "write": status.write_errors,
        "compare": status.compare_errors,
    }
    if any(counted.values()):
        yield because(ReasonKey.SURFACE_ERRORS, **counted, percent=at)
    else:
        yield because(ReasonKey.SURFACE_ERRORS_UNCOUNTED, percent=at)
    if (first := _first_bad_byte(status)) is not None:
        yield because(ReasonKey.FIRST_BAD_BYTE, byte=first)
