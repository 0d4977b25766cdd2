"""The burn-ins of one system: what people ask for, and the cycle.

Each burn-in is stepped apart from the others: one that misbehaves costs its own
step (stepper.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
import logging
from typing import Final
from uuid import uuid4

from ..truenas.errors import (
    AgentFailed,
    ConnectionFailed,
    InvalidResponse,
    TrueNASError,
)
from ..truenas.models import Drive, Fleet
from ..truenas.surface import ContentItem, DriveContent, JobStatus, Why
from .agent_words import content_text, said_by_agent, untold
from .audit_event import AuditEvent
from .evidence import SurfaceRun
from .gate import Case, GateRefused, changed, identify, refusals, seen_against
from .model import (
    BurnIn,
    BurnInState,
    HoldReason,
    PauseReason,
    cancelling,
    confirmed_content,
    end,
    left_to_do,
    needs_commands,
    retried,
    start,
)
from .patience import Patience
from .plan import SELF_TESTS, Plan
from .ports import Clock, Ledger, LedgerError, Nas, Publisher
from .reason import Reason, ReasonKey, because
from .record import Record
from .scheduler import startable
from .settings import Settings
from .stepper import Stepper
from .surface_watch import SurfaceWatch

_LOGGER = logging.getLogger(__name__)

type Seen = Mapping[str, Collection[str]]
"""What people were shown that lies on drives, in `content_text`'s words, by serial."""

_STEERABLE: Final = (BurnInState.RUNNING, BurnInState.PAUSED)
_RETRYABLE: Final = (
    BurnInState.FAILED,
    BurnInState.INCONCLUSIVE,
    BurnInState.CANCELLED,
)


class Runner:
    """The burn-ins of one system: what is queued, under way and last known.

    `settings` may be replaced at any time; the next cycle goes by them.
    """

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
        self._record = Record(nas_id, ledger, publisher)
        self._stepper = Stepper(
            nas, self._record, clock, self._outdated, self._is_outdated
        )
        self._holds: frozenset[HoldReason] = frozenset()
        self._locks: dict[str, asyncio.Lock] = {}
        self._gate_lock = asyncio.Lock()
        self._watch = SurfaceWatch()
        self._absent = Patience()

    async def load(self) -> None:
        """Take up what the ledger knows; raise LedgerError if it cannot be read."""
        self._holds = await self._ledger.holds(self._nas_id)
        await self._record.load()
        if self._is_outdated():
            await self._end_unconfirmed()

    async def close(self) -> None:
        """Keep nothing any more: what is still in flight must not undo another's work.

        From now on everything that would change a burn-in raises RunnerClosed.
        """
        await self._record.close()

    @property
    def burn_ins(self) -> Mapping[str, BurnIn]:
        """Return the newest burn-in of each drive, by drive identifier."""
        return self._record.newest

    @property
    def busy(self) -> bool:
        """Tell whether any burn-in has not ended."""
        return any(not burn_in.state.final for burn_in in self.burn_ins.values())

    @property
    def hold(self) -> bool:
        """Tell whether a person has put the system on hold: nothing starts."""
        return HoldReason.PERSON in self._holds

    @property
    def holds(self) -> frozenset[HoldReason]:
        """Return every reason for which the system starts nothing."""
        return self._holds

    @property
    def ledger_trouble(self) -> str | None:
        """Return why the ledger keeps nothing, so that all stands still, or None."""
        return self._record.trouble

    async def set_hold(self, on: bool, actor: str | None) -> None:
        """Put the system on hold or take that back; what is under way goes on.

        Raise LedgerError if it cannot be kept: then nothing changes.
        """
        async with self._record.writing():
            await self._ledger.set_hold(self._nas_id, on, actor)
        self._holds = await self._ledger.holds(self._nas_id)

    async def _outdated(self) -> None:
        """Start nothing more: a newer record than ours has spoken to the system.

        What is queued was confirmed by somebody who did not know what happened since.
        """
        async with self._record.writing():
            await self._ledger.set_hold(
                self._nas_id, True, None, HoldReason.LEDGER_OUTDATED
            )
        self._holds = await self._ledger.holds(self._nas_id)
        await self._end_unconfirmed()

    def _is_outdated(self) -> bool:
        return HoldReason.LEDGER_OUTDATED in self._holds

    async def _end_unconfirmed(self) -> None:
        """End what waits to overwrite a drive and was confirmed in another record."""
        reasons = (because(ReasonKey.CONFIRMATION_OUTDATED),)
        for before in tuple(self.burn_ins.values()):
            if before.state is BurnInState.QUEUED and before.destructive:
                after = end(before, BurnInState.CANCELLED, self._clock.now(), reasons)
                await self._record.commit(before, after, AuditEvent.CANCELLED)

    async def obey(self, actor: str | None) -> None:
        """Have the system obey our ledger again, as a person decided.

        Raise TrueNASError or LedgerError; then the system stays on hold.
        """
        await self._nas.obey(await self._ledger.epoch())
        async with self._record.writing():
            await self._ledger.set_hold(
                self._nas_id, False, actor, HoldReason.LEDGER_OUTDATED
            )
        self._holds = await self._ledger.holds(self._nas_id)

    def find(self, burn_in_id: str) -> BurnIn | None:
        """Return the newest burn-in with this id, or None."""
        return self._record.find(burn_in_id)

    async def submit(
        self,
        fleet: Fleet,
        drives: Sequence[Drive],
        plan: Plan,
        *,
        confirmed: frozenset[str],
        seen: Seen | None = None,
        actor: str | None,
    ) -> tuple[BurnIn, ...]:
        """Queue a burn-in for each drive, all or none.

        `confirmed` holds the serials a person agreed to overwrite, with what lies on
        the drives now: nothing else is overwritten later. `seen` is what they were
        shown of it, by serial; what is not in there is refused. Raise GateRefused with
        every refusal of every drive, LedgerError, TrueNASError.
        """
        drives = tuple({drive.identifier: drive for drive in drives}.values())
        async with self._gate_lock:
            cases = [
                Case(
                    plan=identify(drive),
                    fleet=fleet,
                    destructive=plan.destructive,
                    confirmed=drive.serial in confirmed,
                    other=self._record.unfinished(drive.identifier),
                    self_tests=plan.self_tests,
                    holds=self._holds,
                )
                for drive in drives
            ]
            await self._ask_gate(cases, actor)
            contents = await self._contents(cases, actor)
            if seen is not None:
                await self._nothing_new(
                    fleet,
                    contents,
                    lambda identifier, item: (
                        content_text(item)
                        in seen.get(fleet.drives[identifier].serial, ())
                    ),
                    actor,
                )
            position = await self._ledger.next_position(self._nas_id)
            return tuple(
                [
                    await self._queue(
                        drive,
                        plan,
                        position + offset,
                        actor,
                        contents.get(drive.identifier, ()),
                        verified=fleet.system.commands,
                    )
                    for offset, drive in enumerate(drives)
                ]
            )

    async def _ask_gate(self, cases: Sequence[Case], actor: str | None) -> None:
        """Raise GateRefused, and record it, if any case is refused."""
        against = await asyncio.gather(*map(self.refusals, cases))
        found = {
            case.plan.identifier: reasons
            for case, reasons in zip(cases, against, strict=True)
            if reasons
        }
        if found:
            await self._record_refusals(found, actor)
            raise GateRefused(found)

    async def _contents(
        self, cases: Sequence[Case], actor: str | None
    ) -> Mapping[str, tuple[ContentItem, ...]]:
        """Return what lies on the drives that are to be overwritten, by identifier.

        Raise GateRefused for one that somebody uses or that does not let itself be read.
        """
        drives = [
            case.drive
            for case in cases
            if case.destructive
            and case.drive is not None
            and case.fleet.system.commands
        ]
        looks = await asyncio.gather(*map(self._look_into, drives))
        refused = {
            drive.identifier: look
            for drive, look in zip(drives, looks, strict=True)
            if not isinstance(look, DriveContent)
        }
        if refused:
            await self._record_refusals(refused, actor)
            raise GateRefused(refused)
        return {
            drive.identifier: look.content
            for drive, look in zip(drives, looks, strict=True)
            if isinstance(look, DriveContent)
        }

    async def _nothing_new(
        self,
        fleet: Fleet,
        contents: Mapping[str, tuple[ContentItem, ...]],
        known: Callable[[str, ContentItem], bool],
        actor: str | None,
    ) -> None:
        """Raise GateRefused for what nobody saw that lies on a drive.

        `known` tells whether somebody did, by the drive's identifier.
        """
        refused: dict[str, tuple[Reason, ...]] = {}
        for identifier, found in contents.items():
            strange = tuple(item for item in found if not known(identifier, item))
            if strange:
                why = Why(code="content_differs", found=strange)
                name = fleet.drives[identifier].name
                refused[identifier] = (said_by_agent(why, name),)
        if refused:
            await self._record_refusals(refused, actor)
            raise GateRefused(refused)

    async def _look_into(self, drive: Drive) -> DriveContent | tuple[Reason, ...]:
        """Return what lies on a drive, or why it may not be overwritten."""
        try:
            found = await self._nas.content(drive)
        except AgentFailed as err:
            return (said_by_agent(err.why, drive.name),)
        code = "in_use" if found.users else "locked" if found.locked else None
        if code is None:
            return found
        return (said_by_agent(Why(code=code, users=found.users), drive.name),)

    async def refusals(self, case: Case) -> tuple[Reason, ...]:
        """Return what speaks against a case, also by what the drive itself tells.

        Raise TrueNASError if the NAS does not answer.
        """
        drive = case.drive
        if drive is None or not drive.serial or not case.fleet.system.commands:
            return refusals(case)
        try:
            log = await self._nas.self_test_log(drive)
        except (AgentFailed, InvalidResponse) as err:
            return refusals(case) or (untold(err, drive.name),)
        return refusals(
            replace(
                case,
                self_test_running=log.running_percent is not None,
                without_smart=log.without_smart,
            )
        )

    async def _record_refusals(
        self, found: Mapping[str, tuple[Reason, ...]], actor: str | None
    ) -> None:
        for identifier, reasons in found.items():
            await self._ledger.record(
                self._nas_id,
                AuditEvent.START_REFUSED,
                actor=actor,
                detail={
                    "drive": identifier,
                    "reasons": [asdict(reason) for reason in reasons],
                },
            )

    async def _queue(
        self,
        drive: Drive,
        plan: Plan,
        position: int,
        actor: str | None,
        content: tuple[ContentItem, ...],
        *,
        verified: bool,
    ) -> BurnIn:
        newest = self._record.newest.get(drive.identifier)
        burn_in = BurnIn(
            id=uuid4().hex,
            nas_id=self._nas_id,
            drive=identify(drive),
            device=drive.name,
            profile=plan.profile,
            stages=plan.stages(drive, content, verified=verified),
            state=BurnInState.QUEUED,
            operator=actor,
            created=self._clock.now(),
            position=position,
            failed_before=newest is not None and newest.has_failed,
        )
        await self._record.commit(None, burn_in, AuditEvent.QUEUED, actor=actor)
        return burn_in

    async def retry(
        self,
        burn_in_id: str,
        fleet: Fleet,
        *,
        confirmed: frozenset[str],
        actor: str | None,
    ) -> BurnIn:
        """Queue a burn-in that goes on at the first stage not passed of an ended one.

        What lies on the drive has to be among what was confirmed then. Raise
        GateRefused, LedgerError, TrueNASError as `submit` does.
        """
        async with self._gate_lock:
            before = self.find(burn_in_id)
            if before is None or before.state not in _RETRYABLE:
                refusal = because(ReasonKey.NOTHING_TO_RETRY)
                key = burn_in_id if before is None else before.drive.identifier
                raise GateRefused({key: (refusal,)})
            case = self._retry_case(before, fleet, confirmed)
            await self._ask_gate([case], actor)
            confirmed_then = confirmed_content(before)
            await self._nothing_new(
                fleet,
                await self._contents([case], actor),
                lambda _identifier, item: item in confirmed_then,
                actor,
            )
            after = retried(
                before,
                burn_in_id=uuid4().hex,
                now=self._clock.now(),
                position=await self._ledger.next_position(self._nas_id),
                operator=actor,
            )
            await self._record.commit(None, after, AuditEvent.RETRIED, actor=actor)
            return after

    def _retry_case(
        self, burn_in: BurnIn, fleet: Fleet, confirmed: frozenset[str]
    ) -> Case:
        stages = left_to_do(burn_in)
        left = [stage.kind for stage in stages]
        return Case(
            plan=burn_in.drive,
            fleet=fleet,
            destructive=any(kind.destructive for kind in left),
            confirmed=burn_in.drive.serial in confirmed,
            self_tests=any(kind in SELF_TESTS for kind in left),
            needs_commands=needs_commands(stages),
            holds=self._holds,
        )

    async def cancel(self, burn_in_id: str, actor: str | None) -> BurnIn | None:
        """Cancel a burn-in that has not ended; stop its effect on the system first.

        Return it as it is then: still to be cancelled if the system could not be
        told to stop, or does not; each cycle tries again. Return None if there is
        none to cancel. Raise LedgerError if the wish cannot be kept.
        """
        async with self._lock(burn_in_id):
            burn_in = self.find(burn_in_id)
            if burn_in is None or burn_in.state.final:
                return None
            if burn_in.stage_under_way is None:
                await self._stepper.cancelled(burn_in, actor)
                return self.find(burn_in_id)
            if burn_in.state is not BurnInState.CANCELLING:
                asked = cancelling(burn_in)
                await self._record.commit(
                    burn_in, asked, AuditEvent.CANCEL_REQUESTED, actor=actor
                )
                burn_in = asked
            try:
                await self._stepper.stop(burn_in, await self._nas.fleet())
            except TrueNASError as err:
                _LOGGER.info("Burn-in %s is still to be cancelled: %s", burn_in_id, err)
            else:
                await self._stepper.cancelled(burn_in, actor)
            return self.find(burn_in_id)

    async def give_up(self, burn_in_id: str, actor: str | None) -> BurnIn | None:
        """End a burn-in that cannot be cancelled as inconclusive, without the system.

        What it does there may go on. Return None if it is not being cancelled.
        """
        async with self._lock(burn_in_id):
            before = self.find(burn_in_id)
            if before is None or before.state is not BurnInState.CANCELLING:
                return None
            reasons = (because(ReasonKey.GIVEN_UP),)
            after = end(before, BurnInState.INCONCLUSIVE, self._clock.now(), reasons)
            await self._record.commit(before, after, AuditEvent.GIVEN_UP, actor=actor)
            return after

    async def pause(self, burn_in_id: str, actor: str | None) -> BurnIn | None:
        """Have a burn-in stand still from the next cycle on, until it is resumed.

        A self-test under way cannot: its burn-in stands still before the next
        stage. Return None if it is not under way or so asked already.
        """
        return await self._ask_to_stand(burn_in_id, True, actor)

    async def resume(self, burn_in_id: str, actor: str | None) -> BurnIn | None:
        """Take back a person's pause; None if there is none."""
        return await self._ask_to_stand(burn_in_id, False, actor)

    async def _ask_to_stand(
        self, burn_in_id: str, still: bool, actor: str | None
    ) -> BurnIn | None:
        async with self._lock(burn_in_id):
            before = self.find(burn_in_id)
            if before is None or before.state not in _STEERABLE:
                return None
            if (before.pause_reason is PauseReason.PERSON) is still:
                return None
            reason = PauseReason.PERSON if still else None
            after = replace(before, pause_reason=reason)
            event = AuditEvent.PAUSE_REQUESTED if still else AuditEvent.RESUME_REQUESTED
            await self._record.commit(before, after, event, actor=actor)
            return after

    async def cycle(self, fleet: Fleet) -> None:
        """Start what may start, then advance every active burn-in by one step.

        What is queued and was not confirmed for what is seen now ends first.
        """
        await self._learn_units(fleet)
        await self._end_voided(fleet)
        if not self._holds:
            now = self._clock.now()
            able = [item for item in self.burn_ins.values() if _may_start(item, fleet)]
            for burn_in in startable(able, self.settings, now):
                await self._isolated(burn_in.id, self._start)
        active = [item for item in self.burn_ins.values() if item.state.under_way]
        surface = await self._look_at_surface(active)

        async def advance(burn_in_id: str) -> None:
            try:
                await self._stepper.advance(burn_in_id, fleet, self.settings, surface)
            except ConnectionFailed:
                raise
            except TrueNASError:
                await self._stepper.unheard(burn_in_id)
                raise
            self._stepper.heard(burn_in_id)

        await asyncio.gather(
            *(self._isolated(burn_in.id, advance) for burn_in in active)
        )

    async def _learn_units(self, fleet: Fleet) -> None:
        """Note the logical unit of a drive that had none yet: it has no other later."""
        for burn_in in tuple(self.burn_ins.values()):
            if not burn_in.state.final and burn_in.drive.lunid is None:
                await self._isolated(burn_in.id, partial(self._learn_unit, fleet))

    async def _learn_unit(self, fleet: Fleet, burn_in_id: str) -> None:
        before = self.find(burn_in_id)
        drive = before and fleet.drives.get(before.drive.identifier)
        if not before or not drive or before.state.final or drive.lunid is None:
            return
        if not changed(before.drive, drive):
            known = replace(before.drive, lunid=drive.lunid)
            await self._record.keep(before, replace(before, drive=known))

    async def _end_voided(self, fleet: Fleet) -> None:
        """End what waits to overwrite a drive that is not what was confirmed."""
        for burn_in in tuple(self.burn_ins.values()):
            if burn_in.state is BurnInState.QUEUED and burn_in.writes_yet:
                reasons = seen_against(burn_in.drive, fleet) or self._absence(
                    burn_in, fleet
                )
                if reasons:
                    await self._isolated(burn_in.id, partial(self._void, reasons))

    def _absence(self, burn_in: BurnIn, fleet: Fleet) -> tuple[Reason, ...]:
        """Return that a drive is absent for good, once it is."""
        if burn_in.drive.identifier in fleet.drives:
            self._absent.forget(burn_in.id)
            return ()
        if not fleet.ready or not self._absent.is_over(burn_in.id, self._clock.now()):
            return ()
        return (because(ReasonKey.DRIVE_ABSENT, serial=burn_in.drive.serial),)

    async def _void(self, reasons: tuple[Reason, ...], burn_in_id: str) -> None:
        before = self.find(burn_in_id)
        if before is not None and before.state is BurnInState.QUEUED:
            after = end(before, BurnInState.CANCELLED, self._clock.now(), reasons)
            await self._record.commit(before, after, AuditEvent.CANCELLED)
            self._absent.forget(burn_in_id)

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
            _LOGGER.debug("Burn-in %s stands still: %s", burn_in_id, err)
        except Exception:
            _LOGGER.exception("Burn-in %s could not be advanced", burn_in_id)

    def _lock(self, burn_in_id: str) -> asyncio.Lock:
        return self._locks.setdefault(burn_in_id, asyncio.Lock())

    async def _look_at_surface(
        self, active: Sequence[BurnIn]
    ) -> Mapping[str, JobStatus] | None:
        tokens = [
            stage.token
            for burn_in in active
            if (stage := burn_in.stage) is not None
            and stage.found(SurfaceRun) is not None
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
            after = start(burn_in, self._clock.now())
            await self._record.commit(burn_in, after, AuditEvent.STARTED)


def _may_start(burn_in: BurnIn, fleet: Fleet) -> bool:
    """Tell whether what a queued burn-in needs is there, or it does not wait.

    A key may get its rights back, a NAS starts, a pool that was offline comes back.
    """
    if burn_in.state is not BurnInState.QUEUED:
        return True
    drive = fleet.drives.get(burn_in.drive.identifier)
    sure = drive is not None and drive.doubt is None and fleet.ready
    if burn_in.writes_yet and not sure:
        return False
    return fleet.system.commands or not needs_commands(burn_in.left)
