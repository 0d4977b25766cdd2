"""What the panel asks and is told: see each module for its commands.

All are for admins and change nothing; what changes something goes through actions.
"""

from typing import Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.core import HomeAssistant, callback

from .audit import audit, verify
from .burn_ins import burn_in, history
from .plans import config, plan
from .statistics import statistics
from .subscribe import LIVE_FEED, LiveFeed, subscribe

_COMMANDS: Final = (
    audit,
    burn_in,
    config,
    history,
    plan,
    statistics,
    subscribe,
    verify,
)


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands, once for all NAS."""
    hass.data[LIVE_FEED] = LiveFeed(hass)
    for command in _COMMANDS:
        async_register_command(hass, command)
