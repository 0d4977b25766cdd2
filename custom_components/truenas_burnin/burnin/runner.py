"""Advance every active burn-in of one system by one step per cycle.

Each burn-in is stepped apart from the others: one that misbehaves costs its own
step. Intent is committed before an effect, its reference after it (DESIGN.md §6).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
import logging
from typing import Final
from uuid import uuid4

from ..truenas.errors import AgentFailed, CallFailed, NotAuthorized, TrueNASError
from ..truenas.models import AgentStatus, Drive, Fleet
from .eta import with_finish_time
from .gate import Case, GateRefused, Refusal, identify, refusals
from .model import (
    BurnIn,
    BurnInState,
    Stage,
    StageState,
    end,
    end_stage,
    start,
    with_stage,
)
from .plan import Plan, with_estimates
from .ports import Clock, Ledger, LedgerError, Nas, Publisher
from .scheduler import startable
from .settings import Settings
from .stages import STAGES, Context, StageFailed, StageRunner, Step
from .surface_watch import SurfaceWatch

_LOGGER = logging.getLogger(__name__)

_FATAL_AGENT_CODES: Final = frozenset(
    {
        "bad_request",
        "busy",
        "no_badblocks",
        "no_lock",
        "no_smartctl",
        "other_plan",
        "serial_changed",
        "size_changed",
    }
)
"""Refusals of the agent (agent.sh) that another try would not change."""

_MAX_REFUSED_STARTS: Final = 5
"""Cycles in a row in which the system may refuse to begin a stage."""

_MAX_ABSENT_CYCLES: Final = 10
"""Complete polls in a row that must miss a drive before it counts as gone."""


class Runner:
    """The burn-ins of one system: what is queued, under way and last known."""

    def __init__(
        self,
        nas_id: str,
        nas: Nas,
        ledger: Ledger,
        clock: Clock,
        publisher: Publisher,
        settings: Settings,
    ) -> None:
        """Wire the ports; call `load` before anything else."""
        self.settings = settings
        self._nas_id = nas_id
        self._nas = nas
        self._ledger = ledger
        self._clock = clock
        self._publisher = publisher
        self._latest: dict[str, BurnIn] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._gate_lock = asyncio.Lock()
        self._refused_starts: dict[str, int] = {}
        self._absent: dict[str, int] = {}
        self._watch = SurfaceWatch()

    async def load(self) -> None:
        """Take up what the ledger knows; raise LedgerError if it cannot be read."""
        self._latest = dict(await self._ledger.latest(self._nas_id))
        for burn_in in await self._ledger.unfinished(self._nas_id):
            self._latest[burn_in.drive.identifier] = burn_in

    @property
    def burn_ins(self) -> Mapping[str, BurnIn]:
        """Return the newest burn-in of each drive, by drive identifier."""
        return self._latest

    @property
    def busy(self) -> bool:
        """Tell whether any burn-in is queued, running or paused."""
        return any(not burn_in.state.final for burn_in in self._latest.values())

    def find(self, burn_in_id: str) -> BurnIn | None:
        """Return the newest burn-in with this id, or None."""
        for burn_in in self._latest.values():
            if burn_in.id == burn_in_id:
                return burn_in
        return None

    async def submit(
        self,
        fleet: Fleet,
        drives: Sequence[Drive],
        plan: Plan,
        *,
        confirmed: frozenset[str],
        actor: str | None,
    ) -> tuple[BurnIn, ...]:
        """Queue a burn-in for each drive, all or none.

        `confirmed` holds the serials a person agreed to overwrite. Raise
        GateRefused with every refusal of every drive, LedgerError, TrueNASError.
        """
        drives = tuple({drive.identifier: drive for drive in drives}.values())
        async with self._gate_lock:
            logs = await asyncio.gather(
                *(self._nas.self_test_log(drive) for drive in drives)
            )
            found: dict[str, tuple[Refusal, ...]] = {}
            for drive, log in zip(drives, logs, strict=True):
                case = Case(
                    plan=identify(drive),
                    fleet=fleet,
                    destructive=plan.destructive,
                    confirmed=drive.serial in confirmed,
                    other=self._unfinished(drive.identifier),
                    self_test_running=log.running_percent is not None,
                    hold=self.settings.hold,
                )
                if reasons := refusals(case):
                    found[drive.identifier] = reasons
            if found:
                await self._record_refusals(found, actor)
                raise GateRefused(found)
            position = await self._ledger.next_position(self._nas_id)
            return tuple(
                [
                    await self._queue(drive, plan, position + offset, actor)
                    for offset, drive in enumerate(drives)
                ]
            )

    async def _record_refusals(
        self, found: Mapping[str, tuple[Refusal, ...]], actor: str | None
    ) -> None:
        for identifier, reasons in found.items():
            await self._ledger.record(
                self._nas_id,
                "start_refused",
                actor=actor,
                detail={
                    "drive": identifier,
                    "reasons": [item.text for item in reasons],
                },
            )

    def _unfinished(self, identifier: str) -> BurnIn | None:
        burn_in = self._latest.get(identifier)
        return burn_in if burn_in is not None and not burn_in.state.final else None

    async def _queue(
        self, drive: Drive, plan: Plan, position: int, actor: str | None
    ) -> BurnIn:
        burn_in = BurnIn(
            id=uuid4().hex,
            nas_id=self._nas_id,
            drive=identify(drive),
            device=drive.name,
            profile=plan.profile,
            stages=plan.stages(drive),
            state=BurnInState.QUEUED,
            operator=actor,
            created=self._clock.now(),
            position=position,
        )
        await self._commit(None, burn_in, "queued", actor=actor)
        return burn_in

    async def cancel(self, burn_in_id: str, actor: str | None) -> BurnIn | None:
        """Cancel a burn-in that has not ended; stop its effect on the system first.

        Return None if there is none to cancel. Raise TrueNASError when the
        system cannot be told to stop: the burn-in then goes on.
        """
        burn_in = self.find(burn_in_id)
        if burn_in is None:
            return None
        async with self._lock(burn_in_id):
            burn_in = self.find(burn_in_id)
            if burn_in is None or burn_in.state.final:
                return None
            await self._stop(burn_in)
            after = end(burn_in, BurnInState.CANCELLED, self._clock.now())
            await self._commit(burn_in, after, "cancelled", actor=actor)
            await self._clean(after)
            return after

    async def _stop(self, burn_in: BurnIn) -> None:
        """End what the stage under way does on the system."""
        stage = burn_in.stage
        if stage is not None and stage.state.active:
            fleet = await self._nas.fleet()
            drive = fleet.drives.get(burn_in.drive.identifier)
            await STAGES[stage.kind].stop(self._nas, stage, drive)

    async def cycle(self, fleet: Fleet) -> None:
        """Start what may start, then advance every active burn-in by one step."""
        for burn_in in startable(self._latest.values(), self.settings):
            await self._isolated(burn_in.id, self._start)
        active = [
            burn_in
            for burn_in in self._latest.values()
            if burn_in.state in (BurnInState.RUNNING, BurnInState.PAUSED)
        ]
        surface = await self._look_at_surface(active)

        async def advance(burn_in_id: str) -> None:
            await self._advance(burn_in_id, fleet, surface)

        await asyncio.gather(
            *(self._isolated(burn_in.id, advance) for burn_in in active)
        )

    async def _isolated(
        self, burn_in_id: str, step: Callable[[str], Awaitable[None]]
    ) -> None:
        """Run one step under the burn-in's lock; its failure stays its own."""
        try:
            async with self._lock(burn_in_id):
                await step(burn_in_id)
        except TrueNASError as err:
            _LOGGER.debug("Burn-in %s waits for the NAS: %s", burn_in_id, err)
        except LedgerError as err:
            _LOGGER.warning("Burn-in %s stands still: %s", burn_in_id, err)
        except Exception:
            _LOGGER.exception("Burn-in %s could not be advanced", burn_in_id)

    def _lock(self, burn_in_id: str) -> asyncio.Lock:
        return self._locks.setdefault(burn_in_id, asyncio.Lock())

    async def _look_at_surface(
        self, active: Sequence[BurnIn]
    ) -> Mapping[str, AgentStatus] | None:
        tokens = [
            stage.token
            for burn_in in active
            if (stage := burn_in.stage) is not None
            and stage.kind.destructive
            and stage.reference is not None
            and stage.token is not None
        ]
        if not tokens:
            return None
        try:
            return await self._watch.look(self._nas, tokens, self._clock.now())
        except TrueNASError as err:
            _LOGGER.debug("The agent's status cannot be read: %s", err)
            return None

    async def _start(self, burn_in_id: str) -> None:
        burn_in = self.find(burn_in_id)
        if burn_in is not None and burn_in.state is BurnInState.QUEUED:
            await self._commit(burn_in, start(burn_in, self._clock.now()), "started")

    async def _advance(
        self,
        burn_in_id: str,
        fleet: Fleet,
        surface: Mapping[str, AgentStatus] | None,
    ) -> None:
        """Step until the burn-in ends or its stage has to be waited for."""
        while (burn_in := self.find(burn_in_id)) and not burn_in.state.final:
            stage = burn_in.stage
            if stage is None:
                await self._end(burn_in, BurnInState.PASSED, None)
                return
            drive = fleet.drives.get(burn_in.drive.identifier)
            if drive is None:
                await self._miss(burn_in)
                return
            self._absent.pop(burn_in_id, None)
            context = self._context(burn_in, stage, drive, fleet, surface)
            if not await self._step(context):
                return

    async def _miss(self, burn_in: BurnIn) -> None:
        misses = self._absent.get(burn_in.id, 0) + 1
        self._absent[burn_in.id] = misses
        if misses >= _MAX_ABSENT_CYCLES:
            await self._stop(burn_in)
            reason = "the drive is no longer connected to the NAS"
            await self._end(burn_in, BurnInState.UNKNOWN, reason)

    def _context(
        self,
        burn_in: BurnIn,
        stage: Stage,
        drive: Drive,
        fleet: Fleet,
        surface: Mapping[str, AgentStatus] | None,
    ) -> Context:
        return Context(
            burn_in=burn_in,
            stage=stage,
            drive=drive,
            fleet=fleet,
            nas=self._nas,
            settings=self.settings,
            now=self._clock.now(),
            surface=surface,
        )

    async def _step(self, ctx: Context) -> bool:
        """Take one step; tell whether the next can be taken at once."""
        runner = STAGES[ctx.stage.kind]
        if ctx.stage.state is StageState.PENDING:
            return await self._intend(ctx, runner)
        if ctx.stage.reference is None:
            return await self._begin(ctx, runner)
        return await self._take(ctx, await runner.poll(ctx))

    async def _intend(self, ctx: Context, runner: StageRunner) -> bool:
        """Commit what is about to be done, under a token of its own."""
        try:
            evidence = await runner.prepare(ctx)
        except StageFailed as err:
            failed = end_stage(ctx.stage, StageState.FAILED, ctx.now, str(err))
            return await self._take(ctx, Step(stage=failed))
        if evidence is None:
            return False
        attempt = ctx.stage.attempt + 1
        index = ctx.burn_in.stage_index
        stage = replace(
            ctx.stage,
            state=StageState.RUNNING,
            attempt=attempt,
            token=f"{ctx.burn_in.id}-{index}-{ctx.stage.kind}-{attempt}",
            boot_id=ctx.fleet.system.boot_id,
            started=ctx.now,
            evidence=evidence,
        )
        burn_in = replace(with_stage(ctx.burn_in, stage), device=ctx.drive.name)
        await self._commit(ctx.burn_in, burn_in, "stage_started")
        return await self._begin(replace(ctx, burn_in=burn_in, stage=stage), runner)

    async def _begin(self, ctx: Context, runner: StageRunner) -> bool:
        """Act; after a refusal of the system try again some cycles long."""
        try:
            step = await runner.begin(ctx)
        except StageFailed as err:
            step = Step(
                stage=end_stage(ctx.stage, StageState.FAILED, ctx.now, str(err))
            )
        except (AgentFailed, CallFailed, NotAuthorized) as err:
            refused = self._refused_start(ctx, err)
            if refused is None:
                raise
            step = Step(stage=refused)
        self._refused_starts.pop(ctx.burn_in.id, None)
        return await self._take(ctx, step)

    def _refused_start(self, ctx: Context, err: TrueNASError) -> Stage | None:
        if isinstance(err, AgentFailed) and err.code in _FATAL_AGENT_CODES:
            reason = f"the NAS refused: {err.message or err.code}"
            return end_stage(ctx.stage, StageState.FAILED, ctx.now, reason)
        tries = self._refused_starts.get(ctx.burn_in.id, 0) + 1
        self._refused_starts[ctx.burn_in.id] = tries
        if tries < _MAX_REFUSED_STARTS:
            return None
        reason = f"the stage could not be started: {err}"
        return end_stage(ctx.stage, StageState.UNKNOWN, ctx.now, reason)

    async def _take(self, ctx: Context, step: Step) -> bool:
        """Make a step's outcome the burn-in's; tell whether to go on at once."""
        before, stage = ctx.burn_in, step.stage
        after = replace(
            with_stage(before, stage),
            findings=(*before.findings, *step.findings),
            device=ctx.drive.name,
        )
        if step.estimated_minutes:
            stages = with_estimates(after.stages, step.estimated_minutes)
            after = replace(after, stages=stages)
        match stage.state:
            case StageState.PASSED | StageState.SKIPPED:
                await self._commit(before, after, f"stage_{stage.state}")
                return True
            case StageState.FAILED | StageState.UNKNOWN:
                await self._end(after, BurnInState(stage.state.value), stage.reason)
                return False
            case StageState.PENDING:
                await self._commit(before, after, "stage_restarted")
                return True
            case _:
                await self._go_on(before, after, stage)
                return False

    async def _go_on(self, before: BurnIn, after: BurnIn, stage: Stage) -> None:
        """Keep a changed reference or pause; only show progress."""
        paused = stage.state is StageState.PAUSED
        state = BurnInState.PAUSED if paused else BurnInState.RUNNING
        after = with_finish_time(replace(after, state=state), self._clock.now())
        if before.state is not state:
            await self._commit(before, after, "paused" if paused else "resumed")
        elif before.stage is None or before.stage.reference != stage.reference:
            await self._commit(before, after, "stage_running")
        elif after != before:
            self._show(before, after)

    async def _end(
        self, burn_in: BurnIn, state: BurnInState, reason: str | None
    ) -> None:
        before = self.find(burn_in.id)
        after = end(burn_in, state, self._clock.now(), reason)
        await self._commit(before, after, state.value)
        await self._clean(after)

    async def _clean(self, burn_in: BurnIn) -> None:
        """Remove the agent's folders; what cannot be removed now stays behind."""
        for stage in burn_in.stages:
            if stage.kind.destructive and stage.token is not None:
                try:
                    await self._nas.clean_surface(stage.token)
                except TrueNASError as err:
                    _LOGGER.debug("%s is left on the NAS: %s", stage.token, err)

    async def _commit(
        self,
        before: BurnIn | None,
        after: BurnIn,
        event: str,
        *,
        actor: str | None = None,
    ) -> None:
        """Store, then show: nobody hears of what is not kept."""
        await self._ledger.commit(after, event, actor=actor, detail=_detail(after))
        self._show(before, after)

    def _show(self, before: BurnIn | None, after: BurnIn) -> None:
        self._latest[after.drive.identifier] = after
        self._publisher.publish(before, after)


def _detail(burn_in: BurnIn) -> dict[str, object]:
    """Return what an audit row says beside the burn-in's id and event."""
    stage = burn_in.stage or burn_in.failed_stage
    return {
        "serial": burn_in.drive.serial,
        "device": burn_in.device,
        "state": burn_in.state,
        "stage": None if stage is None else stage.kind,
        "token": None if stage is None else stage.token,
        "reason": burn_in.reason,
    }
