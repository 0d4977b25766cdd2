"""Which drives a person has allowed to be overwritten, for a few minutes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import ARMED_FOR
from ..truenas.models import Drive


class Arming:
    """Remember armed drives by identifier and serial, in memory only.

    The serial counts: another drive in the same place is not armed.
    """

    def __init__(self, hass: HomeAssistant, changed: Callable[[str], None]) -> None:
        """Keep whom to tell the identifier of a drive that was (dis)armed."""
        self._hass = hass
        self._changed = changed
        self._armed: dict[str, tuple[str, CALLBACK_TYPE]] = {}

    @callback
    def arm(self, drive: Drive) -> None:
        """Arm a drive; arming it again starts its time anew."""
        self._cancel(drive.identifier)
        timer = async_call_later(
            self._hass, ARMED_FOR, partial(self._expire, drive.identifier)
        )
        self._armed[drive.identifier] = (drive.serial, timer)
        self._changed(drive.identifier)

    @callback
    def disarm(self, identifier: str) -> None:
        """Disarm a drive, armed or not."""
        if self._cancel(identifier):
            self._changed(identifier)

    @callback
    def confirmed(self, drives: Iterable[Drive]) -> frozenset[str]:
        """Return the serials of those drives that are armed."""
        return frozenset(
            drive.serial
            for drive in drives
            if drive.identifier in self._armed
            and self._armed[drive.identifier][0] == drive.serial
        )

    @callback
    def clear(self) -> None:
        """Disarm everything without telling: nobody is left to listen."""
        for identifier in tuple(self._armed):
            self._cancel(identifier)

    @callback
    def _expire(self, identifier: str, _now: datetime) -> None:
        self.disarm(identifier)

    def _cancel(self, identifier: str) -> bool:
        armed = self._armed.pop(identifier, None)
        if armed is None:
            return False
        armed[1]()
        return True
