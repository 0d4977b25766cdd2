"""Polls and cycles: what keeps burn-ins going, and what they outlive."""

from datetime import timedelta
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.const import IDLE_INTERVAL, POLL_INTERVAL
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    ConnectionFailed,
)

from ..common import Board

pytest_plugins = ["tests.components_fixtures"]

SECOND = timedelta(seconds=1)


def polls(board: Board) -> int:
    """Return how often the NAS was looked at."""
    return len(board.nas.calls_of("fleet"))


async def test_an_idle_nas_is_polled_seldom(board: Board) -> None:
    """Once a minute."""
    before = polls(board)
    await board.tick(times=4, after=POLL_INTERVAL)
    assert polls(board) == before
    await board.tick(after=IDLE_INTERVAL - 4 * POLL_INTERVAL + SECOND)
    assert polls(board) == before + 1


async def test_a_busy_nas_is_polled_often(board: Board) -> None:
    """Every twelve seconds, until nothing is left to do."""
    board.nas.still = True
    await board.start()
    before = polls(board)
    await board.tick(times=5)
    assert polls(board) >= before + 5
    await board.action("cancel_all_burn_ins")
    await board.settle()
    before = polls(board)
    await board.tick(times=3)
    assert polls(board) <= before + 1


async def test_polling_switched_off(bare: Board) -> None:
    """The user's choice does not stop a burn-in."""
    bare.hass.config_entries.async_update_entry(bare.entry, pref_disable_polling=True)
    await bare.set_up()
    before = polls(bare)
    await bare.tick(times=2, after=IDLE_INTERVAL)
    assert polls(bare) == before
    await bare.start()
    await bare.tick(times=10)
    assert bare.burn_in().state is BurnInState.PASSED


async def test_burn_ins_outlive_a_nas_that_is_gone(board: Board) -> None:
    """Nothing is concluded from silence; it goes on where it was."""
    board.nas.still = True
    (burn_in_id,) = await board.start()
    board.nas.down = ConnectionFailed("no route")
    await board.tick(times=30)
    assert board.state("sensor", "burn_in").state == STATE_UNAVAILABLE
    assert board.burn_in().state is BurnInState.RUNNING
    board.nas.down, board.nas.still = None, False
    await board.tick(times=10)
    assert board.burn_in().id == burn_in_id
    assert board.state("sensor", "burn_in").state == "passed"
    assert len(board.nas.calls_of("start_self_test")) == 2


async def test_burn_ins_outlive_a_revoked_key(board: Board) -> None:
    """A new key is asked for, once; the burn-in waits for it."""
    board.nas.still = True
    await board.start()
    board.nas.down = AuthenticationFailed("revoked")
    await board.tick(times=4)
    (flow,) = board.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert board.entry.state is ConfigEntryState.LOADED
    assert board.burn_in().state is BurnInState.RUNNING
    board.nas.down = None
    await board.tick(times=2)
    assert board.state("sensor", "burn_in").state == "running"


@pytest.mark.no_fail_on_log_exception
async def test_a_cycle_that_breaks(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    """The next one follows."""
    await board.start()
    with patch.object(Runner, "cycle", side_effect=RuntimeError("boom")):
        await board.tick(times=2)
    assert "Burn-in cycle failed" in caplog.text
    await board.tick(times=10)
    assert board.burn_in().state is BurnInState.PASSED


async def test_no_cycle_on_old_news(board: Board) -> None:
    """A wake-up after a failed poll advances nothing."""
    board.nas.still = True
    await board.start()
    board.nas.down = ConnectionFailed("no route")
    await board.tick()
    with patch.object(Runner, "cycle") as cycle:
        board.data.loop.wake()
        await board.settle()
    cycle.assert_not_called()


async def test_a_stopped_loop_stays_stopped(board: Board) -> None:
    """Nothing wakes it, and stopping twice is fine."""
    board.nas.still = True
    await board.start()
    await board.data.loop.async_stop()
    await board.data.loop.async_stop()
    board.nas.calls.clear()
    board.data.loop.wake()
    await board.tick(times=3)
    assert board.nas.calls_of("self_test_log") == []


async def test_presses_in_a_batch_share_a_poll(board: Board) -> None:
    """Several actions within moments look at the NAS once; later ones look anew."""
    before = polls(board)
    for _ in range(3):
        await board.data.coordinator.async_fresh()
    assert polls(board) == before + 1
    board.freezer.tick(6)
    await board.data.coordinator.async_fresh()
    assert polls(board) == before + 2
