"""system.*, boot.* and pool.*: what the NAS is and what it is made of."""

from typing import Any

from ..clock import stamp
from ..query import apply
from ..world import World


def methods(world: World) -> dict[str, Any]:
    """Return the methods of these namespaces."""

    async def version() -> str:
        return world.profile.version

    async def info() -> dict[str, Any]:
        now = world.clock.now()
        return {
            "version": world.profile.version,
            "buildtime": stamp(now),
            "hostname": "truenas.local",
            "physmem": 34359738368,
            "model": "Intel(R) Xeon(R) E-2314",
            "cores": 4,
            "physical_cores": 4,
            "loadavg": [0.4, 0.3, 0.2],
            "uptime": "3 days, 1:02:03",
            "uptime_seconds": 262923.0 + world.clock.elapsed,
            "system_serial": None,
            "system_product": None,
            "license": None,
            "boottime": stamp(now),
            "datetime": stamp(now),
            "birthday": stamp(now),
            "timezone": "UTC",
            "system_manufacturer": None,
            "ecc_memory": True,
        }

    async def product_type() -> str:
        return world.profile.product

    async def host_id() -> str:
        return world.host_id

    async def boot_id() -> str:
        return world.boot_id

    async def state() -> str:
        return "READY"

    async def boot_disks() -> list[str]:
        return [drive.name for drive in world.connected if drive.boot]

    async def pools(filters: Any = (), options: Any = None) -> Any:
        rows = []
        names = sorted({d.pool for d in world.connected if d.pool and not d.boot})
        for number, name in enumerate(names, 1):
            members = [d for d in world.connected if d.pool == name]
            rows.append(
                {
                    "id": number,
                    "name": name,
                    "guid": str(10**18 + number),
                    "status": "ONLINE",
                    "healthy": True,
                    "topology": {
                        "data": [
                            {
                                "type": "MIRROR",
                                "status": "ONLINE",
                                "children": [
                                    {
                                        "type": "DISK",
                                        "disk": member.name,
                                        "device": f"{member.name}p2",
                                        "path": f"/dev/{member.name}p2",
                                        "status": "ONLINE",
                                        "children": [],
                                    }
                                    for member in members
                                ],
                            }
                        ],
                        "cache": [],
                        "log": [],
                        "spare": [],
                        "special": [],
                        "dedup": [],
                    },
                }
            )
        return apply(rows, filters, options)

    async def alerts() -> list[Any]:
        return []

    return {
        "system.version": version,
        "system.info": info,
        "system.product_type": product_type,
        "system.host_id": host_id,
        "system.boot_id": boot_id,
        "system.state": state,
        "boot.get_disks": boot_disks,
        "pool.query": pools,
        "alert.list": alerts,
    }
