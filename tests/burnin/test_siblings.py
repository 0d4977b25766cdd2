"""A drive much slower than others of its model."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.siblings import slow_sibling
from custom_components.truenas_burnin.truenas.surface import (
    Activity,
    AgentState,
    JobRecords,
    RangeRecord,
)

from .fakes import Bench, a_drive
from .test_runner import SURFACE, submit


def a_stage(seconds: int, **changes: object) -> Stage:
    """Return a passed surface stage of two ranges."""
    row = RangeRecord(
        sweep=1,
        index=0,
        start=0,
        length=81920,
        activity=Activity.WRITE,
        seconds=seconds / 2,
    )
    stage = Stage(
        kind=StageKind.SURFACE_VALIDATE,
        state=StageState.PASSED,
        evidence=SurfaceRun(passes=2, records=(row, row)),
    )
    return replace(stage, **changes)  # type: ignore[arg-type]


def _run(stage: Stage) -> SurfaceRun:
    run = stage.found(SurfaceRun)
    assert run is not None
    return run


async def burn_ins(*stages: Stage) -> tuple[BurnIn, ...]:
    """Return a burn-in of another drive of one model for each stage."""
    numbers = range(1, len(stages) + 1)
    bench = Bench(*map(a_drive, numbers))
    queued = await submit(bench, SURFACE, *numbers)
    return tuple(
        replace(item, stages=(item.stages[0], stage))
        for item, stage in zip(queued, stages, strict=True)
    )


async def found(*stages: Stage) -> list[str]:
    """Return the keys of what speaks against the first."""
    mine, *others = await burn_ins(*stages)
    return [item.key for item in slow_sibling(mine, mine.stages[1], (mine, *others))]


@pytest.mark.parametrize(
    ("seconds", "slow"), [(1000, False), (1250, False), (1252, True), (500, False)]
)
async def test_a_quarter_slower_is_slow(seconds: int, slow: bool) -> None:
    """Measured by the median of the others."""
    stages = (a_stage(seconds), a_stage(900), a_stage(1000), a_stage(5000))
    assert await found(*stages) == (["slow_sibling"] if slow else [])


@pytest.mark.parametrize(
    "other",
    [
        a_stage(1000, state=StageState.FAILED),
        a_stage(1000, kind=StageKind.IO_VALIDATE),
        a_stage(1000, evidence=SurfaceRun(records=_run(a_stage(1000)).records)),
        a_stage(1000, evidence=None),
        a_stage(10),
    ],
)
async def test_only_its_like_counts(other: Stage) -> None:
    """One other drive of the same kind is not enough to judge by."""
    assert await found(a_stage(3000), a_stage(1000), other) == []


async def test_another_model_is_no_sibling() -> None:
    """It may be faster by nature."""
    mine, *others = await burn_ins(a_stage(3000), a_stage(1000), a_stage(1000))
    others = [replace(o, drive=replace(o.drive, model="OTHER")) for o in others]
    assert slow_sibling(mine, mine.stages[1], others) == ()


async def test_a_moment_says_nothing() -> None:
    """A pass of seconds is too short to compare."""
    assert await found(a_stage(58), a_stage(60), a_stage(60)) == []


async def test_a_slow_drive_passes_with_a_finding() -> None:
    """Through the runner, against the newest of the others."""
    bench = Bench(*map(a_drive, (1, 2, 3)), max_parallel=3)
    await submit(bench, SURFACE, 1, 2, 3)
    await bench.cycle()
    for index in (0, 1):
        bench.nas.set_job(index, state=AgentState.PASSED, done=256)
    await bench.cycle()
    original = bench.nas.surface_records

    async def slower(token: str) -> JobRecords:
        kept = await original(token)
        ranges = tuple(replace(item, seconds=13.0) for item in kept.ranges)
        return replace(kept, ranges=ranges)

    bench.nas.surface_records = slower  # type: ignore[method-assign]
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    slow = bench.runner.burn_ins[a_drive(3).identifier]
    assert slow.state is BurnInState.PASSED
    (finding,) = slow.findings
    assert (finding.key, finding.stage) == ("slow_sibling", StageKind.SURFACE_VALIDATE)
    assert (finding.before, finding.after) == (5120, 6656)
