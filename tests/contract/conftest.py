"""A mocked NAS of each generation, and a client that is connected to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from custom_components.truenas_burnin.truenas.client import TrueNAS, connect
from custom_components.truenas_burnin.truenas.dialect import Dialect, dialect_of
from custom_components.truenas_burnin.truenas.models import Drive
from mock_truenas.profile import PROFILES, Profile
from mock_truenas.server import MockTrueNAS

SPEED = 600.0
JSON_RPC = [name for name, profile in PROFILES.items() if profile.json_rpc]


@dataclass
class Pair:
    """A mocked NAS and our client of it."""

    mock: MockTrueNAS
    client: TrueNAS

    @property
    def profile(self) -> Profile:
        """Return what the mock plays."""
        return self.mock.world.profile

    @property
    def dialect(self) -> Dialect:
        """Return how the client takes it."""
        found = dialect_of(self.profile.version)
        assert found is not None
        return found

    def fault(self, **faults: Any) -> None:
        """Let something go wrong."""
        self.mock.world.faults.set(faults, self.mock.world.clock.elapsed)

    async def drive(self, serial: str | None = None) -> Drive:
        """Return a drive as the client sees it now, a free one by default."""
        drives = (await self.client.fleet()).drives.values()
        return next(
            drive
            for drive in drives
            if (drive.serial == serial if serial else drive.unused)
        )


type Connect = Callable[..., Awaitable[Pair]]


@pytest.fixture(params=list(PROFILES))
def profile(request: pytest.FixtureRequest) -> str:
    """Return the name of a generation."""
    name: str = request.param
    return name


@pytest.fixture(autouse=True)
def no_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again without a pause."""
    place = "custom_components.truenas_burnin.truenas"
    monkeypatch.setattr(f"{place}.http._BACK_OFF", (0.0, 0.0, 0.0))
    monkeypatch.setattr(f"{place}.back_off._FIRST", 0.0)


@pytest.fixture
async def pairs(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Connect]:
    """Return what makes pairs; all of them are ended afterwards."""
    opened: list[Any] = []
    async with aiohttp.ClientSession() as session:

        async def make(profile: str, **options: Any) -> Pair:
            mock = MockTrueNAS(
                profile,
                tmp_path / f"nas{len(opened)}",
                **{"speed": SPEED, "drives": 6, **options},
            )
            opened.append(mock)
            await mock.start()
            client = await connect(session, mock.url, mock.key, mock.fingerprint)
            opened.append(client)
            return Pair(mock, client)

        yield make
        for item in reversed(opened):
            await (item.close() if isinstance(item, TrueNAS) else item.stop())


@pytest.fixture
async def pair(pairs: Connect, profile: str) -> Pair:
    """Return a pair whose key may do everything."""
    return await pairs(profile)
