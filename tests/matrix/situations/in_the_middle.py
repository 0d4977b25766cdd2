"""The world changes while the agent writes."""

from collections.abc import Callable

from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.truenas.surface import AgentState

from ..bench import SPEED, Bench
from ..program import Program
from .kind import ended, passed, refused, situation

SLOW = SPEED / 5
VERY_SLOW = SPEED / 240
"""One pass over a range takes longer than the agent's watch needs to look again."""


async def interfered(
    bench: Bench, program: Program, then: Callable[[], object]
) -> BurnIn:
    """Start a pass, do something between two ranges, return how it ends.

    The program looks away meanwhile, so that it sees what there is afterwards.
    """
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await bench.between_ranges(then)
    return await program.final(burn_in.id)


@situation(
    "A reboot in the middle of a pass gives the drives each other's names.", speed=SLOW
)
async def rebooted(bench: Bench) -> None:
    """Go on at the last verified range, on the right drive."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    before = bench.target.name
    await bench.between_ranges(bench.nas.commands.kill_all)
    await bench.debug("reboot")
    assert bench.target.name != before
    await program.restart()
    burn_in = await program.final(burn_in.id)
    passed(bench, burn_in, again=1)
    assert burn_in.device == bench.target.name


@situation(
    "Two drives are written to when a reboot gives them each other's names.",
    speed=SLOW,
)
async def rebooted_with_two(bench: Bench) -> None:
    """Go on with each pass on its own drive."""
    bench.fair_game(bench.target, bench.bystander)
    program = await bench.program()
    one = await program.submit(bench.target)
    two = await program.submit(bench.bystander)
    await program.writing(one.id)
    await program.writing(two.id)
    await bench.between_ranges(bench.nas.commands.kill_all)
    await bench.debug("reboot")
    bench.exchange_names()
    passed(bench, await program.final(one.id), again=1)
    bench.target = bench.bystander
    passed(bench, await program.final(two.id), again=1)


@situation("The drive is swapped in its bay between two ranges.", speed=SLOW)
async def swapped_in_the_bay(bench: Bench) -> None:
    """Stop as the agent reads another serial number."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, bench.swap_in_the_bay)
    ended(burn_in, BurnInState.INCONCLUSIVE, "disappeared")


@situation(
    "The drive is unplugged in the middle and a known one takes its name.", speed=SLOW
)
async def another_takes_its_name(bench: Bench) -> None:
    """Stop as the agent reads another serial number."""

    def unplug() -> None:
        bench.target.present = False
        bench.bystander.name = bench.target.name

    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, unplug)
    ended(burn_in, BurnInState.INCONCLUSIVE, "disappeared")


@situation(
    "Two drives exchange their names in the middle, without a reboot.", speed=SLOW
)
async def names_exchanged(bench: Bench) -> None:
    """Stop rather than follow a name."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, bench.exchange_names)
    ended(burn_in, BurnInState.INCONCLUSIVE, "another drive")


@situation(
    "The drive joins a pool while a range is written.",
    profile="scale-25.04",
    speed=VERY_SLOW,
)
async def joins_a_pool_in_a_range(bench: Bench) -> None:
    """End the writer, though Home Assistant looks away."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    token = await program.writing(burn_in.id)
    await bench.in_a_range(lambda: bench.world.join_pool(bench.target, "tank"))
    written = bench.target.writes
    await bench.until_still()
    told = bench.agent_says()[token]
    assert told.state is AgentState.REFUSED
    assert told.reason is not None
    assert told.reason.code == "in_use"
    assert bench.target.writes == written
    burn_in = await program.final(burn_in.id)
    assert burn_in.state is BurnInState.INCONCLUSIVE
    assert bench.target.writes == written


@situation("The drive joins a pool between two ranges.", speed=SLOW)
async def joins_a_pool_between_ranges(bench: Bench) -> None:
    """Begin no other range: what is in use is never forced."""
    written: list[int] = []

    def join() -> None:
        bench.world.join_pool(bench.target, "tank")
        written.append(bench.target.writes)

    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, join)
    assert burn_in.state is BurnInState.INCONCLUSIVE
    assert bench.target.writes == written[0]


@situation(
    "The worker is killed, and the drive swapped before it is taken up again.",
    speed=SLOW,
)
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
    """Hold the drive open in a range, ask for its serial number before the next."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await program.runner.pause(burn_in.id, "mia")
    await program.until(
        lambda: program.burn_in(burn_in.id).state is BurnInState.PAUSED, "the pause"
    )
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


@situation("The drive is swapped in its bay, then the burn-in is retried.", speed=SLOW)
async def retried_after_a_swap(bench: Bench) -> None:
    """Retry the drive, not its bay, whichever serial is confirmed."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await interfered(bench, program, bench.swap_in_the_bay)
    new = bench.world.drives[-1]
    attempt = program.retry(burn_in.id, bench.target.serial, new.serial)
    assert await refused(program, attempt) == {"drive_absent"}
    assert (await program.ledger.get(burn_in.id)) == burn_in
