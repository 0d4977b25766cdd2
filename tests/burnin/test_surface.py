"""Ranges cover what they should; progress is monotonic."""

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin.stages.surface import (
    block_size,
    surface_percent,
    surface_ranges,
    zone_ranges,
)
from custom_components.truenas_burnin.truenas.models import DriveType

from .fakes import Bench, a_drive, a_status
from .test_runner import SURFACE, submit

SECTORS = st.integers(min_value=3 * 2**20 // 512, max_value=2**60 // 512)


@given(SECTORS)
def test_every_sector_is_covered_once(sectors: int) -> None:
    """No gap, no overlap, the last partial block included."""
    size = sectors * 512
    at = 0
    for item in surface_ranges(size):
        assert item.first * item.block == at
        assert item.last < 2**32 or item.block == 512
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


@pytest.mark.parametrize(
    ("kind", "limits"),
    [(DriveType.HDD, (55, 48)), (DriveType.SSD, (65, 55)), (DriveType.NVME, (65, 55))],
)
async def test_heat_limits_by_type(kind: DriveType, limits: tuple[int, int]) -> None:
    """Solid state bears more (DESIGN.md §8)."""
    bench = Bench(a_drive(type=kind))
    await bench.runner.submit(
        bench.nas.now(),
        list(bench.nas.drives.values()),
        SURFACE,
        confirmed=frozenset({"SER001"}),
        actor=None,
    )
    await bench.cycle()
    request = bench.nas.requests[0]
    assert (request.pause_at, request.resume_at) == limits
