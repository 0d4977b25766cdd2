"""What the newest burn-in of a drive tells of its health, without asking the drive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..truenas.models import SelfTestKind, SmartReport
from ..truenas.surface import ContentItem
from .evidence import SmartRecord
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReading:
    """What one drive said when a person asked; `serial` is the drive's.

    `content` is what lies on it, None where nobody could look.
    """

    serial: str
    at: datetime
    report: SmartReport
    content: tuple[ContentItem, ...] | None = None


def newest_smart(burn_in: BurnIn | None) -> SmartReport | None:
    """Return the newest SMART report of a burn-in."""
    if burn_in is None:
        return None
    return smart_of(burn_in, StageKind.FINAL_CHECK) or smart_of(
        burn_in, StageKind.PRECHECK
    )


def smart_of(burn_in: BurnIn, kind: StageKind) -> SmartReport | None:
    """Return the SMART report that a check read, if it did."""
    for stage in burn_in.stages:
        if stage.kind is kind and (found := stage.found(SmartRecord)):
            return found.report
    return None


def newest_reading(
    burn_in: BurnIn | None, asked: HealthReading | None
) -> HealthReading | None:
    """Return the newest of what a burn-in read and of what a person asked for."""
    read = None if burn_in is None else _last_of(burn_in)
    if read is None or asked is None:
        return read or asked
    return max(read, asked, key=lambda reading: reading.at)


def _last_of(burn_in: BurnIn) -> HealthReading | None:
    """Return what a burn-in read last; a last report that failed one has no time."""
    for kind in (StageKind.FINAL_CHECK, StageKind.PRECHECK):
        for stage in burn_in.stages:
            record = stage.found(SmartRecord)
            if stage.kind is kind and record is not None and record.report is not None:
                at = stage.finished or burn_in.finished or burn_in.created
                serial = burn_in.drive.serial
                return HealthReading(serial=serial, at=at, report=record.report)
    return None


def self_test_of(
    burn_in: BurnIn | None, kind: SelfTestKind, report: SmartReport | None = None
) -> KnownSelfTest:
    """Return the newest self-test of a kind: a stage, else by the drive's own log.

    `report` is the drive's newest, by default that of the burn-in.
    """
    if burn_in is not None:
        for stage in reversed(burn_in.stages):
            if SELF_TESTS.get(stage.kind) is kind and stage.state in _STATES:
                return _known(stage)
    report = report or newest_smart(burn_in)
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
