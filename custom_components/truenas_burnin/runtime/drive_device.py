"""What the device page of a drive says of it, as soon as it is known."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..coordinator import BurnInConfigEntry
from ..reports.build import build_of
from ..reports.quantities import size_text
from ..truenas.models import Drive, SmartReport
from .signals import fleet_signal


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveFacts:
    """Names and build of a drive by the fields of the device registry.

    `hw_version` tells capacity, rotation and form factor: there is no better place.
    """

    manufacturer: str | None
    model: str | None
    sw_version: str | None
    hw_version: str | None

    @classmethod
    def of(cls, drive: Drive, report: SmartReport | None) -> Self:
        """Return what the system tells, and what the drive itself knows better."""
        built = build_of(drive.model, report, drive.rotation_rate)
        size = size_text(drive.size) if drive.size else ""
        return cls(
            manufacturer=built.manufacturer or None,
            model=built.model or None,
            sw_version=built.firmware or None,
            hw_version=", ".join(filter(None, (size, built.text))) or None,
        )


@callback
def follow_drive_devices(
    hass: HomeAssistant, entry: BurnInConfigEntry
) -> Callable[[], None]:
    """Keep the device pages as the newest reports tell; return how to end that."""
    data = entry.runtime_data
    registry = dr.async_get(hass)
    shown: dict[str, DriveFacts] = {}

    @callback
    def show(identifier: str | None) -> None:
        drive = data.coordinator.data.drives.get(identifier or "")
        if drive is None:
            return
        facts = DriveFacts.of(drive, data.report(drive))
        if shown.get(drive.identifier) == facts:
            return
        shown[drive.identifier] = facts
        place = data.coordinator.device_identifier(drive.identifier)
        device = registry.async_get_device_by_identifier(place, entry.entry_id)
        if device is not None:
            registry.async_update_device(device.id, **asdict(facts))

    return async_dispatcher_connect(hass, fleet_signal(entry.entry_id), show)
