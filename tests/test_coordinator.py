"""What the NAS tells by itself brings the next poll forward."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from unittest.mock import AsyncMock

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.const import IDLE_INTERVAL, STALE_AFTER
from custom_components.truenas_burnin.truenas.errors import SystemChanged

from .common import Board, ScriptedNas

pytest_plugins = ["tests.components_fixtures"]

_SOON = timedelta(seconds=10)


async def test_news_of_the_nas_bring_the_next_poll_forward(board: Board) -> None:
    """At once, and then not again for some seconds, however much it tells."""
    (changed,) = board.nas.listeners
    before = len(board.nas.calls_of("fleet"))
    for _ in range(20):
        changed()
    await board.settle()
    assert len(board.nas.calls_of("fleet")) == before + 1
    await board.tick(after=_SOON)
    assert len(board.nas.calls_of("fleet")) == before + 2
    await board.tick(after=_SOON)
    assert len(board.nas.calls_of("fleet")) == before + 2


async def test_a_nas_that_hangs(board: Board) -> None:
    """It is shown as gone after the time of the options, not when the call fails."""

    async def later(after: timedelta) -> str:
        board.freezer.tick(after)
        async_fire_time_changed(board.hass)
        await board.hass.async_block_till_done()
        return board.state("binary_sensor", "connectivity", None).state

    board.nas.hangs = asyncio.Event()
    assert await later(IDLE_INTERVAL) == STATE_ON
    assert await later(STALE_AFTER) == STATE_OFF
    assert board.state("sensor", "temperature").state == STATE_UNAVAILABLE
    board.nas.hangs.set()
    await board.settle()
    assert await later(timedelta(seconds=1)) == STATE_ON
    assert board.state("sensor", "temperature").state != STATE_UNAVAILABLE


async def test_an_action_looks_closely(board: Board) -> None:
    """A poll may have left out to read the labels; presses come in batches."""
    board.nas.calls.clear()
    for _ in range(3):
        await board.data.coordinator.async_fresh()
    assert board.nas.calls_of("fleet") == ["fleet closely"]
    await board.data.coordinator.async_refresh()
    assert board.nas.calls_of("fleet")[-1] == "fleet"


async def test_an_upgrade_of_the_nas(board: Board, connect: AsyncMock) -> None:
    """It is connected to anew, as what it is now; burn-ins go on."""
    board.nas.still = True
    (burn_in_id,) = await board.start()
    board.nas.fail["fleet"] = SystemChanged("TrueNAS-26.0.0")
    board.nas.system = replace(board.nas.system, version="TrueNAS-26.0.0")
    assert connect.await_count == 1

    def connected(*_args: object) -> ScriptedNas:
        board.nas.fail.clear()
        return board.nas

    connect.side_effect = connected
    await board.tick()
    assert connect.await_count == 2
    assert board.entry.state is ConfigEntryState.LOADED
    assert board.burn_in().id == burn_in_id
    assert board.burn_in().state is BurnInState.RUNNING
    device = dr.async_get(board.hass).async_get(board.device_id(None))
    assert isinstance(device, dr.DeviceEntry)
    assert device.sw_version == "TrueNAS-26.0.0"


async def test_news_after_the_end(board: Board) -> None:
    """An entry that is unloaded polls no more."""
    (changed,) = board.nas.listeners
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    before = len(board.nas.calls_of("fleet"))
    changed()
    await board.tick(after=_SOON)
    assert len(board.nas.calls_of("fleet")) == before
