"""What the NAS's small tools say of its drives: blkid, zpool, and FreeBSD's own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
import uuid

from .drive import MockDrive
from .world import World


class Said(NamedTuple):
    """What a tool prints, and its exit status."""

    output: str
    status: int = 0


type Tool = Callable[[World, list[str]], Said]

_NOTHING = Said("", 2)


class Node(NamedTuple):
    """A drive, or a partition of it (`number` from 1)."""

    drive: MockDrive
    number: int | None


def node(world: World, path: str) -> Node | None:
    """Return what a node of /dev is."""
    name = path.removeprefix(str(world.filesystem)).removeprefix("/dev/")
    for drive in world.connected:
        if drive.name == name:
            return Node(drive, None)
        for number, part in enumerate(world.partitions(drive), 1):
            if part == name:
                return Node(drive, number)
    return None


def _pool(found: Node | None, world: World) -> str | None:
    """Return the pool whose label a node carries: that of the last partition."""
    if found is None or found.number is None:
        return None
    if found.number != len(world.partitions(found.drive)):
        return None
    return found.drive.pool or found.drive.exported_pool


def blkid(world: World, arguments: list[str]) -> Said:
    """`blkid -p -o export NODE`."""
    found = node(world, arguments[-1]) if arguments else None
    if found is None:
        return _NOTHING
    drive = found.drive
    facts = {}
    if pool := _pool(found, world):
        facts = {
            "LABEL": pool,
            "UUID": str(10**18 + sum(pool.encode())),
            "VERSION": "5000",
            "TYPE": "zfs_member",
            "USAGE": "filesystem",
        }
    elif found.number is None and world.partitions(drive):
        number = uuid.uuid5(uuid.NAMESPACE_OID, drive.serial)
        facts = {"PTUUID": str(number), "PTTYPE": "gpt"}
    elif found.number is None and drive.filesystem:
        facts = {
            "LABEL": drive.filesystem,
            "UUID": str(uuid.uuid5(uuid.NAMESPACE_OID, drive.filesystem)),
            "TYPE": "ext4",
            "USAGE": "filesystem",
        }
    if not facts:
        return _NOTHING
    lines = {"DEVNAME": arguments[-1], **facts}
    return Said("".join(f"{name}={value}\n" for name, value in lines.items()))


def zpool(world: World, arguments: list[str]) -> Said:
    """`zpool status -LP`."""
    lines: list[str] = []
    pools = {drive.pool for drive in world.connected if drive.pool}
    for pool in sorted(pools):
        lines += [f"  pool: {pool}", " state: ONLINE", "config:", ""]
        lines += [f"\t{pool}  ONLINE  0  0  0"]
        for drive in world.connected:
            if drive.pool == pool:
                part = world.filesystem / "dev" / world.partitions(drive)[-1]
                lines.append(f"\t    {part}  ONLINE  0  0  0")
        lines += ["", "errors: No known data errors", ""]
    return Said("".join(f"{line}\n" for line in lines))


def zdb(world: World, arguments: list[str]) -> Said:
    """`zdb -l NODE`."""
    pool = _pool(node(world, arguments[-1]), world)
    if pool is None:
        return Said("failed to unpack label 0\n", 2)
    number = 10**18 + sum(pool.encode())
    return Said(f"    version: 5000\n    name: '{pool}'\n    pool_guid: {number}\n")


def file(world: World, arguments: list[str]) -> Said:
    """`file -b -s NODE`."""
    found = node(world, arguments[-1])
    if found is None:
        return Said(f"cannot open `{arguments[-1]}' (No such file or directory)\n")
    if found.number is None and world.partitions(found.drive):
        return Said("DOS/MBR boot sector; partition 1 : ID=0xee\n")
    if found.number is None and found.drive.filesystem:
        return Said("Unix Fast File system [v2] (little-endian)\n")
    return Said("data\n")


def sysctl(world: World, arguments: list[str]) -> Said:
    """`sysctl -n NAME`, where the agent asks for it."""
    known = {
        "kern.geom.debugflags": str(world.debugflags),
        "kern.boot_id": world.boot_id.replace("-", ""),
    }
    value = known.get(arguments[-1])
    if value is None:
        return Said(f"sysctl: unknown oid '{arguments[-1]}'\n", 1)
    return Said(f"{value}\n")


def mount(world: World, arguments: list[str]) -> Said:
    """`mount -p`."""
    lines = [
        f"{world.filesystem}/dev/{drive.name} {drive.mounted} ufs rw 1 1\n"
        for drive in world.connected
        if drive.mounted
    ]
    return Said("".join(lines))


def fstat(world: World, arguments: list[str]) -> Said:
    """`fstat NODE...`."""
    lines = ["USER CMD PID FD MOUNT INUM MODE SZ|DV R/W NAME\n"]
    for number, drive in enumerate(world.connected):
        path = f"{world.filesystem}/dev/{drive.name}"
        if drive.opened_by and path in arguments:
            lines.append(
                f"root {drive.opened_by} {100_000 + number} 3 /dev 1 crw-r----- r {path}\n"
            )
    return Said("".join(lines))


def swapinfo(world: World, arguments: list[str]) -> Said:
    """`swapinfo`: there is no swap."""
    return Said("Device 1K-blocks Used Avail Capacity\n")


def gmultipath(world: World, arguments: list[str]) -> Said:
    """`gmultipath status -s`: every drive has one path."""
    return Said("")


BOTH: Mapping[str, Tool] = {"zpool": zpool}
LINUX: Mapping[str, Tool] = {**BOTH, "blkid": blkid}
FREEBSD: Mapping[str, Tool] = {
    **BOTH,
    "file": file,
    "fstat": fstat,
    "gmultipath": gmultipath,
    "mount": mount,
    "swapinfo": swapinfo,
    "sysctl": sysctl,
    "zdb": zdb,
}
