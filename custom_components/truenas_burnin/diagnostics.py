"""What to send along with a report of a problem."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
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
    burn_ins = data.runner.burn_ins.values()
    serials = {drive.serial for drive in fleet.drives.values()}
    serials |= {burn_in.drive.serial for burn_in in burn_ins}
    redacted = async_redact_data(
        {
            "entry": entry.as_dict(),
            "system": asdict(fleet.system),
            "drives": [asdict(drive) for drive in fleet.drives.values()],
            "burn_ins": [burn_in_view(item) for item in burn_ins],
            "last_poll_succeeded": data.coordinator.last_update_success,
        },
        _REDACT,
    )
    longest = sorted(serials - {""}, key=len, reverse=True)
    burn_in_views: object = redacted["burn_ins"]
    return {**redacted, "burn_ins": _without(longest, burn_in_views)}


def _without(serials: Collection[str], value: object) -> object:
    """Return the same with the serials taken out of every text, as in reasons."""
    if isinstance(value, dict):
        return {key: _without(serials, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(serials, item) for item in value]
    if isinstance(value, str):
        for serial in serials:
            value = value.replace(serial, REDACTED)
    return value
