"""pool.* and boot.*: what the drives are used for."""

from typing import Any

from ..drive import MockDrive
from ..errors import not_found
from ..query import apply
from ..rows import zfs_guid
from ..world import World


def methods(world: World) -> dict[str, Any]:
    """Return the methods of these namespaces."""

    async def boot_disks() -> list[str]:
        return [drive.name for drive in world.connected if drive.boot]

    async def query(filters: Any = (), options: Any = None) -> Any:
        rows = [
            _entry(world, number, name) for number, name in enumerate(world.pools, 1)
        ]
        return apply(rows, filters, options)

    async def get_disks(number: int | None = None) -> list[str]:
        pools = dict(enumerate(world.pools, 1))
        if number is not None and number not in pools:
            raise not_found(f"Pool {number} does not exist")
        wanted = [pools[number]] if number is not None else list(pools.values())
        return [drive.name for drive in world.connected if drive.pool in wanted]

    return {
        "boot.get_disks": boot_disks,
        "pool.query": query,
        "pool.get_disks": get_disks,
    }


def _entry(world: World, number: int, name: str) -> dict[str, Any]:
    members = [drive for drive in world.connected if drive.pool == name]
    size = min(drive.size for drive in members)
    scan = world.scans.get(name)
    row = {
        "id": number,
        "name": name,
        "guid": str(10**18 + number),
        "status": "ONLINE",
        "path": f"/mnt/{name}",
        "scan": None if scan is None else scan.encode(),
        "expand": None,
        "is_upgraded": True,
        "healthy": True,
        "warning": False,
        "status_code": "OK",
        "status_detail": None,
        "size": size,
        "allocated": size // 3,
        "free": size - size // 3,
        "freeing": 0,
        "dedup_table_size": 0,
        "dedup_table_quota": "auto",
        "fragmentation": "0",
        "size_str": str(size),
        "allocated_str": str(size // 3),
        "free_str": str(size - size // 3),
        "freeing_str": "0",
        "autotrim": {
            "parsed": "off",
            "rawvalue": "off",
            "source": "DEFAULT",
            "value": "off",
        },
        "topology": _topology(world, number, members),
    }
    if world.profile.core:
        return {key: value for key, value in row.items() if key not in _SCALE_ONLY}
    return row


_SCALE_ONLY = frozenset(
    {
        "expand",
        "warning",
        "status_code",
        "dedup_table_size",
        "dedup_table_quota",
    }
)


def _topology(world: World, number: int, members: list[MockDrive]) -> dict[str, Any]:
    mirror = {
        **_vdev("mirror-0", "MIRROR", str(2 * 10**18 + number), None),
        "children": [_leaf(world, member) for member in members],
    }
    empty = ("log", "cache", "spare", "special", "dedup")
    return {"data": [mirror], **{name: [] for name in empty}}


def _leaf(world: World, drive: MockDrive) -> dict[str, Any]:
    part = f"{drive.name}p2" if world.profile.core else f"{drive.name}1"
    guid = zfs_guid(drive) or ""
    return {
        **_vdev(guid, "DISK", guid, f"/dev/{part}"),
        "device": part,
        "disk": drive.name,
    }


def _vdev(name: str, kind: str, guid: str, path: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "path": path,
        "guid": guid,
        "status": "ONLINE",
        "stats": {"read_errors": 0, "write_errors": 0, "checksum_errors": 0},
        "children": [],
        "unavail_disk": None,
    }
