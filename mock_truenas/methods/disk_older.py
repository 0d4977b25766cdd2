"""disk.*: what the generations before 25.10 also tell of pretended drives."""

from typing import Any

from ..errors import CallError
from ..rows import query_row
from ..smartctl.ata import attributes
from ..world import World
from .disk import Disks, twins


def methods(world: World, disks: Disks) -> dict[str, Any]:
    """Return the methods."""

    async def get_unused(join_partitions: bool = False) -> Any:
        """Return the free drives: on CORE those of exported pools too."""
        if not world.profile.core:
            return await disks.details({"type": "UNUSED"})
        return [
            {
                **query_row(drive, world.profile, pools=True),
                "duplicate_serial": twins(drive, world.connected, by_lunid=False),
            }
            for drive in world.connected
            if drive.pool is None and not drive.boot and not drive.extent
        ]

    async def smart_attributes(name: str) -> Any:
        """Return the ATA attributes of a drive."""
        drive = world.drive(name=name)
        if drive is None:
            raise CallError(f"{name} not found")
        if drive.sas:
            raise CallError("Only ATA device support S.M.A.R.T. attributes")
        return attributes(drive, world.clock.elapsed)

    return {
        "disk.get_unused": get_unused,
        "disk.smart_attributes": smart_attributes,
    }
