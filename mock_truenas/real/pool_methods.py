"""pool.* and boot.*: what the machine's drives are used for."""

from collections.abc import Sequence
from typing import Any

from ..errors import not_found
from ..pools import Scan
from ..query import apply
from . import pools
from .drives import RealDrive, drives_of, in_pools
from .host import RealHost
from .pools import Pool, Space, Vdev


def methods(host: RealHost) -> dict[str, Any]:
    """Return the methods of these namespaces."""
    machine = host.machine

    async def boot_disks() -> list[str]:
        return [drive.name for drive in await drives_of(machine) if drive.boot]

    async def query(filters: Any = (), options: Any = None) -> Any:
        found = await pools.imported(machine)
        spaces = await pools.spaces(machine) if found else {}
        drives = await drives_of(machine) if found else []
        rows = [
            _row(host, number, pool, spaces[pool.name], drives)
            for number, pool in enumerate(found, 1)
            if pool.name in spaces  # else it went in between
        ]
        return apply(rows, filters, options)

    async def get_disks(number: int | None = None) -> list[str]:
        found = dict(enumerate(await pools.imported(machine), 1))
        if number is not None and number not in found:
            raise not_found(f"Pool {number} does not exist")
        wanted = [found[number]] if number is not None else list(found.values())
        drives = in_pools(await drives_of(machine), "", pools.members(wanted), {})
        return [drive.name for drive in drives if drive.pool]

    return {
        "boot.get_disks": boot_disks,
        "pool.query": query,
        "pool.get_disks": get_disks,
    }


def _row(
    host: RealHost, number: int, pool: Pool, space: Space, drives: Sequence[RealDrive]
) -> dict[str, Any]:
    healthy = pool.state == "ONLINE"
    return {
        "id": number,
        "name": pool.name,
        "guid": space.guid,
        "status": pool.state,
        "path": f"/mnt/{pool.name}",
        "scan": _scan(host, pool),
        "expand": None,
        "is_upgraded": True,
        "healthy": healthy,
        "warning": False,
        "status_code": "OK" if healthy else None,
        "status_detail": None,
        "size": space.size,
        "allocated": space.allocated,
        "free": space.free,
        "freeing": 0,
        "dedup_table_size": 0,
        "dedup_table_quota": "auto",
        "fragmentation": "0",
        "size_str": str(space.size),
        "allocated_str": str(space.allocated),
        "free_str": str(space.free),
        "freeing_str": "0",
        "autotrim": {
            "parsed": "off",
            "rawvalue": "off",
            "source": "DEFAULT",
            "value": "off",
        },
        "topology": _topology(pool, drives),
    }


def _scan(host: RealHost, pool: Pool) -> dict[str, Any] | None:
    function, _, rest = pool.scan.partition(" ")
    if not rest.startswith("in progress"):
        return None
    return Scan(function.upper(), host.clock.now()).encode()


def _topology(pool: Pool, drives: Sequence[RealDrive]) -> dict[str, Any]:
    """Return the vdevs by what they are for; the lines of a pool form a tree."""
    names = {node: drive.name for drive in drives for node in drive.nodes}
    groups: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("data", *pools.GROUPS.values())
    }
    above: list[list[dict[str, Any]]] = [groups["data"]]
    for vdev in pool.vdevs:
        if vdev.depth == 0:
            above = [groups[pools.GROUPS.get(vdev.name, "data")]]
            continue
        row = _vdev(vdev, names)
        del above[vdev.depth :]
        above[-1].append(row)
        above.append(row["children"])
    return dict(groups)


def _vdev(vdev: Vdev, names: dict[str, str]) -> dict[str, Any]:
    disk = names.get(vdev.node)
    kind = "DISK" if disk else vdev.name.rpartition("-")[0].upper() or "DISK"
    row: dict[str, Any] = {
        "name": vdev.name,
        "type": kind,
        "path": vdev.name if disk else None,
        "guid": vdev.name,
        "status": vdev.state,
        "stats": {"read_errors": 0, "write_errors": 0, "checksum_errors": 0},
        "children": [],
        "unavail_disk": None,
    }
    return row | ({"device": vdev.node, "disk": disk} if disk else {})
