"""The world changes while the agent writes."""

from collections.abc import Callable

import pytest

from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.truenas.surface import AgentState

from ..bench import SPEED, Bench
from ..program import Program
from .kind import ended, passed, refused, situation

SLOW = SPEED / 60
"""What is left of a pass takes longer than a worker needs to hear that it is to pause."""


async def interfered(
    bench: Bench, program: Program, then: Callable[[], object]
) -> BurnIn:
    """Start a pass, do something between two ranges, return how it ends.

    The program looks away meanwhile, so that it sees what there is afterwards.
    """
    burn_in = await bench.midway(program)
    then()
    bench.go_on()
    return await program.final(burn_in.id)


async def paused(bench: Bench, program: Program) -> BurnIn:
    """Start a pass, and have a person pause it in the middle."""
    burn_in = await bench.midway(program)
    await program.runner.pause(burn_in.id, "mia")
    await program.cycle()
    bench.go_on()
    await program.until(
        lambda: program.burn_in(burn_in.id).state is BurnInState.PAUSED, "the pause"
    )
    return burn_in


@situation("A reboot in the middle of a pass gives the drives each other's names.")
async def rebooted(bench: Bench) -> None:
    """Go on at the last verified range, on the right drive."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await bench.midway(program)
    before = bench.target.name
    bench.nas.commands.kill_all()
    bench.go_on()
    await bench.debug("reboot")
    assert bench.target.name != before
    await program.restart()
    burn_in = await program.final(burn_in.id)
    passed(bench, burn_in, again=1)
    assert burn_in.device == bench.target.name


@situation("Two drives are written to when a reboot gives them each other's names.")
async def rebooted_with_two(bench: Bench) -> None:
    """Go on with each pass on its own drive."""
    bench.fair_game(bench.target, bench.bystander)
    program = await bench.program()
    one = await bench.midway(program)
    two = await bench.midway(program, bench.bystander)
    bench.nas.commands.kill_all()
    bench.go_on()
    await bench.debug("reboot")
    bench.exchange_names()
    passed(bench, await program.final(one.id), again=1)
    bench.target = bench.bystander
    passed(bench, await program.final(two.id), again=1)


@situation("The drive is swapped in its bay between two ranges.")
async def swapped_in_the_bay(bench: Bench) -> None:
    """Miss the drive that is held; what has its name is another."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, bench.swap_in_the_bay)
    ended(burn_in, BurnInState.INCONCLUSIVE, "disappeared")


@situation("The drive is unplugged in the middle and a known one takes its name.")
async def another_takes_its_name(bench: Bench) -> None:
    """Miss the drive that is held; what has its name is another."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await bench.midway(program)
    bench.target.present = False
    bench.bystander.name = bench.target.name
    bench.go_on()
    await bench.until_still()
    (status,) = bench.agent_says().values()
    assert status.state is AgentState.INTERRUPTED
    assert status.reason is not None
    assert status.reason.code == "drive_vanished"
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "disappeared")


@situation("Two drives exchange their names in the middle, without a reboot.")
async def names_exchanged(bench: Bench) -> None:
    """Follow the drive, never its name."""
    bench.fair_game()
    program = await bench.program()
    before = bench.target.name
    burn_in = await interfered(bench, program, bench.exchange_names)
    passed(bench, burn_in, again=1)
    assert burn_in.device == bench.target.name != before


@situation("A pool is to be made of the drive while it is written to.")
async def a_pool_is_made_meanwhile(bench: Bench) -> None:
    """Hold the drive, so that the NAS cannot have it."""
    bench.fair_game()
    program = await bench.program()

    def make() -> None:
        with pytest.raises(OSError, match="busy"):
            bench.world.join_pool(bench.target, "tank")

    passed(bench, await interfered(bench, program, make))
    bench.world.join_pool(bench.target, "tank")


@situation("The NAS says that the drive joined a pool while it is written to.")
async def joins_a_pool_in_the_middle(bench: Bench) -> None:
    """Let go of it at once, even of one that hangs."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await bench.midway(program)
    written = bench.target.writes
    bench.target.pool = "tank"
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "pool tank")
    assert bench.held_names() == set()
    assert bench.jobs() == []
    assert bench.target.writes == written


@situation("The drive joins a pool while its burn-in is paused.", speed=SLOW)
async def joins_a_pool_while_paused(bench: Bench) -> None:
    """Do not go on: what is in use is never forced."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await paused(bench, program)
    written = bench.target.writes
    bench.target.pool = "tank"
    await program.runner.resume(burn_in.id, "mia")
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "pool tank")
    assert bench.target.writes == written


@situation("The worker is killed, and the drive swapped before it is taken up again.")
async def killed_then_swapped(bench: Bench) -> None:
    """Ask everything again before a pass is taken up."""

    def kill() -> None:
        bench.nas.commands.kill_all()
        bench.swap_in_the_bay()

    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, kill)
    ended(burn_in, BurnInState.INCONCLUSIVE, "disappeared")


@situation("The drive is swapped while its burn-in is paused.", speed=SLOW)
async def swapped_while_paused(bench: Bench) -> None:
    """Hold the drive open, pauses included, and miss it afterwards."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await paused(bench, program)
    bench.swap_under_the_writer()
    await program.runner.resume(burn_in.id, "mia")
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "disappeared")


@situation("Home Assistant dies between intent and start; the drives are renamed.")
async def died_before_the_start(bench: Bench) -> None:
    """Disbelieve the name in the ledger."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    program.before_the_start(lambda: bench.world.faults.set({"drop": True}))
    await program.until(lambda: bench.world.faults.drop, "the intent")
    await program.crash()
    bench.nas.commands.kill_all()
    bench.world.faults.set({"drop": False})
    await bench.debug("reboot")
    await program.start()
    passed(bench, await program.final(burn_in.id), again=1)


@situation("The drive is swapped in its bay, then the burn-in is retried.")
async def retried_after_a_swap(bench: Bench) -> None:
    """Retry the drive, not its bay, whichever serial is confirmed."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, bench.swap_in_the_bay)
    new = bench.world.drives[-1]
    attempt = program.retry(burn_in.id, bench.target.serial, new.serial)
    assert await refused(program, attempt) == {"drive_absent"}
    assert (await program.ledger.get(burn_in.id)) == burn_in
