"""Who is told of a change: those of one drive, and those of the whole NAS."""

from typing import Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType, SignalTypeFormat

from ..burnin.model import BurnIn
from ..burnin.ports import Publisher
from ..const import DOMAIN

_DRIVE: Final[SignalTypeFormat[()]] = SignalTypeFormat(f"{DOMAIN}_{{}}_drive_{{}}")
_BURN_IN: Final[SignalTypeFormat[BurnIn | None, BurnIn]] = SignalTypeFormat(
    f"{DOMAIN}_{{}}"
)
_FLEET: Final[SignalTypeFormat[str | None]] = SignalTypeFormat(f"{DOMAIN}_{{}}_fleet")


def drive_signal(entry_id: str, identifier: str) -> SignalType[()]:
    """Return the signal for a change of a drive or of its burn-in."""
    return _DRIVE.format(entry_id, identifier)


def burn_in_signal(entry_id: str) -> SignalType[BurnIn | None, BurnIn]:
    """Return the signal for every change of a burn-in on a NAS: before and after."""
    return _BURN_IN.format(entry_id)


def fleet_signal(entry_id: str) -> SignalType[str | None]:
    """Return the signal that names each drive that changed, None for the NAS itself."""
    return _FLEET.format(entry_id)


class SignalPublisher(Publisher):
    """Tell Home Assistant of the changes the runner has committed."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Keep whose burn-ins these are."""
        self._hass = hass
        self._entry_id = entry_id

    @override
    def publish(self, before: BurnIn | None, after: BurnIn) -> None:
        """Send all signals; the dispatcher logs what a listener raises."""
        identifier = after.drive.identifier
        async_dispatcher_send(self._hass, drive_signal(self._entry_id, identifier))
        async_dispatcher_send(self._hass, fleet_signal(self._entry_id), identifier)
        async_dispatcher_send(self._hass, burn_in_signal(self._entry_id), before, after)
