"""The rows of every NAS and drive, made anew only when something says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.json import json_bytes
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import BurnInConfigEntry
from ..presentation.words import common_texts
from ..runtime.data import BurnInData
from ..runtime.signals import fleet_signal
from .rows import RowId, drive_row, stale_from, system_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Rows that differ from what they were, as JSON, and rows that are gone."""

    systems: tuple[bytes, ...]
    removed_systems: tuple[str, ...]
    drives: tuple[bytes, ...]
    removed: tuple[RowId, ...]

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return any((self.systems, self.removed_systems, self.drives, self.removed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """A NAS that is set up; a reload gives it other data."""

    data: BurnInData
    unsubscribe: CALLBACK_TYPE


class LiveRows:
    """Follow all NAS between `start` and `stop`."""

    def __init__(self, hass: HomeAssistant, wake: CALLBACK_TYPE) -> None:
        """Do nothing yet; `wake` is called when rows may have changed."""
        self._hass = hass
        self._wake = wake
        self._listeners: list[CALLBACK_TYPE] = []
        self._followed: dict[str, _Followed] = {}
        self._ageing: dict[str, CALLBACK_TYPE] = {}
        self._dirty_systems: set[str] = set()
        self._dirty_drives: set[RowId] = set()
        self._devices: dict[str, RowId] = {}
        self.systems: dict[str, bytes] = {}
        self.drives: dict[RowId, bytes] = {}

    @callback
    def start(self) -> None:
        """Make all rows and listen for what changes them."""
        self._listeners = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
            ),
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, self._device_changed
            ),
        ]
        self._dirty_systems = set(self._entries())
        self.renew()

    @callback
    def stop(self) -> None:
        """Forget all rows and listen no more."""
        for entry_id in tuple(self._followed):
            self._unfollow(entry_id)
        for cancel in (*self._listeners, *self._ageing.values()):
            cancel()
        self._listeners.clear()
        self._ageing.clear()
        self._devices.clear()
        self._dirty_systems.clear()
        self._dirty_drives.clear()
        self.systems.clear()
        self.drives.clear()

    @callback
    def renew(self) -> Changes:
        """Make those rows anew that may have changed; return those that have."""
        entries = self._entries()
        self._follow(entries)
        systems, gone = self._renew_systems(entries)
        drives, removed = self._renew_drives(entries)
        return Changes(
            systems=systems, removed_systems=gone, drives=drives, removed=removed
        )

    @callback
    def _entries(self) -> Mapping[str, BurnInConfigEntry]:
        """Return all NAS but those that a person has disabled."""
        entries = self._hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        return {entry.entry_id: entry for entry in entries}

    @callback
    def _follow(self, entries: Mapping[str, BurnInConfigEntry]) -> None:
        """Begin with those set up anew, end with those that are no longer."""
        at_work = {
            entry_id: entry
            for entry_id, entry in entries.items()
            if entry.state is ConfigEntryState.LOADED
        }
        for entry_id, followed in tuple(self._followed.items()):
            entry = at_work.get(entry_id)
            if entry is None or entry.runtime_data is not followed.data:
                self._unfollow(entry_id)
        for entry_id, entry in at_work.items():
            if entry_id not in self._followed:
                self._followed[entry_id] = _Followed(
                    data=entry.runtime_data,
                    unsubscribe=async_dispatcher_connect(
                        self._hass,
                        fleet_signal(entry_id),
                        partial(self._fleet_changed, entry_id),
                    ),
                )
                self._dirty_drives.update(self._drives_of(entry))

    @callback
    def _unfollow(self, entry_id: str) -> None:
        self._followed.pop(entry_id).unsubscribe()
        self._dirty_drives.update(row for row in self.drives if row[0] == entry_id)

    @callback
    def _drives_of(self, entry: BurnInConfigEntry) -> set[RowId]:
        """Return the drives that are connected, and those that only have a device."""
        coordinator = entry.runtime_data.coordinator
        devices = dr.async_entries_for_config_entry(
            dr.async_get(self._hass), entry.entry_id
        )
        known = {coordinator.drive_identifier(device) for device in devices}
        return {
            (entry.entry_id, identifier)
            for identifier in (*coordinator.data.drives, *known)
            if identifier is not None
        }

    @callback
    def _renew_systems(
        self, entries: Mapping[str, BurnInConfigEntry]
    ) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
        now = dt_util.utcnow()
        changed: list[bytes] = []
        for entry_id in self._dirty_systems & entries.keys():
            self._age(entries[entry_id], now)
            row = json_bytes(system_row(entries[entry_id], now))
            if self.systems.get(entry_id) != row:
                self.systems[entry_id] = row
                changed.append(row)
        self._dirty_systems.clear()
        gone = tuple(self.systems.keys() - entries.keys())
        for entry_id in gone:
            del self.systems[entry_id]
        return tuple(changed), gone

    @callback
    def _age(self, entry: BurnInConfigEntry, now: datetime) -> None:
        """Look again at a NAS that does not answer when its rows become old."""
        if cancel := self._ageing.pop(entry.entry_id, None):
            cancel()
        followed = self._followed.get(entry.entry_id)
        old = None if followed is None else stale_from(followed.data.coordinator)
        if old is not None and old > now:

            @callback
            def aged(_now: datetime) -> None:
                del self._ageing[entry.entry_id]
                self._fleet_changed(entry.entry_id, None)

            self._ageing[entry.entry_id] = async_call_later(self._hass, old - now, aged)

    @callback
    def _renew_drives(
        self, entries: Mapping[str, BurnInConfigEntry]
    ) -> tuple[tuple[bytes, ...], tuple[RowId, ...]]:
        changed: list[bytes] = []
        removed: list[RowId] = []
        for place in self._dirty_drives:
            row = self._drive(entries, place)
            if row is None:
                if self.drives.pop(place, None) is not None:
                    removed.append(place)
            elif self.drives.get(place) != row:
                self.drives[place] = row
                changed.append(row)
        self._dirty_drives.clear()
        return tuple(changed), tuple(removed)

    @callback
    def _drive(
        self, entries: Mapping[str, BurnInConfigEntry], place: RowId
    ) -> bytes | None:
        """Return the row of a drive, None if there is neither drive nor device."""
        entry_id, identifier = place
        if entry_id not in self._followed:
            return None
        entry = entries[entry_id]
        coordinator = entry.runtime_data.coordinator
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            coordinator.device_identifier(identifier), entry_id
        )
        if device is not None:
            self._devices[device.id] = place
        elif identifier not in coordinator.data.drives:
            return None
        return json_bytes(
            drive_row(entry, identifier, device, common_texts(self._hass))
        )

    @callback
    def _fleet_changed(self, entry_id: str, identifier: str | None) -> None:
        if identifier is None:
            self._dirty_systems.add(entry_id)
        else:
            self._dirty_drives.add((entry_id, identifier))
        self._wake()

    @callback
    def _entry_changed(
        self, _change: ConfigEntryChange, entry: ConfigEntry[Any]
    ) -> None:
        if entry.domain == DOMAIN:
            self._dirty_systems.add(entry.entry_id)
            self._wake()

    @callback
    def _device_changed(self, event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        """Look at the drive whose device came, went or was changed."""
        device_id = event.data["device_id"]
        if event.data["action"] == "remove":
            place = self._devices.pop(device_id, None)
        else:
            place = self._devices.get(device_id) or self._place_of(device_id)
        if place is not None:
            self._dirty_drives.add(place)
            self._wake()

    @callback
    def _place_of(self, device_id: str) -> RowId | None:
        device = dr.async_get(self._hass).async_get(device_id)
        if device is None or device.config_entry_id not in self._followed:
            return None
        coordinator = self._followed[device.config_entry_id].data.coordinator
        identifier = coordinator.drive_identifier(device)
        return None if identifier is None else (device.config_entry_id, identifier)
