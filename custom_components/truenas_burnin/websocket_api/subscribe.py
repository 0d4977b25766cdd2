"""Tell every open panel how all NAS and drives stand, and what changes."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    require_admin,
    websocket_command,
)
from homeassistant.components.websocket_api.messages import construct_event_message
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from ..const import DOMAIN
from .live_rows import LiveRows
from .rows import panel_id

VERSION: Final = 1

_QUIET_SECONDS: Final = 0.5
"""Between two messages to a client, at the least."""


class LiveFeed:
    """Send rows to all clients alike; do nothing while there is none.

    Rows and messages are made and serialised once, for however many clients.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without clients."""
        self._hass = hass
        self._rows = LiveRows(hass, self._wake)
        self._clients: set[tuple[ActiveConnection, int]] = set()
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def subscribe(self, connection: ActiveConnection, message_id: int) -> CALLBACK_TYPE:
        """Send all rows now and the changes from now on; return how to end it."""
        if not self._clients:
            self._rows.start()
        client = (connection, message_id)
        self._clients.add(client)
        snapshot = {
            "v": VERSION,
            "kind": "snapshot",
            "systems": [json_fragment(row) for row in self._rows.systems.values()],
            "drives": [json_fragment(row) for row in self._rows.drives.values()],
        }
        connection.send_message(
            construct_event_message(message_id, json_bytes(snapshot))
        )
        return partial(self._leave, client)

    @callback
    def _leave(self, client: tuple[ActiveConnection, int]) -> None:
        self._clients.discard(client)
        if not self._clients:
            self._rows.stop()
            if self._timer is not None:
                self._timer()
                self._timer = None

    @callback
    def _wake(self) -> None:
        """Gather what changes until the clients may hear of it."""
        if self._timer is None:
            self._timer = async_call_later(self._hass, _QUIET_SECONDS, self._tell)

    @callback
    def _tell(self, _now: datetime) -> None:
        self._timer = None
        changes = self._rows.renew()
        if not changes:
            return
        delta = json_bytes(
            {
                "v": VERSION,
                "kind": "delta",
                "systems": [json_fragment(row) for row in changes.systems],
                "removed_systems": changes.removed_systems,
                "drives": [json_fragment(row) for row in changes.drives],
                "removed": [panel_id(row) for row in changes.removed],
            }
        )
        for connection, message_id in self._clients:
            connection.send_message(construct_event_message(message_id, delta))


LIVE_FEED: Final[HassKey[LiveFeed]] = HassKey(f"{DOMAIN}_live_feed")


@websocket_command({vol.Required("type"): f"{DOMAIN}/subscribe"})
@require_admin
@callback
def subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Subscribe to all rows."""
    connection.send_result(msg["id"])
    feed = hass.data[LIVE_FEED]
    connection.subscriptions[msg["id"]] = feed.subscribe(connection, msg["id"])
