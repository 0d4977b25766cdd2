"""Who may start: the cap, the stagger, the hold and the order of the queue."""

import pytest

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import BurnInState, HoldReason
from custom_components.truenas_burnin.burnin.ports import LedgerError

from .fakes import NAS_ID, Bench, a_drive
from .test_runner import DRIVE, SMART, SURFACE, current, submit


def serials(bench: Bench) -> list[str]:
    """Return the serials of the surface jobs in the order of their starts."""
    return [request.serial for request in bench.nas.plans]


async def test_starts_are_staggered() -> None:
    """One every ten minutes, over a restart too."""
    bench = Bench(*map(a_drive, (1, 2, 3)), max_parallel=3, stagger=600)
    await submit(bench, SURFACE, 1, 2, 3)
    await bench.cycle(3)
    assert serials(bench) == ["SER001"]
    bench.restarted()
    await bench.runner.load()
    await bench.cycle(3)
    assert serials(bench) == ["SER001"]
    await bench.cycle(seconds=600)
    assert serials(bench) == ["SER001", "SER002"]
    await bench.cycle(seconds=600)
    assert serials(bench) == ["SER001", "SER002", "SER003"]


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_jumps_does_not_stop_the_queue(days: int) -> None:
    """A day either way."""
    bench = Bench(*map(a_drive, (1, 2)), stagger=600)
    await submit(bench, SURFACE, 1, 2)
    await bench.cycle()
    bench.clock.tick(days=days)
    await bench.cycle()
    assert serials(bench) == ["SER001", "SER002"]


async def test_the_cap_counts_what_is_paused() -> None:
    """And may be changed while the queue waits."""
    bench = Bench(*map(a_drive, (1, 2)), max_parallel=1)
    await submit(bench, SURFACE, 1, 2)
    await bench.cycle()
    await bench.runner.pause(current(bench).id, "mia")
    await bench.cycle(3)
    assert serials(bench) == ["SER001"]
    bench.runner.settings = type(bench.settings)(max_parallel=2)
    await bench.cycle()
    assert serials(bench) == ["SER001", "SER002"]


async def test_the_order_outlives_a_restart() -> None:
    """First come, first served, whatever happened between."""
    bench = Bench(*map(a_drive, (1, 2, 3)), max_parallel=1)
    for number in (2, 3, 1):
        await submit(bench, SURFACE, number)
    bench.restarted()
    await bench.runner.load()
    await bench.cycle()
    assert serials(bench) == ["SER002"]


async def test_a_hold_starts_nothing_and_stops_nothing() -> None:
    """It is kept over a restart, and refuses new ones."""
    bench = Bench(*map(a_drive, (1, 2)), max_parallel=1)
    await submit(bench, SURFACE, 1, 2)
    await bench.cycle()
    await bench.runner.set_hold(True, "mia")
    await bench.runner.cancel(current(bench).id, "mia")
    bench.restarted()
    await bench.runner.load()
    assert bench.runner.hold
    await bench.cycle(2)
    assert serials(bench) == ["SER001"]
    with pytest.raises(GateRefused) as caught:
        await submit(bench, SMART, 1)
    assert [item.key for item in caught.value.refusals[DRIVE.identifier]] == [
        "nas_on_hold"
    ]
    await bench.runner.set_hold(False, "mia")
    await bench.cycle()
    assert serials(bench) == ["SER001", "SER002"]


async def test_a_hold_that_cannot_be_kept_is_none() -> None:
    """The switch must not lie."""
    bench = Bench(DRIVE)
    bench.ledger.broken = True
    with pytest.raises(LedgerError):
        await bench.runner.set_hold(True, "mia")
    assert not bench.runner.hold


async def test_a_lost_ledger_holds_what_overwrites() -> None:
    """A self-test harms nothing, but nothing is started by itself."""
    bench = Bench(DRIVE)

    async def holds(nas_id: str) -> frozenset[HoldReason]:
        assert nas_id == NAS_ID
        return frozenset({HoldReason.LEDGER_LOST})

    bench.ledger.holds = holds  # type: ignore[method-assign]
    await bench.runner.load()
    assert not bench.runner.hold
    with pytest.raises(GateRefused) as caught:
        await submit(bench, SURFACE)
    (refusal,) = caught.value.refusals[DRIVE.identifier]
    assert refusal.key == "ledger_lost"
    await submit(bench, SMART)
    await bench.cycle()
    assert current(bench).state is BurnInState.QUEUED
