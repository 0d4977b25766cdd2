"""What Settings → System → Repairs → System information shows of us."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import BurnInConfigEntry
from .presentation.panel import PANEL
from .runtime.shared_ledger import SHARED_LEDGER


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what to show."""
    register.async_register_info(async_info)


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return which systems answer, what they do, and how ledger and panel are."""
    every: list[BurnInConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    loaded: list[BurnInConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    working = [entry.runtime_data for entry in loaded]
    reached = [data for data in working if data.coordinator.last_update_success]
    return {
        "systems": f"{len(reached)} / {len(every)}",
        "burn_ins": sum(
            not burn_in.state.final
            for data in working
            for burn_in in data.runner.burn_ins.values()
        ),
        "ledger": "ok" if hass.data[SHARED_LEDGER].is_open else "closed",
        "panel": "ok" if hass.data[PANEL].built else "not built",
    }
