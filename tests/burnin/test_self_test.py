"""Self-tests are judged by entries that are new and of their kind, by no others."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.model import (
    BurnInState,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.plan import plan_from_stages
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed
from custom_components.truenas_burnin.truenas.models import (
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)

from ..said import said
from .fakes import Bench, a_report, a_test
from .test_runner import DRIVE, current, submit

LONG, SHORT = SelfTestKind.LONG, SelfTestKind.SHORT
PASSED, FAILED = SelfTestStatus.PASSED, SelfTestStatus.FAILED
INTERRUPTED = SelfTestStatus.INTERRUPTED
UNREADABLE = SelfTestLog(tests=(), running_percent=None, readable=False)


def log_of(*tests: SelfTest) -> SelfTestLog:
    """Return a log of an idle drive, newest first."""
    return SelfTestLog(tests=tests, running_percent=None)


async def to_long(*tests: SelfTest, hours: int | None = 12) -> Bench:
    """Return a bench whose drive, with these tests in its log, runs a long one."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, power_on_hours=hours)
    bench.nas.logs[DRIVE.serial] = log_of(*tests)
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle()
    assert starts(bench) == 1
    return bench


async def ends(bench: Bench, *tests: SelfTest) -> StageState:
    """Let the running test end with this log; return how that is judged."""
    bench.nas.logs[DRIVE.serial] = log_of(*tests)
    await bench.cycle()
    stage = next(
        stage for stage in current(bench).stages if stage.kind is StageKind.LONG_SMART
    )
    return stage.state


def starts(bench: Bench) -> int:
    """Return how many tests were started."""
    return len(bench.nas.calls_of("start_self_test"))


async def test_a_foreign_test_of_another_kind_passes_nothing() -> None:
    """Ours was interrupted by a reboot, then a scheduled short one passed."""
    old = a_test(SHORT, PASSED, 12)
    bench = await to_long(old)
    later, ours = a_test(SHORT, PASSED, 40), a_test(LONG, INTERRUPTED, 20)
    assert await ends(bench, later, ours, old) is StageState.RUNNING
    assert starts(bench) == 2


async def test_our_failure_counts_whatever_passed_later() -> None:
    """The drive said itself that it failed, also if another test passed since."""
    old = a_test(SHORT, PASSED, 12)
    for later in (a_test(SHORT, PASSED, 40), a_test(LONG, PASSED, 60)):
        bench = await to_long(old)
        ours = a_test(LONG, FAILED, 30)
        assert await ends(bench, later, ours, old) is StageState.FAILED


async def test_an_older_failure_is_not_ours() -> None:
    """It was there before."""
    old = a_test(LONG, FAILED, 12)
    bench = await to_long(old)
    assert await ends(bench, a_test(LONG, PASSED, 24), old) is StageState.PASSED


async def test_a_full_log_drops_its_oldest_entry() -> None:
    """The others tell that only the first is new."""
    old = [a_test(LONG, FAILED, hours) for hours in range(31, 10, -1)]
    bench = await to_long(*old, hours=31)
    new = a_test(LONG, PASSED, 40)
    assert await ends(bench, new, *old[:-1]) is StageState.PASSED


async def test_an_unchanged_log_is_no_news() -> None:
    """A test that was seen and left no entry is not the one before it."""
    old = a_test(LONG, PASSED, 12)
    bench = await to_long(old)
    await bench.cycle()
    assert await ends(bench, old) is StageState.RUNNING


async def test_a_failure_that_only_the_status_tells() -> None:
    """The log has no entry of it; the drive's words are the reason."""
    bench = await to_long()
    await bench.cycle()
    bench.nas.logs[DRIVE.serial] = replace(log_of(), failure="read failure")
    await bench.cycle()
    assert current(bench).state is BurnInState.FAILED
    assert said(current(bench)) == "the drive failed its self-test: read failure"


async def test_a_status_of_before_fails_no_test() -> None:
    """It is of an older test until ours was seen running; an entry knows better."""
    bench = await to_long()
    log = replace(log_of(), failure="read failure")
    bench.nas.logs[DRIVE.serial] = log
    await bench.cycle()
    assert current(bench).state is BurnInState.RUNNING
    bench.nas.logs[DRIVE.serial] = replace(log, tests=(a_test(LONG, PASSED),))
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED


async def test_intent_without_act_does_not_adopt_another_kind() -> None:
    """The NAS was away when ours was to begin; a short one ran meanwhile."""
    bench = Bench(DRIVE)
    bench.nas.fail["start_self_test"] = ConnectionFailed("gone")
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle()
    del bench.nas.fail["start_self_test"]
    bench.nas.logs[DRIVE.serial] = log_of(a_test(SHORT, PASSED, 13))
    bench.nas.calls.clear()
    await bench.cycle()
    assert starts(bench) == 1
    assert await ends(bench, a_test(SHORT, PASSED, 13)) is StageState.RUNNING


async def test_intent_adopts_a_finished_test_of_its_kind() -> None:
    """The reply to the start was lost, and we came back when it was over."""
    bench = Bench(DRIVE)
    bench.nas.fail["start_self_test"] = ConnectionFailed("gone")
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle()
    del bench.nas.fail["start_self_test"]
    bench.nas.calls.clear()
    assert await ends(bench, a_test(LONG, PASSED, 24)) is StageState.RUNNING
    await bench.cycle()
    assert starts(bench) == 0
    assert current(bench).state is BurnInState.PASSED


async def test_a_log_that_is_unreadable_once_is_no_empty_log() -> None:
    """Nothing begins before it can be read, and then the old entries are known."""
    bench = Bench(DRIVE)
    bench.nas.logs[DRIVE.serial] = UNREADABLE
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle(3)
    assert starts(bench) == 0
    old = a_test(LONG, PASSED, 9)
    bench.nas.logs[DRIVE.serial] = log_of(old)
    await bench.cycle()
    assert starts(bench) == 1
    assert await ends(bench, old) is StageState.RUNNING


async def test_a_log_that_stays_unreadable_is_told_of() -> None:
    """After a quarter of an hour, before the test and while it should begin."""
    bench = Bench(DRIVE)
    bench.nas.logs[DRIVE.serial] = UNREADABLE
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle(15, seconds=60)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle(seconds=60)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert said(current(bench)) == "the drive's self-test log can't be read"
    assert starts(bench) == 0


async def test_a_log_that_cannot_be_read_when_the_test_begins() -> None:
    """It is not known whether it has begun already."""
    bench = Bench(DRIVE)
    bench.nas.fail["start_self_test"] = ConnectionFailed("gone")
    await submit(bench, plan_from_stages(["long_smart"]))
    await bench.cycle()
    bench.nas.logs[DRIVE.serial] = UNREADABLE
    await bench.cycle(15, seconds=60)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle(seconds=60)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert starts(bench) == 1


async def test_a_log_that_cannot_be_read_meanwhile_is_waited_for() -> None:
    """It neither passes nor restarts anything."""
    bench = await to_long()
    bench.nas.logs[DRIVE.serial] = UNREADABLE
    await bench.cycle(10)
    assert starts(bench) == 1
    assert await ends(bench, a_test(LONG, PASSED, 24)) is StageState.PASSED


@pytest.mark.parametrize(
    ("hours", "entry", "state"),
    [
        (500, 9, StageState.RUNNING),  # somebody else's, long ago
        (500, 498, StageState.RUNNING),
        (500, 499, StageState.PASSED),  # both are rounded
        (500, 500, StageState.PASSED),
        (500, None, StageState.PASSED),
        (None, 9, StageState.PASSED),
        (70_000, 70_000 - 2**16, StageState.PASSED),  # 16 bits
        (70_000, 70_000 - 2**16 - 2, StageState.RUNNING),
        (70_000, 2**16 - 1, StageState.PASSED),  # SAS counts no further
    ],
)
async def test_a_log_without_anything_known_is_told_by_hours(
    hours: int | None, entry: int | None, state: StageState
) -> None:
    """It was empty, or has been cleared: an entry must not be older than the stage."""
    bench = await to_long(hours=hours)
    test = replace(a_test(LONG, PASSED), lifetime_hours=entry)
    assert await ends(bench, test) is state


async def test_hours_are_not_asked_for_without_a_baseline() -> None:
    """There may be none where the key could not read it."""
    bench = await to_long(hours=500)
    burn_in = current(bench)
    bare = replace(burn_in.stages[0], evidence=None)
    bench.runner._record.show(
        burn_in, replace(burn_in, stages=(bare, *burn_in.stages[1:]))
    )
    assert await ends(bench, a_test(LONG, PASSED, 9)) is StageState.PASSED
