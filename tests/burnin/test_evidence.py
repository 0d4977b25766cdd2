"""Nothing passes without a word of the drive on its health, where it may be read."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.known import smart_of
from custom_components.truenas_burnin.burnin.model import BurnInState, StageKind
from custom_components.truenas_burnin.truenas.models import JobState
from custom_components.truenas_burnin.truenas.surface import AgentState

from ..said import said
from .fakes import SYSTEM, Bench, a_report
from .test_runner import DRIVE, SURFACE, current, submit, to_surface
from .test_wipe import WriteOnly

SILENT = a_report(DRIVE, counters={}, passed=None)


async def ended(bench: Bench) -> None:
    """Let the surface pass end well."""
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()


async def test_a_silent_drive_does_not_pass() -> None:
    """Its counters were there before; now it says nothing, however often asked."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.reports[DRIVE.serial] = SILENT
    await ended(bench)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle(15, seconds=60)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert current(bench).failed_stage.kind is StageKind.FINAL_CHECK  # type: ignore[union-attr]
    assert "no SMART health data" in said(current(bench))


async def test_one_unreadable_report_costs_nothing() -> None:
    """The next one is judged."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.reports[DRIVE.serial] = SILENT
    await ended(bench)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE)
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"counters": {}, "attributes": ()}),
        ({}, {"counters": {"ata_5": 0, "ata_197": 0}}),
        ({}, {"passed": None}),
        ({"counters": {"nvme_available_spare": 90}}, {"counters": {}}),
    ],
)
async def test_half_a_report_proves_nothing(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    """A command that was cut off is asked again; what stays away decides nothing."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, **before)
    await to_surface(bench)
    half = bench.nas.reports[DRIVE.serial] = a_report(DRIVE, **(before | after))
    await ended(bench)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle(15, seconds=60)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert [reason.key for reason in current(bench).reasons] == ["smart_incomplete"]
    assert smart_of(current(bench), StageKind.FINAL_CHECK) == half


async def test_half_a_report_that_tells_of_a_failure_fails() -> None:
    """What it does say counts."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters={}, passed=False)
    await ended(bench)
    assert current(bench).state is BurnInState.FAILED


async def test_days_are_not_spent_on_a_drive_that_stays_silent() -> None:
    """It could not pass; its baseline would prove nothing."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = SILENT
    await submit(bench, SURFACE)
    await bench.cycle(16, seconds=60)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert bench.nas.plans == []


async def test_either_the_counters_or_the_verdict_are_enough() -> None:
    """SAS drives have no attributes, some drives no verdict."""
    for report in (
        a_report(DRIVE, counters={}),
        a_report(DRIVE, passed=None),
    ):
        bench = Bench(DRIVE)
        bench.nas.reports[DRIVE.serial] = report
        await to_surface(bench)
        await ended(bench)
        assert current(bench).state is BurnInState.PASSED


async def test_rights_that_come_later_are_used() -> None:
    """There is no baseline, but what stands at the end fails by itself."""
    for counters, state in (
        ({"ata_197": 0}, BurnInState.PASSED),
        ({"ata_197": 8}, BurnInState.FAILED),
    ):
        bench = WriteOnly()
        await bench.begun()
        bench.nas.system = replace(SYSTEM, commands=True)
        del bench.nas.fail["smart"]
        bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters=counters)
        bench.nas.set_wipe(state=JobState.SUCCESS)
        await bench.cycle()
        assert current(bench).state is state
        assert "no_smart" in {item.key for item in current(bench).findings}
