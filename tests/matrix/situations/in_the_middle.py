"""The world changes while the agent writes."""

from custom_components.truenas_burnin.burnin.model import BurnInState

from ..bench import Bench
from .kind import ended, passed, situation


async def power_fails(bench: Bench) -> None:
    """Cut the power between two ranges; the drives come back with other names."""
    cut: list[int] = []

    def cut_it() -> None:
        bench.nas.commands.kill_all()
        cut.append(bench.target.writes)

    bench.when_writing(cut_it)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.until(lambda: bool(cut), "the power cut")
    await bench.debug("reboot")
    await program.restart()
    burn_in = await program.final(burn_in.id)
    passed(bench, burn_in, again=1)
    assert burn_in.device == bench.target.name


@situation("A reboot in the middle of a pass gives the drives each other's names.")
async def rebooted(bench: Bench) -> None:
    """The pass goes on at its last verified range, on the right drive."""
    bench.fair_game()
    before = bench.target.name
    await power_fails(bench)
    assert bench.target.name != before


@situation("The drive is swapped in its bay between two ranges.")
async def swapped_in_the_bay(bench: Bench) -> None:
    """The agent reads another serial number and stops."""
    bench.fair_game()
    bench.when_writing(bench.swap_in_the_bay)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), BurnInState.UNKNOWN, "no longer connected")


@situation("The drive is unplugged in the middle and a known one takes its name.")
async def another_takes_its_name(bench: Bench) -> None:
    """The agent reads another serial number and stops."""

    def unplug() -> None:
        bench.target.present = False
        bench.bystander.name = bench.target.name

    bench.fair_game()
    bench.when_writing(unplug)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), BurnInState.UNKNOWN, "no longer connected")


@situation("Two drives exchange their names in the middle, without a reboot.")
async def names_exchanged(bench: Bench) -> None:
    """The agent stops rather than to follow a name."""
    bench.fair_game()
    bench.when_writing(bench.exchange_names)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), BurnInState.FAILED, "serial_changed")


@situation("The drive joins a pool in the middle of a pass.")
async def joins_a_pool(bench: Bench) -> None:
    """Not a byte after that: the kernel's refusal is never overridden."""
    written: list[int] = []

    def join() -> None:
        bench.target.pool = "tank"
        written.append(bench.target.writes)

    bench.fair_game()
    bench.when_writing(join)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), BurnInState.FAILED, "in use")
    assert bench.target.writes == written[0]


@situation("The worker is killed, and the drive is swapped before it is taken up again.")
async def killed_then_swapped(bench: Bench) -> None:
    """Taking up an interrupted pass asks everything again."""

    def kill() -> None:
        bench.nas.commands.kill_all()
        bench.swap_in_the_bay()

    bench.fair_game()
    bench.when_writing(kill)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    ended(await program.final(burn_in.id), BurnInState.UNKNOWN, "no longer connected")


@situation("Home Assistant dies between intent and start, and the drives are renamed.")
async def died_before_the_start(bench: Bench) -> None:
    """The name in the ledger is not believed."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.world.faults.set({"drop": False})
    bench.checks.before(
        lambda: any(
            stage.token is not None and stage.kind.destructive
            for stage in program.burn_in(burn_in.id).stages
        ),
        lambda: bench.world.faults.set({"drop": True}),
    )
    await program.until(lambda: bench.world.faults.drop, "the intent")
    await program.crash()
    bench.nas.commands.kill_all()
    bench.world.faults.set({"drop": False})
    await bench.debug("reboot")
    await program.start()
    passed(bench, await program.final(burn_in.id), again=1)


@situation("Half the pass is done when the drive is replaced and retried.")
async def retried_after_a_swap(bench: Bench) -> None:
    """A retry is for the drive, not for the bay."""
    bench.fair_game()
    bench.when_writing(bench.swap_in_the_bay)
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.UNKNOWN)
