"""How fast a pass is, as ratios to fio and to bare badblocks on the same drive."""

from dataclasses import dataclass
import json

from tests.rig.guest.agent import GuestAgent, plan
from tests.rig.guest.drives import MIB, Disk, Drive, Kind
from tests.rig.guest.machine import Machine
from tests.rig.nbd.faults import Throttled

from .conftest import keep_table, packed

SATA_RATE = 2 * MIB
"""Bytes a second of the throttled drive: slow even for a computer that is emulated."""


@dataclass(frozen=True)
class Speed:
    """Bytes a second, or ratios of them."""

    write: float
    read: float

    def against(self, other: Speed) -> Speed:
        """Return the ratios to another one."""
        return Speed(self.write / other.write, self.read / other.read)


def by_agent(agent: GuestAgent, disk: Disk, name: str) -> Speed:
    """Let the agent make a stamped pass; its own records tell how long each sweep took."""
    size = disk.drive.size
    agent.work([plan(disk.serial, name, disk.serial, size, pieces=1)])
    status = agent.status(disk.serial)
    assert status is not None
    assert status.state == "passed", status.raw
    rates = {
        one["activity"]: one["length"] / one["seconds"]
        for one in agent.records(disk.serial, "ranges")
    }
    return Speed(rates["write"], rates["verify"])


def by_fio(guest: Machine, name: str) -> Speed:
    """Let fio write and read as the pass does: 8 MiB a request, two under way."""
    command = f"fio --name=x --filename=/dev/{name} --direct=1 --ioengine=libaio --iodepth=2 --bs=8M"
    rates = {}
    for mode in ("write", "read"):
        said = guest.line.out(
            f"{command} --rw={mode} --output-format=json", seconds=600
        )
        rates[mode] = json.loads(said)["jobs"][0][mode]["bw_bytes"]
    return Speed(**rates)


def by_badblocks(guest: Machine, name: str, size: int) -> Speed:
    """Let badblocks write and read one pattern; it does not tell one from the other."""
    command = f"badblocks -w -t 0xaa -b 4096 -c 2048 /dev/{name}"
    said = guest.line.out(
        f"date +%s.%N; {command} >/dev/null 2>&1; date +%s.%N", seconds=600
    )
    begin, end = map(float, said.split())
    return Speed(2 * size / (end - begin), 2 * size / (end - begin))


def measure(guest: Machine, agent: GuestAgent, disk: Disk) -> tuple[Speed, Speed]:
    """Return the pass's ratios to fio and to badblocks, and keep them."""
    name = guest.name(disk)
    fio = by_fio(guest, name)
    badblocks = by_badblocks(guest, name, disk.drive.size)
    ours = by_agent(agent, disk, name)
    ratios = ours.against(fio), ours.against(badblocks)
    tools = zip(("fio", "badblocks"), ratios, strict=True)
    cells = {tool: f"{one.write:.2f}\t{one.read:.2f}" for tool, one in tools}
    keep_table(f"throughput-{disk.drive.kind}", cells)
    return ratios


def test_a_throttled_sata_drive(guest: Machine) -> None:
    """The drive alone decides how long a pass takes."""
    disk = guest.disks["SATA0003"]
    disk.breaks(Throttled(disk.store, SATA_RATE))

    fio, badblocks = measure(guest, GuestAgent(guest.line, packed()), disk)

    assert min(fio.write, fio.read) >= 0.97, fio
    assert min(badblocks.write, badblocks.read) >= 0.97, badblocks


def test_an_nvme_drive(guest: Machine) -> None:
    """Where the processor decides, the pass is not far behind those that compare less."""
    (disk,) = guest.plug(Drive("NVMEFAST", Kind.NVME, 128 * MIB))

    fio, _ = measure(guest, GuestAgent(guest.line, packed()), disk)

    assert min(fio.write, fio.read) >= 0.90, fio
