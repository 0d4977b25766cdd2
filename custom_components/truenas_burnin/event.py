"""Events: what happens to the burn-ins of a drive, and of a whole NAS."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .burnin.model import BurnIn
from .coordinator import BurnInConfigEntry
from .entity import DriveEntity, DriveEntityDescription, NasEntity
from .logbook import EVENT_BURN_IN
from .presentation.words import common_texts
from .runtime.changes import Happening, details, happenings
from .truenas.models import Drive

PARALLEL_UPDATES = 0

DETAILS: Final = frozenset(
    {
        "attempt",
        "burn_in_id",
        "disk",
        "extent",
        "model",
        "nas",
        "operator",
        "percent",
        "profile",
        "reason",
        "reason_key",
        "serial",
        "size",
        "stage",
    }
)
_TYPES: Final = [str(happening) for happening in Happening]


@dataclass(frozen=True, kw_only=True)
class DriveEventDescription(DriveEntityDescription, EventEntityDescription):
    """Describe an event of a drive."""


DRIVE_EVENT: Final = DriveEventDescription(
    key="burn_in", translation_key="burn_in", event_types=_TYPES
)
NAS_EVENT: Final = EventEntityDescription(
    key="burn_in_event", translation_key="any_burn_in", event_types=_TYPES
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event of the NAS and of every drive, now and later."""

    @callback
    def add(drive: Drive) -> None:
        async_add_entities([DriveEvent(entry, drive, DRIVE_EVENT)])

    async_add_entities([NasEvent(entry, NAS_EVENT)])
    await entry.runtime_data.coordinator.async_follow_drives(add)


class DriveEvent(DriveEntity, EventEntity):
    """What happens to the burn-ins of a drive."""

    _unrecorded_attributes = DETAILS
    _before: BurnIn | None = None

    @property
    @override
    def available(self) -> bool:
        """Stay available: how a burn-in ended matters of a pulled drive too."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Compare with what there is now."""
        self._before = self.burn_in
        await super().async_added_to_hass()

    @callback
    @override
    def _look_again(self) -> None:
        """Tell all that has happened since the last look."""
        after, before = self.burn_in, self._before
        self._before = after
        if after is None:
            return
        for happening in happenings(before, after):
            about = details(after, self._entry.title, common_texts(self.hass))
            self._trigger_event(happening, about)
            self.async_write_ha_state()


class NasEvent(NasEntity, EventEntity):
    """What happens to any burn-in of a NAS."""

    _unrecorded_attributes = DETAILS

    @property
    @override
    def available(self) -> bool:
        """Stay available: what happened has happened."""
        return True

    @callback
    @override
    def _heard(self, before: BurnIn | None, after: BurnIn) -> None:
        """Tell all that this change means."""
        for happening in happenings(before, after):
            about = details(after, self._entry.title, common_texts(self.hass))
            told = {"device_id": self.coordinator.device_id, "happening": happening}
            self.hass.bus.async_fire(EVENT_BURN_IN, {**about, **told})
            self._trigger_event(happening, about)
            self.async_write_ha_state()
