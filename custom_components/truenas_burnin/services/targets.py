"""Who calls an action, and which NAS, drives and stages the caller means."""

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, service

from ..burnin.plan import Plan, PlanError, Profile, plan_from_stages, plan_of
from ..const import DOMAIN
from ..control.drive_ref import DriveRef, async_actor
from ..coordinator import BurnInConfigEntry
from ..runtime.systems import nas_id_of
from .names import Field


async def async_operator(call: ServiceCall) -> str:
    """Return who acts, for the records: the user, behind a name they give."""
    actor = await async_actor(call.hass, call.context)
    operator: str | None = call.data.get(Field.OPERATOR)
    return actor if operator in (None, actor) else f"{operator} ({actor})"


def plan(call: ServiceCall) -> Plan:
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


def entries(call: ServiceCall) -> list[BurnInConfigEntry]:
    """Return the chosen NAS, or all that are set up."""
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is None:
        return call.hass.config_entries.async_loaded_entries(DOMAIN)
    return [service.async_get_config_entry(call.hass, DOMAIN, entry_id)]


def nas_ids(call: ServiceCall) -> tuple[str | None]:
    """Return the id of the chosen NAS, set up or not; None stands for all."""
    return (nas_id_of(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID)),)


def drives(call: ServiceCall) -> list[DriveRef]:
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
