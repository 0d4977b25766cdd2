"""What the newest burn-in of a drive tells of its health, without asking the drive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from ..truenas.errors import InvalidResponse
from ..truenas.models import SelfTestKind, SmartReport
from ..truenas.smart_json import report_from_json
from .model import BurnIn, Stage, StageKind, StageState
from .plan import SELF_TESTS


class SelfTestState(StrEnum):
    """What is known of a drive's newest self-test of a kind."""

    NOT_RUN = "not_run"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"
    INCONCLUSIVE = "inconclusive"
    UNKNOWN = "unknown"
    """Its drive is still to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSelfTest:
    """A self-test as far as it is known; `at` is when it ended."""

    state: SelfTestState
    percent: float | None = None
    at: datetime | None = None


_STATES: Final[Mapping[StageState, SelfTestState]] = {
    StageState.RUNNING: SelfTestState.RUNNING,
    StageState.PAUSED: SelfTestState.RUNNING,
    StageState.PASSED: SelfTestState.PASSED,
    StageState.FAILED: SelfTestState.FAILED,
    StageState.CANCELLED: SelfTestState.ABORTED,
    StageState.INCONCLUSIVE: SelfTestState.INCONCLUSIVE,
}


_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReading:
    """What one drive said when a person asked; `serial` is the drive's."""

    serial: str
    at: datetime
    report: SmartReport


def newest_smart(burn_in: BurnIn | None) -> SmartReport | None:
    """Return the newest SMART report of a burn-in, None also for one of old."""
    stage = _newest_reading(burn_in)
    try:
        return None if stage is None else report_from_json(stage.evidence["smart"])
    except InvalidResponse:
        return None


def _newest_reading(burn_in: BurnIn | None) -> Stage | None:
    for kind in (StageKind.FINAL_CHECK, StageKind.PRECHECK):
        for stage in () if burn_in is None else burn_in.stages:
            if stage.kind is kind and stage.evidence.get("smart"):
                return stage
    return None


def newest_report(
    burn_in: BurnIn | None, reading: HealthReading | None
) -> SmartReport | None:
    """Return the newest of what a burn-in read and of what a person asked for."""
    kept = newest_smart(burn_in)
    if reading is None or (kept is not None and _read_at(burn_in) >= reading.at):
        return kept
    return reading.report


def _read_at(burn_in: BurnIn | None) -> datetime:
    """Return when a burn-in read its newest report, at the latest."""
    stage = _newest_reading(burn_in)
    return _NEVER if stage is None or stage.finished is None else stage.finished


def self_test_of(burn_in: BurnIn | None, kind: SelfTestKind) -> KnownSelfTest:
    """Return the newest self-test of a kind: a stage, else by the drive's own log."""
    if burn_in is not None:
        for stage in reversed(burn_in.stages):
            if SELF_TESTS.get(stage.kind) is kind and stage.state in _STATES:
                return _known(stage)
    report = newest_smart(burn_in)
    for test in () if report is None else report.self_tests.tests:
        if test.kind is kind:
            return KnownSelfTest(state=SelfTestState(test.status))
    return KnownSelfTest(state=SelfTestState.NOT_RUN)


def _known(stage: Stage) -> KnownSelfTest:
    running = stage.state.active
    return KnownSelfTest(
        state=_STATES[stage.state],
        percent=stage.percent if running else None,
        at=stage.finished,
    )
