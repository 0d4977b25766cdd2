"""What is known of a drive's health without asking it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.truenas_burnin.burnin.evidence import SmartRecord, SurfaceRun
from custom_components.truenas_burnin.burnin.known import (
    HealthReading,
    KnownSelfTest,
    SelfTestState,
    newest_reading,
    newest_smart,
    self_test_of,
)
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.stages.base import Context
from custom_components.truenas_burnin.truenas.models import (
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)

from ..ledger.builders import START, a_burn_in
from .fakes import Bench, a_drive, a_report

DRIVE = a_drive()
OLD, NEW, ASKED = (a_report(DRIVE, power_on_hours=hours) for hours in (1, 2, 3))


def a_check(kind: StageKind, hours: int, **changes: object) -> Stage:
    """Return a check that read a report and ended after so many hours."""
    plain: dict[str, object] = {
        "kind": kind,
        "state": StageState.PASSED,
        "finished": START + timedelta(hours=hours),
        "evidence": SmartRecord(report=OLD if kind is StageKind.PRECHECK else NEW),
    }
    return Stage(**plain | changes)  # type: ignore[arg-type]


def of(*stages: Stage) -> BurnIn:
    """Return a burn-in of these stages."""
    return a_burn_in(stages=stages)


BEFORE = a_check(StageKind.PRECHECK, 1)
AFTER = a_check(StageKind.FINAL_CHECK, 5)


def test_the_newest_report_of_a_burn_in() -> None:
    """The final check's, else the one before it."""
    assert newest_smart(None) is None
    assert newest_smart(of(BEFORE, AFTER)) == NEW
    assert newest_smart(of(BEFORE, Stage(kind=StageKind.FINAL_CHECK))) == OLD


@pytest.mark.parametrize(
    ("burn_in", "hours", "newest"),
    [
        (None, None, None),
        (None, 3, ASKED),
        (of(BEFORE, AFTER), None, NEW),
        (of(BEFORE, AFTER), 3, NEW),
        (of(BEFORE, AFTER), 6, ASKED),
        (of(BEFORE), 3, ASKED),
        (of(a_check(StageKind.PRECHECK, 1, finished=None)), 0, OLD),
        (of(a_check(StageKind.PRECHECK, 1, finished=None)), 99, ASKED),
        (of(Stage(kind=StageKind.PRECHECK)), 0, ASKED),
    ],
)
def test_a_person_may_know_better(
    burn_in: BurnIn | None, hours: int | None, newest: object
) -> None:
    """Whoever asked last."""
    reading = (
        None
        if hours is None
        else HealthReading(
            serial=DRIVE.serial, at=START + timedelta(hours=hours), report=ASKED
        )
    )
    found = newest_reading(burn_in, reading)
    assert (None if found is None else found.report) == newest


def test_when_a_burn_in_read_what_it_read_last() -> None:
    """A last report of a drive that failed is no stage that ended."""
    read = newest_reading(of(BEFORE, AFTER), None)
    assert read is not None
    assert (read.serial, read.at) == (DRIVE.serial, AFTER.finished)
    failed = a_check(StageKind.FINAL_CHECK, 1, finished=None, state=StageState.SKIPPED)
    ended = replace(of(BEFORE, failed), finished=START + timedelta(hours=4))
    later = newest_reading(ended, None)
    assert later is not None
    assert (later.report, later.at) == (NEW, ended.finished)


def test_the_newest_self_test() -> None:
    """A stage's, else what the drive's own log says."""
    log = SelfTestLog(
        tests=(
            SelfTest(
                kind=SelfTestKind.LONG,
                status=SelfTestStatus.FAILED,
                text="",
                lifetime_hours=1,
                lba_of_first_error=None,
            ),
        ),
        running_percent=None,
    )
    record = SmartRecord(report=a_report(DRIVE, self_tests=log))
    before = a_check(StageKind.PRECHECK, 1, evidence=record)
    running = Stage(kind=StageKind.SHORT_SMART, state=StageState.RUNNING, percent=40.0)
    burn_in = of(before, running, Stage(kind=StageKind.LONG_SMART))
    found = {kind: self_test_of(burn_in, kind) for kind in SelfTestKind}
    assert found[SelfTestKind.SHORT] == KnownSelfTest(
        state=SelfTestState.RUNNING, percent=40.0
    )
    assert found[SelfTestKind.LONG].state is SelfTestState.FAILED
    assert found[SelfTestKind.CONVEYANCE].state is SelfTestState.NOT_RUN
    assert self_test_of(None, SelfTestKind.LONG).state is SelfTestState.NOT_RUN
    asked = a_report(DRIVE, self_tests=log)
    assert self_test_of(None, SelfTestKind.LONG, asked).state is SelfTestState.FAILED
    done = Stage(kind=StageKind.LONG_SMART, state=StageState.PASSED, finished=START)
    assert self_test_of(of(before, done), SelfTestKind.LONG) == KnownSelfTest(
        state=SelfTestState.PASSED, at=START
    )


def test_no_stage_failed() -> None:
    """Then none ended the burn-in."""
    assert of(BEFORE, AFTER).failed_stage is None


async def test_a_stage_of_another_kind() -> None:
    """What it found out is not taken for something else."""
    bench = Bench(DRIVE)
    context = Context(
        burn_in=of(BEFORE),
        stage=BEFORE,
        drive=DRIVE,
        fleet=await bench.nas.fleet(),
        nas=bench.nas,
        epoch=bench.ledger.epoch,
        settings=bench.settings,
        now=START,
    )
    with pytest.raises(TypeError, match="precheck has no SurfaceRun"):
        context.evidence(SurfaceRun)
