"""When a burn-in is expected to end."""

from dataclasses import replace

from .fakes import Bench
from .test_runner import DRIVE, SMART, current, submit


async def at(bench: Bench, percent: float) -> None:
    """Have the drive tell how far its self-test is."""
    log = bench.nas.logs[DRIVE.serial]
    bench.nas.logs[DRIVE.serial] = replace(log, running_percent=percent)
    await bench.cycle()


async def test_a_self_test_that_tells_in_steps() -> None:
    """Between two steps the end stays where it is, unless it is over."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle(2)
    bench.clock.tick(minutes=60)
    await at(bench, 50.0)
    known = current(bench).finish_time
    assert known is not None
    await bench.cycle(100)
    assert current(bench).finish_time == known
    await at(bench, 60.0)
    assert current(bench).finish_time != known
    bench.clock.tick(days=9)
    await bench.cycle()
    moved = current(bench).finish_time
    assert moved is not None
    assert moved > bench.clock.now()
