"""What every stage has in common."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol, override

from ...truenas.errors import NotAuthorized
from ...truenas.models import Drive, Fleet, SelfTestKind, SmartReport
from ...truenas.surface import Epoch, JobStatus
from ..evidence import Evidence
from ..gate import Case, refusals
from ..known import smart_of
from ..model import (
    BurnIn,
    Finding,
    PauseReason,
    Stage,
    StageKind,
    StageState,
    end_stage,
)
from ..ports import Nas
from ..reason import Reason, ReasonKey, because
from ..settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a stage may look at and act on in one step.

    `drive` is the planned drive as the latest poll saw it; `pause` why the stage
    has to stand still if it can; `surface` the agent's last words by token, None
    where nobody asked in this cycle; `epoch` tells how far the ledger is; `siblings` the newest burn-in of each drive.
    """

    burn_in: BurnIn
    stage: Stage
    drive: Drive
    fleet: Fleet
    nas: Nas
    epoch: Callable[[], Awaitable[Epoch]]
    settings: Settings
    now: datetime
    pause: PauseReason | None = None
    surface: Mapping[str, JobStatus] | None = None
    siblings: Collection[BurnIn] = ()

    def evidence[Found](self, kind: type[Found]) -> Found:
        """Return what the stage found out so far; raise TypeError if not of a kind."""
        found = self.stage.found(kind)
        if found is None:
            raise TypeError(f"{self.stage.kind} has no {kind.__name__}")
        return found

    def holding(self, evidence: Evidence | None) -> Stage:
        """Return the stage with what it found out; None leaves that as it is."""
        return (
            self.stage if evidence is None else replace(self.stage, evidence=evidence)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a stage stands after a step, and what it found out for the others.

    `pause_reason` goes with a paused stage. `mark` changes whenever the stage gets
    on, the percent does if there is none. A `milestone` is worth storing. With
    `begin` the stage was interrupted: its token takes it up, if the gate still lets it.
    """

    stage: Stage
    pause_reason: PauseReason | None = None
    mark: object = None
    milestone: bool = False
    begin: bool = False
    findings: tuple[Finding, ...] = ()
    estimated_minutes: Mapping[SelfTestKind, int] = field(default_factory=dict)


class StageRefused(Exception):
    """The stage may not begin, for `reasons`; the drive did nothing wrong."""

    def __init__(
        self, reasons: tuple[Reason, ...], evidence: Evidence | None = None
    ) -> None:
        """Keep every reason, and what was found all the same."""
        super().__init__("; ".join(reason.key for reason in reasons))
        self.reasons = reasons
        self.evidence = evidence


class StageDelayed(StageRefused):
    """The stage may not begin yet: what is against it may pass by itself."""


class StageSkipped(Exception):
    """The drive cannot do what the stage wants: the burn-in goes on without it."""

    def __init__(self, reason: Reason, findings: tuple[Finding, ...] = ()) -> None:
        """Keep why, and what that means for the verdict."""
        super().__init__(reason.key)
        self.reason = reason
        self.findings = findings


class StageRunner(Protocol):
    """One way of doing a stage. All methods may raise TrueNASError: try later."""

    async def prepare(self, ctx: Context) -> Evidence | None:
        """Return what to remember before the act, or None to wait a cycle.

        Raise StageRefused if the stage must not begin, StageSkipped if it cannot.
        """

    async def begin(self, ctx: Context) -> Step:
        """Act, idempotent by the stage's token; also called again after a crash.

        Raise StageRefused as `prepare` does.
        """

    async def poll(self, ctx: Context) -> Step:
        """Look how it goes."""

    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """End the effect on the system; idempotent. `drive` is None if it is gone."""


class ReadingStage(StageRunner):
    """A stage that only reads: it has no effect to wait for or to end."""

    @override
    async def poll(self, ctx: Context) -> Step:
        """Begin again."""
        return await self.begin(ctx)

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Do nothing."""


def passed(ctx: Context, evidence: Evidence | None = None) -> Stage:
    """Return the stage as passed, with what it found."""
    return end_stage(ctx.holding(evidence), StageState.PASSED, ctx.now)


def failed(ctx: Context, *reasons: Reason, evidence: Evidence | None = None) -> Stage:
    """Return the stage as failed: the drive is to blame."""
    return end_stage(ctx.holding(evidence), StageState.FAILED, ctx.now, reasons)


def inconclusive(
    ctx: Context, *reasons: Reason, evidence: Evidence | None = None
) -> Stage:
    """Return the stage as ended without having found out how the drive is."""
    return end_stage(ctx.holding(evidence), StageState.INCONCLUSIVE, ctx.now, reasons)


async def read_smart(ctx: Context) -> SmartReport | None:
    """Return the SMART report; None where the key may not have it read.

    Raise StageDelayed for one that says nothing of the drive's health.
    """
    try:
        report = await ctx.nas.smart(ctx.drive)
    except NotAuthorized:
        if ctx.fleet.system.commands:
            raise
        return None
    may_speak = not report.without_smart and report.smart_enabled is not False
    if report.silent and may_speak:
        raise StageDelayed((because(ReasonKey.SMART_SILENT),))
    return report


def baseline(burn_in: BurnIn) -> SmartReport | None:
    """Return the SMART report of the precheck, if it was read."""
    return smart_of(burn_in, StageKind.PRECHECK)


_MAY_PASS: Final = frozenset(
    {
        ReasonKey.DRIVE_ABSENT,
        ReasonKey.DRIVE_IN_USE,
        ReasonKey.DRIVE_UNREADABLE,
        ReasonKey.DRIVE_IN_DOUBT,
        ReasonKey.NAS_NOT_READY,
    }
)
"""Refusals without a user of the drive: so it looks, too, while a NAS that has
started does not know all its drives (docs/truenas-api.md §2.3)."""


async def check_gate(ctx: Context) -> Drive:
    """Return the drive as it is right now; StageRefused if the gate refuses it.

    Asks the system afresh: the poll may be old, a pool may have been made. Raise
    StageDelayed where nothing says who uses the drive or where it went.
    """
    fleet = await ctx.nas.fleet(closely=True)
    found = refusals(
        Case(
            plan=ctx.burn_in.drive,
            fleet=fleet,
            destructive=ctx.burn_in.destructive,
            confirmed=True,
            self_tests=False,
        )
    )
    if found:
        may_pass = all(reason.key in _MAY_PASS for reason in found)
        raise (StageDelayed if may_pass else StageRefused)(found)
    return fleet.drives[ctx.burn_in.drive.identifier]
