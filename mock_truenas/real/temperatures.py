"""disk.temperatures of 25.10 and later, as the drives themselves say."""

import asyncio
from collections.abc import Sequence
import json
from typing import Any

from ..methods.temperatures import CRITICAL, DRIVE_SECONDS
from ..profile import Temperatures
from .drives import drives_of
from .host import RealHost
from .line import MachineError

_AT_ONCE = 2


class Thermometer:
    """The method, with what it keeps of earlier calls."""

    def __init__(self, host: RealHost) -> None:
        """Begin with no temperature read."""
        self._host = host
        self._kept: dict[tuple[str, str], tuple[float, float | None]] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)

    def methods(self) -> dict[str, Any]:
        """Return it by name."""
        return {"disk.temperatures": self.temperatures}

    async def temperatures(
        self, names: Sequence[str] = (), include_thresholds: bool = False
    ) -> dict[str, Any]:
        """Return floats, with the critical ones if asked; null for unknown names."""
        there = [drive.name for drive in await drives_of(self._host.machine)]
        wanted = [name for name in there if not names or name in names]
        degrees = await asyncio.gather(*map(self._cached, wanted))
        found: dict[str, Any] = dict.fromkeys(names)
        for name, warm in zip(wanted, degrees, strict=True):
            found[name] = [warm, CRITICAL] if include_thresholds else warm
        return found

    async def _cached(self, name: str) -> float | None:
        key, now = (self._host.boot_id, name), self._host.clock.elapsed
        if key in self._kept:
            at, degrees = self._kept[key]
            if now - at < DRIVE_SECONDS[Temperatures.FLOATS]:
                return degrees
        async with self._turn:
            degrees = await self._degrees(name)
        self._kept[key] = (now, degrees)
        return degrees

    async def _degrees(self, name: str) -> float | None:
        command = ["smartctl", "-j", "-A", "-n", "standby", f"/dev/{name}"]
        try:
            said = json.loads((await self._host.machine.run(command)).out)
            return float(said["temperature"]["current"])
        except MachineError, FileNotFoundError, ValueError, KeyError, TypeError:
            return None
