"""Ranges cover what they should; progress is monotonic."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin.evidence import Checkpoint, SurfaceRun
from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ranges import (
    block_size,
    surface_ranges,
    zone_ranges,
)
from custom_components.truenas_burnin.burnin.stages.surface import surface_percent
from custom_components.truenas_burnin.truenas.models import (
    AgentState,
    DriveType,
    RangeResult,
)

from ..said import said
from .fakes import Bench, a_drive, a_status
from .test_runner import SURFACE, current, submit, to_surface

SECTORS = st.integers(min_value=3 * 2**20 // 512, max_value=2**60 // 512)


def evidence(bench: Bench) -> SurfaceRun:
    """Return what the stage under way of the first drive has found out."""
    stage = bench.runner.burn_ins[a_drive().identifier].stage
    assert stage is not None
    run = stage.found(SurfaceRun)
    assert run is not None
    return run


@given(SECTORS)
def test_every_sector_is_covered_once(sectors: int) -> None:
    """No gap, no overlap, the last partial block included."""
    size = sectors * 512
    at = 0
    for item in surface_ranges(size):
        assert item.first * item.block == at
        assert item.last < 2**32 or item.size < block_size(size)
        at += item.size
    assert at == size


@pytest.mark.parametrize(
    ("size", "block"),
    [
        (4 * 10**12, 8192),
        (16 * 2**40, 8192),
        (36 * 10**12, 16384),
        (300 * 10**12, 131072),
    ],
)
def test_blocks_are_counted_in_32_bits(size: int, block: int) -> None:
    """From 35 TB up the block grows."""
    assert block_size(size) == block


@given(st.integers(min_value=200 * 2**20 // 512, max_value=2**50 // 512))
def test_zones_lie_inside_and_apart(sectors: int) -> None:
    """Start, middle and end do not overlap and do not run over the end."""
    size = sectors * 512
    first, middle, last = zone_ranges(size)
    assert first.first == 0
    assert first.last < middle.first
    assert middle.last < last.first
    assert (last.last + 1) * last.block <= size
    assert first.size == middle.size == last.size


def test_a_drive_smaller_than_a_block_has_its_tail() -> None:
    """Even 4 KiB are covered."""
    assert [item.size for item in surface_ranges(4096)] == [4096]


async def test_percent_counts_bytes_and_phases() -> None:
    """Half of the phases of the first of 256 ranges is 0.2 %."""
    bench = Bench(a_drive())
    await submit(bench, SURFACE)
    await bench.cycle()
    request = bench.nas.requests[0]
    at = a_status(request, done=0, phase=5, percent=0.0)
    assert surface_percent(request.ranges, at) == pytest.approx(0.195, abs=0.01)
    assert surface_percent(request.ranges, a_status(request, done=256)) == 100.0


async def test_the_profile_grows_with_every_range() -> None:
    """Each row is stored, so that a restart leaves no gap; the end fills others."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(done=3, seconds=31, temperature=41.0)
    await bench.cycle(2)
    bench.nas.set_job(done=4, seconds=40, temperature=None)
    await bench.cycle()
    profile = (
        Checkpoint(done=3, seconds=31, temperature=41.0),
        Checkpoint(done=4, seconds=40, temperature=None),
    )
    assert evidence(bench).profile == profile
    assert bench.ledger.events[-1] == "stage_running"
    bench.restarted()
    await bench.runner.load()
    assert evidence(bench).profile == profile
    bench.nas.set_job(done=256, state=AgentState.PASSED)
    await bench.cycle()
    full = bench.runner.burn_ins[a_drive().identifier].stages[1].found(SurfaceRun)
    assert full is not None
    assert full.profile[:2] == (
        Checkpoint(done=1, seconds=10, temperature=30),
        Checkpoint(done=2, seconds=20, temperature=31),
    )
    assert len(full.profile) == len(full.results) == 256
    assert full.hottest == 39


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "the surface pass was stopped on the NAS"),
        ("no_badblocks", "badblocks is not installed on the NAS"),
        ("no_result Testing", "badblocks ended without a result: Testing"),
        ("no_result", "badblocks ended without a result: …"),
    ],
)
async def test_a_pass_that_was_stopped_is_unknown(reason: str, words: str) -> None:
    """It says nothing about the drive, and says why."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.STOPPED, reason=reason)
    await bench.cycle()
    ended = bench.runner.burn_ins[a_drive().identifier]
    assert (ended.state, said(ended)) == (BurnInState.INCONCLUSIVE, words)


async def test_solid_state_is_written_once_and_told_of() -> None:
    """Flash wears; a person should know."""
    drive = a_drive(type=DriveType.SSD)
    bench = Bench(drive)
    await bench.runner.submit(
        bench.nas.now(),
        [drive],
        SURFACE,
        confirmed=frozenset({drive.serial}),
        actor=None,
    )
    await bench.cycle()
    assert bench.nas.requests[0].patterns == (0x00,)
    burn_in = bench.runner.burn_ins[drive.identifier]
    assert [item.key for item in burn_in.findings] == ["solid_state"]
    assert burn_in.stages[1].weight == pytest.approx(drive.size / 180e6 * 2)


@pytest.mark.parametrize("done", [0, 255])
async def test_passed_with_ranges_missing_is_unknown(done: int) -> None:
    """The NAS lost the list of ranges, or a part of it, and looped over the rest."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=done)
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "not every range" in said(current(bench))
    run = current(bench).stages[1].found(SurfaceRun)
    assert run is not None
    assert len(run.results) == done


@pytest.mark.parametrize(
    "change",
    [
        {"read_errors": 1},
        {"write_errors": 1},
        {"compare_errors": 1},
        {"range": surface_ranges(2**40)[7]},
    ],
)
async def test_passed_with_a_range_that_is_not_as_planned_is_unknown(
    change: dict[str, Any],
) -> None:
    """Exactly what was planned counts, without a single error."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    original = bench.nas.surface_ranges

    async def altered(token: str) -> tuple[RangeResult, ...]:
        results = list(await original(token))
        results[7] = replace(results[7], **change)
        return tuple(results)

    bench.nas.surface_ranges = altered  # type: ignore[method-assign]
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "not every range" in said(current(bench))


async def test_a_pass_that_the_nas_calls_incomplete() -> None:
    """The agent counts as well."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.STOPPED, reason="incomplete", done=255)
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "not every range" in said(current(bench))
