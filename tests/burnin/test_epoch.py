"""A record of burn-ins that is older than what the NAS has seen overwrites nothing."""

import pytest

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import BurnInState, HoldReason
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    ConnectionFailed,
)
from custom_components.truenas_burnin.truenas.surface import Epoch, Why

from ..said import said
from .fakes import NAS_ID, Bench, a_drive
from .test_runner import SURFACE, submit

OURS = "a" * 32


def state(bench: Bench, number: int = 1) -> BurnInState:
    """Return the state of a drive's burn-in."""
    return bench.runner.burn_ins[a_drive(number).identifier].state


async def test_every_destructive_start_counts() -> None:
    """In the commit before it."""
    bench = Bench(a_drive(1), a_drive(2))
    await submit(bench, SURFACE, 1, 2)
    await bench.cycle()
    assert bench.ledger.at.number == 2
    assert max(plan.ledger.number for plan in bench.nas.plans) == 2


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (Epoch(id=OURS, number=5), "the NAS has seen newer burn-in records"),
        (Epoch(id="b" * 32, number=0), "the NAS follows other burn-in records"),
    ],
)
async def test_a_restored_record_overwrites_nothing(known: Epoch, words: str) -> None:
    """What is queued loses its confirmation; a person decides which record counts."""
    bench = Bench(a_drive(1), a_drive(2), max_parallel=1)
    await submit(bench, SURFACE, 1, 2)
    bench.nas.obeyed = known
    await bench.cycle(3)
    assert bench.nas.plans == []
    assert bench.ledger.at.number == 0
    first, second = (bench.runner.burn_ins[a_drive(n).identifier] for n in (1, 2))
    assert (first.state, second.state) == (
        BurnInState.INCONCLUSIVE,
        BurnInState.CANCELLED,
    )
    assert said(first).startswith(words)
    assert "newer burn-in records" in said(second)
    assert bench.runner.holds == {HoldReason.LEDGER_OUTDATED}
    with pytest.raises(GateRefused) as caught:
        await submit(bench, SURFACE, 2)
    (found,) = caught.value.refusals.values()
    assert [reason.key for reason in found] == ["confirmation_outdated"]


async def test_a_start_that_was_overtaken() -> None:
    """It comes after a later one of the same record: it is asked for once more."""
    bench = Bench(a_drive())
    bench.nas.obeyed = Epoch(id=OURS, number=0)
    await submit(bench, SURFACE)
    bench.nas.fail["start_surface"] = AgentFailed("start", Why(code="ledger_older"))
    await bench.cycle()
    assert bench.runner.holds == frozenset()
    del bench.nas.fail["start_surface"]
    await bench.cycle(2)
    assert state(bench) is BurnInState.RUNNING
    assert bench.nas.plans


async def test_a_system_that_knows_no_record_refuses() -> None:
    """Whatever that means, a person decides."""
    bench = Bench(a_drive())
    await submit(bench, SURFACE)
    bench.nas.fail["start_surface"] = AgentFailed("start", Why(code="ledger_older"))
    await bench.cycle(2)
    assert bench.runner.holds == {HoldReason.LEDGER_OUTDATED}


async def test_the_system_is_asked_before_the_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another start may count and be told of while this one is being checked."""
    bench = Bench(a_drive())
    await submit(bench, SURFACE)
    epoch = bench.nas.epoch

    async def overtaken() -> Epoch | None:
        await epoch()
        bench.ledger.at = Epoch(id=OURS, number=3)
        return bench.ledger.at

    monkeypatch.setattr(bench.nas, "epoch", overtaken)
    await bench.cycle(2)
    assert state(bench) is BurnInState.RUNNING
    assert bench.nas.plans


async def test_the_hold_outlives_a_restart() -> None:
    """Until a person decides."""
    bench = Bench(a_drive())
    await submit(bench, SURFACE)
    bench.nas.obeyed = Epoch(id=OURS, number=5)
    await bench.cycle(2)
    await bench.restarted().load()
    assert bench.runner.holds == {HoldReason.LEDGER_OUTDATED}


async def test_a_person_decides_for_this_record() -> None:
    """The NAS obeys it from then on, and burn-ins can be started again."""
    bench = Bench(a_drive())
    await submit(bench, SURFACE)
    bench.nas.obeyed = Epoch(id="b" * 32, number=7)
    await bench.cycle(2)
    bench.nas.fail["obey"] = ConnectionFailed("gone")
    with pytest.raises(ConnectionFailed):
        await bench.runner.obey("me")
    assert bench.runner.holds
    del bench.nas.fail["obey"]
    await bench.runner.obey("me")
    assert not bench.runner.holds
    assert bench.nas.obeyed == bench.ledger.at
    await submit(bench, SURFACE)
    await bench.cycle(2)
    assert len(bench.nas.plans) == 1


async def test_what_runs_is_not_touched() -> None:
    """It was begun by whoever the NAS obeyed then."""
    bench = Bench(a_drive(1), a_drive(2), max_parallel=2)
    await submit(bench, SURFACE, 1)
    await bench.cycle(2)
    bench.nas.obeyed = Epoch(id=OURS, number=9)
    await submit(bench, SURFACE, 2)
    await bench.cycle(3)
    assert state(bench, 1) is BurnInState.RUNNING
    assert state(bench, 2) is BurnInState.INCONCLUSIVE


async def test_a_copy_begins_nothing_that_was_confirmed() -> None:
    """Neither what is queued nor the next stage of what runs, until a person decides."""
    bench = Bench(a_drive(1), a_drive(2), max_parallel=1)
    await submit(bench, plan_of(Profile.FULL), 1, 2)
    await bench.cycle()
    assert (state(bench, 1), state(bench, 2)) == (
        BurnInState.RUNNING,
        BurnInState.QUEUED,
    )
    await bench.ledger.set_hold(NAS_ID, True, None, HoldReason.LEDGER_OUTDATED)
    await bench.restarted().load()
    assert state(bench, 2) is BurnInState.CANCELLED
    assert said(bench.runner.burn_ins[a_drive(2).identifier]).startswith("this NAS")
    for _ in range(2):
        bench.nas.finish_test("SER001")
        await bench.cycle()
    await bench.cycle(3)
    assert state(bench, 1) is BurnInState.INCONCLUSIVE
    assert bench.nas.plans == []
