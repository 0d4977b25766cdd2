"""The profile that a drive's start button uses."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .burnin.plan import Profile
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription
from .truenas.models import Drive

PARALLEL_UPDATES = 0

_OPTIONS: Final = [str(item) for item in Profile if item is not Profile.CUSTOM]


@dataclass(frozen=True, kw_only=True)
class DriveSelectDescription(DriveEntityDescription, SelectEntityDescription):
    """Describe a select of a drive."""


PROFILE: Final = DriveSelectDescription(
    key="profile",
    translation_key="profile",
    detail=True,
    entity_category=EntityCategory.CONFIG,
    options=_OPTIONS,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities([ProfileSelect(entry, drive, PROFILE)])

    await entry.runtime_data.coordinator.async_follow_drives(add)


class ProfileSelect(DriveEntity, SelectEntity, RestoreEntity):
    """Choose how thoroughly the start button burns the drive in."""

    @override
    async def async_added_to_hass(self) -> None:
        """Take up the last choice."""
        last = await self.async_get_last_state()
        if last is not None and last.state in _OPTIONS:
            self._data.profiles[self._identifier] = Profile(last.state)
        await super().async_added_to_hass()

    @property
    @override
    def current_option(self) -> str:
        """Return the chosen profile."""
        return self._data.profiles.get(self._identifier, Profile.FULL)

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.current_option)

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose a profile for the next start."""
        await self._async_admin()
        self._data.profiles[self._identifier] = Profile(option)
        self._coordinator.announce_drive(self._identifier)
