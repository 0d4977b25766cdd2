"""One burn-in in full, and the history of all."""

from typing import Any, Final

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant
import voluptuous as vol

from ..burnin.model import BurnInState
from ..const import DOMAIN
from ..presentation.burn_in import burn_in_detail, burn_in_row
from ..presentation.views import audit_event
from ..presentation.words import common_texts
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import live_burn_ins, nas_entries, nas_id_of, nas_titles
from .paging import PAGE
from .rows import panel_id

_EVENTS: Final = 500
"""The most rows of the audit that a burn-in's page shows, the newest of them."""


@websocket_command(
    {vol.Required("type"): f"{DOMAIN}/burn_in", vol.Required("burn_in_id"): str}
)
@require_admin
@async_response
async def burn_in(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return everything known of a burn-in."""
    wanted: str = msg["burn_in_id"]
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        kept = await ledger.get(wanted)
        rows = await ledger.audit(limit=_EVENTS, offset=0, burn_in_id=wanted)
    found = live_burn_ins(hass).get(wanted) or kept
    if found is None:
        connection.send_error(msg["id"], ERR_NOT_FOUND, f"No burn-in {wanted}")
        return
    entry = nas_entries(hass).get(found.nas_id)
    place = None if entry is None else (entry.entry_id, found.drive.identifier)
    detail = burn_in_detail(found, common_texts(hass)) | {
        "entry_id": None if entry is None else entry.entry_id,
        "drive_id": None if place is None else panel_id(place),
        "nas": nas_titles(hass).get(found.nas_id, found.nas_id),
        "events": [audit_event(row) for row in reversed(rows)],
        "live": entry is not None and not found.state.final,
    }
    connection.send_result(msg["id"], {"burn_in": detail})


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/history",
        **PAGE,
        vol.Optional("state"): vol.Any(None, vol.Coerce(BurnInState)),
        vol.Optional("search"): vol.Any(None, str),
        vol.Optional("entry_id"): vol.Any(None, str),
    }
)
@require_admin
@async_response
async def history(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return a page of all burn-ins, newest first."""
    async with hass.data[SHARED_LEDGER].async_borrow() as ledger:
        page = await ledger.history_page(
            nas_id_of(hass, msg.get("entry_id")),
            limit=msg["limit"],
            offset=msg["offset"],
            state=msg.get("state"),
            search=msg.get("search"),
        )
    live, titles = live_burn_ins(hass), nas_titles(hass)
    texts = common_texts(hass)
    rows = [
        burn_in_row(live.get(item.id, item), texts)
        | {"nas": titles.get(item.nas_id, item.nas_id)}
        for item in page.rows
    ]
    connection.send_result(msg["id"], {"total": page.total, "burn_ins": rows})
