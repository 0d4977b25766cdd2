"""Sensors: how the burn-in of a drive stands, and what a NAS has to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfRatio,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .burnin.extent import extent_of
from .burnin.known import KnownSelfTest, SelfTestState
from .burnin.model import BurnIn, BurnInState, StageKind
from .burnin.ports import LedgerError
from .burnin.requested_self_test import newest_self_test
from .burnin.triage import CRC, PENDING, REALLOCATED, UNCORRECTABLE, total
from .burnin.use import Use, use_of
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription, NasEntity
from .presentation.words import common_texts
from .reports.reasons import Texts, reason_text, reasons_text
from .runtime.data import BurnInData
from .truenas.models import Drive, SelfTestKind, SmartReport

PARALLEL_UPDATES = 0

NOT_RUN: Final = "not_run"

_PROGRESS_STEP: Final = 0.5
"""Percent; a burn-in of a week then leaves 1,000 rows at most (scripts/bench)."""

_PERCENT_STEP: Final = 5
"""Most drives tell how far their self-test is in tens; each step is a row too."""

type Value = str | float | datetime | None


def _under_way(burn_in: BurnIn | None) -> bool:
    """Tell whether a burn-in goes on while nobody can see it."""
    return burn_in is not None and burn_in.state.under_way


@dataclass(frozen=True, kw_only=True)
class DriveSensorDescription(DriveEntityDescription, SensorEntityDescription):
    """Describe a sensor by what it reads from a drive and its newest burn-in.

    `fades_fn` tells whether the value is old once the NAS does not answer.
    """

    value_fn: Callable[[Drive, BurnIn | None], Value]
    fades_fn: Callable[[BurnIn | None], bool] = _under_way
    attributes_fn: Callable[[Drive, BurnIn | None, Texts], Mapping[str, Any]] | None = (
        None
    )


@dataclass(frozen=True, kw_only=True)
class SmartSensorDescription(DriveEntityDescription, SensorEntityDescription):
    """Describe a sensor by what it reads from the newest SMART report of a drive."""

    value_fn: Callable[[SmartReport], int | None]


@dataclass(frozen=True, kw_only=True)
class SelfTestSensorDescription(DriveEntityDescription, SensorEntityDescription):
    """Describe the sensor of a drive's newest self-test of a kind."""

    kind: SelfTestKind


@dataclass(frozen=True, kw_only=True)
class NasSensorDescription(SensorEntityDescription):
    """Describe a sensor by what it counts on a NAS."""

    value_fn: Callable[[BurnInData], int]


def _progress(_drive: Drive, burn_in: BurnIn | None) -> float | None:
    """Return percent, in steps while it goes on: each is a row in the recorder."""
    if burn_in is None or burn_in.state.final:
        return None if burn_in is None else burn_in.percent
    return burn_in.percent // _PROGRESS_STEP * _PROGRESS_STEP


def _stage(_drive: Drive, burn_in: BurnIn | None) -> str | None:
    if burn_in is None or burn_in.state.final or burn_in.stage is None:
        return None
    return burn_in.stage.kind


def _about(drive: Drive, burn_in: BurnIn | None, texts: Texts) -> Mapping[str, Any]:
    if burn_in is None:
        return {"disk": drive.name}
    return {
        "disk": drive.name,
        "burn_in_id": burn_in.id,
        "attempt": burn_in.attempt,
        "extent": str(extent_of(burn_in)),
        "profile": str(burn_in.profile),
        "operator": burn_in.operator,
        "pause_reason": burn_in.pause_reason and str(burn_in.pause_reason),
        "reason": reasons_text(burn_in.reasons, texts),
        "findings": [reason_text(item.reason, texts) for item in burn_in.findings],
    }


def _about_the_end(burn_in: BurnIn | None, texts: Texts) -> Mapping[str, Any]:
    if burn_in is None:
        return {}
    return {
        "burn_in_id": burn_in.id,
        "attempt": burn_in.attempt,
        "extent": str(extent_of(burn_in)),
        "finished": burn_in.finished,
        "reason": reasons_text(burn_in.reasons, texts),
    }


def _finish(_drive: Drive, burn_in: BurnIn | None, _texts: Texts) -> Mapping[str, Any]:
    return {"finish_time": None if burn_in is None else burn_in.finish_time}


def _counter(
    key: str,
    counters: tuple[str, ...],
    state_class: SensorStateClass = SensorStateClass.TOTAL_INCREASING,
) -> SmartSensorDescription:
    """Describe the sensor of an error count in the newest known SMART report."""
    return SmartSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=state_class,
        value_fn=lambda report: total(report, counters),
    )


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
        value_fn=_progress,
        attributes_fn=_finish,
    ),
    DriveSensorDescription(
        key="temperature",
        translation_key="temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda drive, _: drive.temperature,
        fades_fn=lambda _: True,
    ),
    DriveSensorDescription(
        key="use",
        translation_key="use",
        detail=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.ENUM,
        options=[str(use) for use in Use],
        value_fn=lambda drive, _: use_of(drive),
        fades_fn=lambda _: False,
        attributes_fn=lambda drive, *_: {"pool": drive.pool or drive.exported_pool},
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
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda _, burn_in: None if burn_in is None else burn_in.finish_time,
    ),
)

SMART_SENSORS: Final = (
    SmartSensorDescription(
        key="power_on_hours",
        translation_key="power_on_hours",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.HOURS,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda report: report.power_on_hours,
    ),
    _counter("reallocated_sectors", REALLOCATED),
    # Falls when a sector is written again or reallocated.
    _counter("pending_sectors", PENDING, SensorStateClass.MEASUREMENT),
    _counter("uncorrectable_errors", UNCORRECTABLE),
    _counter("crc_errors", CRC),
)

LAST_RESULT: Final = DriveSensorDescription(
    key="last_result",
    translation_key="last_result",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    device_class=SensorDeviceClass.ENUM,
    options=[str(state) for state in BurnInState if state.final],
    value_fn=lambda _, burn_in: None if burn_in is None else burn_in.state,
)


SELF_TESTS: Final = tuple(
    SelfTestSensorDescription(
        key=f"{kind}_self_test",
        translation_key=f"{kind}_self_test",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENUM,
        options=[
            str(state) for state in SelfTestState if state is not SelfTestState.UNKNOWN
        ],
        kind=kind,
    )
    for kind in (SelfTestKind.SHORT, SelfTestKind.LONG)
)


def _in_state(*states: BurnInState) -> Callable[[BurnInData], int]:
    """Return what counts the drives whose newest burn-in is in one of the states."""
    return lambda data: sum(
        burn_in.state in states for burn_in in data.runner.burn_ins.values()
    )


NAS_SENSORS: Final = (
    NasSensorDescription(
        key="drives",
        translation_key="drives",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: len(data.coordinator.data.drives),
    ),
    NasSensorDescription(
        key="queued",
        translation_key="queued",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_in_state(BurnInState.QUEUED),
    ),
    NasSensorDescription(
        key="running",
        translation_key="running",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_in_state(*(state for state in BurnInState if state.under_way)),
    ),
    NasSensorDescription(
        key="passed",
        translation_key="passed",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_in_state(BurnInState.PASSED),
    ),
    NasSensorDescription(
        key="failed",
        translation_key="failed",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_in_state(BurnInState.FAILED),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the NAS and of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities(
            (
                *(DriveSensor(entry, drive, description) for description in SENSORS),
                *(SmartSensor(entry, drive, item) for item in SMART_SENSORS),
                *(SelfTestSensor(entry, drive, item) for item in SELF_TESTS),
                LastResultSensor(entry, drive, LAST_RESULT),
            )
        )

    async_add_entities(NasSensor(entry, description) for description in NAS_SENSORS)
    await entry.runtime_data.coordinator.async_follow_drives(add)


class DriveSensor(DriveEntity, SensorEntity):
    """Something known about a drive."""

    entity_description: DriveSensorDescription
    _unrecorded_attributes = frozenset(
        {
            "attempt",
            "burn_in_id",
            "disk",
            "extent",
            "findings",
            "finish_time",
            "finished",
            "operator",
            "pause_reason",
            "pool",
            "profile",
            "reason",
        }
    )

    @property
    @override
    def _fades(self) -> bool:
        return self.entity_description.fades_fn(self.burn_in)

    @property
    @override
    def native_value(self) -> Value:
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
        return read(drive, self.burn_in, common_texts(self.hass))

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value, self.extra_state_attributes)


class SmartSensor(DriveEntity, SensorEntity):
    """A value of a drive's newest SMART report, of a burn-in or asked for."""

    entity_description: SmartSensorDescription

    @property
    @override
    def native_value(self) -> int | None:
        """Return what the description reads, None if nothing was read yet."""
        if (drive := self.drive) is None or (
            report := self._data.report(drive)
        ) is None:
            return None
        return self.entity_description.value_fn(report)

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value)


class LastResultSensor(DriveSensor):
    """How the last burn-in that has ended did; another one may be under way."""

    _ended: BurnIn | None = None

    @property
    @override
    def available(self) -> bool:
        """Stay available: it is kept here, whatever becomes of drive and NAS."""
        return True

    @property
    @override
    def native_value(self) -> Value:
        """Return how it ended."""
        return None if self.burn_in is None else self.burn_in.state

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return when and why."""
        return _about_the_end(self.burn_in, common_texts(self.hass))

    @override
    async def async_added_to_hass(self) -> None:
        """Look the last one up if the newest has not ended."""
        newest = super().burn_in
        if newest is not None and not newest.state.final:
            self._ended = await self._before(newest)
        await super().async_added_to_hass()

    async def _before(self, newest: BurnIn) -> BurnIn | None:
        """Return the last burn-in of the drive before this one that has ended."""
        try:
            kept = await self._data.ledger.history(
                newest.nas_id,
                limit=10,
                offset=0,
                drives=[(newest.nas_id, newest.drive.serial)],
            )
        except LedgerError:
            return None
        return next(
            (
                burn_in
                for burn_in in kept
                if burn_in.state.final and burn_in.drive == newest.drive
            ),
            None,
        )

    @property
    @override
    def burn_in(self) -> BurnIn | None:
        """Return the last burn-in that has ended."""
        newest = super().burn_in
        if newest is not None and newest.state.final:
            self._ended = newest
        return self._ended


class SelfTestSensor(DriveEntity, SensorEntity):
    """How a drive's newest self-test of a kind went, or how far it is."""

    entity_description: SelfTestSensorDescription
    _unrecorded_attributes = frozenset({"finished", "percent"})

    @property
    def _known(self) -> KnownSelfTest:
        kind, drive = self.entity_description.kind, self.drive
        asked = None if drive is None else self._data.self_tests.get(drive, kind)
        report = None if drive is None else self._data.report(drive)
        return newest_self_test(self.burn_in, asked, kind, report)

    @property
    @override
    def native_value(self) -> str | None:
        """Return how it stands, None while its drive is still to be asked."""
        state = self._known.state
        return None if state is SelfTestState.UNKNOWN else state

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return percent while it runs, and when it was seen to have ended."""
        known = self._known
        step = None if known.percent is None else int(known.percent // _PERCENT_STEP)
        return {
            "finished": known.at,
            "percent": None if step is None else step * _PERCENT_STEP,
        }

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value, self.extra_state_attributes)


class NasSensor(NasEntity, SensorEntity):
    """Something counted on a NAS."""

    entity_description: NasSensorDescription

    @property
    @override
    def native_value(self) -> int:
        """Return what the description counts."""
        return self.entity_description.value_fn(self._data)

    @override
    def _showing(self) -> tuple[object, ...]:
        return (self.available, self.native_value)
