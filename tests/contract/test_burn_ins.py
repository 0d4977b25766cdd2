"""Whole burn-ins on every generation, while everything goes wrong around them."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.burnin.plan import (
    Plan,
    Profile,
    plan_from_stages,
    plan_of,
)
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.truenas.errors import TrueNASError

from ..burnin.fakes import Listener, MemoryLedger, StillClock
from .conftest import JSON_RPC, Connect, Pair

ZONES = plan_from_stages(["io_validate"])
_CYCLES = 200
_NEVER = 1e12
"""Seconds for a pass that cannot end before all that goes wrong has gone wrong."""

type Mishap = Callable[[Pair], Awaitable[None]]


class Desk:
    """A runner over a real client, whose ledger outlives it."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.ledger = MemoryLedger()
        self.clock = StillClock()
        self.runner = self._runner()

    def _runner(self) -> Runner:
        return Runner(
            self.pair.client.system.host_id,
            self.pair.client,
            self.ledger,
            self.clock,
            Listener(),
            Settings(),
        )

    async def crash(self) -> None:
        """Begin again with what the ledger kept."""
        self.runner = self._runner()
        await self.runner.load()

    async def submit(self, plan: Plan) -> str:
        """Queue a burn-in of a free drive; return its serial."""
        drive = await self.pair.drive()
        await self.runner.submit(
            await self.pair.client.fleet(),
            [drive],
            plan,
            confirmed=frozenset({drive.serial}),
            actor="mia",
        )
        return drive.serial

    async def cycle(self) -> BurnIn:
        """Poll and run a cycle, if the NAS can be polled."""
        self.clock.tick(seconds=12)
        try:
            fleet = await self.pair.client.fleet()
        except TrueNASError:
            pass
        else:
            await self.runner.cycle(fleet)
        (burn_in,) = self.runner.burn_ins.values()
        return burn_in

    async def run(self, *mishaps: Mishap) -> BurnIn:
        """Run to the end; let one mishap after the other happen, one a cycle."""
        waiting = list(mishaps)
        for _ in range(_CYCLES):
            burn_in = await self.cycle()
            if burn_in.state.final:
                break
            if waiting:
                await waiting.pop(0)(self.pair)
        assert waiting == []
        return burn_in


async def drop(pair: Pair) -> None:
    """Break every connection."""
    pair.mock.nas.drop_connections()


async def expire(pair: Pair) -> None:
    """End every session."""
    pair.mock.nas.expire_sessions()


async def lose_replies(pair: Pair) -> None:
    """Execute the next changes, and break the connection instead of a reply."""
    pair.fault(lose_reply={"cronjob.run": 1, "disk.wipe": 1})


async def restart(pair: Pair) -> None:
    """Restart the middleware: jobs are forgotten."""
    await pair.mock.nas.restart()


async def hurry(pair: Pair) -> None:
    """Let what is begun from now on end soon."""
    pair.mock.world.pass_seconds = 300.0


async def reboot(pair: Pair) -> None:
    """Reboot: everything stops, names move, and what begins afterwards ends soon."""
    await pair.mock.nas.reboot()
    await hurry(pair)


async def refuse(pair: Pair) -> None:
    """Refuse every call for half an hour."""
    pair.fault(refuse=1800.0)
    for _ in range(3):
        with pytest.raises(TrueNASError):
            await pair.client.fleet()
    pair.mock.world.clock.skip(1801)


def written(pair: Pair) -> set[str]:
    """Return the serials of the drives that were written to."""
    return {drive.serial for drive in pair.mock.world.drives if drive.writes}


async def test_nothing_is_lost_and_nothing_happens_twice(pair: Pair) -> None:
    """Whatever befalls the NAS, the burn-in ends well, on its own drive only."""
    desk = Desk(pair)
    serial = await desk.submit(ZONES)
    pair.mock.world.pass_seconds = _NEVER
    await lose_replies(pair)
    burn_in = await desk.run(drop, restart, expire, refuse, lose_replies, reboot)
    assert burn_in.state is BurnInState.PASSED, burn_in.reasons
    assert burn_in.verified
    assert written(pair) == {serial}


async def test_home_assistant_crashes_at_every_step(pair: Pair) -> None:
    """The ledger and the NAS together know where it stands."""
    desk = Desk(pair)
    serial = await desk.submit(ZONES)
    for _ in range(_CYCLES):
        burn_in = await desk.cycle()
        if burn_in.state.final:
            break
        await desk.crash()
    assert burn_in.state is BurnInState.PASSED, burn_in.reasons
    assert written(pair) == {serial}
    started = [event for event in desk.ledger.events if event == "stage_started"]
    assert len(started) == len(burn_in.stages)


WRITER = {"READONLY_ADMIN", "DISK_WRITE"}


@pytest.mark.parametrize("profile", [name for name in JSON_RPC if "25.04" not in name])
async def test_write_only(pairs: Connect, profile: str) -> None:
    """Without command rights it is written once per start, and not verified."""
    pair = await pairs(profile, roles=WRITER, speed=1000.0)
    desk = Desk(pair)
    serial = await desk.submit(plan_of(Profile.SURFACE))
    pair.mock.world.pass_seconds = 3000.0
    await lose_replies(pair)
    burn_in = await desk.run(drop, expire, hurry)
    assert burn_in.state is BurnInState.PASSED, burn_in.reasons
    assert not burn_in.verified
    assert {finding.key for finding in burn_in.findings} == {"not_verified", "no_smart"}
    assert written(pair) == {serial}
    jobs = await pair.client.wipe_jobs()
    assert len(jobs) == 1


@pytest.mark.parametrize("mishap", [restart, reboot])
@pytest.mark.parametrize("profile", [name for name in JSON_RPC if "25.04" not in name])
async def test_write_only_begun_again(
    pairs: Connect, profile: str, mishap: Mishap
) -> None:
    """A wipe ends with the middleware; the same drive is found and begun anew."""
    pair = await pairs(profile, roles=WRITER, speed=100.0)
    desk = Desk(pair)
    serial = await desk.submit(plan_of(Profile.SURFACE))
    while not (await desk.cycle()).stages[1].reference:
        continue
    await mishap(pair)
    pair.mock.world.clock.speed = 100_000.0
    burn_in = await desk.run()
    assert burn_in.state is BurnInState.PASSED, burn_in.reasons
    assert burn_in.stages[1].attempt == 2
    assert written(pair) == {serial}
