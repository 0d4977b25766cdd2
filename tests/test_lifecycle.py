"""Reload, unload, remove and add again while burn-ins run: nothing lost or leaked."""

import asyncio
from dataclasses import replace
import threading
from unittest.mock import AsyncMock

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.notifications.replies import EVENT_ANSWER
from custom_components.truenas_burnin.runtime.shared_ledger import SHARED_LEDGER
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed

from .common import FREE, OTHER, Board
from .said import said

pytest_plugins = ["tests.components_fixtures"]


def listeners(hass: HomeAssistant) -> dict[str, int]:
    """Return how many listen to what, as far as we may."""
    counts = dict(hass.bus.async_listeners())
    return {
        event: counts.get(event, 0) for event in (EVENT_ANSWER, "homeassistant_stop")
    }


def ours() -> set[str]:
    """Return the names of the tasks of ours that are not done."""
    return {
        task.get_name()
        for task in asyncio.all_tasks()
        if "truenas_burnin" in task.get_name()
    }


async def test_unload_leaves_nothing_behind(board: Board) -> None:
    """No task, listener or open ledger, however often."""
    board.nas.still = True
    await board.start(FREE, OTHER)
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    idle = (listeners(board.hass), ours(), threading.active_count())
    for _ in range(3):
        await board.set_up()
        assert board.entry.state is ConfigEntryState.LOADED
        await board.hass.config_entries.async_unload(board.entry.entry_id)
    after = (listeners(board.hass), ours(), threading.active_count())
    assert after[:2] == idle[:2] == (idle[0], set())
    assert after[2] <= idle[2] + 1
    assert not board.hass.data[SHARED_LEDGER].is_open
    assert board.nas.closed == 4


async def added_again(board: Board) -> Board:
    """Add the NAS once more."""
    entry = MockConfigEntry(
        domain=board.entry.domain,
        unique_id=board.entry.unique_id,
        title="nas",
        data=board.entry.data,
    )
    entry.add_to_hass(board.hass)
    again = Board(board.hass, board.nas, entry, board.freezer)
    await again.set_up()
    return again


async def test_removed_and_added_again(board: Board) -> None:
    """What was under way has ended without a verdict, and begins nothing any more."""
    await board.number(1)
    board.nas.still = True
    ids = await board.start(FREE, OTHER)
    assert board.burn_in(OTHER).state is BurnInState.QUEUED
    board.nas.calls.clear()
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    await board.settle()
    assert board.hass.states.async_entity_ids("sensor") == []
    assert board.nas.calls == ["take_leave"]
    again = await added_again(board)
    await again.tick(times=3)
    assert [again.burn_in(drive).id for drive in (FREE, OTHER)] == ids
    assert again.burn_in(FREE).state is BurnInState.INCONCLUSIVE
    assert again.burn_in(OTHER).state is BurnInState.CANCELLED
    for drive in (FREE, OTHER):
        assert "removed from Home Assistant" in said(again.burn_in(drive))
    assert again.nas.calls_of("start_self_test") == []
    assert len(await again.history()) == 2


async def test_removed_while_the_nas_is_gone(board: Board) -> None:
    """It was not set up, and the integration may not have been either."""
    board.nas.still = True
    await board.start()
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    del board.hass.data[SHARED_LEDGER]
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    assert not board.hass.data[SHARED_LEDGER].is_open
    again = await added_again(board)
    assert again.burn_in().state is BurnInState.INCONCLUSIVE


async def test_removed_while_nothing_answers(
    board: Board, connect: AsyncMock, caplog: pytest.LogCaptureFixture
) -> None:
    """What stays on the NAS is told."""
    connect.side_effect = ConnectionFailed("no route")
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    assert board.hass.config_entries.async_get_entry(board.entry.entry_id) is None
    assert "Could not delete the cron job on nas: no route" in caplog.text


async def test_another_nas_at_the_address_keeps_what_it_has(board: Board) -> None:
    """It may be watched from elsewhere."""
    board.nas.system = replace(board.nas.system, host_id="another")
    board.nas.calls.clear()
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    assert board.nas.calls_of("take_leave") == []


async def test_removed_with_a_ledger_that_keeps_nothing(
    board: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The NAS goes all the same."""
    board.nas.still = True
    await board.start()

    async def full(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("disk full")

    monkeypatch.setattr(SqliteLedger, "commit", full)
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    assert board.hass.config_entries.async_get_entry(board.entry.entry_id) is None
    assert "Could not end the burn-ins" in caplog.text


async def test_an_entry_that_was_never_a_nas(board: Board) -> None:
    """It has no burn-ins."""
    entry = MockConfigEntry(domain=board.entry.domain, unique_id=None)
    entry.add_to_hass(board.hass)
    await board.hass.config_entries.async_remove(entry.entry_id)
    assert board.hass.config_entries.async_get_entry(entry.entry_id) is None


async def test_a_wish_in_flight_over_a_reload(board: Board) -> None:
    """The person is told to ask again; the ledger has nothing to do with it."""
    board.nas.still = True
    await board.start()
    runner = board.data.runner
    await runner.close()
    with pytest.raises(HomeAssistantError, match="being reloaded"):
        await board.action("pause_burn_in", device_id=board.device_id())
    assert runner.ledger_trouble is None


async def test_a_reload_in_the_middle_of_a_start(board: Board) -> None:
    """Each burn-in starts once, whatever happens around it."""
    starting = asyncio.create_task(
        board.action(
            "start_burn_in",
            device_id=[board.device_id(), board.device_id(OTHER)],
            profile="smart",
        )
    )
    await asyncio.sleep(0)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await asyncio.gather(starting, return_exceptions=True)
    await board.settle()
    history = await board.history()
    starts = board.nas.calls_of("start_self_test")
    assert len({item.drive.serial for item in history}) == len(history)
    assert len(starts) == len(set(starts))
