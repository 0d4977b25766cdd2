"""The NAS that are set up, by the ids that the ledger and the panel know them by."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from ..burnin.model import BurnIn
from ..const import DOMAIN
from ..coordinator import BurnInConfigEntry


@callback
def nas_titles(hass: HomeAssistant) -> dict[str, str]:
    """Return what people call each NAS that is configured, by its id."""
    entries = hass.config_entries.async_entries(DOMAIN)
    return {str(entry.unique_id): entry.title for entry in entries}


@callback
def nas_entries(hass: HomeAssistant) -> dict[str, BurnInConfigEntry]:
    """Return the entry of each NAS that is set up, by the NAS's id."""
    loaded = hass.config_entries.async_loaded_entries(DOMAIN)
    return {entry.runtime_data.coordinator.host_id: entry for entry in loaded}


@callback
def nas_id_of(hass: HomeAssistant, entry_id: str | None) -> str | None:
    """Return the id of the NAS of an entry, None for all; raise if there is no such."""
    if entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_system",
            translation_placeholders={"entry_id": entry_id},
        )
    return entry.unique_id


@callback
def live_burn_ins(hass: HomeAssistant) -> dict[str, BurnIn]:
    """Return the newest burn-in of every drive, by its id.

    They know their progress, which is not worth a commit each time.
    """
    return {
        burn_in.id: burn_in
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for burn_in in entry.runtime_data.runner.burn_ins.values()
    }
