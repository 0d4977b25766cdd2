"""Drives that go, come back, change places or lose their power in the middle of a pass."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.rig.guest.agent import GuestAgent, Json, plan
from tests.rig.guest.drives import MIB, Disk, Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.faults import EVERYTHING, Slow

from .conftest import packed

SIZE = 32 * MIB
PIECES = 8


def plan_for(disk: Disk, name: str) -> Json:
    """Return a pass in eight ranges, of the drive's own name."""
    token = disk.serial
    return plan(token, name, disk.serial, SIZE, pieces=PIECES, capacity_check=False)


def result(agent: GuestAgent, disk: Disk) -> str:
    """Return the state of a drive's job."""
    status = agent.status(disk.serial)
    assert status is not None
    return status.state


@contextmanager
def working(
    agent: GuestAgent, disk: Disk, name: str, activity: str
) -> Iterator[Future[None]]:
    """Have a drive's job in the midst of that activity; each range takes seconds."""
    disk.breaks(Slow(disk.store, EVERYTHING, 0.5))
    with ThreadPoolExecutor() as pool:
        job = pool.submit(agent.work, [plan_for(disk, name)])
        agent.until(disk.serial, activity)
        disk.breaks(Slow(disk.store, EVERYTHING, 3))
        yield job


@pytest.mark.parametrize("activity", ["write", "verify"])
def test_a_drive_that_is_pulled_out_goes_on_under_another_name(
    module_guest: Machine, agent: GuestAgent, activity: str
) -> None:
    """It is interrupted, not failed; whoever has its name now stays as he was."""
    guest = module_guest
    mine, other = guest.plug(
        Drive(f"PULL{activity.upper()}", size=SIZE),
        Drive(f"STAY{activity.upper()}", size=SIZE),
    )
    name = guest.name(mine)
    with working(agent, mine, name, activity) as job:
        guest.unplug(mine)
        guest.unplug(other)
        job.result()
    assert result(agent, mine) == "interrupted"

    before = other.store.copy()
    guest.plug(other)
    guest.plug(mine)
    mine.heals()
    assert guest.name(other) == name

    agent.work([plan_for(mine, name)])
    assert result(agent, mine) == "interrupted"
    assert other.store.first_difference(before) is None

    agent.work([plan_for(mine, guest.name(mine))])
    assert result(agent, mine) == "passed"
    assert other.store.first_difference(before) is None


def test_a_power_cut_costs_one_range(guest: Machine) -> None:
    """After it the drives have other names; the job goes on at its checkpoint."""
    agent = GuestAgent(guest.line, packed())
    mine, other = guest.plug(Drive("CUTMINE1", size=SIZE), Drive("CUTOTHER", size=SIZE))
    name = guest.name(mine)
    with working(agent, mine, name, "verify") as job:
        guest.power_cut()
        assert job.exception() is not None
    before = other.store.copy()
    guest.boot([other, mine])
    assert guest.name(mine) != name

    agent = GuestAgent(guest.line, packed())
    assert PIECES <= len(agent.records(mine.serial, "ranges")) < 2 * PIECES
    agent.work([plan_for(mine, guest.name(mine))])
    assert result(agent, mine) == "passed"
    assert len(agent.records(mine.serial, "ranges")) == 2 * PIECES
    assert other.store.first_difference(before) is None
