"""What becomes of a NAS that is removed: nobody looks after its burn-ins any more."""

import asyncio
import logging
from typing import Final

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from ..burnin.audit_event import AuditEvent
from ..burnin.model import BurnInState, end
from ..burnin.reason import ReasonKey, because
from ..burnin.record import detail_of
from ..const import CONF_FINGERPRINT
from ..coordinator import BurnInConfigEntry
from ..truenas.client import connect
from ..truenas.errors import TrueNASError, text_of
from .shared_ledger import async_shared_ledger

_LOGGER = logging.getLogger(__name__)

_REMOVED: Final = (because(ReasonKey.NAS_REMOVED),)

_FAREWELL_SECONDS: Final = 20.0
"""A person waits for it, and the NAS may be gone for good."""


async def async_end_burn_ins(hass: HomeAssistant, nas_id: str) -> None:
    """End all that is unfinished: what has begun as unknown, the rest as cancelled.

    The NAS is not asked, it may be gone for good. A ledger that cannot keep it is
    no reason to keep the NAS.
    """
    try:
        async with async_shared_ledger(hass).async_borrow() as ledger:
            for burn_in in await ledger.unfinished(nas_id):
                begun = burn_in.state is not BurnInState.QUEUED
                state = BurnInState.INCONCLUSIVE if begun else BurnInState.CANCELLED
                ended = end(burn_in, state, dt_util.utcnow(), _REMOVED)
                await ledger.commit(
                    ended, AuditEvent.NAS_REMOVED, detail=detail_of(burn_in, ended)
                )
    except HomeAssistantError as err:
        _LOGGER.warning("Could not end the burn-ins of the removed NAS: %s", err)


async def async_take_leave(hass: HomeAssistant, entry: BurnInConfigEntry) -> None:
    """Take our cron jobs off the NAS, if it answers.

    The agent's folder stays: work that has begun goes on in it.
    """
    session = async_get_clientsession(hass)
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            nas = await connect(
                session,
                entry.data[CONF_URL],
                entry.data[CONF_API_KEY],
                entry.data.get(CONF_FINGERPRINT),
            )
            try:
                if nas.system.host_id == entry.unique_id:
                    await nas.take_leave()
            finally:
                await nas.close()
    except (TrueNASError, TimeoutError) as err:
        why = text_of(err)
        _LOGGER.warning("Could not delete the cron job on %s: %s", entry.title, why)
