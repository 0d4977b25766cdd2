"""A clock that jumps by a day changes no verdict."""

from datetime import timedelta

import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun

from .bench import Bench
from .situations.kind import passed

A_DAY = 86_400


@pytest.mark.parametrize("jump", [A_DAY, -A_DAY], ids=["ahead", "back"])
async def test_our_clock(bench: Bench, jump: int) -> None:
    """Neither silence nor stall is judged by it alone."""
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    program.clock.time += timedelta(seconds=jump)
    burn_in = await program.final(burn_in.id)
    passed(bench, burn_in)
    assert await program.ledger.verify_audit() is None


@pytest.mark.parametrize("jump", [A_DAY, -A_DAY], ids=["ahead", "back"])
async def test_clock_of_the_nas(bench: Bench, jump: int) -> None:
    """Seconds of a range may be odd, but never negative, and nothing fails."""
    offset = bench.folder / "offset"
    offset.write_text("0")
    real = "/bin/date"
    bench.replace(
        "date",
        f'[ "$*" = +%s ] || exec {real} "$@"\necho $(($({real} +%s) + $(cat {offset})))',
    )
    program = await bench.program()
    burn_in = await program.submit(bench.target)
    await program.writing(burn_in.id)
    await bench.between_ranges(lambda: offset.write_text(str(jump)))
    burn_in = await program.final(burn_in.id)
    passed(bench, burn_in)
    (surface,) = [stage for stage in burn_in.stages if stage.kind.destructive]
    run = surface.found(SurfaceRun)
    assert run is not None
    assert all(result.seconds >= 0 for result in run.results)
