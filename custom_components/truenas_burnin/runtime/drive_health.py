"""The SMART records of the drives of one NAS that people asked for, without writing."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final, Self

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..burnin.known import HealthReading
from ..burnin.ports import LedgerError, Nas
from ..ledger import SqliteLedger
from ..truenas.errors import AgentFailed, CallFailed, InvalidResponse, NotAuthorized
from ..truenas.models import Drive
from ..truenas.surface import ContentItem

_LOGGER = logging.getLogger(__name__)

_AT_ONCE: Final = 4
"""Drives of one NAS that are asked at the same time: each may take a minute."""


class DriveHealth:
    """Ask drives, and know what they said last, over a restart too."""

    def __init__(
        self,
        nas_id: str,
        nas: Nas,
        ledger: SqliteLedger,
        announce: Callable[[str], None],
        known: dict[str, HealthReading],
    ) -> None:
        """Hold what is known; `announce` tells of a drive of which more is known."""
        self._nas_id = nas_id
        self._nas = nas
        self._ledger = ledger
        self._announce = announce
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._known = known

    @classmethod
    async def load(
        cls,
        nas_id: str,
        nas: Nas,
        ledger: SqliteLedger,
        announce: Callable[[str], None],
    ) -> Self:
        """Read what the ledger knows; raise LedgerError."""
        return cls(nas_id, nas, ledger, announce, await ledger.health(nas_id))

    @callback
    def get(self, drive: Drive) -> HealthReading | None:
        """Return what exactly this drive said last, None if it was not asked."""
        known = self._known.get(drive.identifier)
        return known if known is not None and known.serial == drive.serial else None

    async def async_read(self, drive: Drive, *, wake: bool) -> HealthReading:
        """Ask a drive; raise DriveAsleep for one not to be woken, or TrueNASError."""
        async with self._turns:
            report = await self._nas.smart(drive, wake=wake)
            content = await self._content(drive)
        reading = HealthReading(
            serial=drive.serial, at=dt_util.utcnow(), report=report, content=content
        )
        self._known[drive.identifier] = reading
        self._announce(drive.identifier)
        try:
            await self._ledger.keep_health(self._nas_id, drive.identifier, reading)
        except LedgerError as err:
            _LOGGER.warning("The health of %s was not kept: %s", drive.name, err)
        return reading

    async def _content(self, drive: Drive) -> tuple[ContentItem, ...] | None:
        """Return what lies on a drive that just answered, None if nobody can look."""
        try:
            return (await self._nas.content(drive)).content
        except (AgentFailed, CallFailed, InvalidResponse, NotAuthorized) as err:
            _LOGGER.debug("What lies on %s is not known: %s", drive.name, err)
            return None
