"""disk.*: the drives and which of them are in use."""

from typing import Any

from ..drive import MockDrive
from ..errors import CallError, not_found
from ..query import apply
from ..rows import details_row, query_row
from ..smartctl.ata import attributes
from ..world import World


class Disks:
    """The methods of this namespace that tell of drives."""

    def __init__(self, world: World) -> None:
        """Tell of these."""
        self._world = world

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "disk.query": self.query,
            "disk.get_instance": self.get_instance,
            "disk.details": self.details,
            "disk.get_used": self.get_used,
            "disk.get_unused": self.get_unused,
            "disk.smart_attributes": self.smart_attributes,
        }

    async def query(self, filters: Any = (), options: Any = None) -> Any:
        """Return the drives, their pools only if asked."""
        options = options or {}
        pools = bool((options.get("extra") or {}).get("pools"))
        profile = self._world.profile
        rows = [
            query_row(drive, profile, pools=pools) for drive in self._world.connected
        ]
        return apply(rows, filters, options)

    async def get_instance(self, identifier: str, options: Any = None) -> Any:
        """Return one drive."""
        found = await self.query([["identifier", "=", identifier]], options)
        if not found:
            raise not_found(f"Disk {identifier} does not exist")
        return found[0]

    async def details(self, data: Any = None) -> Any:
        """Return the drives that have a size, those in a pool apart."""
        data = {"type": "BOTH", **(data or {})}
        used: list[Any] = []
        unused: list[Any] = []
        for drive in self._world.connected:
            if not drive.size:
                continue
            row = details_row(drive, self._world.profile, self._twins(drive))
            in_use = drive.pool is not None or drive.exported_pool is not None
            (used if in_use else unused).append(row)
        both = {"used": used, "unused": unused}
        return both if data["type"] == "BOTH" else both[data["type"].lower()]

    async def get_used(self, join_partitions: bool = False) -> Any:
        """Return the drives in a pool, imported or not."""
        return await self.details({"type": "USED"})

    async def get_unused(self, join_partitions: bool = False) -> Any:
        """Return the free drives: on CORE those of exported pools too."""
        if not self._world.profile.core:
            return await self.details({"type": "UNUSED"})
        return [
            {
                **query_row(drive, self._world.profile, pools=True),
                "duplicate_serial": self._twins(drive),
            }
            for drive in self._world.connected
            if drive.pool is None and not drive.boot and not drive.extent
        ]

    def _twins(self, drive: MockDrive) -> list[str]:
        """Return the drives with the same serial, and from 24.10 on the same lunid."""
        core = self._world.profile.core
        return [
            other.name
            for other in self._world.connected
            if other is not drive
            and other.serial == drive.serial
            and (bool(drive.serial) if core else other.lunid == drive.lunid)
        ]

    async def smart_attributes(self, name: str) -> Any:
        """Return the ATA attributes of a drive."""
        drive = self._world.drive(name=name)
        if drive is None:
            raise CallError(f"{name} not found")
        if drive.sas:
            raise CallError("Only ATA device support S.M.A.R.T. attributes")
        return attributes(drive, self._world.clock.elapsed)
