"""Take one burn-in as far as it can go now.

Intent is committed before an effect, its reference after it (docs/architecture.md).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
import logging
from typing import Final

from ..truenas.errors import (
    AgentFailed,
    CallFailed,
    InvalidResponse,
    NotAuthorized,
    TrueNASError,
)
from ..truenas.models import Drive, Fleet
from ..truenas.serials import same_serial
from ..truenas.surface import Epoch, JobStatus, Why
from .agent_words import EPOCH_CODES, FATAL_AGENT_CODES, said_by_agent
from .audit_event import AuditEvent
from .eta import with_finish_time
from .evidence import SmartRecord, SurfaceRun
from .gate import seen_against
from .model import (
    BurnIn,
    BurnInState,
    PauseReason,
    Stage,
    StageState,
    end,
    end_stage,
    needs_commands,
    token_of,
    with_stage,
)
from .patience import Patience
from .pauses import wanted_pause
from .plan import with_estimates
from .ports import Clock, Nas
from .reason import Reason, ReasonKey, because
from .record import Record
from .settings import Settings
from .stages import (
    Context,
    StageDelayed,
    StageRefused,
    StageRunner,
    StageSkipped,
    Step,
    runner_of,
)
from .stages.base import baseline, inconclusive
from .stall import StallWatch
from .verdict import judge

_LOGGER = logging.getLogger(__name__)

_ENDS: Final[Mapping[BurnInState, AuditEvent]] = {
    BurnInState.PASSED: AuditEvent.PASSED,
    BurnInState.FAILED: AuditEvent.FAILED,
    BurnInState.INCONCLUSIVE: AuditEvent.INCONCLUSIVE,
}
"""How a burn-in ends by itself."""


class Stepper:
    """Step the burn-ins of one system, one at a time each."""

    def __init__(
        self,
        nas: Nas,
        record: Record,
        clock: Clock,
        outdated: Callable[[], Awaitable[None]],
        is_outdated: Callable[[], bool],
    ) -> None:
        """Keep what every step needs.

        `outdated` is called when the system obeys another ledger, or has seen a newer
        state of ours, `is_outdated` tells whether that is so: nothing destructive may
        begin then.
        """
        self._nas = nas
        self._record = record
        self._clock = clock
        self._outdated = outdated
        self._is_outdated = is_outdated
        self._absent = Patience()
        self._delayed = Patience()
        self._unheard = Patience()
        self._stalls = StallWatch()

    async def advance(
        self,
        burn_in_id: str,
        fleet: Fleet,
        settings: Settings,
        surface: Mapping[str, JobStatus] | None,
    ) -> None:
        """Step until the burn-in ends or its stage has to be waited for."""
        while (burn_in := self._record.find(burn_in_id)) and not burn_in.state.final:
            if burn_in.state is BurnInState.CANCELLING:
                await self.stop(burn_in, fleet)
                await self.cancelled(burn_in)
                return
            stage = burn_in.stage
            if stage is None:
                await self._end(burn_in, BurnInState.PASSED)
                return
            drive = fleet.drives.get(burn_in.drive.identifier)
            if drive is None:
                await self._miss(burn_in, fleet)
                return
            self._absent.forget(burn_in_id)
            if reasons := _voided(burn_in, stage, fleet):
                await self.stop(burn_in, fleet)
                await self._end(burn_in, BurnInState.INCONCLUSIVE, reasons)
                return
            if _has_to_wait(burn_in, stage, fleet):
                return
            context = self._context(burn_in, stage, drive, fleet, settings, surface)
            if not await self._step(context):
                return

    async def unheard(self, burn_in_id: str) -> None:
        """Say of a burn-in of which nothing is heard for long that it has stalled.

        Whatever it does on the system goes on meanwhile; the next step that is heard
        of takes this back.
        """
        before = self._record.find(burn_in_id)
        if before is None or before.stage_under_way is None or before.stalled:
            return
        if self._unheard.is_over(burn_in_id, self._clock.now()):
            after = replace(before, stalled=True)
            await self._record.commit(before, after, AuditEvent.STALLED)

    def heard(self, burn_in_id: str) -> None:
        """Note that a step was taken."""
        self._unheard.forget(burn_in_id)

    async def _miss(self, burn_in: BurnIn, fleet: Fleet) -> None:
        """End a burn-in whose drive complete polls do not show for too long."""
        if self._absent.is_over(burn_in.id, self._clock.now()):
            await self.stop(burn_in, fleet)
            lost = (because(ReasonKey.DRIVE_LOST),)
            await self._end(burn_in, BurnInState.INCONCLUSIVE, lost)
            self._absent.forget(burn_in.id)

    async def stop(self, burn_in: BurnIn, fleet: Fleet) -> None:
        """End what the stage under way does on the system; raise TrueNASError."""
        stage = burn_in.stage_under_way
        if stage is not None:
            drive = fleet.drives.get(burn_in.drive.identifier)
            runner = runner_of(stage)
            await runner.stop(self._nas, stage, drive)

    async def cancelled(self, burn_in: BurnIn, actor: str | None = None) -> None:
        """Show a burn-in as cancelled that does nothing on the system any more."""
        after = end(burn_in, BurnInState.CANCELLED, self._clock.now())
        await self._record.commit(burn_in, after, AuditEvent.CANCELLED, actor=actor)
        await self.clean(after)

    def _context(
        self,
        burn_in: BurnIn,
        stage: Stage,
        drive: Drive,
        fleet: Fleet,
        settings: Settings,
        surface: Mapping[str, JobStatus] | None,
    ) -> Context:
        time_of_day = self._clock.time_of_day()
        return Context(
            burn_in=burn_in,
            stage=stage,
            drive=drive,
            fleet=fleet,
            nas=self._nas,
            epoch=self._record.epoch,
            settings=settings,
            now=self._clock.now(),
            pause=wanted_pause(burn_in, stage, fleet, settings, time_of_day),
            surface=surface,
            siblings=tuple(self._record.newest.values()),
        )

    async def _step(self, ctx: Context) -> bool:
        """Take one step; tell whether the next can be taken at once."""
        runner = runner_of(ctx.stage)
        if ctx.stage.state is StageState.PENDING:
            state = BurnInState.PAUSED if ctx.pause else BurnInState.RUNNING
            if _standing(ctx.burn_in) != (state, ctx.pause):
                await self._turn(ctx.burn_in, state, ctx.pause)
                return ctx.pause is None
            return False if ctx.pause else await self._intend(ctx, runner)
        if ctx.stage.reference is None:
            return await self._begin(ctx, runner)
        step = await runner.poll(ctx)
        if step.begin:
            return await self._begin(ctx, runner)
        return await self._take(ctx, step)

    async def _turn(
        self, before: BurnIn, state: BurnInState, pause: PauseReason | None
    ) -> None:
        """Stand still before a stage, or go on."""
        after = replace(before, state=state, pause_reason=pause)
        await self._record.commit(before, after, _turn_of(after))

    async def _intend(self, ctx: Context, runner: StageRunner) -> bool:
        """Commit what is about to be done, under a token of its own."""
        if self._delayed.rests(ctx.burn_in.id, ctx.now):
            return False
        try:
            self._check_record(ctx.stage)
            evidence = await runner.prepare(ctx)
            if isinstance(evidence, SurfaceRun):
                await self._check_epoch()
        except StageSkipped as err:
            return await self._skip(ctx, err)
        except StageRefused as err:
            refused = self._refused(ctx, err)
            return refused is not None and await self._take(ctx, Step(stage=refused))
        except (AgentFailed, CallFailed, NotAuthorized) as err:
            refused = await self._given_up(ctx, err)
            if refused is None:
                raise
            self._delayed.forget(ctx.burn_in.id)
            return await self._take(ctx, Step(stage=refused))
        self._delayed.forget(ctx.burn_in.id)
        if evidence is None:
            return False
        attempt = replace(ctx.stage, attempt=ctx.stage.attempt + 1)
        stage = replace(
            attempt,
            state=StageState.RUNNING,
            token=token_of(ctx.burn_in, attempt),
            boot_id=ctx.fleet.system.boot_id,
            started=ctx.now,
            evidence=evidence,
        )
        burn_in = replace(with_stage(ctx.burn_in, stage), device=ctx.drive.name)
        await self._record.commit(
            ctx.burn_in,
            burn_in,
            AuditEvent.STAGE_STARTED,
            raises_epoch=isinstance(evidence, SurfaceRun),
        )
        return await self._begin(replace(ctx, burn_in=burn_in, stage=stage), runner)

    async def _begin(self, ctx: Context, runner: StageRunner) -> bool:
        """Act; after a refusal try again for a while, with growing pauses."""
        if self._delayed.rests(ctx.burn_in.id, ctx.now):
            return False
        try:
            step = await runner.begin(ctx)
        except StageSkipped as err:
            return await self._skip(ctx, err)
        except StageRefused as err:
            refused = self._refused(ctx, err)
            if refused is None:
                return False
        except (AgentFailed, CallFailed, NotAuthorized) as err:
            refused = await self._given_up(ctx, err)
            if refused is None:
                raise
        else:
            self._delayed.forget(ctx.burn_in.id)
            return await self._take(ctx, step)
        # An earlier try whose reply was lost may have begun it.
        await runner.stop(self._nas, ctx.stage, ctx.drive)
        self._delayed.forget(ctx.burn_in.id)
        return await self._take(ctx, Step(stage=refused))

    async def _skip(self, ctx: Context, err: StageSkipped) -> bool:
        """Leave out a stage that the drive cannot do."""
        self._delayed.forget(ctx.burn_in.id)
        stage = end_stage(ctx.stage, StageState.SKIPPED, ctx.now, (err.reason,))
        return await self._take(ctx, Step(stage=stage, findings=err.findings))

    def _refused(self, ctx: Context, err: StageRefused) -> Stage | None:
        """Return the stage as ended, or None while it is worth to wait."""
        if isinstance(err, StageDelayed) and not self._delayed.is_over(
            ctx.burn_in.id, ctx.now
        ):
            return None
        self._delayed.forget(ctx.burn_in.id)
        return inconclusive(ctx, *err.reasons, evidence=err.evidence)

    def _check_record(self, stage: Stage) -> None:
        """Raise AgentFailed while a person has to say which record counts."""
        if stage.kind.destructive and self._is_outdated():
            raise AgentFailed("start", Why(code="ledger_older"))

    async def _check_epoch(self) -> None:
        """Raise AgentFailed unless our ledger is the one, and as far as, the system knows.

        Before it is raised: one that was restored would catch up by counting.
        """
        known, ours = await self._epochs()
        if known is not None and known.id != ours.id:
            raise AgentFailed("start", Why(code="ledger_other"))
        if known is not None and known.number > ours.number:
            raise AgentFailed("start", Why(code="ledger_older"))

    async def _was_overtaken(self, err: AgentFailed) -> bool:
        """Tell whether a start was too late only because a later one of ours was quicker.

        Then the system is not further than our ledger; the start is asked for once more.
        """
        if err.code != "ledger_older" or self._is_outdated():
            return False
        known, ours = await self._epochs()
        if known is None:
            return False
        return known.id == ours.id and known.number <= ours.number

    async def _epochs(self) -> tuple[Epoch | None, Epoch]:
        """Return what the system knows of our ledger, then how far that is.

        In this order: another start of ours may tell the system of a number that is
        higher than ours was.
        """
        known = await self._nas.epoch()
        return known, await self._record.epoch()

    async def _given_up(self, ctx: Context, err: TrueNASError) -> Stage | None:
        """Return the stage as ended if no other try is worth it."""
        if isinstance(err, AgentFailed) and not await self._was_overtaken(err):
            if err.code in EPOCH_CODES:
                await self._outdated()
            if err.code in FATAL_AGENT_CODES:
                reason = said_by_agent(err.why, ctx.drive.name)
                return end_stage(ctx.stage, StageState.INCONCLUSIVE, ctx.now, (reason,))
        if not self._delayed.is_over(ctx.burn_in.id, ctx.now):
            return None
        reason = because(ReasonKey.START_FAILED, text=err)
        return end_stage(ctx.stage, StageState.INCONCLUSIVE, ctx.now, (reason,))

    async def _take(self, ctx: Context, step: Step) -> bool:
        """Make a step's outcome the burn-in's; tell whether to go on at once."""
        before, stage = ctx.burn_in, step.stage
        found = tuple(replace(item, stage=stage.kind) for item in step.findings)
        after = replace(
            with_stage(before, stage),
            findings=(*before.findings, *found),
            device=ctx.drive.name,
            stalled=False,
        )
        if step.estimated_minutes:
            stages = with_estimates(after.stages, step.estimated_minutes)
            after = replace(after, stages=stages)
        match stage.state:
            case StageState.PASSED:
                await self._record.commit(before, after, AuditEvent.STAGE_PASSED)
                return True
            case StageState.FAILED:
                after = await self._with_last_report(ctx, after)
                await self._end(after, BurnInState.FAILED, stage.reasons)
                return False
            case StageState.INCONCLUSIVE:
                await self._end(after, BurnInState.INCONCLUSIVE, stage.reasons)
                return False
            case StageState.SKIPPED:
                await self._record.commit(before, after, AuditEvent.STAGE_SKIPPED)
                return True
            case StageState.PENDING:
                await self._record.commit(before, after, AuditEvent.STAGE_RESTARTED)
                return True
            case _:
                await self._go_on(before, after, step)
                return False

    async def _with_last_report(self, ctx: Context, burn_in: BurnIn) -> BurnIn:
        """Return a burn-in that failed with the SMART report that people send in.

        What the drive does not tell now is left out; a NAS that is away is waited for.
        """
        last = burn_in.stages[-1]
        if last.state is not StageState.PENDING:
            return burn_in
        try:
            report = await self._nas.smart(ctx.drive)
        except (AgentFailed, CallFailed, NotAuthorized, InvalidResponse) as err:
            _LOGGER.debug("No last report of %s: %s", ctx.drive.name, err)
            return burn_in
        before = baseline(burn_in)
        if before is not None and not same_serial(before.serial, report.serial):
            return burn_in
        found = tuple(
            replace(item, stage=last.kind) for item in judge(before or report, report)
        )
        return replace(
            burn_in,
            stages=(
                *burn_in.stages[:-1],
                replace(last, evidence=SmartRecord(report=report)),
            ),
            findings=(*burn_in.findings, *found),
        )

    async def _go_on(self, before: BurnIn, after: BurnIn, step: Step) -> None:
        """Keep a changed reference or pause; only show progress."""
        paused = step.stage.state is StageState.PAUSED
        asked = before.pause_reason is PauseReason.PERSON
        after = replace(
            after,
            state=BurnInState.PAUSED if paused else BurnInState.RUNNING,
            pause_reason=PauseReason.PERSON if asked else step.pause_reason,
            stalled=self._stalls.stalled(before.id, step, self._clock.now()),
        )
        after = with_finish_time(before, after, self._clock.now())
        known = before.stage
        if _standing(before) != _standing(after):
            await self._record.commit(before, after, _turn_of(after))
        elif known is None or known.reference != step.stage.reference:
            await self._record.commit(before, after, AuditEvent.STAGE_RUNNING)
        elif before.stalled is not after.stalled:
            event = AuditEvent.STALLED if after.stalled else AuditEvent.MOVING_AGAIN
            await self._record.commit(before, after, event)
        elif step.milestone:
            await self._record.keep(before, after)
        elif after != before:
            self._record.show(before, after)

    async def _end(
        self, burn_in: BurnIn, state: BurnInState, reasons: tuple[Reason, ...] = ()
    ) -> None:
        before = self._record.find(burn_in.id)
        after = end(burn_in, state, self._clock.now(), reasons)
        await self._record.commit(before, after, _ENDS[state])
        await self.clean(after)

    async def clean(self, burn_in: BurnIn) -> None:
        """Remove the agent's folders; what cannot be removed now stays behind."""
        for stage in burn_in.stages:
            by_agent = stage.found(SurfaceRun) is not None
            if by_agent and stage.token is not None:
                try:
                    await self._nas.clean_surface(stage.token)
                except TrueNASError as err:
                    _LOGGER.debug("%s is left on the NAS: %s", stage.token, err)


def _voided(burn_in: BurnIn, stage: Stage, fleet: Fleet) -> tuple[Reason, ...]:
    """Return what ends the confirmation of what is still to be overwritten.

    A stage that is writing sees to that itself: it may have ended before.
    """
    if not burn_in.writes_yet or (stage.kind.destructive and stage.state.active):
        return ()
    return seen_against(burn_in.drive, fleet)


def _has_to_wait(burn_in: BurnIn, stage: Stage, fleet: Fleet) -> bool:
    """Tell whether a stage that has not begun waits for the NAS, however long.

    For a key that lost its rights the repair is shown meanwhile.
    """
    if stage.reference is not None:
        return False
    unready = burn_in.writes_yet and not fleet.ready
    return unready or (not fleet.system.commands and needs_commands(burn_in.left))


def _standing(burn_in: BurnIn) -> tuple[BurnInState, PauseReason | None]:
    return burn_in.state, burn_in.pause_reason


def _turn_of(burn_in: BurnIn) -> AuditEvent:
    """Return what an audit row calls the turn a burn-in took."""
    paused = burn_in.state is BurnInState.PAUSED
    return AuditEvent.PAUSED if paused else AuditEvent.RESUMED
