"""The world changes between the plan and the first byte."""

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.plan import plan_from_stages

from ..bench import SIZE, Bench, a_mock_drive
from .kind import ended, passed, situation

TWO_PASSES = plan_from_stages(["io_validate", "surface_validate"])


@situation("The drive joins a pool while its burn-in is queued.")
async def joins_a_pool_while_queued(bench: Bench) -> None:
    """End at once: what was confirmed is no more."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.target.pool = "tank"
    ended(await program.final(burn_in.id), BurnInState.CANCELLED, "pool tank")


@situation("The drive becomes a boot drive while its burn-in is queued.")
async def becomes_boot(bench: Bench) -> None:
    """End at once: what was confirmed is no more."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.target.boot, bench.target.pool = True, "freenas-boot"
    ended(await program.final(burn_in.id), BurnInState.CANCELLED, "boot drive")


@situation(
    "A pool on the drive is exported while its burn-in is queued.",
    profile="scale-25.10",
)
async def exported_while_queued(bench: Bench) -> None:
    """End at the gate, which reads the labels, where the NAS tells of no change."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.target.exported_pool = "attic"
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "exported pool attic")


@situation("The drive joins a pool between two stages.")
async def joins_a_pool_between_stages(bench: Bench) -> None:
    """End before the second pass begins."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target, plan=TWO_PASSES)
    await program.writing(burn_in.id)
    await bench.until_still()
    written = bench.target.writes
    bench.target.pool = "tank"
    burn_in = await program.final(burn_in.id)
    ended(burn_in, BurnInState.INCONCLUSIVE, "pool tank")
    assert burn_in.stages[1].percent == 100.0
    assert bench.target.writes == written > 0


@situation("The drive has another size than when the burn-in was planned.")
async def size_changed(bench: Bench) -> None:
    """End, as the plan was for another drive."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.target.size = SIZE - 4096
    ended(await program.final(burn_in.id), BurnInState.CANCELLED, f"{SIZE - 4096:,}")


@situation("Another drive is in the bay, under the same name, before the start.")
async def swapped_before_the_start(bench: Bench) -> None:
    """Miss the planned drive, whatever has its name."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.swap_in_the_bay()
    ended(await program.final(burn_in.id), BurnInState.CANCELLED, "not connected")


@situation("A second drive with the same serial number is plugged in while queued.")
async def twin_appears(bench: Bench) -> None:
    """End, as nobody can tell any more which is meant."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    bench.connect(a_mock_drive(9, serial=bench.target.serial, lunid=None))
    ended(await program.final(burn_in.id), BurnInState.CANCELLED, "several drives")


@situation("A reboot gives the drives each other's names while queued.")
async def renamed(bench: Bench) -> None:
    """Go on with the right drive."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    before = bench.target.name
    await bench.debug("reboot")
    assert bench.target.name != before
    burn_in = await program.final(burn_in.id)
    passed(bench, burn_in)
    assert burn_in.device == bench.target.name


@situation("Drives exchange their names between the latest poll and the start.")
async def renamed_after_the_poll(bench: Bench) -> None:
    """Read the serial number in the command that would write."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    program.before_the_start(bench.exchange_names)
    burn_in = await program.final(burn_in.id)
    ended(
        burn_in, BurnInState.INCONCLUSIVE, "is not the one this burn-in was planned for"
    )


@situation("A cancelled burn-in's drive is replaced; the new one is not started.")
async def cancelled_then_replaced(bench: Bench) -> None:
    """Hand nothing on with the bay or the name."""
    bench.fair_game()
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await program.runner.cancel(burn_in.id, "mia")
    new = bench.swap_in_the_bay()
    await program.restart()
    for _ in range(5):
        await program.cycle()
    assert program.burn_in(burn_in.id).state is BurnInState.CANCELLED
    assert new.identifier not in program.runner.burn_ins
    assert bench.jobs() == []
