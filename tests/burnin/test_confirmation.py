"""A confirmation is for what was seen: seeing something else ends it for good."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    confirmed_content,
)
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.truenas.models import Fleet
from custom_components.truenas_burnin.truenas.surface import ContentItem

from .fakes import Bench, a_drive
from .test_runner import DRIVE, FULL, SMART, SURFACE, current, submit

SEEN: list[tuple[dict[str, Any], str]] = [
    ({"pool": "tank", "unused": False}, "drive_in_pool"),
    ({"exported_pool": "attic", "unused": False}, "drive_in_exported_pool"),
    ({"boot": True, "unused": False}, "drive_is_boot"),
    ({"used_by": "VM 3"}, "drive_used_by"),
    ({"unused": False}, "drive_in_use"),
    ({"size": DRIVE.size - 4096}, "drive_changed"),
    ({"serial": "OTHER"}, "drive_changed"),
    ({"duplicate_serial": True}, "duplicate_serial"),
]


def show(bench: Bench, **changes: Any) -> None:
    """Have the NAS show the drive like this."""
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, **changes)


@pytest.mark.parametrize(("seen", "reason"), SEEN)
async def test_what_waits_ends_by_what_is_seen(
    seen: dict[str, Any], reason: str
) -> None:
    """On hold too; and nothing starts once it is no more to be seen."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    await bench.runner.set_hold(True, "mia")
    show(bench, **seen)
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.CANCELLED
    assert [item.key for item in ended.reasons] == [reason]
    assert bench.ledger.events[-1] == "cancelled"
    show(bench)
    await bench.runner.set_hold(False, "mia")
    await bench.cycle(5)
    assert current(bench) == ended
    assert bench.nas.plans == []


@pytest.mark.parametrize(("seen", "reason"), SEEN)
async def test_between_two_stages(seen: dict[str, Any], reason: str) -> None:
    """A pool that came and went during a self-test of a day."""
    bench = Bench(DRIVE)
    await submit(bench, FULL)
    await bench.cycle()
    show(bench, **seen)
    bench.nas.logs["OTHER"] = bench.nas.logs[DRIVE.serial]
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.INCONCLUSIVE
    assert [item.key for item in ended.reasons] == [reason]
    assert len(bench.nas.calls_of("abort_self_test")) == 1


@pytest.mark.parametrize(("seen", "reason"), SEEN)
async def test_what_overwrites_nothing_goes_on(
    seen: dict[str, Any], reason: str
) -> None:
    """Self-tests harm no pool."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.runner.set_hold(True, "mia")
    show(bench, **seen)
    await bench.cycle()
    assert current(bench).state is BurnInState.QUEUED


async def test_absent_for_good() -> None:
    """Not for a moment, not while the NAS starts, and again from the beginning."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    await bench.runner.set_hold(True, "mia")
    del bench.nas.drives[DRIVE.identifier]
    await bench.cycle(70)
    show(bench)
    await bench.cycle()
    del bench.nas.drives[DRIVE.identifier]
    for _ in range(100):
        bench.clock.tick(seconds=12)
        await bench.runner.cycle(replace(bench.nas.now(), ready=False))
    await bench.cycle(70)
    assert current(bench).state is BurnInState.QUEUED
    await bench.cycle(10)
    assert current(bench).state is BurnInState.CANCELLED
    assert [item.key for item in current(bench).reasons] == ["drive_absent"]


async def test_in_doubt_it_waits() -> None:
    """A pool that is offline may have any drive; it may come back in a week."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    show(bench, doubt="pool attic, OFFLINE")
    await bench.cycle(200)
    assert current(bench).state is BurnInState.QUEUED
    show(bench)
    await bench.cycle()
    assert len(bench.nas.plans) == 1


def starting(bench: Bench) -> Fleet:
    """Return what a NAS shows while it starts: drives, and no pools yet."""
    return replace(bench.nas.now(), ready=False)


async def test_nothing_is_overwritten_before_the_nas_is_ready() -> None:
    """It has rebooted: the pools are imported only by then."""
    bench = Bench(DRIVE, a_drive(2))
    await submit(bench, SURFACE)
    for _ in range(200):
        bench.clock.tick(seconds=12)
        await bench.runner.cycle(starting(bench))
    assert current(bench).state is BurnInState.QUEUED
    with pytest.raises(GateRefused) as caught:
        await bench.runner.submit(
            starting(bench),
            [a_drive(2)],
            SURFACE,
            confirmed=frozenset({"SER002"}),
            actor="mia",
        )
    (refusal,) = caught.value.refusals[a_drive(2).identifier]
    assert refusal.key == "nas_not_ready"
    await bench.cycle()
    assert len(bench.nas.plans) == 1


async def test_a_reboot_between_two_stages() -> None:
    """What leads to an erasure goes no further before the NAS is ready."""
    bench = Bench(DRIVE)
    await submit(bench, plan_of(Profile.FULL))
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial)
    for _ in range(100):
        await bench.runner.cycle(starting(bench))
    assert len(bench.nas.calls_of("start_self_test")) == 1
    await bench.cycle()
    assert len(bench.nas.calls_of("start_self_test")) == 2


TANK = ContentItem(place="partition 1", type="zfs_member", label="tank")
PHOTOS = ContentItem(place="drive", type="ext4", label="photos")


@pytest.mark.parametrize(
    ("shown", "found", "strange"),
    [
        (["zfs_member tank (partition 1)"], (TANK,), None),
        (["zfs_member tank (partition 1)", "ext4 photos"], (TANK,), None),
        (["zfs_member tank (partition 1)"], (TANK, PHOTOS), "ext4 photos"),
        ([], (PHOTOS,), "ext4 photos"),
        (None, (PHOTOS,), "ext4 photos"),
        ([], (), None),
    ],
)
async def test_what_was_shown_is_what_is_confirmed(
    shown: list[str] | None, found: tuple[ContentItem, ...], strange: str | None
) -> None:
    """What was put on the drive since, or could not be read then, is not lost."""
    bench = Bench(DRIVE)
    bench.nas.put_on(DRIVE, *found)
    seen = {} if shown is None else {DRIVE.serial: shown}

    async def start() -> tuple[BurnIn, ...]:
        return await bench.runner.submit(
            bench.nas.now(),
            [DRIVE],
            SURFACE,
            confirmed=frozenset({DRIVE.serial}),
            seen=seen,
            actor="mia",
        )

    if strange is None:
        (burn_in,) = await start()
        assert confirmed_content(burn_in) == frozenset(found)
        return
    with pytest.raises(GateRefused) as caught:
        await start()
    (refusal,) = caught.value.refusals[DRIVE.identifier]
    assert (refusal.key, refusal.placeholders["found"]) == ("content_differs", strange)
    assert (bench.runner.burn_ins, bench.ledger.records) == ({}, ["start_refused"])
