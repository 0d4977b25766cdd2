"""What people write down about a drive: where it sits, and what else there is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions import async_note
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription
from .ledger import DriveInfo
from .truenas.models import Drive

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class DriveTextDescription(DriveEntityDescription, TextEntityDescription):
    """Describe a text by what it reads and changes of what is known."""

    value_fn: Callable[[DriveInfo], str]
    change_fn: Callable[[DriveInfo, str], DriveInfo]


TEXTS: Final = (
    DriveTextDescription(
        key="location",
        translation_key="location",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_max=MAX_LENGTH_STATE_STATE,
        value_fn=lambda info: info.location,
        change_fn=lambda info, value: replace(info, location=value),
    ),
    DriveTextDescription(
        key="notes",
        translation_key="notes",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_max=MAX_LENGTH_STATE_STATE,
        value_fn=lambda info: info.notes,
        change_fn=lambda info, value: replace(info, notes=value),
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
    def native_value(self) -> str:
        """Return what is written down."""
        return self.entity_description.value_fn(self._info)

    @property
    def _info(self) -> DriveInfo:
        return self._data.infos.get(self._identifier)

    @override
    async def async_set_value(self, value: str) -> None:
        """Write it down."""
        info = self.entity_description.change_fn(self._info, value.strip())
        await async_note(self._ref(), info, await self._async_admin())

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value)
