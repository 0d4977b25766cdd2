"""Drives that go, come back, change places or lose their power in the middle of a pass."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.rig.guest.agent import GuestAgent, plan
from tests.rig.guest.drives import MIB, Disk, Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.faults import EVERYTHING, Slow

from .conftest import packed

SIZE = 32 * MIB
PIECES = 8


@contextmanager
def working(agent: GuestAgent, disk: Disk, name: str, activity: str) -> Iterator[None]:
    """Have a job of the drive's own name in that activity, slowly, inside; see its end after."""
    token = disk.serial
    disk.breaks(Slow(disk.store, EVERYTHING, 0.05))
    with ThreadPoolExecutor() as pool:
        wanted = plan(token, name, disk.serial, SIZE, pieces=PIECES)
        job = pool.submit(agent.work, [wanted])
        agent.until(token, activity)
        disk.breaks(Slow(disk.store, EVERYTHING, 0.3))
        yield
        job.result()


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
    with working(agent, mine, name, activity):
        guest.unplug(mine)
        guest.unplug(other)
    status = agent.status(mine.serial)
    assert status is not None
    assert status.state == "interrupted", status.raw

    before = other.store.copy()
    guest.plug(other)
    guest.plug(mine)
    mine.heals()
    assert guest.name(other) == name

    agent.work([plan(mine.serial, name, mine.serial, SIZE, pieces=PIECES)])
    status = agent.status(mine.serial)
    assert status is not None
    assert status.state == "interrupted", status.raw
    assert other.store.first_difference(before) is None

    agent.work([plan(mine.serial, guest.name(mine), mine.serial, SIZE, pieces=PIECES)])
    status = agent.status(mine.serial)
    assert status is not None
    assert status.state == "passed", status.raw
    assert other.store.first_difference(before) is None


def test_a_power_cut_costs_one_range(guest: Machine) -> None:
    """After it the drives have other names; the job goes on at its checkpoint."""
    agent = GuestAgent(guest.line, packed())
    mine, other = guest.plug(Drive("CUTMINE1", size=SIZE), Drive("CUTOTHER", size=SIZE))
    name = guest.name(mine)
    disk = mine
    disk.breaks(Slow(disk.store, EVERYTHING, 0.05))
    with ThreadPoolExecutor() as pool:
        wanted = plan("cut", name, mine.serial, SIZE, pieces=PIECES)
        job = pool.submit(agent.work, [wanted])
        agent.until("cut", "verify")
        guest.power_cut()
        assert job.exception() is not None
    before = other.store.copy()
    guest.boot([other, mine])

    agent = GuestAgent(guest.line, packed())
    done = agent.records("cut", "ranges")
    assert len(done) >= PIECES
    agent.work([plan("cut", guest.name(mine), mine.serial, SIZE, pieces=PIECES)])
    status = agent.status("cut")
    assert status is not None
    assert status.state == "passed", status.raw
    assert len(agent.records("cut", "ranges")) == 2 * PIECES
    assert other.store.first_difference(before) is None
