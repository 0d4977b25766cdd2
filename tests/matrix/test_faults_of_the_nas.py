"""A NAS that does not answer, or not in earnest, costs time and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState

from .bench import Bench
from .program import Program
from .situations.kind import passed

HALF_A_DAY = timedelta(hours=12)
AN_HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("no_back_off")


async def live_through(program: Program, duration: timedelta) -> int:
    """Poll fifty times in so long a time; return how many polls succeeded."""
    usual, program.clock.interval = program.clock.interval, duration / 50
    polls = sum([await program.cycle() for _ in range(50)])
    program.clock.interval = usual
    return polls


async def test_off_for_half_a_day(bench: Bench) -> None:
    """Nothing fails meanwhile; then the pass goes on at its last verified range."""
    program = await bench.program()
    burn_in = await bench.midway(program)
    bench.nas.commands.kill_all()
    bench.go_on()
    bench.world.faults.set({"drop": True})
    assert await live_through(program, HALF_A_DAY) == 0
    assert program.burn_in(burn_in.id).state is BurnInState.RUNNING
    bench.world.faults.set({"drop": False})
    await bench.debug("reboot")
    passed(bench, await program.final(burn_in.id), again=1)


async def test_unreachable_for_half_a_day(bench: Bench) -> None:
    """The NAS goes on by itself; its result is taken up afterwards."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    bench.world.faults.set({"drop": True})
    assert await live_through(program, HALF_A_DAY) == 0
    assert program.burn_in(burn_in.id).state is BurnInState.RUNNING
    await bench.until_still()
    bench.world.faults.set({"drop": False})
    passed(bench, await program.final(burn_in.id))


@pytest.mark.parametrize(
    "faults",
    [{"status": 500}, {"status": 502}, {"half": True}, {"html": True}],
    ids=["500", "502", "truncated", "a login page"],
)
async def test_nonsense_for_an_hour(bench: Bench, faults: dict[str, Any]) -> None:
    """Nothing is believed, nothing fails, and it goes on."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    bench.world.faults.set(faults)
    assert await live_through(program, AN_HOUR) == 0
    assert program.burn_in(burn_in.id).state is BurnInState.RUNNING
    bench.world.faults.set(dict.fromkeys(faults, 0))
    passed(bench, await program.final(burn_in.id))


async def test_errors_only_while_starting(bench: Bench) -> None:
    """A queued burn-in waits; the start is not counted as refused."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    fleet = await program.client.fleet()
    bench.world.faults.set({"status": 500})
    for _ in range(20):
        program.clock.time += program.clock.interval
        await program.runner.cycle(fleet)
    assert program.burn_in(burn_in.id).state is BurnInState.RUNNING
    bench.world.faults.set({"status": 0})
    passed(bench, await program.final(burn_in.id))
