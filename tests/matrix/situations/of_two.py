"""There are two of something: programs, systems, replies."""

from custom_components.truenas_burnin.burnin.model import BurnInState

from ..bench import SPEED, Bench
from .kind import ended, passed, situation


@situation("Two Home Assistants start a burn-in of the same drive.", speed=SPEED / 5)
async def two_programs(bench: Bench) -> None:
    """Let the NAS obey one of them only."""
    bench.fair_game()
    first, second = await bench.program("a"), await bench.program("b")
    one = await first.submit(bench.target)
    two = await second.submit(bench.target)
    await first.writing(one.id)
    told = await second.final(two.id)
    ended(told, BurnInState.INCONCLUSIVE, "follows other burn-in records")
    passed(bench, await first.final(one.id))
    assert len(bench.jobs()) == 0


@situation("The reply to the start is lost.")
async def lost_reply(bench: Bench) -> None:
    """Ask the NAS what happened; do not start a second time."""
    bench.fair_game()
    program = await bench.program()
    bench.stop_midway(bench.target)
    burn_in = await program.submit(bench.target)
    program.before_the_start(lambda: bench.world.faults.set({"lose_replies": True}))
    await program.until(lambda: bench.world.faults.lose_replies, "the start")
    bench.world.faults.set({"lose_replies": False})
    await program.cycle()
    assert len(bench.jobs()) == 1
    await bench.until_midway(bench.target)
    bench.go_on()
    passed(bench, await program.final(burn_in.id))


@situation("Two systems have drives with equal serial numbers and names.")
async def equal_drives_on_two_systems(bench: Bench) -> None:
    """Keep to the one system."""
    other = await bench.second_nas()
    assert other.target.identifier == bench.target.identifier
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    passed(bench, await program.final(burn_in.id))
    assert other.jobs() == []
