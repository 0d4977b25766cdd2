"""Ranges cover what they should; progress is monotonic."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ranges import surface_ranges, zone_ranges
from custom_components.truenas_burnin.truenas.errors import AgentFailed
from custom_components.truenas_burnin.truenas.models import DriveType
from custom_components.truenas_burnin.truenas.surface import (
    Activity,
    AgentState,
    ContentItem,
    DriveUser,
    ErrorCounts,
    JobRecords,
    Method,
    Why,
)

from ..said import said
from .fakes import Bench, a_drive
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
def test_every_byte_is_covered_once(sectors: int) -> None:
    """No gap, no overlap, up to the last sector; stamps begin at multiples of 4 KiB."""
    size = sectors * 512
    at = 0
    for item in surface_ranges(size):
        assert (item.start, item.start % 4096, item.length % 512) == (at, 0, 0)
        at = item.end
    assert at == size


@given(st.integers(min_value=1, max_value=2**40))
def test_there_are_checkpoints_enough(blocks: int) -> None:
    """At most 256, however large the drive is, and never an empty one."""
    ranges = surface_ranges(blocks * 4096)
    assert 1 <= len(ranges) <= 256
    assert all(item.length > 0 for item in ranges)


@given(st.integers(min_value=3 * 4096 // 512, max_value=2**50 // 512))
def test_zones_lie_inside_and_apart(sectors: int) -> None:
    """Start, middle and end do not overlap; the last sector is in the last."""
    size = sectors * 512
    first, middle, last = zone_ranges(size)
    assert first.start == 0
    assert first.end <= middle.start
    assert middle.end <= last.start
    assert last.end == size
    assert not any(
        item.start % 4096 or item.length % 512 for item in (first, middle, last)
    )


async def test_labels_are_read_before_a_drive_is_overwritten() -> None:
    """Not those of a poll, which may be a quarter of an hour old."""
    bench = Bench(a_drive())
    await to_surface(bench)
    calls = [call.split()[0] for call in bench.nas.calls]
    looked = bench.nas.calls.index("fleet closely")
    assert looked < calls.index("start_surface")


async def test_the_profile_grows_with_every_range() -> None:
    """Each row is stored, so that a restart leaves no gap; the end fills others."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(done=3, seconds=31, temperature=41)
    await bench.cycle(2)
    bench.nas.set_job(done=4, seconds=40, temperature=None)
    await bench.cycle()
    seen = evidence(bench).profile
    assert [(item.seconds, item.temperature) for item in seen] == [(31, 41), (40, None)]
    assert bench.ledger.events[-1] == "stage_running"
    bench.restarted()
    await bench.runner.load()
    assert evidence(bench).profile == seen
    bench.nas.set_job(done=256, state=AgentState.PASSED, hottest=39)
    await bench.cycle()
    full = bench.runner.burn_ins[a_drive().identifier].stages[1].found(SurfaceRun)
    assert full is not None
    assert [(item.ranges, item.seconds) for item in full.checkpoints[:2]] == [
        (1, 10),
        (2, 20),
    ]
    assert len(full.checkpoints) == len(full.records) == 512
    assert full.checkpoints[-1].done == 2 * a_drive().size
    assert full.hottest == 39


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, "the surface check was stopped on the NAS"),
        (Why(code="no_smartctl"), "smartctl is not installed on the NAS"),
        (
            Why(code="odd", message="what it says"),
            "the NAS rejected the request: what it says",
        ),
    ],
)
async def test_a_pass_that_was_stopped_is_inconclusive(
    reason: Why | None, words: str
) -> None:
    """It says nothing about the drive, and says why."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.STOPPED, reason=reason)
    await bench.cycle()
    ended = bench.runner.burn_ins[a_drive().identifier]
    assert (ended.state, said(ended)) == (BurnInState.INCONCLUSIVE, words)


@pytest.mark.parametrize("code", ["errors_found", "too_many_errors"])
async def test_a_code_that_says_what_was_counted_is_not_said_again(code: str) -> None:
    """A person reads the counts."""
    bench = Bench(a_drive())
    await to_surface(bench)
    counts, why = ErrorCounts(write=4), Why(code=code)
    bench.nas.set_job(state=AgentState.FAILED, errors=counts, reason=why)
    await bench.cycle()
    assert [reason.key for reason in current(bench).reasons] == ["surface_errors"]


async def test_a_starting_job_runs() -> None:
    """Its worker claims the drive."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.STARTING)
    await bench.cycle(2)
    assert current(bench).state is BurnInState.RUNNING
    assert len(bench.nas.plans) == 1


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
    plan = bench.nas.plans[0]
    assert (plan.method, plan.passes, plan.discard) == (Method.STAMPED, 1, True)
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
    assert len(run.records) < 512


@pytest.mark.parametrize(
    "change",
    [
        {"read_errors": 1},
        {"write_errors": 1},
        {"compare_errors": 1},
        {"kernel_errors": 1},
        {"start": 4096},
        {"sweep": 2},
        {"activity": Activity.VERIFY},
    ],
)
async def test_passed_with_a_range_that_is_not_as_planned_is_inconclusive(
    change: dict[str, Any],
) -> None:
    """Exactly what was planned counts, in each sweep, without a single error."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    original = bench.nas.surface_records

    async def altered(token: str) -> JobRecords:
        kept = await original(token)
        ranges = list(kept.ranges)
        ranges[7] = replace(ranges[7], **change)
        return replace(kept, ranges=tuple(ranges))

    bench.nas.surface_records = altered  # type: ignore[method-assign]
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "not every range" in said(current(bench))


@pytest.mark.parametrize(
    ("milliseconds", "told"), [(900.0, []), (1500.0, ["slow_spots"])]
)
async def test_slow_spots_are_a_warning(milliseconds: float, told: list[str]) -> None:
    """The drive read them in the end, after trying again for itself."""
    bench = Bench(a_drive())
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    original = bench.nas.surface_records

    async def slower(token: str) -> JobRecords:
        kept = await original(token)
        ranges = list(kept.ranges)
        ranges[300] = replace(ranges[300], slowest_ms=milliseconds)
        return replace(kept, ranges=tuple(ranges))

    bench.nas.surface_records = slower  # type: ignore[method-assign]
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED
    assert [item.key for item in current(bench).findings] == told


async def test_what_was_confirmed_reaches_the_nas() -> None:
    """With the epoch, which was raised before."""
    bench = Bench(a_drive())
    tank = ContentItem(place="drive", type="zfs_member", label="tank")
    bench.nas.put_on(a_drive(), tank)
    await bench.runner.submit(
        bench.nas.now(),
        [a_drive()],
        SURFACE,
        confirmed=frozenset({a_drive().serial}),
        actor=None,
    )
    bench.nas.put_on(a_drive(), tank, replace(tank, label="other"))
    await bench.cycle()
    (plan,) = bench.nas.plans
    assert plan.content == (tank,)
    assert (plan.ledger.number, plan.capacity_check) == (1, True)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"users": (DriveUser(kind="pool", name="tank"),)}, "drive_used_by"),
        ({"locked": True}, "drive_locked"),
    ],
)
async def test_who_uses_a_drive_is_asked_before_it_is_queued(
    content: dict[str, Any], key: str
) -> None:
    """The NAS itself may know less than its kernel."""
    bench = Bench(a_drive())
    bench.nas.put_on(a_drive())
    found = replace(bench.nas.contents[a_drive().serial], **content)
    bench.nas.contents[a_drive().serial] = found
    with pytest.raises(GateRefused) as caught:
        await submit(bench, SURFACE)
    (reasons,) = caught.value.refusals.values()
    assert [reason.key for reason in reasons] == [key]
    assert bench.runner.burn_ins == {}


async def test_a_drive_that_hangs_is_not_queued() -> None:
    """What lies on it cannot be confirmed."""
    bench = Bench(a_drive())
    bench.nas.fail["content"] = AgentFailed("content", Why(code="drive_hangs"))
    with pytest.raises(GateRefused) as caught:
        await submit(bench, SURFACE)
    (reasons,) = caught.value.refusals.values()
    assert [reason.key for reason in reasons] == ["drive_hangs"]


async def test_a_retry_repeats_what_was_confirmed() -> None:
    """What somebody has put there since is shown before a new burn-in only."""
    bench = Bench(a_drive())
    ext4 = ContentItem(place="drive", type="ext4")
    bench.nas.put_on(a_drive(), ext4)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.FAILED, errors=ErrorCounts(read=1))
    await bench.cycle()

    async def retry() -> None:
        await bench.runner.retry(
            current(bench).id,
            bench.nas.now(),
            confirmed=frozenset({a_drive().serial}),
            actor=None,
        )

    bench.nas.put_on(a_drive(), ext4, ContentItem(place="partition 1", type="ntfs"))
    with pytest.raises(GateRefused) as refused:
        await retry()
    ((reason,),) = refused.value.refusals.values()
    assert (reason.key, reason.placeholders["found"]) == (
        "content_differs",
        "ntfs (partition 1)",
    )
    assert current(bench).state is BurnInState.FAILED
    bench.nas.put_on(a_drive())
    await retry()
    await bench.cycle(2)
    assert [plan.content for plan in bench.nas.plans] == [(ext4,), (ext4,)]
