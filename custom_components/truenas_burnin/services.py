"""The actions of the integration, registered once for all NAS."""

from enum import StrEnum
from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    service,
)
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .actions import async_cancel, async_cancel_all, async_start
from .burnin.model import BurnIn, BurnInState
from .burnin.plan import Plan, PlanError, Profile, plan_from_stages, plan_of
from .burnin.ports import LedgerError
from .const import DOMAIN
from .coordinator import BurnInConfigEntry
from .drive_ref import DriveRef, async_actor
from .self_tests import async_cancel_self_test, async_start_self_test
from .truenas.models import SelfTestKind
from .views import burn_in_view


class Action(StrEnum):
    """Names of the actions."""

    CANCEL_ALL_BURN_INS = "cancel_all_burn_ins"
    CANCEL_BURN_IN = "cancel_burn_in"
    CANCEL_SELF_TEST = "cancel_self_test"
    GET_BURN_INS = "get_burn_ins"
    START_BURN_IN = "start_burn_in"
    START_SELF_TEST = "start_self_test"


class Field(StrEnum):
    """Names of the actions' own fields."""

    CONFIRM_SERIALS = "confirm_serials"
    LIMIT = "limit"
    PROFILE = "profile"
    STAGES = "stages"
    STATE = "state"
    TYPE = "type"


_STRINGS: Final = vol.All(cv.ensure_list, [cv.string])
_DEVICES: Final = vol.All(_STRINGS, vol.Length(min=1))

SCHEMAS: Final = {
    Action.CANCEL_ALL_BURN_INS: vol.Schema(
        {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
    ),
    Action.CANCEL_BURN_IN: vol.Schema({vol.Required(ATTR_DEVICE_ID): _DEVICES}),
    Action.CANCEL_SELF_TEST: vol.Schema({vol.Required(ATTR_DEVICE_ID): _DEVICES}),
    Action.GET_BURN_INS: vol.Schema(
        {
            vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
            vol.Optional(ATTR_DEVICE_ID): _DEVICES,
            vol.Optional(Field.STATE): vol.Coerce(BurnInState),
            vol.Optional(Field.LIMIT, default=100): vol.All(
                vol.Coerce(int), vol.Range(min=1, max=1000)
            ),
        }
    ),
    Action.START_BURN_IN: vol.Schema(
        {
            vol.Required(ATTR_DEVICE_ID): _DEVICES,
            vol.Optional(Field.PROFILE): vol.Coerce(Profile),
            vol.Optional(Field.STAGES): _STRINGS,
            vol.Optional(Field.CONFIRM_SERIALS, default=list): _STRINGS,
        }
    ),
    Action.START_SELF_TEST: vol.Schema(
        {
            vol.Required(ATTR_DEVICE_ID): _DEVICES,
            vol.Required(Field.TYPE): vol.Coerce(SelfTestKind),
        }
    ),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; all that change something are for admins."""
    for action, handler, response in (
        (Action.CANCEL_ALL_BURN_INS, _cancel_all_burn_ins, SupportsResponse.NONE),
        (Action.CANCEL_BURN_IN, _cancel_burn_in, SupportsResponse.NONE),
        (Action.CANCEL_SELF_TEST, _cancel_self_test, SupportsResponse.NONE),
        (Action.START_BURN_IN, _start_burn_in, SupportsResponse.OPTIONAL),
        (Action.START_SELF_TEST, _start_self_test, SupportsResponse.NONE),
    ):
        service.async_register_admin_service(
            hass, DOMAIN, action, handler, SCHEMAS[action], response
        )
    hass.services.async_register(
        DOMAIN,
        Action.GET_BURN_INS,
        _get_burn_ins,
        SCHEMAS[Action.GET_BURN_INS],
        SupportsResponse.ONLY,
    )


async def _start_burn_in(call: ServiceCall) -> ServiceResponse:
    """Queue burn-ins of drives."""
    plan = _plan(call)
    refs = _drives(call)
    burn_ins = await async_start(
        refs, plan, frozenset(call.data[Field.CONFIRM_SERIALS]), await _actor(call)
    )
    if not call.return_response:
        return None
    entries = {ref.data.coordinator.host_id: ref.entry for ref in refs}
    views = [_view(call.hass, entries[item.nas_id], item) for item in burn_ins]
    return {"burn_ins": list(views)}


async def _cancel_burn_in(call: ServiceCall) -> None:
    """Cancel the burn-ins of drives."""
    await async_cancel(_drives(call), await _actor(call))


async def _cancel_all_burn_ins(call: ServiceCall) -> None:
    """Cancel the burn-ins of one NAS or of all."""
    await async_cancel_all(_entries(call), await _actor(call))


async def _start_self_test(call: ServiceCall) -> None:
    """Start a self-test on drives."""
    kind: SelfTestKind = call.data[Field.TYPE]
    await async_start_self_test(_drives(call), kind, await _actor(call))


async def _cancel_self_test(call: ServiceCall) -> None:
    """Abort the self-tests of drives."""
    await async_cancel_self_test(_drives(call), await _actor(call))


async def _get_burn_ins(call: ServiceCall) -> ServiceResponse:
    """Return burn-ins, newest first: active and past ones."""
    wanted: list[tuple[BurnInConfigEntry, str | None]]
    if ATTR_DEVICE_ID in call.data:
        wanted = [(ref.entry, ref.serial) for ref in _drives(call)]
    else:
        wanted = [(entry, None) for entry in _entries(call)]
    limit: int = call.data[Field.LIMIT]
    found: dict[str, tuple[BurnInConfigEntry, BurnIn]] = {}
    for entry, serial in wanted:
        data = entry.runtime_data
        try:
            kept = await data.ledger.history(
                data.coordinator.host_id,
                limit=limit,
                offset=0,
                state=call.data.get(Field.STATE),
                serial=serial,
            )
        except LedgerError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="ledger_unwritable",
                translation_placeholders={"reason": str(err)},
            ) from err
        # The runner knows the progress, which is not worth a commit each time.
        found |= {item.id: (entry, data.runner.find(item.id) or item) for item in kept}
    newest = sorted(found.values(), key=lambda item: item[1].created, reverse=True)
    views = [_view(call.hass, *item) for item in newest[:limit]]
    return {"burn_ins": list(views)}


async def _actor(call: ServiceCall) -> str:
    return await async_actor(call.hass, call.context)


def _plan(call: ServiceCall) -> Plan:
    """Return the plan asked for: a profile, or a person's own stages."""
    profile: Profile | None = call.data.get(Field.PROFILE)
    stages: list[str] | None = call.data.get(Field.STAGES)
    if stages is not None and profile not in (None, Profile.CUSTOM):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="profile_and_stages"
        )
    try:
        if stages is not None:
            return plan_from_stages(stages)
        return plan_of(profile or Profile.FULL)
    except PlanError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=err.placeholders,
        ) from err


def _entries(call: ServiceCall) -> list[BurnInConfigEntry]:
    """Return the chosen NAS, or all that are set up."""
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is None:
        return call.hass.config_entries.async_loaded_entries(DOMAIN)
    return [service.async_get_config_entry(call.hass, DOMAIN, entry_id)]


def _drives(call: ServiceCall) -> list[DriveRef]:
    """Return the chosen drives; raise for a device that is none of ours."""
    refs: list[DriveRef] = []
    for device_id in dict.fromkeys(call.data[ATTR_DEVICE_ID]):
        entry: BurnInConfigEntry
        device, entry = service.async_get_device_and_config_entry(
            call.hass, DOMAIN, device_id, include_child_devices=False
        )
        refs.append(_drive_ref(device, entry))
    return refs


def _drive_ref(device: dr.DeviceEntry, entry: BurnInConfigEntry) -> DriveRef:
    coordinator = entry.runtime_data.coordinator
    identifier = coordinator.drive_identifier(device)
    name = device.name_by_user or device.name or device.id
    if identifier is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_drive",
            translation_placeholders={"device": name},
        )
    drive = coordinator.data.drives.get(identifier)
    return DriveRef(
        entry=entry,
        identifier=identifier,
        serial=(device.serial_number or "") if drive is None else drive.serial,
        name=name if drive is None else drive.name,
    )


def _view(
    hass: HomeAssistant, entry: BurnInConfigEntry, burn_in: BurnIn
) -> JsonObjectType:
    """Return a burn-in with the ids under which Home Assistant knows its drive."""
    identifier = entry.runtime_data.coordinator.device_identifier(
        burn_in.drive.identifier
    )
    device = dr.async_get(hass).async_get_device_by_identifier(
        identifier, entry.entry_id
    )
    return {
        **burn_in_view(burn_in),
        "config_entry_id": entry.entry_id,
        "device_id": None if device is None else device.id,
    }
