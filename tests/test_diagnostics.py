"""What is sent along with a report of a problem."""

import json

from homeassistant.helpers import device_registry as dr

from custom_components.truenas_burnin.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)

from .burnin.fakes import a_drive
from .common import API_KEY, FREE, OTHER, POOLED, URL, Board
from .said import said

pytest_plugins = ["tests.components_fixtures"]


async def test_diagnostics(board: Board) -> None:
    """They tell how things stand, without key, address or serial."""
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=4)
    found = await async_get_config_entry_diagnostics(board.hass, board.entry)
    text = json.dumps(found, default=str)
    for secret in (API_KEY, URL, "nas.test", "boot-1", board.nas.system.host_id):
        assert secret not in text
    for drive in (FREE, OTHER, POOLED):
        assert drive.serial not in text
        assert drive.lunid is not None
        assert drive.lunid not in text
    assert found["system"]["version"] == "TrueNAS-13.0-U6.8"
    assert [drive["pool"] for drive in found["drives"]] == [None, None, "tank"]
    (burn_in,) = found["burn_ins"]
    assert burn_in["state"] == "failed"
    assert "7 write" in burn_in["reason"]
    assert found["last_poll_succeeded"] is True


async def test_a_reason_that_names_a_serial(board: Board) -> None:
    """The serial is taken out of texts too."""
    board.nas.still = True
    await board.start(profile="surface")
    await board.action("cancel_all_burn_ins")
    await board.start(FREE, OTHER)
    third = a_drive(4)
    board.nas.add(third)
    await board.data.coordinator.async_refresh()
    await board.start(third, profile="surface")
    board.nas.drives[third.identifier] = a_drive(4, serial="SWAPPED9")
    for drive in (FREE, OTHER):
        await board.action("cancel_burn_in", device_id=board.device_id(drive))
    await board.tick()
    burn_in = board.burn_in(third)
    assert burn_in.reasons
    assert third.serial in said(burn_in)
    found = await async_get_config_entry_diagnostics(board.hass, board.entry)
    text = json.dumps(found, default=str)
    assert third.serial not in text
    assert "SWAPPED9" not in text


async def test_diagnostics_of_a_device(board: Board) -> None:
    """Of a drive only that drive and its burn-in; of the NAS everything."""
    await board.start(FREE, OTHER, profile="surface")
    registry = dr.async_get(board.hass)

    async def of(device_id: str) -> tuple[int, int]:
        device = registry.async_get(device_id)
        assert device is not None
        told = await async_get_device_diagnostics(board.hass, board.entry, device)
        return len(told["drives"]), len(told["burn_ins"])

    assert await of(board.device_id(FREE)) == (1, 1)
    assert await of(board.device_id(POOLED)) == (1, 0)
    assert await of(board.data.coordinator.device_id) == (3, 2)
    gone = board.device_id(FREE)
    board.nas.drives.pop(FREE.identifier)
    await board.data.coordinator.async_refresh()
    assert await of(gone) == (0, 1)
