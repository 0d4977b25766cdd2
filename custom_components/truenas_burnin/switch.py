"""Switches: a drive may be overwritten by its button, a NAS starts nothing new."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control.actions import async_set_hold
from .control.drive_ref import refused
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription, NasEntity
from .truenas.models import Drive

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class DriveSwitchDescription(DriveEntityDescription, SwitchEntityDescription):
    """Describe a switch of a drive."""


ARMED: Final = DriveSwitchDescription(
    key="armed",
    translation_key="armed",
    detail=True,
    entity_category=EntityCategory.CONFIG,
)
HOLD: Final = SwitchEntityDescription(
    key="hold", translation_key="hold", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of the NAS and of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities([ArmedSwitch(entry, drive, ARMED)])

    async_add_entities([HoldSwitch(entry, HOLD)])
    await entry.runtime_data.coordinator.async_follow_drives(add)


class ArmedSwitch(DriveEntity, SwitchEntity):
    """Allow a destructive start for a few minutes; never restored."""

    @property
    @override
    def available(self) -> bool:
        """Tell whether the drive is there, and may be overwritten at all."""
        drive = self.drive
        return (
            super().available and drive is not None and not self._data.standing(drive)
        )

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether exactly this drive is armed."""
        drive = self.drive
        return drive is not None and bool(self._data.arming.confirmed([drive]))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Arm the drive."""
        await self._async_admin()
        drive = self.drive
        if drive is None:
            raise refused("start_refused", [self._ref().absent])
        if reasons := self._data.standing(drive):
            raise refused("start_refused", reasons)
        self._data.arming.arm(drive)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Disarm the drive."""
        await self._async_admin()
        self._data.arming.disarm(self._identifier)

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.is_on)


class HoldSwitch(NasEntity, SwitchEntity):
    """Start no burn-in while on; what runs goes on. Kept over restarts."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the NAS is on hold."""
        return self._data.runner.hold

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Start nothing new from now on."""
        await async_set_hold(self._data, await self._async_admin(), on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let burn-ins start again."""
        await async_set_hold(self._data, await self._async_admin(), on=False)

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.is_on)
