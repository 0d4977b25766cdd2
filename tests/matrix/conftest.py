"""Fixtures of the matrix."""

from collections.abc import AsyncIterator
import logging
from pathlib import Path

import pytest

from .bench import SPEED, Bench, open_bench


@pytest.fixture(autouse=True)
def less_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave SQL and sockets out of the reports."""
    for name in ("sqlalchemy.engine", "asyncio", "aiohttp"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.ERROR)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Do without what the test plugin does to every loop: it costs most of the time."""


@pytest.fixture
def no_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again without a pause."""
    module = "custom_components.truenas_burnin.truenas.http"
    monkeypatch.setattr(f"{module}._BACK_OFF", (0.0,))


@pytest.fixture
async def bench(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Bench]:
    """Return a NAS slow enough to interfere with, whose target may be written."""
    async with open_bench(tmp_path, speed=SPEED / 5) as opened:
        opened.fair_game()
        yield opened
        assert opened.touched() == []
