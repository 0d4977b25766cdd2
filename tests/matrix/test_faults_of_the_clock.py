"""A clock that jumps by a day changes no verdict."""

from datetime import timedelta

import pytest

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
