"""Activity of a NAS: which of its drives something happened to."""

from collections.abc import Callable
from typing import Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN
from .presentation.words import common_texts

EVENT_BURN_IN: Final = f"{DOMAIN}_burn_in"
"""Fired with the device of the NAS, for its activity alone: a drive tells its own."""


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Say how an event reads: the drive, and what happened to it."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        data = event.data
        key = f"logbook_{data['happening']}"
        message = common_texts(hass)(key) or str(data["happening"])
        if reason := data.get("reason"):
            message = f"{message}: {reason}"
        return {
            LOGBOOK_ENTRY_NAME: f"{data['disk']} ({data['serial']})",
            LOGBOOK_ENTRY_MESSAGE: message,
        }

    async_describe_event(DOMAIN, EVENT_BURN_IN, describe)
