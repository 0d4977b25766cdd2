"""A burn-in and its stages, as frozen values whose transitions return new ones.

Percents are 0-100, durations seconds, times aware UTC datetimes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..truenas.surface import ContentItem
from .evidence import Evidence, SurfaceRun, WipeRun
from .reason import Reason


class BurnInState(StrEnum):
    """State of a burn-in.

    CANCELLING lasts until the system has been told to stop what is under way, and
    has: for as long as it cannot be reached.
    """

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INCONCLUSIVE = "inconclusive"

    @property
    def final(self) -> bool:
        """Tell whether the burn-in has ended."""
        return self in _FINAL_STATES

    @property
    def under_way(self) -> bool:
        """Tell whether the burn-in has begun and not ended."""
        return not self.final and self is not BurnInState.QUEUED


_FINAL_STATES = frozenset(
    {
        BurnInState.PASSED,
        BurnInState.FAILED,
        BurnInState.CANCELLED,
        BurnInState.INCONCLUSIVE,
    }
)


class StageState(StrEnum):
    """State of one stage of a burn-in."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    INCONCLUSIVE = "inconclusive"

    @property
    def active(self) -> bool:
        """Tell whether the stage has begun and not ended."""
        return self in (StageState.RUNNING, StageState.PAUSED)


class StageKind(StrEnum):
    """Stages a burn-in can be made of."""

    PRECHECK = "precheck"
    SHORT_SMART = "short_smart"
    CONVEYANCE_SMART = "conveyance_smart"
    LONG_SMART = "long_smart"
    IO_VALIDATE = "io_validate"
    SURFACE_VALIDATE = "surface_validate"
    FINAL_CHECK = "final_check"

    @property
    def destructive(self) -> bool:
        """Tell whether the stage overwrites data on the drive."""
        return self in (StageKind.IO_VALIDATE, StageKind.SURFACE_VALIDATE)


SELF_TEST_STAGES: Final = frozenset(
    {StageKind.SHORT_SMART, StageKind.CONVEYANCE_SMART, StageKind.LONG_SMART}
)
"""Stages in which the drive tests itself."""


class PauseReason(StrEnum):
    """Why a burn-in stands still, or will before its next stage."""

    PERSON = "person"
    HEAT = "heat"
    QUIET_HOURS = "quiet_hours"
    SCRUB = "scrub"


class HoldReason(StrEnum):
    """Why a system starts no burn-ins."""

    PERSON = "person"
    LEDGER_LOST = "ledger_lost"
    LEDGER_OUTDATED = "ledger_outdated"


class Severity(StrEnum):
    """Weight of a finding in the verdict."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that speaks against a drive, with the values that show it.

    `key` names what was looked at, `reason` says it, `stage` is the stage that found
    it.
    """

    key: str
    severity: Severity
    reason: Reason
    before: int | None = None
    after: int | None = None
    stage: StageKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveIdentity:
    """What makes a drive the one a plan was made for."""

    identifier: str
    serial: str
    lunid: str | None
    model: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a burn-in.

    `token` is committed before the effect on the system (intent), `reference`
    after it; `attempt` counts from 1. `replaces` is the token under which an earlier
    burn-in tried the same, and which may still be at it. `weight` is the expected duration in
    seconds. `reasons` say why the stage failed, is inconclusive or was skipped.
    """

    kind: StageKind
    state: StageState = StageState.PENDING
    weight: float = 1.0
    attempt: int = 0
    percent: float = 0.0
    token: str | None = None
    replaces: str | None = None
    boot_id: str | None = None
    reference: str | None = None
    started: datetime | None = None
    finished: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    evidence: Evidence | None = None

    def found[Found](self, kind: type[Found]) -> Found | None:
        """Return what the stage found out if it is of this kind."""
        return self.evidence if isinstance(self.evidence, kind) else None

    @property
    def settled(self) -> bool:
        """Tell whether it has passed, or was left out as the drive cannot do it.

        Stages that a burn-in never came to are skipped too, and were never finished.
        """
        skipped = self.state is StageState.SKIPPED and self.finished is not None
        return skipped or self.state is StageState.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnIn:
    """A burn-in of one drive on one system.

    `pause_reason` PERSON stays until a person takes it back; it is there at once,
    while a self-test that cannot stand still goes on. `stalled` says that the
    stage under way has not got on for longer than it should. `retry_of` is the id
    of the burn-in whose passed stages this one has taken over, `attempt` counts from
    1. `failed_before` tells that the drive failed a burn-in before this one.
    """

    id: str
    nas_id: str
    drive: DriveIdentity
    device: str
    profile: str
    stages: tuple[Stage, ...]
    state: BurnInState
    operator: str | None
    created: datetime
    position: int
    started: datetime | None = None
    finished: datetime | None = None
    finish_time: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    pause_reason: PauseReason | None = None
    stalled: bool = False
    retry_of: str | None = None
    attempt: int = 1
    failed_before: bool = False

    @property
    def has_failed(self) -> bool:
        """Tell whether this burn-in, or one of the drive before it, failed."""
        return self.failed_before or self.state is BurnInState.FAILED

    @property
    def stage(self) -> Stage | None:
        """Return the first stage that has not ended, or None."""
        index = self.stage_index
        return None if index is None else self.stages[index]

    @property
    def stage_under_way(self) -> Stage | None:
        """Return the stage that has begun and not ended, or None."""
        stage = self.stage
        return stage if stage is not None and stage.state.active else None

    @property
    def stage_index(self) -> int | None:
        """Return the index of the first stage that has not ended, or None."""
        for index, stage in enumerate(self.stages):
            if stage.state is StageState.PENDING or stage.state.active:
                return index
        return None

    @property
    def failed_stage(self) -> Stage | None:
        """Return the stage that ended the burn-in, if one did."""
        for stage in self.stages:
            if stage.state in (StageState.FAILED, StageState.INCONCLUSIVE):
                return stage
        return None

    @property
    def percent(self) -> float:
        """Return the overall progress by the stages' weights, rounded to 0.1."""
        if self.state is BurnInState.PASSED:
            return 100.0
        total = sum(stage.weight for stage in self.stages)
        done = sum(stage.weight * _share(stage) for stage in self.stages)
        return round(100.0 * done / total, 1)

    @property
    def destructive(self) -> bool:
        """Tell whether any stage overwrites data."""
        return any(stage.kind.destructive for stage in self.stages)

    @property
    def left(self) -> tuple[Stage, ...]:
        """Return the stages that have not ended."""
        return tuple(
            stage
            for stage in self.stages
            if stage.state is StageState.PENDING or stage.state.active
        )

    @property
    def writes_yet(self) -> bool:
        """Tell whether any stage that has not ended overwrites data."""
        return any(stage.kind.destructive for stage in self.left)

    @property
    def verified(self) -> bool:
        """Tell whether everything written is read back: no write-only stage."""
        return not any(stage.found(WipeRun) for stage in self.stages)


def _share(stage: Stage) -> float:
    return 1.0 if stage.settled else stage.percent / 100.0


def needs_commands(stages: Iterable[Stage]) -> bool:
    """Tell whether any of the stages takes a key that may run commands.

    What is written, and whether it is read back, was confirmed: a key that may only
    wipe does not make another method of it.
    """
    return any(
        stage.kind in SELF_TEST_STAGES
        or (stage.kind.destructive and stage.found(WipeRun) is None)
        for stage in stages
    )


def token_of(burn_in: BurnIn, stage: Stage) -> str:
    """Return the token of the current stage's attempt (docs/architecture.md)."""
    return f"{burn_in.id}-{burn_in.stage_index}-{stage.kind}-{stage.attempt}"


def with_stage(burn_in: BurnIn, stage: Stage) -> BurnIn:
    """Return the burn-in with the stage of the same kind and place replaced."""
    index = burn_in.stage_index
    if index is None or burn_in.stages[index].kind is not stage.kind:
        raise ValueError(f"{stage.kind} is not the current stage of {burn_in.id}")
    stages = (*burn_in.stages[:index], stage, *burn_in.stages[index + 1 :])
    return replace(burn_in, stages=stages)


def advance(stage: Stage, percent: float) -> Stage:
    """Return the stage with a progress that never goes back within it."""
    return replace(stage, percent=min(100.0, max(stage.percent, round(percent, 1))))


def end_stage(
    stage: Stage, state: StageState, now: datetime, reasons: tuple[Reason, ...] = ()
) -> Stage:
    """Return the stage ended in a final state."""
    percent = 100.0 if state is StageState.PASSED else stage.percent
    return replace(stage, state=state, finished=now, reasons=reasons, percent=percent)


def start(burn_in: BurnIn, now: datetime) -> BurnIn:
    """Return a queued burn-in as running."""
    return replace(
        burn_in, state=BurnInState.RUNNING, started=burn_in.started or now, reasons=()
    )


def cancelling(burn_in: BurnIn) -> BurnIn:
    """Return a burn-in under way as one that is to be cancelled."""
    return replace(
        burn_in,
        state=BurnInState.CANCELLING,
        finish_time=None,
        pause_reason=None,
        stalled=False,
    )


def end(
    burn_in: BurnIn,
    state: BurnInState,
    now: datetime,
    reasons: tuple[Reason, ...] = (),
) -> BurnIn:
    """Return the burn-in ended; stages that have not ended are skipped.

    A stage that was under way when the burn-in is cancelled is cancelled.
    """
    under_way = (
        StageState.CANCELLED
        if state is BurnInState.CANCELLED
        else StageState(state.value)
        if state is not BurnInState.PASSED
        else StageState.PASSED
    )
    stages = tuple(
        end_stage(stage, under_way, now, reasons)
        if stage.state.active
        else replace(stage, state=StageState.SKIPPED)
        if stage.state is StageState.PENDING
        else stage
        for stage in burn_in.stages
    )
    return replace(
        burn_in,
        state=state,
        stages=stages,
        finished=now,
        finish_time=None,
        reasons=reasons,
        pause_reason=None,
        stalled=False,
    )


def retried(
    burn_in: BurnIn,
    *,
    burn_in_id: str,
    now: datetime,
    position: int,
    operator: str | None,
) -> BurnIn:
    """Return a queued burn-in that goes on at the first stage not passed of an ended one.

    What the stages to be repeated had found stays with the ended one. They get tokens
    of their own: a surface pass writes and reads back every range anew.
    """
    stages = left_to_do(burn_in)
    kept = burn_in.stages[: len(burn_in.stages) - len(stages)]
    return replace(
        burn_in,
        id=burn_in_id,
        state=BurnInState.QUEUED,
        stages=(*kept, *stages),
        operator=operator,
        created=now,
        position=position,
        started=None,
        finished=None,
        reasons=(),
        findings=tuple(
            finding
            for finding in burn_in.findings
            if finding.stage in {stage.kind for stage in kept}
        ),
        retry_of=burn_in.id,
        attempt=burn_in.attempt + 1,
        failed_before=burn_in.has_failed,
    )


def left_to_do(burn_in: BurnIn) -> tuple[Stage, ...]:
    """Return the stages that a retry of an ended burn-in repeats, as they begin.

    What was confirmed to be lost stays as it was.
    """
    index = next(
        place for place, stage in enumerate(burn_in.stages) if not stage.settled
    )
    return tuple(map(_anew, burn_in.stages[index:]))


def confirmed_content(burn_in: BurnIn) -> frozenset[ContentItem]:
    """Return what somebody saw on the drive and agreed to lose."""
    runs = (stage.found(SurfaceRun) for stage in burn_in.stages)
    return frozenset(item for run in runs if run is not None for item in run.confirmed)


def _anew(stage: Stage) -> Stage:
    surface, wipe = stage.found(SurfaceRun), stage.found(WipeRun)
    planned = surface or wipe
    return Stage(
        kind=stage.kind,
        weight=stage.weight,
        replaces=stage.token,
        evidence=planned and planned.planned,
    )
