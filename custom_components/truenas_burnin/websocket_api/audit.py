"""The audit trail, and whether anybody has changed it."""

from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant
import voluptuous as vol

from ..const import DOMAIN
from ..presentation.views import audit_row
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import nas_id_of, nas_titles
from .paging import PAGE


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/audit",
        **PAGE,
        vol.Optional("entry_id"): vol.Any(None, str),
    }
)
@require_admin
@async_response
async def audit(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return a page of the audit trail, newest first."""
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        page = await ledger.audit_page(
            limit=msg["limit"],
            offset=msg["offset"],
            nas_id=nas_id_of(hass, msg.get("entry_id")),
        )
    titles = nas_titles(hass)
    rows = [audit_row(row, titles.get(row.nas_id, row.nas_id)) for row in page.rows]
    connection.send_result(msg["id"], {"total": page.total, "rows": rows})


@websocket_command({vol.Required("type"): f"{DOMAIN}/audit/verify"})
@require_admin
@async_response
async def verify(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return whether every row is as it was written."""
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        broken = await ledger.verify_audit()
    connection.send_result(
        msg["id"], {"intact": broken is None, "first_broken": broken}
    )
