"""Sensors of a drive: how its burn-in stands, and how warm it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfRatio, UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .burnin.model import BurnIn, BurnInState, StageKind
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription
from .truenas.models import Drive

PARALLEL_UPDATES = 0

NOT_RUN: Final = "not_run"


@dataclass(frozen=True, kw_only=True)
class DriveSensorDescription(DriveEntityDescription, SensorEntityDescription):
    """Describe a sensor by what it reads from a drive and its burn-in."""

    value_fn: Callable[[Drive, BurnIn | None], str | float | datetime | None]
    attributes_fn: Callable[[Drive, BurnIn | None], Mapping[str, Any]] | None = None


def _stage(_drive: Drive, burn_in: BurnIn | None) -> str | None:
    if burn_in is None or burn_in.state.final or burn_in.stage is None:
        return None
    return burn_in.stage.kind


def _about(drive: Drive, burn_in: BurnIn | None) -> Mapping[str, Any]:
    if burn_in is None:
        return {"device": drive.name}
    return {
        "device": drive.name,
        "burn_in_id": burn_in.id,
        "profile": str(burn_in.profile),
        "operator": burn_in.operator,
        "reason": burn_in.reason,
        "findings": [finding.text for finding in burn_in.findings],
    }


SENSORS: Final = (
    DriveSensorDescription(
        key="burn_in",
        translation_key="burn_in",
        device_class=SensorDeviceClass.ENUM,
        options=[NOT_RUN, *(str(state) for state in BurnInState)],
        value_fn=lambda _, burn_in: NOT_RUN if burn_in is None else burn_in.state,
        attributes_fn=_about,
    ),
    DriveSensorDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=1,
        value_fn=lambda _, burn_in: None if burn_in is None else burn_in.percent,
    ),
    DriveSensorDescription(
        key="temperature",
        translation_key="temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda drive, _: drive.temperature,
    ),
    DriveSensorDescription(
        key="stage",
        translation_key="stage",
        detail=True,
        device_class=SensorDeviceClass.ENUM,
        options=[str(kind) for kind in StageKind],
        value_fn=_stage,
    ),
    DriveSensorDescription(
        key="finish_time",
        translation_key="finish_time",
        detail=True,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda _, burn_in: None if burn_in is None else burn_in.finish_time,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every drive, now and later."""

    @callback
    def add(drives: Iterable[Drive]) -> None:
        async_add_entities(
            DriveSensor(entry, drive, description)
            for drive in drives
            for description in SENSORS
        )

    entry.runtime_data.coordinator.follow_drives(add)


class DriveSensor(DriveEntity, SensorEntity):
    """Something known about a drive."""

    entity_description: DriveSensorDescription
    _unrecorded_attributes = frozenset(
        {"burn_in_id", "device", "findings", "operator", "profile", "reason"}
    )

    @property
    @override
    def native_value(self) -> str | float | datetime | None:
        """Return what the description reads."""
        if (drive := self.drive) is None:
            return None
        return self.entity_description.value_fn(drive, self.burn_in)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what there is to tell beside the value."""
        read = self.entity_description.attributes_fn
        if read is None or (drive := self.drive) is None:
            return None
        return read(drive, self.burn_in)

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value, self.extra_state_attributes)
