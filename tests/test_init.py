"""Set up, unload, reload and remove."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.truenas_burnin import async_remove_config_entry_device
from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    TrueNASError,
    UnsupportedSystem,
)

from .burnin.fakes import NAS_ID
from .common import FREE, OTHER, URL, Board

pytest_plugins = ["tests.components_fixtures"]


async def test_devices(board: Board) -> None:
    """The NAS and its drives are devices that say what they are."""
    registry = dr.async_get(board.hass)
    nas = registry.async_get(board.device_id(None))
    drive = registry.async_get(board.device_id(FREE))
    assert isinstance(nas, dr.DeviceEntry)
    assert (nas.name, nas.manufacturer, nas.model) == (
        "nas",
        "iXsystems",
        "TrueNAS CORE",
    )
    assert (nas.sw_version, nas.configuration_url) == ("TrueNAS-13.0-U6.8", URL)
    assert isinstance(drive, dr.DeviceEntry)
    assert (drive.name, drive.model) == ("WD80EFAX SER001", "WD80EFAX")
    assert (drive.serial_number, drive.via_device_id) == ("SER001", nas.id)


@pytest.mark.parametrize(
    ("product", "model"),
    [
        ("COMMUNITY_EDITION", "TrueNAS Community Edition"),
        ("SCALE", "TrueNAS SCALE"),
        ("MINI", "TrueNAS MINI"),
    ],
)
async def test_models(bare: Board, product: str, model: str) -> None:
    """Products are called what the vendor calls them, also ones not known yet."""
    bare.nas.system = replace(bare.nas.system, product=product)
    await bare.set_up()
    nas = dr.async_get(bare.hass).async_get(bare.device_id(None))
    assert isinstance(nas, dr.DeviceEntry)
    assert nas.model == model


async def test_unload_lets_go_of_everything(board: Board) -> None:
    """The connection and the ledger are closed, and set-up works again."""
    ledger = board.data.ledger
    assert await board.hass.config_entries.async_unload(board.entry.entry_id)
    assert board.nas.closed == 1
    with pytest.raises(LedgerError):
        await ledger.next_position(NAS_ID)
    await board.set_up()
    assert board.entry.state is ConfigEntryState.LOADED


async def test_reload_takes_up_what_is_under_way(board: Board) -> None:
    """A burn-in goes on after a reload, with a cycle directly after set-up."""
    board.nas.still = True
    (burn_in_id,) = await board.start()
    board.nas.finish_test(FREE.serial)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.burn_in().id == burn_in_id
    assert board.state("sensor", "stage").state == "long_smart"


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_failing_unload_leaves_the_burn_ins_going(board: Board) -> None:
    """Nothing is closed when a platform refuses to unload."""
    with patch(
        "homeassistant.config_entries.ConfigEntries.async_unload_platforms",
        return_value=False,
    ):
        await board.hass.config_entries.async_unload(board.entry.entry_id)
    assert board.nas.closed == 0


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ConnectionFailed("no route"), ConfigEntryState.SETUP_RETRY),
        (CertificateRejected("self-signed"), ConfigEntryState.SETUP_RETRY),
        (InvalidResponse("html"), ConfigEntryState.SETUP_RETRY),
        (NotAuthorized("no"), ConfigEntryState.SETUP_RETRY),
        (HttpsRequired("tls"), ConfigEntryState.SETUP_ERROR),
        (UnsupportedSystem("9.3"), ConfigEntryState.SETUP_ERROR),
        (AuthenticationFailed("key"), ConfigEntryState.SETUP_ERROR),
    ],
)
async def test_failing_connection(
    bare: Board, connect: AsyncMock, error: TrueNASError, state: ConfigEntryState
) -> None:
    """What may pass is tried again; only a bad key asks for a new one."""
    connect.side_effect = error
    await bare.set_up()
    assert bare.entry.state is state
    assert bare.entry.error_reason_translation_domain == DOMAIN
    flows = bare.hass.config_entries.flow.async_progress()
    asks = isinstance(error, AuthenticationFailed)
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH] * asks


async def test_another_nas_at_the_address(bare: Board) -> None:
    """Burn-ins of one NAS are never taken up on another."""
    bare.hass.config_entries.async_update_entry(bare.entry, unique_id="nas-2")
    await bare.set_up()
    assert bare.entry.state is ConfigEntryState.SETUP_ERROR
    assert bare.entry.error_reason_translation_key == "wrong_system"
    assert bare.nas.closed == 1


async def test_first_poll_fails(bare: Board) -> None:
    """Everything that was opened is closed again."""
    bare.nas.down = ConnectionFailed("gone")
    await bare.set_up()
    assert bare.entry.state is ConfigEntryState.SETUP_RETRY
    assert bare.nas.closed == 1


async def test_a_ledger_that_cannot_be_loaded(bare: Board) -> None:
    """Nothing is set up without what was under way."""
    with patch.object(SqliteLedger, "latest", side_effect=LedgerError("broken")):
        await bare.set_up()
    assert bare.entry.state is ConfigEntryState.SETUP_RETRY
    assert bare.entry.error_reason_translation_key == "ledger_unwritable"
    await bare.tick(after=timedelta(minutes=1))
    assert bare.loaded


async def test_shutdown(board: Board) -> None:
    """Entries are not unloaded then: the loop rests, the ledger is closed last."""
    board.nas.still = True
    await board.start()
    ledger = board.data.ledger
    board.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await board.settle()
    board.nas.calls.clear()
    await board.tick(times=3)
    assert board.nas.calls_of("self_test_log") == []
    assert await ledger.next_position(NAS_ID) == 1
    board.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await board.settle()
    with pytest.raises(LedgerError):
        await ledger.next_position(NAS_ID)


async def test_deleting_devices(board: Board) -> None:
    """Only a drive that is gone and not being burnt in can be deleted."""

    async def allowed(device_id: str) -> bool:
        device = dr.async_get(board.hass).async_get(device_id)
        assert device is not None
        return await async_remove_config_entry_device(board.hass, board.entry, device)

    await board.start(OTHER)
    assert not await allowed(board.device_id(None))
    assert not await allowed(board.device_id(FREE))
    del board.nas.drives[FREE.identifier], board.nas.drives[OTHER.identifier]
    await board.tick()
    assert await allowed(board.device_id(FREE))
    assert board.burn_in(OTHER).state is BurnInState.RUNNING
    assert not await allowed(board.device_id(OTHER))

    device_id = board.device_id(FREE)
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    assert not await allowed(device_id)


async def test_a_deleted_drive_comes_back(board: Board) -> None:
    """It gets new entities without a reload."""
    device_id = board.device_id(FREE)
    del board.nas.drives[FREE.identifier]
    await board.data.coordinator.async_refresh()
    registry = dr.async_get(board.hass)
    device = registry.async_get(device_id)
    assert device is not None
    assert await async_remove_config_entry_device(board.hass, board.entry, device)
    registry.async_remove_device(device_id)
    await board.settle()
    board.nas.add(FREE)
    await board.data.coordinator.async_refresh()
    await board.settle()
    assert board.state("sensor", "burn_in").state == "not_run"
