"""What all entities of a NAS and all entities of a drive have in common."""

from dataclasses import dataclass
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .burnin.model import BurnIn
from .const import DETAIL_LIMIT, DOMAIN
from .control.drive_ref import DriveRef, async_admin
from .coordinator import BurnInConfigEntry, BurnInCoordinator
from .runtime.data import BurnInData
from .runtime.drive_device import DriveFacts
from .runtime.signals import burn_in_signal, drive_signal, fleet_signal
from .truenas.models import Drive


@dataclass(frozen=True, kw_only=True)
class DriveEntityDescription(EntityDescription):
    """Describe an entity of a drive; `detail` ones are too many on a big NAS."""

    detail: bool = False


class ShownEntity(Entity):
    """An entity that writes its state only when what it shows has changed."""

    _attr_has_entity_name = True
    _shown: tuple[object, ...] = ()

    def _showing(self) -> tuple[object, ...]:
        """Return all that the entity shows, to tell when that has changed."""
        return (self.available,)

    @callback
    def _look_again(self) -> None:
        """Write the state if anything that the entity shows has changed."""
        showing = self._showing()
        if showing != self._shown:
            self._shown = showing
            self.async_write_ha_state()

    async def _async_admin(self) -> str:
        """Return who acts, for the records; raise Unauthorized for others than admins.

        Home Assistant lets every user press, switch and set what they see.
        """
        return await async_admin(self.hass, self._context)


class NasEntity(ShownEntity, CoordinatorEntity[BurnInCoordinator]):
    """An entity of the NAS itself."""

    def __init__(
        self, entry: BurnInConfigEntry, description: EntityDescription
    ) -> None:
        """Belong to the NAS of an entry."""
        super().__init__(entry.runtime_data.coordinator)
        self.entity_description = description
        self._entry = entry
        host_id = self.coordinator.host_id
        self._attr_unique_id = f"{host_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, host_id)})

    @property
    def _data(self) -> BurnInData:
        return self._entry.runtime_data

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the polls, to the burn-ins and to what people switch."""
        await super().async_added_to_hass()
        entry_id = self._entry.entry_id
        for disconnect in (
            async_dispatcher_connect(self.hass, burn_in_signal(entry_id), self._heard),
            async_dispatcher_connect(self.hass, fleet_signal(entry_id), self._switched),
        ):
            self.async_on_remove(disconnect)
        self._shown = self._showing()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Look again after a poll that showed a change."""
        self._look_again()

    @callback
    def _heard(self, before: BurnIn | None, after: BurnIn) -> None:
        """Look again when a burn-in changes its state, not for mere progress."""
        if before is None or before.state is not after.state:
            self._look_again()

    @callback
    def _switched(self, identifier: str | None) -> None:
        """Look again when the NAS itself was announced, not one of its drives."""
        if identifier is None:
            self._look_again()


def _name(drive: Drive, facts: DriveFacts) -> str:
    """Return what tells a drive from all others, "" if nothing does."""
    return " ".join(filter(None, (facts.model, drive.serial, drive.unit)))


class DriveEntity(ShownEntity):
    """An entity of a drive; it looks again only when its drive is announced."""

    _attr_should_poll = False

    def __init__(
        self,
        entry: BurnInConfigEntry,
        drive: Drive,
        description: DriveEntityDescription,
    ) -> None:
        """Belong to a drive of an entry."""
        self.entity_description = description
        self._entry = entry
        self._data = entry.runtime_data
        self._coordinator = self._data.coordinator
        self._identifier = drive.identifier
        self._serial = drive.serial
        device = self._coordinator.device_identifier(drive.identifier)
        facts = DriveFacts.of(drive, self._data.report(drive))
        self._attr_unique_id = f"{device[1]}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={device},
            name=_name(drive, facts) or drive.identifier,
            manufacturer=facts.manufacturer,
            model=facts.model,
            sw_version=facts.sw_version,
            hw_version=facts.hw_version,
            serial_number=drive.serial or None,
            via_device_id=self._coordinator.device_id,
        )
        if description.detail and len(self._coordinator.data.drives) > DETAIL_LIMIT:
            self._attr_entity_registry_enabled_default = False

    @property
    def drive(self) -> Drive | None:
        """Return the drive as the last poll saw it, or None if it is gone."""
        return self._coordinator.data.drives.get(self._identifier)

    @property
    def burn_in(self) -> BurnIn | None:
        """Return the newest burn-in of the drive."""
        return self._data.runner.burn_ins.get(self._identifier)

    @property
    def _fades(self) -> bool:
        """Tell whether what is shown is old as soon as the NAS does not answer.

        What is kept here is as true as before: an outage must not take it away.
        """
        return False

    @property
    @override
    def available(self) -> bool:
        """Tell whether the NAS has the drive, and answers where that matters."""
        answers = self._coordinator.last_update_success
        return self.drive is not None and (answers or not self._fades)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the announcements of the drive."""
        await super().async_added_to_hass()
        signal = drive_signal(self._entry.entry_id, self._identifier)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._look_again)
        )
        self._shown = self._showing()

    async def async_update(self) -> None:
        """Poll the NAS, for `homeassistant.update_entity`."""
        await self._coordinator.async_request_refresh()

    def _ref(self) -> DriveRef:
        """Return the drive as one that somebody means."""
        drive = self.drive
        return DriveRef(
            entry=self._entry,
            identifier=self._identifier,
            serial=self._serial if drive is None else drive.serial,
            name=self._identifier if drive is None else drive.name,
        )
