"""What people write down about a drive: where it sits, and what else there is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control.actions import async_note
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription
from .ledger import DriveInfo
from .truenas.models import Drive

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class DriveTextDescription(DriveEntityDescription, TextEntityDescription):
    """Describe a text by what it reads of what is known; its key is what it changes."""

    value_fn: Callable[[DriveInfo], str]


TEXTS: Final = (
    DriveTextDescription(
        key="location",
        translation_key="location",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_max=MAX_LENGTH_STATE_STATE,
        value_fn=lambda info: info.location,
    ),
    DriveTextDescription(
        key="notes",
        translation_key="notes",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_max=MAX_LENGTH_STATE_STATE,
        value_fn=lambda info: info.notes,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the texts of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities(
            DriveText(entry, drive, description) for description in TEXTS
        )

    await entry.runtime_data.coordinator.async_follow_drives(add)


class DriveText(DriveEntity, TextEntity):
    """Something people write down about a drive; it is kept in the ledger."""

    entity_description: DriveTextDescription

    @property
    @override
    def available(self) -> bool:
        """Stay available: it is kept here, whatever becomes of drive and NAS."""
        return True

    @property
    @override
    def native_value(self) -> str:
        """Return what is written down."""
        return self.entity_description.value_fn(self._info)

    @property
    def _info(self) -> DriveInfo:
        return self._data.infos.get(self._identifier)

    @override
    async def async_set_value(self, value: str) -> None:
        """Write it down."""
        changes = {self.entity_description.key: value.strip()}
        await async_note(self._ref(), changes, await self._async_admin())

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value)
