"""What all burn-ins together say."""

from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..presentation.views import statistics_view
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import nas_id_of


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/statistics",
        vol.Optional("entry_id"): vol.Any(None, str),
    }
)
@require_admin
@async_response
async def statistics(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return the statistics of one NAS or of all."""
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        found = await ledger.statistics(
            nas_id_of(hass, msg.get("entry_id")), dt_util.now()
        )
    connection.send_result(msg["id"], statistics_view(found))
