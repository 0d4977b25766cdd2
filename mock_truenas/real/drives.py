"""The machine's drives as TrueNAS sees them: the kernel's list and udev's words.

Whatever is read is that of the moment: nothing is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import json
import re
from typing import Any

from .line import Machine, MachineError

_COLUMNS = "NAME,TYPE,SIZE,ROTA,LOG-SEC,MAJ:MIN,MOUNTPOINTS"
_DRIVE = re.compile(r"(sd[a-z]+|nvme\d+n\d+|vd[a-z]+|pmem\d+)")
"""Not loop, md, dm, sr, zd, zram."""
_TRIES = 5


@dataclass(frozen=True)
class RealDrive:
    """One drive; `nodes` are the names of itself, its partitions and what is on them."""

    name: str
    serial: str
    lunid: str | None
    model: str
    size: int
    sector: int
    rotates: bool
    rotation_rate: int | None
    number: int
    bus: str
    subsystem: str
    driver: str
    vendor: str
    boot: bool
    nodes: frozenset[str]
    pool: str | None = None
    exported_pool: str | None = None

    @property
    def identifier(self) -> str:
        """The stable id, in the middleware's brace form."""
        if not self.serial:
            return f"{{devicename}}{self.name}"
        if self.lunid:
            return f"{{serial_lunid}}{self.serial}_{self.lunid}"
        return f"{{serial}}{self.serial}"


type Pools = Mapping[str, frozenset[str]]
"""By the name of a pool the nodes that belong to it."""


async def drives_of(machine: Machine) -> list[RealDrive]:
    """Return the drives in the kernel's order, in no pool yet.

    A drive that comes or goes at this moment may be in one of both lists only: both are
    read again.
    """
    for _ in range(_TRIES):
        listed = await machine.run(["lsblk", "--json", "--bytes", "-o", _COLUMNS])
        blocks = [item for item in _blocks(listed.out) if _is_drive(item)]
        nodes = [f"/dev/{block['name']}" for block in blocks]
        # The exit status tells of a drive that has just gone.
        asked = await machine.run(["udevadm", "info", *nodes])
        properties = dict(_properties(asked.out))
        if all(block["name"] in properties for block in blocks):
            return [_drive(block, properties[block["name"]]) for block in blocks]
    raise MachineError("drives come and go all the time")


def in_pools(
    drives: Sequence[RealDrive], boot_pool: str, imported: Pools, exported: Pools
) -> list[RealDrive]:
    """Return the drives with the pools that they belong to."""
    return [
        replace(
            drive,
            pool=boot_pool if drive.boot else _pool_of(drive, imported),
            exported_pool=_pool_of(drive, exported),
        )
        for drive in drives
    ]


def _pool_of(drive: RealDrive, pools: Pools) -> str | None:
    return next((name for name, nodes in pools.items() if nodes & drive.nodes), None)


def _blocks(text: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = json.loads(text or '{"blockdevices": []}')[
        "blockdevices"
    ]
    return blocks


def _is_drive(block: Mapping[str, Any]) -> bool:
    return block["type"] == "disk" and bool(_DRIVE.fullmatch(block["name"]))


def _properties(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give names and properties out of udevadm's records."""
    for record in text.split("\n\n"):
        pairs = (
            line[3:].partition("=")
            for line in record.splitlines()
            if line.startswith("E: ")
        )
        properties = {key: value for key, _, value in pairs}
        if node := properties.get("DEVNAME"):
            yield node.removeprefix("/dev/"), properties


def _tree(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield block
    for child in block.get("children", ()):
        yield from _tree(child)


def _drive(block: Mapping[str, Any], udev: Mapping[str, str]) -> RealDrive:
    major, _, minor = block["maj:min"].partition(":")
    name, tree = str(block["name"]), list(_tree(block))
    serial = next(
        filter(None, map(udev.get, ("ID_SCSI_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"))),
        "",
    )
    wwn = udev.get("ID_WWN", "").removeprefix("0x").removeprefix("eui.")
    rate = udev.get("ID_ATA_ROTATION_RATE_RPM", "")
    subsystem, driver = _KINDS[name[:2]]
    return RealDrive(
        name=name,
        serial="_".join(serial.split()),
        lunid=wwn or None,
        model=udev.get("ID_MODEL", ""),
        size=block["size"],
        sector=block["log-sec"],
        rotates=block["rota"],
        rotation_rate=int(rate) if rate.isdigit() and int(rate) else None,
        number=(int(major) << 8) + int(minor),
        bus=udev.get("ID_BUS", "unknown").upper(),
        subsystem=subsystem,
        driver=driver,
        vendor=udev.get("ID_VENDOR", ""),
        boot=any("/" in item["mountpoints"] for item in tree),
        nodes=frozenset(str(item["name"]) for item in tree),
    )


_KINDS = {
    "sd": ("scsi", "sd"),
    "nv": ("nvme", "nvme"),
    "vd": ("virtio", "virtio_blk"),
    "pm": ("nd", "nd_pmem"),
}
"""By the beginning of a name its subsystem and driver."""
