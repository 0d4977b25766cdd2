"""What the newest burn-in of a drive tells of its health, without asking the drive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ..truenas.models import SelfTestKind
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
    UNKNOWN = "unknown"


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
    StageState.UNKNOWN: SelfTestState.UNKNOWN,
}


def newest_smart(burn_in: BurnIn | None) -> Mapping[str, Any] | None:
    """Return the newest SMART report of a burn-in, as `report_to_json` gave it."""
    if burn_in is None:
        return None
    for kind in (StageKind.FINAL_CHECK, StageKind.PRECHECK):
        for stage in burn_in.stages:
            if stage.kind is kind and (smart := stage.evidence.get("smart")):
                found: Mapping[str, Any] = smart
                return found
    return None


def smart_value(burn_in: BurnIn | None, key: str) -> int | None:
    """Return one plain number of the newest report."""
    value: int | None = (newest_smart(burn_in) or {}).get(key)
    return value


def smart_counter(burn_in: BurnIn | None, *keys: str) -> int | None:
    """Return the sum of those error counters that the newest report has."""
    counters: Mapping[str, int] = (newest_smart(burn_in) or {}).get("counters", {})
    found = [counters[key] for key in keys if key in counters]
    return sum(found) if found else None


def self_test_of(burn_in: BurnIn | None, kind: SelfTestKind) -> KnownSelfTest:
    """Return the newest self-test of a kind: a stage, else by the drive's own log."""
    if burn_in is not None:
        for stage in reversed(burn_in.stages):
            if SELF_TESTS.get(stage.kind) is kind and stage.state in _STATES:
                return _known(stage)
    smart = newest_smart(burn_in) or {}
    for test in smart.get("self_tests", {}).get("tests", ()):
        if test.get("kind") == kind:
            return KnownSelfTest(state=SelfTestState(test["status"]))
    return KnownSelfTest(state=SelfTestState.NOT_RUN)


def _known(stage: Stage) -> KnownSelfTest:
    running = stage.state.active
    return KnownSelfTest(
        state=_STATES[stage.state],
        percent=stage.percent if running else None,
        at=stage.finished,
    )
