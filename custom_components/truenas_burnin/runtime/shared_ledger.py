"""The one ledger of a Home Assistant, open while any NAS is set up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import logging
from pathlib import Path
from typing import Final
from uuid import uuid4

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from ..burnin.ports import LedgerError
from ..const import DOMAIN
from ..ledger import LedgerForeign, LedgerLost, SqliteLedger
from .issues import report_lost_ledger

_LOGGER = logging.getLogger(__name__)


class SharedLedger:
    """Open the ledger for its first user, close it after its last."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Close it at shutdown too: entries are not unloaded then."""
        self._hass = hass
        self._lock = asyncio.Lock()
        self._users: set[str] = set()
        self._ledger: SqliteLedger | None = None
        self._copying = False
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, self._on_shutdown)

    async def async_acquire(self, entry_id: str) -> SqliteLedger:
        """Return the open ledger; raise ConfigEntryNotReady if it cannot be read now.

        Raise ConfigEntryError for a file that is none of ours.
        """
        async with self._lock:
            if self._ledger is None:
                self._ledger = await self._async_open()
            self._users.add(entry_id)
            return self._ledger

    async def async_release(self, entry_id: str) -> None:
        """Let go of the ledger."""
        async with self._lock:
            self._users.discard(entry_id)
            if not self._users:
                await self._async_close()

    @property
    def is_open(self) -> bool:
        """Tell whether anybody uses the ledger."""
        return self._ledger is not None

    async def async_checkpoint(self, *, copying: bool) -> None:
        """Bring the file of an open ledger up to date; raise LedgerError.

        What is `copying` finds there that it is a copy.
        """
        async with self._lock:
            self._copying = copying
            if self._ledger is not None:
                await self._ledger.mark_copies(copied=copying)
                await self._ledger.checkpoint()

    @asynccontextmanager
    async def async_borrow(self) -> AsyncIterator[SqliteLedger]:
        """Lend the ledger out, also while no NAS is set up; translate its failures."""
        borrower = uuid4().hex
        ledger = await self.async_acquire(borrower)
        try:
            yield ledger
        except LedgerError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="ledger_unwritable",
                translation_placeholders={"reason": str(err)},
            ) from err
        finally:
            await self.async_release(borrower)

    async def async_accept_loss(self, actor: str | None) -> None:
        """Let burn-ins overwrite drives again after a ledger was lost."""
        async with self.async_borrow() as ledger:
            await ledger.accept_loss(actor)

    async def _async_open(self) -> SqliteLedger:
        """Open the ledger; one that is lost is set aside, and a new one on hold."""
        path = Path(self._hass.config.path(STORAGE_DIR, DOMAIN, "ledger.db"))
        run = self._hass.async_add_executor_job
        try:
            try:
                ledger = await SqliteLedger.open(path, run)
            except LedgerLost as err:
                _LOGGER.warning("The burn-in records were lost: %s", err)
                ledger = await SqliteLedger.replace_lost(path, run, str(err))
            try:
                if not self._copying:
                    await ledger.take_over_copy()
                lost = await ledger.lost()
            except LedgerError:
                await ledger.close()
                raise
        except LedgerError as err:
            final = isinstance(err, LedgerForeign)
            raise (ConfigEntryError if final else ConfigEntryNotReady)(
                translation_domain=DOMAIN,
                translation_key="ledger_unreadable",
                translation_placeholders={"path": str(path), "reason": str(err)},
            ) from err
        report_lost_ledger(self._hass, str(path.parent), lost)
        return ledger

    async def _async_close(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            await ledger.close()

    async def _on_shutdown(self, _event: Event) -> None:
        async with self._lock:
            await self._async_close()


SHARED_LEDGER: Final[HassKey[SharedLedger]] = HassKey(DOMAIN)


@callback
def async_shared_ledger(hass: HomeAssistant) -> SharedLedger:
    """Return the ledger, also where the integration was not set up."""
    if SHARED_LEDGER not in hass.data:
        hass.data[SHARED_LEDGER] = SharedLedger(hass)
    return hass.data[SHARED_LEDGER]
