"""Keep the ledger whole in the backups of Home Assistant.

A backup copies files one after the other, and leaves `*.db-shm` out.
"""

import logging

from homeassistant.core import HomeAssistant

from .burnin.ports import LedgerError
from .runtime.shared_ledger import SHARED_LEDGER

_LOGGER = logging.getLogger(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Bring the ledger's file up to date, so that a copy of it alone is whole.

    The copy knows that it is one: restored, it does not begin what was confirmed then.
    """
    await _checkpoint(hass, copying=True)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Take into the file what was written meanwhile."""
    await _checkpoint(hass, copying=False)


async def _checkpoint(hass: HomeAssistant, *, copying: bool) -> None:
    """Checkpoint an open ledger; a backup must not fail because one cannot be.

    What is not in the file then is in its `-wal`, which is copied too.
    """
    try:
        await hass.data[SHARED_LEDGER].async_checkpoint(copying=copying)
    except LedgerError as err:
        _LOGGER.warning("Could not checkpoint the burn-in records: %s", err)
