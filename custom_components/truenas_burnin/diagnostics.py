"""What to send along with a report of a problem."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .burnin.model import BurnIn, DriveIdentity
from .burnin.reason import ReasonKey
from .coordinator import BurnInConfigEntry
from .ledger.json_codec import to_json
from .presentation.burn_in import burn_in_listed
from .presentation.words import common_texts
from .reports.reasons import Texts
from .runtime.options import CONF_WEBHOOK_URL
from .truenas.models import Drive

_REDACT: Final = {
    CONF_API_KEY,
    CONF_URL,
    CONF_WEBHOOK_URL,
    "boot_id",
    "called",
    "host_id",
    "hostname",
    "identifier",
    "location",
    "lunid",
    "notes",
    "operator",
    "serial",
    "title",
    "unique_id",
    "unit",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: BurnInConfigEntry
) -> dict[str, Any]:
    """Return the NAS, its drives and their newest burn-ins, without identities."""
    data = entry.runtime_data
    return _told(
        hass,
        entry,
        data.coordinator.data.drives.values(),
        data.runner.burn_ins.values(),
    )


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: BurnInConfigEntry, device: dr.AnyDeviceEntry
) -> dict[str, Any]:
    """Return the same, of one drive if the device is one."""
    data = entry.runtime_data
    identifier = data.coordinator.drive_identifier(device)
    if identifier is None:
        return await async_get_config_entry_diagnostics(hass, entry)
    drive = data.coordinator.data.drives.get(identifier)
    burn_in = data.runner.burn_ins.get(identifier)
    return _told(
        hass,
        entry,
        [] if drive is None else [drive],
        [] if burn_in is None else [burn_in],
    )


def _told(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    drives: Collection[Drive],
    burn_ins: Collection[BurnIn],
) -> dict[str, Any]:
    data = entry.runtime_data
    fleet = data.coordinator.data
    texts = common_texts(hass)
    known: list[Drive | DriveIdentity] = [*fleet.drives.values()]
    known += [burn_in.drive for burn_in in data.runner.burn_ins.values()]
    shown = {drive.identifier for drive in drives}
    shown |= {burn_in.drive.identifier for burn_in in burn_ins}
    names = {name for drive in known for name in (drive.serial, drive.lunid)}
    names |= {name for burn_in in burn_ins for name in _strangers(burn_in)}
    secrets = sorted(filter(None, names), key=len, reverse=True)
    redacted: dict[str, Any] = async_redact_data(
        {
            "entry": entry.as_dict(),
            "system": asdict(fleet.system),
            "settings": asdict(data.runner.settings),
            "holds": sorted(data.runner.holds),
            "last_success": data.coordinator.last_success,
            "last_poll_succeeded": data.coordinator.last_update_success,
            "drives": [asdict(drive) for drive in drives],
            "burn_ins": [_burn_in(item, texts) for item in burn_ins],
            "self_tests": [
                asdict(test)
                for test in data.self_tests.known
                if test.identifier in shown
            ],
        },
        _REDACT,
    )
    return {key: _without(secrets, value) for key, value in redacted.items()}


def _strangers(burn_in: BurnIn) -> Iterator[str]:
    """Yield the serials of drives that answered in place of the burn-in's."""
    for reason in burn_in.reasons:
        if reason.key == ReasonKey.DRIVE_CHANGED:
            yield reason.placeholders["found"]
        if reason.key == ReasonKey.SERIAL_DIFFERS:
            yield reason.placeholders["after"]


def _burn_in(burn_in: BurnIn, texts: Texts) -> dict[str, Any]:
    """Return a burn-in with what its stages found out."""
    return {
        **burn_in_listed(burn_in, texts),
        "evidence": [to_json(stage.evidence) for stage in burn_in.stages],
    }


def _without(names: Collection[str], value: object) -> object:
    """Return the same with the names taken out of every text, as in reasons."""
    if isinstance(value, dict):
        return {key: _without(names, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(names, item) for item in value]
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, REDACTED)
    return value
