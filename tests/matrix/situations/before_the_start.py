"""Somebody asks for the wrong drive, or for one that cannot be told apart."""

import asyncio

from custom_components.truenas_burnin.burnin.gate import GateRefused

from ..bench import Bench, a_mock_drive
from .kind import passed, refused, situation


@situation("The drive is in an imported pool.")
async def in_an_imported_pool(bench: Bench) -> None:
    """Refuse by the gate."""
    bench.target.pool = "tank"
    program = await bench.program()
    assert await refused(program, program.submit(bench.target)) == {"drive_in_pool"}


@situation("The NAS boots from the drive.")
async def boot_drive(bench: Bench) -> None:
    """Refuse by the gate."""
    bench.target.boot, bench.target.pool = True, "freenas-boot"
    program = await bench.program()
    assert await refused(program, program.submit(bench.target)) == {"drive_is_boot"}


@situation("The drive is in an exported pool.", profile="scale-24.10")
async def in_an_exported_pool(bench: Bench) -> None:
    """Refuse by the gate, where the generation tells of exported pools."""
    bench.target.exported_pool = "attic"
    program = await bench.program()
    keys = await refused(program, program.submit(bench.target))
    assert keys == {"drive_in_exported_pool"}


@situation("An iSCSI extent serves the drive.", profile="scale-25.04")
async def behind_an_extent(bench: Bench) -> None:
    """Refuse by the gate."""
    bench.target.extent = True
    program = await bench.program()
    assert await refused(program, program.submit(bench.target)) == {"drive_used_by"}


@situation("A virtual machine has the drive.", profile="scale-25.10")
async def of_a_virtual_machine(bench: Bench) -> None:
    """Refuse by the gate."""
    bench.target.vm = True
    program = await bench.program()
    assert await refused(program, program.submit(bench.target)) == {"drive_used_by"}


@situation("Of a batch of two drives one is in a pool: neither is started.")
async def one_of_a_batch_in_a_pool(bench: Bench) -> None:
    """Start all or none."""
    bench.bystander.pool = "tank"
    program = await bench.program()
    assert await refused(program, program.submit(bench.target, bench.bystander)) == {
        "drive_in_pool"
    }


@situation("Two connected drives report the same serial number.")
async def duplicate_serials(bench: Bench) -> None:
    """Refuse both by the gate."""
    twin = bench.connect(a_mock_drive(9, serial=bench.target.serial, lunid=None))
    program = await bench.program()
    assert await refused(program, program.submit(bench.target)) == {"duplicate_serial"}
    assert await refused(program, program.submit(twin)) == {"duplicate_serial"}


@situation(
    "The drive reports no serial number.", drives=lambda: (a_mock_drive(9, serial=""),)
)
async def no_serial(bench: Bench) -> None:
    """Refuse by the gate."""
    program = await bench.program()
    attempt = program.submit(bench.world.drives[-1], confirmed=frozenset({""}))
    assert await refused(program, attempt) == {"drive_without_serial"}


@situation("Nobody confirmed the drive.")
async def not_confirmed(bench: Bench) -> None:
    """Refuse by the gate."""
    program = await bench.program()
    attempt = program.submit(bench.target, confirmed=frozenset())
    assert await refused(program, attempt) == {"not_confirmed"}


@situation("The serial number was mistyped.")
async def mistyped_serial(bench: Bench) -> None:
    """Refuse what is nearly equal."""
    program = await bench.program()
    typed = bench.target.serial.lower()
    attempt = program.submit(bench.target, confirmed=frozenset({typed}))
    assert await refused(program, attempt) == {"not_confirmed"}


@situation("The serial number of another drive was confirmed.")
async def serial_of_another_drive(bench: Bench) -> None:
    """Refuse by the gate."""
    program = await bench.program()
    typed = bench.bystander.serial
    attempt = program.submit(bench.target, confirmed=frozenset({typed}))
    assert await refused(program, attempt) == {"not_confirmed"}


@situation("Start is pressed twice.")
async def pressed_twice(bench: Bench) -> None:
    """Start one burn-in with one job that writes every range once."""
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


@situation("The drive was replaced since the page was loaded.")
async def chosen_on_an_old_page(bench: Bench) -> None:
    """Put nothing in the place of the drive that a person saw."""
    program = await bench.program()
    seen = await program.client.fleet()
    bench.swap_in_the_bay()
    attempt = program.submit(bench.target, fleet=seen)
    assert await refused(program, attempt) == {"another_drive"}
