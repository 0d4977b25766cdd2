"""Somebody asks for the wrong drive, or for one that cannot be told apart."""

import asyncio

from custom_components.truenas_burnin.burnin.gate import GateRefused

from ..bench import Bench, a_mock_drive
from .kind import passed, refused, situation


@situation("The drive is in an imported pool.")
async def in_an_imported_pool(bench: Bench) -> None:
    """Refused by the gate."""
    bench.target.pool = "tank"
    program = await bench.program()
    assert await refused(program, bench.target) == {"drive_in_pool"}


@situation("The NAS boots from the drive.")
async def boot_drive(bench: Bench) -> None:
    """Refused by the gate."""
    bench.target.boot, bench.target.pool = True, "freenas-boot"
    program = await bench.program()
    assert await refused(program, bench.target) == {"drive_is_boot"}


@situation("Of a batch of two drives one is in a pool: neither is started.")
async def one_of_a_batch_in_a_pool(bench: Bench) -> None:
    """All or none."""
    bench.bystander.pool = "tank"
    program = await bench.program()
    assert await refused(program, bench.target, bench.bystander) == {"drive_in_pool"}


@situation("Two connected drives report the same serial number.")
async def duplicate_serials(bench: Bench) -> None:
    """Refused by the gate, for both."""
    twin = bench.connect(a_mock_drive(9, serial=bench.target.serial))
    program = await bench.program()
    assert await refused(program, bench.target) == {"duplicate_serial"}
    assert await refused(program, twin) == {"duplicate_serial"}


@situation(
    "The drive reports no serial number.", drives=lambda: (a_mock_drive(9, serial=""),)
)
async def no_serial(bench: Bench) -> None:
    """Refused by the gate."""
    program = await bench.program()
    keys = await refused(program, bench.world.drives[-1], confirmed=frozenset({""}))
    assert keys == {"drive_without_serial"}


@situation("Nobody confirmed the drive.")
async def not_confirmed(bench: Bench) -> None:
    """Refused by the gate."""
    program = await bench.program()
    keys = await refused(program, bench.target, confirmed=frozenset())
    assert keys == {"not_confirmed"}


@situation("The serial number was mistyped.")
async def mistyped_serial(bench: Bench) -> None:
    """Refused by the gate: equal, not nearly so."""
    program = await bench.program()
    typed = bench.target.serial.lower()
    keys = await refused(program, bench.target, confirmed=frozenset({typed}))
    assert keys == {"not_confirmed"}


@situation("The serial number of another drive was confirmed.")
async def serial_of_another_drive(bench: Bench) -> None:
    """Refused by the gate."""
    program = await bench.program()
    typed = bench.bystander.serial
    keys = await refused(program, bench.target, confirmed=frozenset({typed}))
    assert keys == {"not_confirmed"}


@situation("Start is pressed twice.")
async def pressed_twice(bench: Bench) -> None:
    """One burn-in, one job, every range once."""
    program = await bench.program()
    fleet = await program.client.fleet()
    found = await asyncio.gather(
        program.submit(bench.target, fleet=fleet),
        program.submit(bench.target, fleet=fleet),
        return_exceptions=True,
    )
    started = [item for item in found if not isinstance(item, BaseException)]
    (denied,) = [item for item in found if isinstance(item, GateRefused)]
    (refusal,) = denied.refusals[bench.target.identifier]
    assert refusal.key == "burn_in_active"
    bench.fair_game()
    passed(bench, await program.final(started[0].id))


@situation("The drive was taken for another since the page was loaded.")
async def chosen_on_an_old_page(bench: Bench) -> None:
    """What a person saw is gone; nothing takes its place."""
    program = await bench.program()
    seen = await program.client.fleet()
    bench.swap_in_the_bay()
    burn_in = await program.submit(bench.target, fleet=seen)
    burn_in = await program.final(burn_in.id)
    assert "no longer connected" in str(burn_in.reason)
