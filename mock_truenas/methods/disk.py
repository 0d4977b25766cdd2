"""disk.*: the drives and which of them are in use."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ..errors import not_found
from ..profile import Profile
from ..query import apply
from ..rows import Described, details_row, query_row

type Look = Callable[[bool], Awaitable[Sequence[Described]]]
"""Returns the drives that are there; their exported pools only if told to."""


class Disks:
    """The methods of this namespace that tell of drives."""

    def __init__(self, profile: Profile, look: Look) -> None:
        """Tell of these."""
        self._profile = profile
        self._look = look

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "disk.query": self.query,
            "disk.get_instance": self.get_instance,
            "disk.details": self.details,
            "disk.get_used": self.get_used,
        }

    async def query(self, filters: Any = (), options: Any = None) -> Any:
        """Return the drives, their pools only if asked."""
        options = options or {}
        pools = bool((options.get("extra") or {}).get("pools"))
        rows = [
            query_row(drive, self._profile, pools=pools)
            for drive in await self._look(False)
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
        drives = await self._look(True)
        for drive in drives:
            if not drive.size:
                continue
            row = details_row(drive, self._profile, twins(drive, drives))
            in_use = drive.pool is not None or drive.exported_pool is not None
            (used if in_use else unused).append(row)
        both = {"used": used, "unused": unused}
        return both if data["type"] == "BOTH" else both[data["type"].lower()]

    async def get_used(self, join_partitions: bool = False) -> Any:
        """Return the drives in a pool, imported or not."""
        return await self.details({"type": "USED"})


def twins(
    drive: Described, drives: Sequence[Described], *, by_lunid: bool = True
) -> list[str]:
    """Return the drives with the same serial, and from 24.10 on the same lunid."""
    return [
        other.name
        for other in drives
        if other is not drive
        and other.serial == drive.serial
        and (other.lunid == drive.lunid if by_lunid else bool(drive.serial))
    ]
