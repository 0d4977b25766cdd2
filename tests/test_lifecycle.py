"""Reload, unload, remove and add again while burn-ins run: nothing lost or leaked."""

import asyncio
import threading

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.notifications.replies import EVENT_ANSWER
from custom_components.truenas_burnin.shared_ledger import SHARED_LEDGER

from .common import FREE, OTHER, Board

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


@pytest.mark.parametrize("pulled", [False, True])
async def test_removed_and_added_again(board: Board, pulled: bool) -> None:
    """What ran on the NAS meanwhile is taken up, the history is still there."""
    board.nas.still = True
    ids = await board.start(FREE, OTHER)
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    await board.settle()
    assert board.hass.states.async_entity_ids("sensor") == []
    board.nas.finish_test(FREE.serial)
    if pulled:
        del board.nas.drives[OTHER.identifier]
    entry = MockConfigEntry(
        domain=board.entry.domain,
        unique_id=board.entry.unique_id,
        title="nas",
        data=board.entry.data,
    )
    entry.add_to_hass(board.hass)
    again = Board(board.hass, board.nas, entry, board.freezer)
    await again.set_up()
    assert [again.burn_in(drive).id for drive in (FREE, OTHER)] == ids
    assert again.state("sensor", "stage").state == "long_smart"
    assert again.burn_in(OTHER).state is BurnInState.RUNNING
    assert len(again.nas.calls_of("start_self_test")) == 3
    assert len(await again.history()) == 2


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
