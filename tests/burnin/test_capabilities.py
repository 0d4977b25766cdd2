"""What a drive cannot do is left out with a reason; what it can is waited for."""

from collections.abc import Collection

import pytest

from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
    StageState,
    left_to_do,
)
from custom_components.truenas_burnin.burnin.plan import (
    Profile,
    plan_from_stages,
    plan_of,
)
from custom_components.truenas_burnin.burnin.reason import ReasonKey
from custom_components.truenas_burnin.truenas.errors import AgentFailed
from custom_components.truenas_burnin.truenas.models import SelfTestKind, SelfTestLog
from custom_components.truenas_burnin.truenas.surface import Why

from ..said import said, said_in
from .fakes import Bench, a_report
from .test_runner import DRIVE, current, submit

SHORT, LONG = SelfTestKind.SHORT, SelfTestKind.LONG
NO_LOG = SelfTestLog(tests=(), running_percent=None, readable=False)


def a_bench(kinds: Collection[SelfTestKind] | None, log: SelfTestLog) -> Bench:
    """Return a bench whose drive has these self-tests, and this log."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(
        DRIVE,
        self_test_kinds=None if kinds is None else frozenset(kinds),
        self_tests=log,
    )
    bench.nas.logs[DRIVE.serial] = log
    return bench


def stage_of(burn_in: BurnIn, kind: StageKind) -> Stage:
    """Return the first stage of a kind."""
    return next(stage for stage in burn_in.stages if stage.kind is kind)


def starts(bench: Bench) -> int:
    """Return how often a self-test was started, or tried to."""
    return len(bench.nas.calls_of("start_self_test"))


@pytest.mark.parametrize("profile", [Profile.FULL, Profile.QUICK])
@pytest.mark.parametrize(
    ("kinds", "key"),
    [
        ((), ReasonKey.SELF_TEST_UNSUPPORTED),
        ((SHORT, LONG), ReasonKey.SELF_TEST_LOG_MISSING),
    ],
)
async def test_a_drive_without_self_tests_is_written(
    profile: Profile, kinds: tuple[SelfTestKind, ...], key: ReasonKey
) -> None:
    """An NVMe drive without self-tests, or with some and without a log of them."""
    bench = a_bench(kinds, NO_LOG)
    await submit(bench, plan_of(profile))
    await bench.cycle()
    burn_in = current(bench)
    short = stage_of(burn_in, StageKind.SHORT_SMART)
    assert (short.state, [item.key for item in short.reasons]) == (
        StageState.SKIPPED,
        [key],
    )
    assert burn_in.stage is not None
    assert burn_in.stage.kind.destructive
    assert starts(bench) == 0
    assert len(bench.nas.plans) == 1
    assert key in {item.reason.key for item in burn_in.findings}


async def test_a_sas_drive_has_no_conveyance_test() -> None:
    """Nothing is begun or asked again, and it is no warning; the others run."""
    bench = a_bench((SHORT, LONG), SelfTestLog(tests=(), running_percent=None))
    await submit(bench, plan_from_stages(["conveyance_smart", "long_smart"]))
    await bench.cycle()
    burn_in = current(bench)
    conveyance = stage_of(burn_in, StageKind.CONVEYANCE_SMART)
    assert (conveyance.state, conveyance.attempt) == (StageState.SKIPPED, 0)
    (reason,) = conveyance.reasons
    assert said_in("en", reason) == "the drive doesn't support this self-test"
    assert said_in("de", reason) == "das Laufwerk unterstützt diesen Selbsttest nicht"
    assert burn_in.findings == ()
    assert bench.nas.calls_of("start_self_test") == [
        f"start_self_test {DRIVE.serial} long"
    ]
    assert burn_in.percent > 0


async def test_only_skipped_tests_still_end() -> None:
    """As passed, with the warning that says what was not done."""
    bench = a_bench((), NO_LOG)
    await submit(bench, plan_of(Profile.SMART))
    await bench.cycle()
    burn_in = current(bench)
    assert burn_in.state is BurnInState.PASSED
    assert {said(item) for item in burn_in.findings} == {
        "the drive doesn't support this self-test"
    }


async def test_a_log_that_was_there_is_waited_for() -> None:
    """It was read a moment ago: the drive keeps one."""
    bench = a_bench((SHORT, LONG), SelfTestLog(tests=(), running_percent=None))
    bench.nas.logs[DRIVE.serial] = NO_LOG
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle(3)
    assert current(bench).state is BurnInState.RUNNING
    assert stage_of(current(bench), StageKind.LONG_SMART).state is StageState.PENDING
    bench.nas.logs[DRIVE.serial] = SelfTestLog(tests=(), running_percent=None)
    await bench.cycle()
    assert starts(bench) == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("self_test_unsupported", StageState.SKIPPED),
        ("drive_hangs", StageState.RUNNING),
    ],
)
async def test_a_drive_that_only_says_so_when_asked(
    code: str, state: StageState
) -> None:
    """It is asked once, other refusals again."""
    bench = a_bench(None, SelfTestLog(tests=(), running_percent=None))
    bench.nas.fail["start_self_test"] = AgentFailed("self-test", Why(code=code))
    await submit(bench, plan_from_stages(["conveyance_smart"]))
    await bench.cycle(2)
    stage = stage_of(current(bench), StageKind.CONVEYANCE_SMART)
    assert stage.state is state
    assert starts(bench) == (1 if state is StageState.SKIPPED else 2)


async def test_a_retry_does_not_go_back_to_what_was_skipped() -> None:
    """It goes on with the stage after it."""
    bench = a_bench((), NO_LOG)
    await submit(bench, plan_of(Profile.FULL))
    await bench.cycle()
    await bench.runner.cancel(current(bench).id, actor=None)
    await bench.cycle()
    repeated = left_to_do(current(bench))
    assert [stage.kind for stage in repeated] == [
        StageKind.SURFACE_VALIDATE,
        StageKind.FINAL_CHECK,
    ]
