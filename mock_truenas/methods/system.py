"""system.*: what the NAS is."""

from typing import Any

from ..clock import stamp
from ..host import Host


def methods(host: Host) -> dict[str, Any]:
    """Return the methods of this namespace."""
    short = host.profile.version.rpartition("-")[2]
    if host.profile.core:
        short = host.profile.version.removeprefix("TrueNAS-")

    async def version() -> str:
        return host.profile.version

    async def version_short() -> str:
        return short

    async def info() -> dict[str, Any]:
        now = host.clock.now()
        told = {
            "version": short if host.profile.short_version else host.profile.version,
            "buildtime": stamp(now),
            "hostname": "truenas.local",
            "physmem": 34359738368,
            "model": "Intel(R) Xeon(R) E-2314",
            "cores": 4,
            "physical_cores": 4,
            "loadavg": [0.4, 0.3, 0.2],
            "uptime": "3 days, 1:02:03",
            "uptime_seconds": 262923.0 + host.clock.elapsed,
            "system_serial": None,
            "system_product": None,
            "system_product_version": None,
            "license": None,
            "boottime": stamp(now),
            "datetime": stamp(now),
            "timezone": "UTC",
            "system_manufacturer": None,
            "ecc_memory": True,
        }
        if host.profile.core:
            told["birthday"] = stamp(now)
            del told["system_product_version"]
        return told

    async def product_type() -> str:
        return host.profile.product

    async def host_id() -> str:
        return host.host_id

    async def boot_id() -> str:
        return host.boot_id

    async def ready() -> bool:
        return True

    async def state() -> str:
        return "READY"

    return {
        "system.version": version,
        "system.version_short": version_short,
        "system.info": info,
        "system.product_type": product_type,
        "system.host_id": host_id,
        "system.boot_id": boot_id,
        "system.ready": ready,
        "system.state": state,
    }
