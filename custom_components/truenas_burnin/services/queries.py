"""The actions that only look."""

from collections.abc import Iterable

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util.json import JsonObjectType

from ..burnin.model import BurnIn
from ..const import DOMAIN
from ..coordinator import BurnInConfigEntry
from ..failures import nas_and_ledger_errors
from ..views import burn_in_view
from .names import Field
from .targets import any_entry, drives, entries


async def async_get_burn_ins(call: ServiceCall) -> ServiceResponse:
    """Return burn-ins, newest first: active and past ones."""
    wanted: list[tuple[BurnInConfigEntry, str | None]]
    if ATTR_DEVICE_ID in call.data:
        wanted = [(ref.entry, ref.serial) for ref in drives(call)]
    else:
        wanted = [(entry, None) for entry in entries(call)]
    limit: int = call.data[Field.LIMIT]
    found: dict[str, BurnIn] = {}
    for entry, serial in wanted:
        data = entry.runtime_data
        with nas_and_ledger_errors():
            kept = await data.ledger.history(
                data.coordinator.host_id,
                limit=limit,
                offset=0,
                state=call.data.get(Field.STATE),
                serial=serial,
            )
        found |= {item.id: item for item in kept}
    newest = sorted(found.values(), key=lambda item: item.created, reverse=True)
    return burn_ins_response(call, newest[:limit])


async def async_get_burn_in(call: ServiceCall) -> ServiceResponse:
    """Return one burn-in by its id, with all that its stages found out."""
    burn_in_id: str = call.data[Field.BURN_IN_ID]
    with nas_and_ledger_errors():
        burn_in = await any_entry(call).runtime_data.ledger.get(burn_in_id)
    if burn_in is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_burn_in",
            translation_placeholders={"burn_in_id": burn_in_id},
        )
    return {"burn_in": _view(call.hass, burn_in)}


def burn_ins_response(call: ServiceCall, burn_ins: Iterable[BurnIn]) -> ServiceResponse:
    """Return burn-ins as the response of an action."""
    return {"burn_ins": [_view(call.hass, burn_in) for burn_in in burn_ins]}


def _view(hass: HomeAssistant, burn_in: BurnIn) -> JsonObjectType:
    """Return a burn-in with the ids under which Home Assistant knows its drive."""
    entry: BurnInConfigEntry | None = (
        hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, burn_in.nas_id)
    )
    device: dr.DeviceEntry | None = None
    if entry is not None:
        device = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, f"{burn_in.nas_id}_{burn_in.drive.identifier}"), entry.entry_id
        )
        # The runner knows the progress, which is not worth a commit each time.
        if entry in hass.config_entries.async_loaded_entries(DOMAIN):
            burn_in = entry.runtime_data.runner.find(burn_in.id) or burn_in
    return {
        **burn_in_view(burn_in),
        ATTR_CONFIG_ENTRY_ID: None if entry is None else entry.entry_id,
        ATTR_DEVICE_ID: None if device is None else device.id,
    }
