"""One poller per NAS, and who is told what of its polls changed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
import logging
from time import monotonic
from typing import TYPE_CHECKING, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .burnin.ports import LedgerError
from .const import DOMAIN, IDLE_INTERVAL, MANUFACTURER
from .ledger import SqliteLedger
from .runtime.failures import translated
from .runtime.issues import (
    certificate_fine,
    report_certificate,
    report_no_rights,
    report_rights,
)
from .runtime.options import stale_after
from .runtime.signals import drive_signal, fleet_signal
from .runtime.slices import in_slices
from .truenas.client import TrueNAS
from .truenas.errors import AuthenticationFailed, SystemChanged, TrueNASError
from .truenas.models import Drive, Fleet

if TYPE_CHECKING:
    from .runtime.data import BurnInData

type BurnInConfigEntry = ConfigEntry[BurnInData]
type DriveAdder = Callable[[Drive], None]

_LOGGER = logging.getLogger(__name__)

_AT_ONCE: Final = 100
"""Drives announced without a pause; a thousand would block the loop (scripts/bench)."""

_FRESH_SECONDS: Final = 5.0
"""Age up to which a close look is good enough for an action: presses come in batches."""

_PRODUCTS: Final[Mapping[str, str]] = {
    "COMMUNITY_EDITION": "Community Edition",
    "ENTERPRISE": "Enterprise",
    "SCALE_ENTERPRISE": "SCALE Enterprise",
}
"""What is not already a name (docs/truenas-api.md §7)."""


class BurnInCoordinator(DataUpdateCoordinator[Fleet]):
    """Poll one NAS for its drives."""

    config_entry: BurnInConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: BurnInConfigEntry,
        nas: TrueNAS,
        ledger: SqliteLedger,
    ) -> None:
        """Prepare to poll a connected NAS."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{DOMAIN} {entry.title}",
            update_interval=IDLE_INTERVAL,
            always_update=False,
        )
        self.nas = nas
        self._ledger = ledger
        self.device_id = ""
        self.last_success: datetime | None = None
        self._hung = False
        self._closely = False
        self._looked_closely = -_FRESH_SECONDS
        self._poll_listener: CALLBACK_TYPE | None = None
        self._fresh_lock = asyncio.Lock()
        self._adders: list[DriveAdder] = []
        self._adding = asyncio.Lock()
        self._known: set[str] = set()
        self._announced: Mapping[str, Drive] = {}
        self._announced_success = True

    @property
    def host_id(self) -> str:
        """Return what identifies the NAS."""
        return self.nas.system.host_id

    def device_identifier(self, identifier: str) -> tuple[str, str]:
        """Return what the device of a drive is identified by."""
        return (DOMAIN, f"{self.host_id}_{identifier}")

    def drive_identifier(self, device: dr.AnyDeviceEntry) -> str | None:
        """Return the identifier of the drive that a device is, or None."""
        prefix = f"{self.host_id}_"
        for domain, value in device.identifiers:
            if domain == DOMAIN and value.startswith(prefix):
                return value.removeprefix(prefix)
        return None

    @override
    async def _async_update_data(self) -> Fleet:
        """Return a complete look at the NAS."""
        closely = self._closely
        late = async_call_later(self.hass, stale_after(self.config_entry), self._late)
        try:
            fleet = await self.nas.fleet(closely=closely)
        except AuthenticationFailed as err:
            raise translated(ConfigEntryAuthFailed, err) from err
        except SystemChanged as err:
            # Only a new set-up finds out how it is spoken to now.
            entry_id = self.config_entry.entry_id
            self.hass.config_entries.async_schedule_reload(entry_id)
            raise translated(UpdateFailed, err) from err
        except TrueNASError as err:
            report_certificate(self.hass, self.config_entry, err)
            report_no_rights(self.hass, self.config_entry, err)
            raise translated(UpdateFailed, err) from err
        finally:
            late()
        if closely:
            self._looked_closely = monotonic()
        await self._keep_identities()
        certificate_fine(self.hass, self.config_entry)
        report_rights(self.hass, self.config_entry, fleet.system)
        return fleet

    async def _keep_identities(self) -> None:
        """Keep what the poll taught of the drives; what cannot be is tried again."""
        identities = self.nas.identities
        learned = identities.unkept
        if not learned:
            return
        try:
            await self._ledger.keep_identities(self.host_id, learned)
        except LedgerError as err:
            _LOGGER.debug("Could not save the identities of the drives: %s", err)
        else:
            identities.kept(learned)

    @callback
    def _late(self, _now: datetime) -> None:
        """Show a NAS as gone that hangs: its answer may take minutes to fail."""
        self._hung = True
        self.last_update_success = False
        self.async_update_listeners()

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        """Pass on that a poll succeeded, also one that shows no change."""
        hung, self._hung = self._hung, False
        if not self.last_update_success:
            return
        if hung:
            self.async_update_listeners()
        self.last_success = dt_util.utcnow()
        if self._poll_listener is not None:
            self._poll_listener()

    @callback
    def on_poll(self, listener: CALLBACK_TYPE) -> None:
        """Call the listener after each successful poll."""
        self._poll_listener = listener

    async def async_fresh(self) -> Fleet:
        """Return the NAS as it is now, with what lies on its drives, for an action.

        Raise the translated reason if it cannot be looked at.
        """
        async with self._fresh_lock:
            old = monotonic() - self._looked_closely > _FRESH_SECONDS
            if old or not self.last_update_success:
                self._closely = True
                try:
                    await self.async_refresh()
                finally:
                    self._closely = False
        if self.last_update_success:
            return self.data
        cause = self.last_exception
        if isinstance(cause, HomeAssistantError) and cause.translation_key:
            raise HomeAssistantError(
                translation_domain=cause.translation_domain,
                translation_key=cause.translation_key,
                translation_placeholders=cause.translation_placeholders,
            ) from cause
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="poll_failed"
        ) from cause

    @callback
    def register_device(self) -> None:
        """Register the NAS, before its drives refer to it."""
        system = self.nas.system
        device = dr.async_get(self.hass).async_get_or_create(
            config_entry_id=self.config_entry.entry_id,
            identifiers={(DOMAIN, self.host_id)},
            manufacturer=MANUFACTURER,
            model=f"TrueNAS {_PRODUCTS.get(system.product, system.product)}",
            name=self.config_entry.title,
            sw_version=system.version,
            configuration_url=self.config_entry.data[CONF_URL],
        )
        self.device_id = device.id

    @callback
    def start_announcing(self) -> CALLBACK_TYPE:
        """Announce changes from now on; being a listener keeps the polls going."""
        self._known = set(self.data.drives)
        self._announced = self.data.drives
        self.nas.listen(self._look_again)
        return self.async_add_listener(self._announce)

    @callback
    def _look_again(self) -> None:
        """Poll soon, and not too often: the NAS says that something happened."""
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{self.name} look again"
        )

    async def async_follow_drives(self, add: DriveAdder) -> None:
        """Hand over the drives there are, and each new one when it appears."""
        self._adders.append(add)
        await self._hand_over([add], tuple(self.data.drives.values()))

    async def _hand_over(
        self, adders: Sequence[DriveAdder], drives: Sequence[Drive]
    ) -> None:
        """Have entities made for some drives, a few at a time.

        One after another: all platforms are set up at once, and their slices
        together would hold up the loop after all.
        """
        async with self._adding:
            for add in adders:
                async for drive in in_slices(drives):
                    add(drive)

    @callback
    def forget(self, identifier: str) -> None:
        """Treat a drive as new should it ever come back."""
        self._known.discard(identifier)

    @callback
    def _announce(self) -> None:
        """Tell of each drive that is new, gone or changed, and of no other."""
        drives = self.data.drives
        new = [drives[identifier] for identifier in drives.keys() - self._known]
        if new:
            self._known.update(drives)
            self.config_entry.async_create_background_task(
                self.hass,
                self._hand_over(tuple(self._adders), new),
                f"{self.name} add drives",
            )
        before, self._announced = self._announced, drives
        flipped = self._announced_success is not self.last_update_success
        self._announced_success = self.last_update_success
        if flipped:
            self.announce_nas()
        self._announce_drives(
            [
                identifier
                for identifier in self._known
                if flipped or before.get(identifier) != drives.get(identifier)
            ]
        )

    @callback
    def _announce_drives(self, identifiers: Sequence[str]) -> None:
        """Announce some drives now, the others after what else the loop has to do."""
        for identifier in identifiers[:_AT_ONCE]:
            self.announce_drive(identifier)
        if later := identifiers[_AT_ONCE:]:
            self.hass.loop.call_soon(self._announce_drives, later)

    @callback
    def announce_drive(self, identifier: str) -> None:
        """Tell those who show one drive to look at it again."""
        entry_id = self.config_entry.entry_id
        async_dispatcher_send(self.hass, drive_signal(entry_id, identifier))
        async_dispatcher_send(self.hass, fleet_signal(entry_id), identifier)

    @callback
    def announce_nas(self) -> None:
        """Tell those who show the NAS itself, after a change that no poll shows."""
        signal = fleet_signal(self.config_entry.entry_id)
        async_dispatcher_send(self.hass, signal, None)
