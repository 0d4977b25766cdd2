"""A NAS with 1,350 drives, polled over a real connection."""

from collections.abc import AsyncIterator, Callable
import gc
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final
from unittest.mock import patch

from homeassistant.const import CONF_API_KEY, CONF_URL, EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.truenas_burnin.const import CONF_FINGERPRINT, DOMAIN
from custom_components.truenas_burnin.coordinator import BurnInCoordinator
from custom_components.truenas_burnin.truenas.transport import Transport
from scripts.live.nas import Nas, start_nas

from .meter import loop_time

pytestmark = pytest.mark.budget

DRIVES: Final = 1_350
ROUNDS: Final = 15
RATIO: Final = 1.5
LONGEST: Final = 0.05


@pytest.fixture(params=["core-13.0", "scale-25.10"])
async def nas(
    request: pytest.FixtureRequest, socket_enabled: None, tmp_path: Path
) -> AsyncIterator[Nas]:
    """Return a NAS in a process of its own: its time is not ours."""
    nas = await start_nas(tmp_path, request.param, 1.0, drives=DRIVES)
    yield nas
    await nas.stop()


@pytest.fixture
async def coordinator(
    hass: HomeAssistant, nas: Nas, tmp_path: Path
) -> BurnInCoordinator:
    """Return what polls it, with all entities."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id=(await nas.debug("state"))["host_id"],
        data={
            CONF_URL: nas.url,
            CONF_API_KEY: nas.key,
            CONF_FINGERPRINT: nas.fingerprint,
        },
    )
    entry.add_to_hass(hass)
    storage = "custom_components.truenas_burnin.runtime.shared_ledger.STORAGE_DIR"
    with patch(storage, str(tmp_path / ".storage")):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
    found: BurnInCoordinator = entry.runtime_data.coordinator
    assert len(found.data.drives) == DRIVES
    return found


class Bare:
    """The same calls over the same connection, their replies thrown away."""

    def __init__(self, transport: Transport) -> None:
        """Listen to what a poll calls."""
        self._transport = transport
        self._calls: list[tuple[str, tuple[Any, ...]]] = []

    async def learn(self, coordinator: BurnInCoordinator) -> None:
        """Keep the calls of one poll."""
        call = type(self._transport).call

        async def kept(transport: Transport, method: str, *params: Any) -> Any:
            self._calls.append((method, params))
            return await call(transport, method, *params)

        with patch.object(type(self._transport), "call", kept):
            await coordinator.async_refresh()
        assert any(method == "disk.query" for method, _ in self._calls)

    async def poll(self) -> None:
        """Fetch and decode."""
        for method, params in self._calls:
            await self._transport.call(method, *params)


async def test_a_poll_costs_little_beside_fetching(
    hass: HomeAssistant, coordinator: BurnInCoordinator, tell: Callable[[str], None]
) -> None:
    """At most 1.5 times the bare cost, and not a state is written."""
    bare = Bare(coordinator.nas._transport)
    await bare.learn(coordinator)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    ours, theirs, longest = [], [], []
    for _ in range(ROUNDS):
        gc.collect()
        began = process_time()
        await bare.poll()
        between = process_time()
        await coordinator.async_refresh()
        await hass.async_block_till_done()
        ended = process_time()
        theirs.append(between - began)
        ours.append(ended - between)
        with loop_time() as loop:
            await coordinator.async_refresh()
            await hass.async_block_till_done()
        longest.append((loop.longest, loop.culprit))
    ratio = median(ours) / median(theirs)
    worst = sorted(longest)[len(longest) // 2]
    tell(
        f"poll {median(ours) * 1e3:.0f} ms, bare {median(theirs) * 1e3:.0f} ms, "
        f"ratio {ratio:.2f}; longest callback {worst[0] * 1e3:.0f} ms: {worst[1]:.120}"
    )
    assert coordinator.last_update_success
    assert changes == []
    assert ratio <= RATIO
    assert worst[0] <= LONGEST


async def test_a_poll_that_changes_everything(
    hass: HomeAssistant,
    coordinator: BurnInCoordinator,
    nas: Nas,
    tell: Callable[[str], None],
) -> None:
    """All drives got warmer: many states are written, but not in one go."""
    state = await nas.debug("state")
    longest = []
    for degrees in range(40, 43):
        for drive in state["drives"]:
            await nas.debug(f"drive/{drive['serial']}", {"temperature": degrees})
        await nas.debug("skip", {"seconds": 3600})
        changes = async_capture_events(hass, EVENT_STATE_CHANGED)
        with loop_time() as loop:
            await coordinator.async_refresh()
            while len(changes) < DRIVES:
                await hass.async_block_till_done()
        longest.append((loop.longest, loop.culprit))
    worst = sorted(longest)[1]
    tell(f"longest callback {worst[0] * 1e3:.0f} ms: {worst[1]:.120}")
    assert worst[0] <= LONGEST
