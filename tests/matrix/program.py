"""What Home Assistant is to the engine: a ledger, a client, a clock, the cycles."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, Self

import aiohttp

from custom_components.truenas_burnin.burnin.model import BurnIn
from custom_components.truenas_burnin.burnin.plan import Plan, plan_from_stages
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.ledger import LedgerLost, SqliteLedger
from custom_components.truenas_burnin.truenas.client import TrueNAS, connect
from custom_components.truenas_burnin.truenas.errors import TrueNASError
from custom_components.truenas_burnin.truenas.models import Fleet
from custom_components.truenas_burnin.truenas.surface import JobStatus, SurfacePlan
from mock_truenas.drive import MockDrive
from mock_truenas.server import MockTrueNAS
from tests.burnin.fakes import Listener

SURFACE: Final = plan_from_stages(["surface_validate"])
_LOOK_EVERY: Final = 0.05
_PATIENCE: Final = 180.0
_BEGIN: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def in_thread(work: Callable[..., Any], *args: Any) -> Any:
    """Run blocking work away from the event loop."""
    return await asyncio.get_running_loop().run_in_executor(None, work, *args)


class PolledClock:
    """A clock that moves by one poll interval a cycle."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.time = _BEGIN
        self.interval = timedelta(seconds=12)

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def time_of_day(self) -> time:
        """Return the time of day."""
        return self.time.time()


class Program:
    """One burn-in program on one NAS; `crash` and `start` are its restarts."""

    def __init__(self, path: Path, nas: MockTrueNAS, settings: dict[str, Any]) -> None:
        """Keep what it works with."""
        self.path = path
        self.clock = PolledClock()
        self.listener = Listener()
        self._nas = nas
        self._settings = Settings(**settings)
        self._stack = AsyncExitStack()
        self.client: TrueNAS
        self.ledger: SqliteLedger
        self.runner: Runner

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """End."""
        await self.crash()

    async def start(self) -> None:
        """Open the ledger, connect, take up what the ledger knows."""
        session = await self._stack.enter_async_context(aiohttp.ClientSession())
        self.ledger = await self._opened()
        self._stack.push_async_callback(self.ledger.close)
        nas = self._nas
        self.client = await connect(session, nas.url, nas.key, nas.fingerprint)
        self._stack.push_async_callback(self.client.close)
        self.runner = Runner(
            nas.world.host_id,
            self.client,
            self.ledger,
            self.clock,
            self.listener,
            self._settings,
        )
        await self.runner.load()

    async def _opened(self) -> SqliteLedger:
        """Open the ledger as shared_ledger.py does."""
        try:
            return await SqliteLedger.open(self.path, in_thread)
        except LedgerLost as err:
            return await SqliteLedger.replace_lost(self.path, in_thread, str(err))

    async def crash(self) -> None:
        """Forget everything that is not in the ledger."""
        await self._stack.aclose()

    async def restart(self) -> None:
        """Crash and start again."""
        await self.crash()
        await self.start()

    async def submit(
        self,
        *drives: MockDrive,
        plan: Plan = SURFACE,
        confirmed: frozenset[str] | None = None,
        fleet: Fleet | None = None,
    ) -> BurnIn:
        """Queue a burn-in of drives, confirmed by their serials; return the first.

        Raise GateRefused.
        """
        if fleet is None:
            fleet = await self.client.fleet()
        found = [fleet.drives[drive.identifier] for drive in drives]
        serials = frozenset(drive.serial for drive in drives)
        burn_ins = await self.runner.submit(
            fleet,
            found,
            plan,
            confirmed=serials if confirmed is None else confirmed,
            actor="mia",
        )
        return burn_ins[0]

    async def retry(self, burn_in_id: str, *serials: str) -> BurnIn:
        """Run a burn-in again, confirmed by serials; raise GateRefused."""
        return await self.runner.retry(
            burn_in_id,
            await self.client.fleet(),
            confirmed=frozenset(serials),
            actor="mia",
        )

    def before_the_start(self, then: Callable[[], object]) -> None:
        """Do something once, when a surface pass is intended and not yet begun."""
        client, original = self.client, self.client.start_surface

        async def start(plan: SurfacePlan) -> JobStatus:
            client.start_surface = original  # type: ignore[method-assign]
            then()
            return await original(plan)

        client.start_surface = start  # type: ignore[method-assign]

    async def cycle(self) -> bool:
        """Poll and take one cycle; False if the poll failed, as loop.py does."""
        self.clock.time += self.clock.interval
        try:
            fleet = await self.client.fleet()
        except TrueNASError:
            return False
        await self.runner.cycle(fleet)
        return True

    def burn_in(self, burn_in_id: str) -> BurnIn:
        """Return a burn-in as it stands."""
        found = self.runner.find(burn_in_id)
        assert found is not None
        return found

    async def until(self, look: Callable[[], bool], what: str) -> None:
        """Cycle until something holds."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while not look():
                    await self.cycle()
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            raise TimeoutError(f"{what}: {self.runner.burn_ins}") from None

    async def writing(self, burn_in_id: str) -> str:
        """Cycle until the agent has begun a destructive stage; return its token."""

        def token() -> str | None:
            stage = self.burn_in(burn_in_id).stage
            return stage.reference if stage and stage.kind.destructive else None

        await self.until(lambda: token() is not None, "the first range")
        return str(token())

    async def final(self, burn_in_id: str) -> BurnIn:
        """Cycle until a burn-in has ended; return it."""
        await self.until(lambda: self.burn_in(burn_in_id).state.final, "the end")
        return self.burn_in(burn_in_id)
