"""Never a drive of a pool: OpenZFS holds it, or left its labels there, and not a byte changes."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from custom_components.truenas_burnin.truenas.models import Fleet
from mock_truenas.real.server import RealTrueNAS
from tests.rig.cases.held import held_write
from tests.rig.guest.accelerator import Accelerator
from tests.rig.guest.agent import GuestAgent, plan
from tests.rig.guest.drives import MIB, Drive
from tests.rig.guest.machine import Machine
from tests.rig.nbd.store import Store

from .conftest import WORK, packed
from .test_main_job import PROFILE, fleet_of

SIZE = 80 * MIB
"""OpenZFS takes no device below 64 MiB."""

POOL = "zpool create -f -O canmount=off -o cachefile=none"
PARTITION = "echo 2048,,6A898CC3-1DD2-11B2-99A6-080020736631 | sfdisk -q --label gpt $D && udevadm settle"


@dataclass(frozen=True)
class Member:
    """What a drive, $D, is to a pool; the code that refuses, and the pool that is named."""

    name: str
    command: str
    pool: str
    code: str = "in_use"

    @property
    def serial(self) -> str:
        """Return the serial number of its drive."""
        return "ZFS" + self.name.upper()


MEMBERS = (
    Member("disk", f"{POOL} tank $D", "tank"),
    Member("partition", f"{PARTITION} && {POOL} parts ${{D}}1", "parts"),
    Member("spare", "zpool add -f tank spare $D", "tank"),
    Member("log", "zpool add -f tank log $D", "tank"),
    Member("cache", "zpool add -f tank cache $D", "tank"),
    Member("special", "zpool add -f tank special $D", "tank"),
    Member("exported", f"{POOL} gone $D && zpool export gone", "gone", "content_differs"),
    Member("offline", "zpool attach -f parts $(zpool list -vHLP parts | awk '/dev/{print $1}') $D && zpool wait -t resilver parts && zpool offline parts $D", "parts", "content_differs"),
)  # fmt: skip

TAKERS = (
    f"{POOL} thief $D",
    "zpool add -f tank spare $D",
    "zpool attach -f parts $(zpool list -vHLP parts | awk '/dev/{print $1; exit}') $D",
    "zpool labelclear -f $D",
)


@pytest.fixture(scope="module")
def zfs_guest(
    zfs_image: Path, zfs_saved: Path, accelerator: Accelerator
) -> Iterator[Machine]:
    """Return a guest with OpenZFS."""
    with Machine(zfs_image, WORK, accelerator) as guest:
        guest.resume(zfs_saved)
        guest.line.out("modprobe zfs", seconds=300)
        yield guest


@dataclass(frozen=True)
class Prepared:
    """Drives of pools, what they held, and how the jobs on them ended."""

    guest: Machine
    agent: GuestAgent
    before: dict[str, Store]


@pytest.fixture(scope="module")
def prepared(zfs_guest: Machine) -> Prepared:
    """Make the pools, then let a worker have a go at each drive."""
    guest = zfs_guest
    guest.plug(*(Drive(member.serial, size=SIZE) for member in MEMBERS))
    names = guest.names()
    for member in MEMBERS:
        script = f"set -e; D=/dev/{names[member.serial]}; {member.command}"
        guest.line.out(f"({script}) 2>&1", seconds=300)
    # A pool that is imported writes now and then; one that is read-only does not.
    guest.line.out("udevadm settle; zpool sync; sync")
    guest.line.out("echo 3600 >/sys/module/zfs/parameters/zfs_txg_timeout; zpool sync")
    before = {
        member.name: guest.disks[member.serial].store.copy() for member in MEMBERS
    }
    agent = GuestAgent(guest.line, packed())
    agent.work(
        [
            plan(one.name, names[one.serial], one.serial, SIZE, pieces=1)
            for one in MEMBERS
        ]
    )
    return Prepared(guest, agent, before)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_drive_of_a_pool_is_refused(member: Member, prepared: Prepared) -> None:
    """It ends before the first byte, and names the pool."""
    status = prepared.agent.status(member.name)
    assert status is not None
    assert (status.state, status.code) == ("refused", member.code), status.raw
    details = status.raw["reason"]["details"]
    if member.code == "in_use":
        assert {"kind": "pool", "name": member.pool} in details["users"], details
    else:
        labels = {(one["type"], one["label"]) for one in details["found"]}
        assert ("zfs_member", member.pool) in labels, details

    store = prepared.guest.disks[member.serial].store

    assert store.first_difference(prepared.before[member.name]) is None


def test_the_middleware_tells_the_pools(prepared: Prepared, tmp_path: Path) -> None:
    """What the integration refuses by, before the agent is asked."""
    fleet = asyncio.run(_fleet(prepared.guest, tmp_path))
    seen = {drive.serial: drive for drive in fleet.drives.values()}
    for member in MEMBERS:
        drive = seen[member.serial]
        pools = (drive.pool, drive.exported_pool)
        gone = member.name == "exported"
        assert pools == ((None, "gone") if gone else (member.pool, None)), member


async def _fleet(guest: Machine, folder: Path) -> Fleet:
    async with (
        RealTrueNAS(PROFILE, folder, guest.bridge.path) as nas,
        aiohttp.ClientSession() as session,
    ):
        return await fleet_of(session, nas)


def test_no_pool_takes_a_drive_that_is_written(prepared: Prepared) -> None:
    """Whoever wants it for a pool in the middle of a range is refused, and it passes."""
    guest, agent = prepared.guest, prepared.agent
    (disk,) = guest.plug(Drive("ZFSTAKEN", size=SIZE))
    name = guest.name(disk)
    wanted = plan("taken", name, disk.serial, SIZE, capacity_check=False)
    with held_write(agent, disk, wanted):
        for command in TAKERS:
            ran = guest.line.run(f"D=/dev/{name}; {command}")
            assert ran.status, command
    status = agent.status("taken")
    assert status is not None
    assert status.state == "passed", status.raw


def test_the_pools_are_whole(prepared: Prepared) -> None:
    """A scrub of what the agent was let loose on finds nothing."""
    line = prepared.guest.line
    line.out("zpool scrub -w tank parts", seconds=600)
    line.out("zpool online parts $(zpool status -LP parts | awk '/OFFLINE/{print $1}')")
    assert "errors" not in line.out("zpool status -x tank")
    line.out("zpool import -d /dev gone")
    assert line.out("zpool list -Ho health gone") == "ONLINE"
