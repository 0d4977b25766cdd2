"""A stage that has stopped getting on is told of, and never ended."""

import pytest

from custom_components.truenas_burnin.burnin.model import (
    BurnInState,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.stages import Step
from custom_components.truenas_burnin.burnin.stall import StallWatch
from custom_components.truenas_burnin.truenas.errors import (
    ConnectionFailed,
    NotAuthorized,
)
from custom_components.truenas_burnin.truenas.surface import AgentState, Why

from .fakes import Bench, StillClock
from .test_runner import DRIVE, SMART, current, submit, to_surface

MINUTES_16 = 16 * 60 // 12


async def test_a_pass_of_which_nothing_is_heard() -> None:
    """It says so on the drive, once, and takes it back; nothing is given up."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.fail["surface_status"] = NotAuthorized("filesystem.get")
    await bench.cycle(70)
    assert not current(bench).stalled
    await bench.cycle(10)
    assert current(bench).stalled
    assert bench.ledger.events.count("stalled") == 1
    del bench.nas.fail["surface_status"]
    await bench.cycle()
    assert not current(bench).stalled
    assert current(bench).state is BurnInState.RUNNING
    assert bench.ledger.events[-1] == "moving_again"


async def test_a_surface_pass_that_does_not_move() -> None:
    """After a quarter of an hour; it moves again and all is well."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await bench.cycle(70)
    assert not current(bench).stalled
    await bench.cycle(10)
    assert current(bench).stalled
    assert current(bench).state is BurnInState.RUNNING
    assert bench.ledger.kept[current(bench).id].stalled
    bench.nas.set_job(bytes_done=1)
    await bench.cycle()
    assert not current(bench).stalled
    assert bench.ledger.events[-2:] == ["stalled", "moving_again"]


async def test_slow_but_steady_is_no_stall() -> None:
    """A hundredth of a percent is enough."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    for step in range(4):
        bench.nas.set_job(bytes_done=step)
        await bench.cycle(60)
        assert not current(bench).stalled


async def test_a_pause_is_no_stall() -> None:
    """It stands still because it was told to."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PAUSED, reason=Why(code="heat"))
    await bench.cycle(MINUTES_16)
    bench.nas.set_job(state=AgentState.RUNNING, reason=None)
    await bench.cycle()
    assert not current(bench).stalled


async def test_a_nas_that_is_away_is_no_stall() -> None:
    """Twelve hours without a word, and it goes on where it was."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.down = ConnectionFailed("no route")
    await bench.cycle(60, seconds=720)
    bench.nas.down = None
    await bench.cycle()
    assert not current(bench).stalled
    assert current(bench).state is BurnInState.RUNNING


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_jumps_is_no_stall(days: int) -> None:
    """Only what we watched counts."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.clock.tick(days=days)
    await bench.cycle(3)
    assert not current(bench).stalled


async def test_a_self_test_far_beyond_its_estimate() -> None:
    """Five times the two minutes the drive asked for."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    await bench.cycle(49)
    assert not current(bench).stalled
    await bench.cycle(2)
    assert current(bench).stalled
    bench.nas.finish_test(DRIVE.serial)
    await bench.cycle()
    assert not current(bench).stalled
    assert current(bench).state is BurnInState.RUNNING


def test_a_stage_that_only_tells_percents_is_given_time() -> None:
    """One percent of a hundred hours may take three."""
    watch, clock = StallWatch(), StillClock()
    stage = Stage(
        kind=StageKind.SURFACE_VALIDATE, state=StageState.RUNNING, weight=360_000
    )

    def minutes_until_stalled() -> int:
        for minute in range(1000):
            if watch.stalled("id", Step(stage=stage), clock.now()):
                return minute
            clock.tick(minutes=1)
        return -1

    assert minutes_until_stalled() == 181


def test_a_self_test_that_has_not_begun() -> None:
    """Nothing to measure."""
    stage = Stage(kind=StageKind.LONG_SMART)
    assert not StallWatch().stalled("id", Step(stage=stage), StillClock().now())
