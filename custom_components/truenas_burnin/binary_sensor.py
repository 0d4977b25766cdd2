"""Binary sensors: whether something is wrong with a drive, and the NAS is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .burnin.known import newest_smart
from .burnin.model import BurnIn, BurnInState, PauseReason
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription, NasEntity
from .runtime.options import stale_after
from .truenas.models import Drive

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class DriveBinarySensorDescription(
    DriveEntityDescription, BinarySensorEntityDescription
):
    """Describe a binary sensor of a drive."""


class Problem(StrEnum):
    """What can be wrong with a drive."""

    FAILED = "burn_in_failed"
    HOT = "hot"
    SMART_FAILING = "smart_failing"
    STALLED = "stalled"


PROBLEM: Final = DriveBinarySensorDescription(
    key="problem",
    translation_key="problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
)

CONNECTIVITY: Final = BinarySensorEntityDescription(
    key="connectivity",
    translation_key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


def problems(burn_in: BurnIn | None) -> list[Problem]:
    """Return all that is wrong, by the newest burn-in of a drive."""
    if burn_in is None:
        return []
    smart = newest_smart(burn_in)
    signs = {
        Problem.FAILED: burn_in.state is BurnInState.FAILED,
        Problem.HOT: burn_in.pause_reason is PauseReason.HEAT,
        Problem.SMART_FAILING: smart is not None and smart.passed is False,
        Problem.STALLED: burn_in.stalled,
    }
    return [problem for problem, shows in signs.items() if shows]


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the NAS and of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities([ProblemSensor(entry, drive, PROBLEM)])

    async_add_entities([ConnectivitySensor(entry, CONNECTIVITY)])
    await entry.runtime_data.coordinator.async_follow_drives(add)


class ProblemSensor(DriveEntity, BinarySensorEntity):
    """On while something is wrong with a drive or its burn-in."""

    _unrecorded_attributes = frozenset({"problems"})

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(problems(self.burn_in))

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return what is wrong."""
        return {"problems": [str(problem) for problem in problems(self.burn_in)]}

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, problems(self.burn_in))


class ConnectivitySensor(NasEntity, BinarySensorEntity):
    """Off once the NAS has not answered for longer than the options allow.

    A single poll that is lost between two good ones changes nothing.
    """

    _recheck: CALLBACK_TYPE | None = None

    @property
    @override
    def available(self) -> bool:
        """Stay available: that the NAS is gone is what this tells."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the NAS answered lately."""
        return self._remaining is None or self._remaining > 0

    @property
    def _remaining(self) -> float | None:
        """Return for how many seconds a silent NAS still counts as there."""
        coordinator = self.coordinator
        since = coordinator.last_success
        if coordinator.last_update_success or since is None:
            return None
        silent = dt_util.utcnow() - since
        return (stale_after(self._entry) - silent).total_seconds()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Look now, and again when a silent NAS has been silent too long."""
        self._cancel_recheck()
        if (remaining := self._remaining) is not None and remaining > 0:
            self._recheck = async_call_later(self.hass, remaining, self._due)
        self._look_again()

    @callback
    def _due(self, _now: datetime) -> None:
        self._recheck = None
        self._look_again()

    @callback
    def _cancel_recheck(self) -> None:
        if self._recheck is not None:
            self._recheck()
            self._recheck = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Wait for nothing more."""
        self._cancel_recheck()

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.is_on,)
