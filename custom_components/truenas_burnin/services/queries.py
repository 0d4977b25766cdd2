"""The actions that only look."""

from collections.abc import Iterable

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..burnin.model import BurnIn
from ..const import DOMAIN
from ..presentation.burn_in import burn_in_detail, burn_in_listed
from ..presentation.downloads import async_history
from ..presentation.views import audit_row, statistics_view
from ..presentation.words import common_texts
from ..reports.csv_export import history_csv
from ..runtime.shared_ledger import SHARED_LEDGER
from ..runtime.systems import live_burn_ins, nas_titles
from .names import Field
from .targets import drives, nas_ids


async def async_get_burn_ins(call: ServiceCall) -> ServiceResponse:
    """Return burn-ins, newest first: active and past ones."""
    of_drives = None
    if ATTR_DEVICE_ID in call.data:
        of_drives = [(ref.data.coordinator.host_id, ref.serial) for ref in drives(call)]
    (nas_id,) = nas_ids(call)
    async with call.hass.data[SHARED_LEDGER].async_borrow() as ledger:
        newest = await ledger.history(
            None if of_drives else nas_id,
            limit=call.data[Field.LIMIT],
            offset=0,
            state=call.data.get(Field.STATE),
            drives=of_drives,
        )
    return burn_ins_response(call, newest)


async def async_get_burn_in(call: ServiceCall) -> ServiceResponse:
    """Return one burn-in by its id, with all that its stages found out."""
    burn_in_id: str = call.data[Field.BURN_IN_ID]
    async with call.hass.data[SHARED_LEDGER].async_borrow() as ledger:
        kept = await ledger.get(burn_in_id)
    if kept is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_burn_in",
            translation_placeholders={"burn_in_id": burn_in_id},
        )
    burn_in = live_burn_ins(call.hass).get(burn_in_id, kept)
    return {
        "burn_in": burn_in_detail(burn_in, common_texts(call.hass))
        | _places(call.hass, burn_in)
    }


async def async_get_statistics(call: ServiceCall) -> ServiceResponse:
    """Return what the burn-ins of one NAS, or of all, say together."""
    (nas_id,) = nas_ids(call)
    async with call.hass.data[SHARED_LEDGER].async_borrow() as ledger:
        return statistics_view(await ledger.statistics(nas_id, dt_util.now()))


async def async_get_audit_log(call: ServiceCall) -> ServiceResponse:
    """Return who did what and what happened, newest first."""
    (nas_id,) = nas_ids(call)
    async with call.hass.data[SHARED_LEDGER].async_borrow() as ledger:
        page = await ledger.audit_page(
            limit=call.data[Field.LIMIT], offset=call.data[Field.OFFSET], nas_id=nas_id
        )
    titles = nas_titles(call.hass)
    rows = [audit_row(row, titles.get(row.nas_id, row.nas_id)) for row in page.rows]
    return {"total": page.total, "rows": list(rows)}


def burn_ins_response(call: ServiceCall, burn_ins: Iterable[BurnIn]) -> ServiceResponse:
    """Return burn-ins as the response of an action, with the progress of this moment."""
    live = live_burn_ins(call.hass)
    newest = [live.get(item.id, item) for item in burn_ins]
    texts = common_texts(call.hass)
    views = [burn_in_listed(item, texts) | _places(call.hass, item) for item in newest]
    return {"burn_ins": list(views)}


def _places(hass: HomeAssistant, burn_in: BurnIn) -> JsonObjectType:
    """Return the ids under which Home Assistant knows the drive of a burn-in."""
    nas = nas_titles(hass).get(burn_in.nas_id, burn_in.nas_id)
    entry = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, burn_in.nas_id)
    if entry is None:
        return {"nas": nas, ATTR_CONFIG_ENTRY_ID: None, ATTR_DEVICE_ID: None}
    identifier = (DOMAIN, f"{burn_in.nas_id}_{burn_in.drive.identifier}")
    device = dr.async_get(hass).async_get_device_by_identifier(
        identifier, entry.entry_id
    )
    return {
        "nas": nas,
        ATTR_CONFIG_ENTRY_ID: entry.entry_id,
        ATTR_DEVICE_ID: None if device is None else device.id,
    }


async def async_export_history(call: ServiceCall) -> ServiceResponse:
    """Return all burn-ins of one NAS, or of all, as CSV."""
    hass = call.hass
    burn_ins = await async_history(hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    table = await hass.async_add_executor_job(
        history_csv, burn_ins, nas_titles(hass), common_texts(hass)
    )
    return {"csv": table}
