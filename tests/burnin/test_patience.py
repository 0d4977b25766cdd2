"""What may pass by itself is waited for, by time: a NAS takes minutes to start."""

from dataclasses import replace

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.truenas.surface import AgentState

from ..said import said
from .fakes import Bench
from .test_runner import DRIVE, SURFACE, current, submit, to_surface

IN_USE = replace(DRIVE, unused=False)
"""What a drive looks like that disk.details does not list yet."""


async def interrupted() -> Bench:
    """Return a bench whose surface pass a reboot of the NAS has interrupted."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.INTERRUPTED, done=200)
    bench.nas.drives[DRIVE.identifier] = IN_USE
    return bench


async def test_a_drive_not_listed_yet_is_waited_for() -> None:
    """A pass of days goes on where it was, minutes after the reboot."""
    bench = await interrupted()
    await bench.cycle(70)
    assert current(bench).state is BurnInState.RUNNING
    assert len(bench.nas.plans) == 1
    bench.nas.drives[DRIVE.identifier] = DRIVE
    await bench.cycle(7)
    assert [job.state for job in bench.nas.jobs.values()] == [AgentState.RUNNING]
    assert current(bench).stage.percent > 70  # type: ignore[union-attr]


async def test_waiting_begins_anew_after_it_went_on() -> None:
    """Two reboots of ten minutes each are not one of twenty."""
    bench = await interrupted()
    await bench.cycle(50)
    bench.nas.drives[DRIVE.identifier] = DRIVE
    await bench.cycle(10)
    assert len(bench.nas.plans) == 2
    bench.nas.set_job(state=AgentState.INTERRUPTED)
    bench.nas.drives[DRIVE.identifier] = IN_USE
    await bench.cycle(50)
    assert current(bench).state is BurnInState.RUNNING


async def test_patience_ends() -> None:
    """After a quarter of an hour of looking, not after as many polls at once."""
    bench = await interrupted()
    await bench.cycle(100, seconds=0)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle(15, seconds=3600)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert said(current(bench)) == "ada1 is in use by the NAS"
    assert len(bench.nas.calls_of("stop_surface")) == 1


async def test_each_try_is_a_request() -> None:
    """Eight of them in a quarter of an hour, and the last one at its end."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    whole = bench.nas.reports[DRIVE.serial]
    bench.nas.reports[DRIVE.serial] = replace(whole, counters={"ata_5": 0})
    bench.nas.calls.clear()
    await bench.cycle(74)
    assert current(bench).state is BurnInState.RUNNING
    assert len(bench.nas.calls_of("smart")) == 7
    await bench.cycle(3)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert len(bench.nas.calls_of("smart")) == 8


async def test_a_late_report_is_heard_of_at_the_end() -> None:
    """However long the last pause was."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    whole = bench.nas.reports[DRIVE.serial]
    bench.nas.reports[DRIVE.serial] = replace(whole, counters={"ata_5": 0})
    await bench.cycle(74)
    bench.nas.reports[DRIVE.serial] = whole
    await bench.cycle(3)
    assert current(bench).state is BurnInState.PASSED


async def test_before_the_first_stage_too() -> None:
    """The NAS was rebooted while the burn-in was queued."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    bench.nas.drives[DRIVE.identifier] = IN_USE
    for _ in range(10):
        await bench.runner.cycle(replace(bench.nas.now(), ready=False))
    assert current(bench).state is BurnInState.QUEUED
    bench.nas.drives[DRIVE.identifier] = DRIVE
    await bench.cycle()
    assert len(bench.nas.jobs) == 1


async def test_a_user_of_the_drive_is_not_waited_for() -> None:
    """Who has it will not let go of it."""
    bench = await interrupted()
    bench.nas.drives[DRIVE.identifier] = replace(IN_USE, used_by="VM 3")
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
