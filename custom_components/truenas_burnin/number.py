"""The number of burn-ins a NAS may run at the same time."""

from typing import Final, override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_MAX_PARALLEL, MOST_PARALLEL
from .coordinator import BurnInConfigEntry
from .entity import NasEntity
from .runtime.options import settings_of

PARALLEL_UPDATES = 1

MAX_PARALLEL: Final = NumberEntityDescription(
    key="max_parallel",
    translation_key="max_parallel",
    entity_category=EntityCategory.CONFIG,
    mode=NumberMode.BOX,
    native_min_value=1,
    native_max_value=MOST_PARALLEL,
    native_step=1,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the number of the NAS."""
    async_add_entities([MaxParallelNumber(entry, MAX_PARALLEL)])


class MaxParallelNumber(NasEntity, NumberEntity):
    """How many burn-ins run at once; the option of the same name."""

    @property
    @override
    def native_value(self) -> int:
        """Return what the options say."""
        return self._data.runner.settings.max_parallel

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep it in the options and obey at once, without a reload."""
        await self._async_admin()
        options = {**self._entry.options, CONF_MAX_PARALLEL: int(value)}
        self.hass.config_entries.async_update_entry(self._entry, options=options)
        self._data.runner.settings = settings_of(self._entry)
        self._data.loop.wake()
        self.coordinator.announce_nas()

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value)
