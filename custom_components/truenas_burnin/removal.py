"""What becomes of the burn-ins of a NAS that is removed: nobody looks after them."""

import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .burnin.audit_event import AuditEvent
from .burnin.model import BurnInState, end
from .burnin.reason import ReasonKey, because
from .burnin.record import detail_of
from .shared_ledger import async_shared_ledger

_LOGGER = logging.getLogger(__name__)

_REMOVED: Final = (because(ReasonKey.NAS_REMOVED),)


async def async_end_burn_ins(hass: HomeAssistant, nas_id: str) -> None:
    """End all that is unfinished: what has begun as unknown, the rest as cancelled.

    The NAS is not asked, it may be gone for good. A ledger that cannot keep it is
    no reason to keep the NAS.
    """
    try:
        async with async_shared_ledger(hass).async_borrow() as ledger:
            for burn_in in await ledger.unfinished(nas_id):
                begun = burn_in.state is not BurnInState.QUEUED
                state = BurnInState.UNKNOWN if begun else BurnInState.CANCELLED
                ended = end(burn_in, state, dt_util.utcnow(), _REMOVED)
                await ledger.commit(
                    ended, AuditEvent.NAS_REMOVED, detail=detail_of(ended)
                )
    except HomeAssistantError as err:
        _LOGGER.warning("Burn-ins of the NAS that was removed stay unfinished: %s", err)
