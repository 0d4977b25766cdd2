"""Many drives at once: at set-up, and when a shelf of them is connected."""

from collections.abc import Callable
import gc
from typing import Final
from unittest.mock import AsyncMock

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from ..burnin.fakes import a_drive
from ..common import ScriptedNas
from .meter import Loop, loop_time

pytest_plugins = ["tests.components_fixtures"]
pytestmark = [pytest.mark.as_shipped, pytest.mark.budget]

DRIVES: Final = 300
LONGEST: Final = 0.05


def judge(loop: Loop, tell: Callable[[str], None]) -> None:
    """Say what was measured; no callback may hold the loop up."""
    tell(
        f"{DRIVES} drives: {loop.total:.1f} s in all, longest callback "
        f"{loop.longest * 1e3:.0f} ms: {loop.culprit:.120}"
    )
    assert loop.longest <= LONGEST


async def test_at_set_up_and_later(
    hass: HomeAssistant,
    nas: ScriptedNas,
    entry: MockConfigEntry,
    connect: AsyncMock,
    hass_ws_client: WebSocketGenerator,
    tell: Callable[[str], None],
) -> None:
    """No callback above 50 ms, and a browser that listens to all is kept up with."""
    nas.add(*(a_drive(number) for number in range(100, 100 + DRIVES)))
    with loop_time() as loop:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
    judge(loop, tell)
    browser = await hass_ws_client(hass)
    await browser.send_json_auto_id({"type": "subscribe_events"})
    await browser.send_json_auto_id({"type": "subscribe_entities"})
    nas.add(*(a_drive(number) for number in range(1_000, 1_000 + DRIVES)))
    # A collection of all that a test has loaded would be counted as ours.
    gc.collect()
    gc.freeze()
    with loop_time() as loop:
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
    judge(loop, tell)
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert sum(item.domain == "event" for item in found) == len(nas.drives) + 1
    assert not browser.closed
    await browser.send_json_auto_id({"type": "ping"})
    while (await browser.receive_json())["type"] != "pong":
        pass
