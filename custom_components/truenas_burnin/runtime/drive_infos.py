"""What people wrote down about the drives of one NAS, at hand for who shows it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Self

from homeassistant.core import callback

from ..ledger import DriveInfo, SqliteLedger

_NOTHING = DriveInfo()


class DriveInfos:
    """The ledger's words on each drive, by drive identifier."""

    def __init__(
        self,
        nas_id: str,
        ledger: SqliteLedger,
        announce: Callable[[str], None],
        known: dict[str, DriveInfo],
    ) -> None:
        """Hold what is known; `announce` tells of a drive whose words changed."""
        self._nas_id = nas_id
        self._ledger = ledger
        self._announce = announce
        self._known = known
        self._in_turn = asyncio.Lock()

    @classmethod
    async def load(
        cls, nas_id: str, ledger: SqliteLedger, announce: Callable[[str], None]
    ) -> Self:
        """Read what the ledger knows; raise LedgerError."""
        return cls(nas_id, ledger, announce, await ledger.drive_infos(nas_id))

    @callback
    def get(self, identifier: str) -> DriveInfo:
        """Return what is known of a drive, empty if nothing is."""
        return self._known.get(identifier, _NOTHING)

    async def async_change(
        self, identifier: str, changes: Mapping[str, str], actor: str
    ) -> None:
        """Keep what somebody writes down, then show it; raise LedgerError.

        One after the other: what others write at the same moment stays.
        """
        async with self._in_turn:
            info = replace(self.get(identifier), **changes)
            await self._ledger.set_drive_info(
                self._nas_id, identifier, info, actor=actor
            )
            self._known[identifier] = info
        self._announce(identifier)
