"""Buttons: start and cancel burn-ins and self-tests."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .burnin.reason import ReasonKey
from .control.actions import (
    async_cancel,
    async_cancel_all,
    async_reasons_against,
    async_start,
)
from .control.drive_ref import DriveRef, async_fleets, refused
from .control.self_tests import async_cancel_self_test, async_start_self_test
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription, NasEntity
from .runtime.data import BurnInData
from .truenas.models import Drive, SelfTestKind

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class DriveButtonDescription(DriveEntityDescription, ButtonEntityDescription):
    """Describe a button of a drive by what it does for an actor.

    `available_fn` tells whether there is anything to do.
    """

    press_fn: Callable[[DriveRef, str], Awaitable[object]]
    available_fn: Callable[[BurnInData, Drive], bool] = lambda _data, _drive: True


async def _start(ref: DriveRef, actor: str) -> None:
    """Start what the drive's select says; armed means confirmed."""
    data = ref.data
    plan = data.plan(ref.identifier)
    confirmed = data.arming.confirmed(data.coordinator.data.drives.values())
    if plan.destructive and ref.serial not in confirmed:
        fleets = await async_fleets([ref])
        assumed = frozenset({ref.serial})
        against = await async_reasons_against(ref, fleets, plan, assumed)
        unarmed = ref.because(ReasonKey.NOT_ARMED)
        raise refused("start_refused", [*against, unarmed])
    await async_start([ref], plan, confirmed, actor)


def _may_start(data: BurnInData, drive: Drive) -> bool:
    """Tell whether a start could come to something; armed or not is another thing."""
    burn_in = data.runner.burn_ins.get(drive.identifier)
    if burn_in is not None and not burn_in.state.final:
        return False
    return not (data.plan(drive.identifier).destructive and data.standing(drive))


def _may_cancel(data: BurnInData, drive: Drive) -> bool:
    burn_in = data.runner.burn_ins.get(drive.identifier)
    return burn_in is not None and not burn_in.state.final


BUTTONS: Final = (
    DriveButtonDescription(
        key="start_burn_in",
        translation_key="start_burn_in",
        press_fn=_start,
        available_fn=_may_start,
    ),
    DriveButtonDescription(
        key="cancel_burn_in",
        translation_key="cancel_burn_in",
        press_fn=lambda ref, actor: async_cancel([ref], actor),
        available_fn=_may_cancel,
    ),
    DriveButtonDescription(
        key="short_self_test",
        translation_key="short_self_test",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        press_fn=lambda ref, actor: async_start_self_test(
            [ref], SelfTestKind.SHORT, actor
        ),
    ),
    DriveButtonDescription(
        key="long_self_test",
        translation_key="long_self_test",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        press_fn=lambda ref, actor: async_start_self_test(
            [ref], SelfTestKind.LONG, actor
        ),
    ),
    DriveButtonDescription(
        key="cancel_self_test",
        translation_key="cancel_self_test",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        press_fn=lambda ref, actor: async_cancel_self_test([ref], actor),
        available_fn=lambda data, drive: data.self_tests.running(drive),
    ),
)

CANCEL_ALL: Final = ButtonEntityDescription(
    key="cancel_all",
    translation_key="cancel_all",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the NAS and of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities(
            DriveButton(entry, drive, description) for description in BUTTONS
        )

    async_add_entities([CancelAllButton(entry, CANCEL_ALL)])
    await entry.runtime_data.coordinator.async_follow_drives(add)


class DriveButton(DriveEntity, ButtonEntity):
    """Something that can be done to a drive."""

    entity_description: DriveButtonDescription

    @property
    @override
    def available(self) -> bool:
        """Tell whether the drive is there, and anything to do."""
        drive = self.drive
        return (
            super().available
            and drive is not None
            and self.entity_description.available_fn(self._data, drive)
        )

    @override
    async def async_press(self) -> None:
        """Do it, or raise every reason why not."""
        actor = await self._async_admin()
        await self.entity_description.press_fn(self._ref(), actor)


class CancelAllButton(NasEntity, ButtonEntity):
    """Cancel every burn-in of the NAS."""

    @override
    async def async_press(self) -> None:
        """Cancel all that has not ended."""
        await async_cancel_all([self._entry], await self._async_admin())
