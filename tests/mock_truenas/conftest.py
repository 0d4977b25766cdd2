"""Mocked systems of every generation, on real ports."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from mock_truenas.server import MockTrueNAS

from .client import Client, logged_in

SPEED = 600.0
JSON_RPC = ("scale-25.04", "scale-25.10", "scale-26.0")
REST = ("core-13.0", "scale-24.10", "scale-25.04", "scale-25.10")

type Start = Callable[..., Awaitable[MockTrueNAS]]
type Enter = Callable[..., Awaitable[Client]]


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a client session that takes any certificate."""
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as opened:
        yield opened


@pytest.fixture
async def start(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Start]:
    """Return what starts a mock of a profile."""
    async with AsyncExitStack() as stack:

        async def started(profile: str, **more: Any) -> MockTrueNAS:
            more = {"speed": SPEED, **more}
            nas = MockTrueNAS(profile, tmp_path / profile, **more)
            return await stack.enter_async_context(nas)

        yield started


@pytest.fixture
async def enter(session: aiohttp.ClientSession, start: Start) -> AsyncIterator[Enter]:
    """Return what starts a mock and logs in."""
    async with AsyncExitStack() as stack:

        async def entered(profile: str, **more: Any) -> Client:
            nas = await start(profile, **more)
            return await stack.enter_async_context(logged_in(session, nas))

        yield entered
