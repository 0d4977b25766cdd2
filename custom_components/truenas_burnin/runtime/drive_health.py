"""The SMART records of the drives of one NAS that people asked for, without writing."""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..burnin.known import HealthReading
from ..burnin.ports import Nas
from ..truenas.models import Drive

_AT_ONCE: Final = 4
"""Drives of one NAS that are asked at the same time: each may take a minute."""


class DriveHealth:
    """Ask drives, and know what they said last."""

    def __init__(self, nas: Nas, announce: Callable[[str], None]) -> None:
        """Know nothing yet; `announce` tells of a drive of which more is known."""
        self._nas = nas
        self._announce = announce
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._known: dict[str, HealthReading] = {}

    @callback
    def get(self, drive: Drive) -> HealthReading | None:
        """Return what exactly this drive said last, None if it was not asked."""
        known = self._known.get(drive.identifier)
        return known if known is not None and known.serial == drive.serial else None

    async def async_read(self, drive: Drive, *, wake: bool) -> HealthReading:
        """Ask a drive; raise DriveAsleep for one not to be woken, or TrueNASError."""
        async with self._turns:
            report = await self._nas.smart(drive, wake=wake)
        reading = HealthReading(serial=drive.serial, at=dt_util.utcnow(), report=report)
        self._known[drive.identifier] = reading
        self._announce(drive.identifier)
        return reading
