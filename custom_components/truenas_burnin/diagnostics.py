"""What to send along with a report of a problem."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant

from .coordinator import BurnInConfigEntry
from .views import burn_in_view

_REDACT: Final = {
    CONF_API_KEY,
    CONF_URL,
    "boot_id",
    "host_id",
    "hostname",
    "identifier",
    "lunid",
    "operator",
    "serial",
    "title",
    "unique_id",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: BurnInConfigEntry
) -> dict[str, Any]:
    """Return the NAS, its drives and their newest burn-ins, without identities."""
    data = entry.runtime_data
    fleet = data.coordinator.data
    return async_redact_data(
        {
            "entry": entry.as_dict(),
            "system": asdict(fleet.system),
            "drives": [asdict(drive) for drive in fleet.drives.values()],
            "burn_ins": [burn_in_view(item) for item in data.runner.burn_ins.values()],
            "last_poll_succeeded": data.coordinator.last_update_success,
        },
        _REDACT,
    )
