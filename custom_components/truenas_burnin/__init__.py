"""The TrueNAS Burn-in integration."""

from contextlib import AsyncExitStack
from datetime import datetime, time
from typing import Final, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_API_KEY,
    CONF_URL,
    EVENT_HOMEASSISTANT_STOP,
    Platform,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
)
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .burnin.model import HoldReason
from .burnin.ports import Clock, LedgerError
from .burnin.runner import Runner
from .const import CONF_FINGERPRINT, DOMAIN
from .coordinator import BurnInConfigEntry, BurnInCoordinator
from .notifications import Notifier
from .notifications.daily import DailyReports
from .presentation.downloads import async_setup_views
from .presentation.panel import async_setup_panel, async_update_panel
from .runtime.arming import Arming
from .runtime.data import BurnInData
from .runtime.drive_device import follow_drive_devices
from .runtime.drive_health import DriveHealth
from .runtime.drive_infos import DriveInfos
from .runtime.failures import translated
from .runtime.issues import (
    certificate_fine,
    follow_cancels,
    follow_stalls,
    forget_issues,
    report_certificate,
    report_no_rights,
    report_outdated_ledger,
    report_rights,
)
from .runtime.loop import BurnInLoop
from .runtime.options import poll_interval, settings_of
from .runtime.removal import async_end_burn_ins, async_take_leave
from .runtime.self_test_watch import SelfTestWatch
from .runtime.shared_ledger import async_shared_ledger
from .runtime.signals import SignalPublisher
from .services import async_setup_services
from .truenas.client import TrueNAS, connect
from .truenas.errors import (
    AuthenticationFailed,
    HttpsRequired,
    TrueNASError,
    UnsupportedSystem,
)
from .websocket_api import async_setup_websocket_api

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


class _UtcClock(Clock):
    """The time of Home Assistant."""

    @override
    def now(self) -> datetime:
        """Return the current time."""
        return dt_util.utcnow()

    @override
    def time_of_day(self) -> time:
        """Return the time of day where Home Assistant is."""
        return dt_util.now().time()


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what all NAS share."""
    async_shared_ledger(hass)
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    async_setup_views(hass)
    await async_setup_panel(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BurnInConfigEntry) -> bool:
    """Connect to a NAS and take up the burn-ins under way on it."""
    await async_update_panel(hass)
    async with AsyncExitStack() as stack:
        nas = await _connect(hass, entry)
        stack.push_async_callback(nas.close)
        report_rights(hass, entry, nas.system)
        shared = async_shared_ledger(hass)
        ledger = await shared.async_acquire(entry.entry_id)
        stack.push_async_callback(shared.async_release, entry.entry_id)
        coordinator = BurnInCoordinator(hass, entry, nas, ledger)
        runner = Runner(
            coordinator.host_id,
            nas,
            ledger,
            _UtcClock(),
            SignalPublisher(hass, entry.entry_id),
            settings_of(entry),
        )
        stack.push_async_callback(runner.close)
        try:
            await runner.load()
            nas.identities.remember(await ledger.identities(coordinator.host_id))
            infos = await DriveInfos.load(
                coordinator.host_id, ledger, coordinator.announce_drive
            )
            health = await DriveHealth.load(
                coordinator.host_id, nas, ledger, coordinator.announce_drive
            )
            self_tests = await SelfTestWatch.load(coordinator, runner, ledger)
        except LedgerError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="ledger_unwritable",
                translation_placeholders={"reason": str(err)},
            ) from err
        await coordinator.async_config_entry_first_refresh()
        coordinator.register_device()
        loop = BurnInLoop(coordinator, runner, poll_interval(entry))
        stack.push_async_callback(loop.async_stop)
        stack.push_async_callback(self_tests.async_stop)
        arming = Arming(hass, coordinator.announce_drive)
        stack.callback(arming.clear)
        entry.runtime_data = BurnInData(
            coordinator=coordinator,
            runner=runner,
            ledger=ledger,
            loop=loop,
            arming=arming,
            infos=infos,
            health=health,
            self_tests=self_tests,
        )
        stack.callback(coordinator.start_announcing())
        stack.callback(Notifier(hass, entry).start())
        reports = DailyReports(hass, entry)
        stack.push_async_callback(reports.async_stop)
        reports.start()
        stack.callback(forget_issues, hass, entry, of_work_only=True)
        outdated = HoldReason.LEDGER_OUTDATED in runner.holds
        report_outdated_ledger(hass, entry, outdated=outdated)
        stack.callback(follow_stalls(hass, entry))
        stack.callback(follow_drive_devices(hass, entry))
        stack.callback(follow_cancels(hass, entry))
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)

        async def stop(_event: Event) -> None:
            """Rest at shutdown: entries are not unloaded then."""
            await loop.async_stop()
            await self_tests.async_stop()

        stack.callback(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop))
        entry.async_on_unload(stack.pop_all().aclose)
    loop.wake()
    self_tests.start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BurnInConfigEntry) -> bool:
    """Let go of a NAS; what runs on it goes on by itself."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    await async_update_panel(hass)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: BurnInConfigEntry) -> None:
    """Leave nothing unfinished and no issue behind; the history stays."""
    if entry.unique_id is not None:
        await async_end_burn_ins(hass, entry.unique_id)
        await async_take_leave(hass, entry)
    forget_issues(hass, entry)
    await async_update_panel(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: BurnInConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Allow to delete a drive that is gone and not being burnt in."""
    if entry.state is not ConfigEntryState.LOADED:
        return False
    data = entry.runtime_data
    identifier = data.coordinator.drive_identifier(device)
    if identifier is None or identifier in data.coordinator.data.drives:
        return False
    burn_in = data.runner.burn_ins.get(identifier)
    if burn_in is not None and not burn_in.state.final:
        return False
    data.coordinator.forget(identifier)
    return True


async def _connect(hass: HomeAssistant, entry: BurnInConfigEntry) -> TrueNAS:
    """Return the NAS of an entry; raise what set-up understands."""
    session = async_get_clientsession(hass)
    try:
        nas = await connect(
            session,
            entry.data[CONF_URL],
            entry.data[CONF_API_KEY],
            entry.data.get(CONF_FINGERPRINT),
        )
    except AuthenticationFailed as err:
        raise translated(ConfigEntryAuthFailed, err) from err
    except (HttpsRequired, UnsupportedSystem) as err:
        raise translated(ConfigEntryError, err) from err
    except TrueNASError as err:
        report_certificate(hass, entry, err)
        report_no_rights(hass, entry, err)
        raise translated(ConfigEntryNotReady, err) from err
    certificate_fine(hass, entry)
    if nas.system.host_id != entry.unique_id:
        await nas.close()
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="wrong_system",
            translation_placeholders={
                "found": nas.system.hostname,
                "url": entry.data[CONF_URL],
            },
        )
    return nas
