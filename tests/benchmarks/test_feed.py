"""1,350 drives in the panel: opened at once, and quiet while nothing changes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from statistics import median
from time import process_time
from typing import Final
from unittest.mock import Mock, patch

import pytest

from custom_components.truenas_burnin.websocket_api.subscribe import LIVE_FEED, LiveFeed

from ..burnin.fakes import a_drive
from ..common import Board

pytest_plugins = ["tests.components_fixtures"]

DRIVES: Final = 1350
CHANGED: Final = 100
ROUNDS: Final = 5


def took(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of some rounds, in seconds of our own work."""
    times = []
    for _ in range(rounds):
        before = process_time()
        work()
        times.append(process_time() - before)
    return median(times)


@pytest.fixture
async def feed(bare: Board) -> AsyncIterator[LiveFeed]:
    """Return the feed of a NAS full of drives, which have no entities here."""
    bare.nas.add(*(a_drive(number) for number in range(10, 10 + DRIVES - 3)))
    with patch("custom_components.truenas_burnin.PLATFORMS", ()):
        await bare.set_up()
        assert len(bare.data.coordinator.data.drives) == DRIVES
        yield bare.hass.data[LIVE_FEED]
        await bare.hass.config_entries.async_unload(bare.entry.entry_id)


async def test_feed(feed: LiveFeed, bare: Board) -> None:
    """Later clients cost a join of bytes, and a change only what has changed."""
    first = feed.subscribe(Mock(), 1)
    rows = feed._rows

    def everything() -> None:
        rows.stop()
        rows.start()

    def another() -> None:
        leave = feed.subscribe(Mock(), 2)
        leave()

    full = took(everything)
    later = took(another)
    drives = bare.data.coordinator.data.drives

    def a_hundred() -> None:
        for identifier in list(drives)[:CHANGED]:
            rows._fleet_changed(bare.entry.entry_id, identifier)
        rows.renew()

    some = took(a_hundred)
    assert later < full / 10
    assert some < full * CHANGED / DRIVES * 3
    first()


async def test_nobody_looks(feed: LiveFeed, bare: Board) -> None:
    """A fleet in which every drive has changed makes no rows then."""
    for identifier, drive in list(bare.nas.drives.items()):
        bare.nas.drives[identifier] = replace(drive, temperature=44.0)
    await bare.data.coordinator.async_refresh()
    assert feed._rows.drives == {}
    assert feed._rows._dirty_drives == set()
    assert feed._timer is None
