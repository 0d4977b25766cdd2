"""A person's wish to cancel is kept until it is carried out, or given up."""

import asyncio
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState, StageKind
from custom_components.truenas_burnin.burnin.ports import LedgerError, RunnerClosed
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    ConnectionFailed,
)
from custom_components.truenas_burnin.truenas.surface import AgentState, Why

from ..said import said
from .fakes import Bench, a_drive
from .test_runner import (
    DRIVE,
    SMART,
    SURFACE,
    current,
    stage_states,
    submit,
    to_surface,
)

AWAY = ConnectionFailed("no route")
STUCK = AgentFailed("stop", Why(code="still_running"))


async def asked(bench: Bench) -> BurnInState:
    """Let a person cancel; return how that left the burn-in."""
    after = await bench.runner.cancel(current(bench).id, "mia")
    assert after is not None
    assert after == current(bench) == bench.ledger.kept[after.id]
    return after.state


async def test_the_wish_comes_before_the_act() -> None:
    """It is kept first, with who asked, and then carried out."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    assert await asked(bench) is BurnInState.CANCELLED
    assert bench.ledger.events[-2:] == ["cancel_requested", "cancelled"]
    assert stage_states(current(bench))["surface_validate"] == "cancelled"


@pytest.mark.parametrize("restart", [False, True])
async def test_an_unreachable_nas_is_told_when_it_is_back(restart: bool) -> None:
    """Also after a restart of Home Assistant; meanwhile the wish is shown."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.down = AWAY
    assert await asked(bench) is BurnInState.CANCELLING
    assert await asked(bench) is BurnInState.CANCELLING
    assert bench.ledger.events.count("cancel_requested") == 1
    assert bench.runner.busy
    if restart:
        await bench.restarted().load()
    bench.nas.down = None
    await bench.cycle()
    assert current(bench).state is BurnInState.CANCELLED
    assert len(bench.nas.calls_of("stop_surface")) == 1
    assert bench.nas.jobs == {}


async def test_a_worker_that_does_not_end_is_asked_with_every_cycle() -> None:
    """It keeps its place: two writers at once would be one too many."""
    bench = Bench(DRIVE, a_drive(2), max_parallel=1)
    await submit(bench, SURFACE, 1, 2)
    await bench.cycle()
    bench.nas.fail["stop_surface"] = STUCK
    assert await asked(bench) is BurnInState.CANCELLING
    await bench.cycle(3)
    assert current(bench).state is BurnInState.CANCELLING
    assert len(bench.nas.plans) == 1
    del bench.nas.fail["stop_surface"]
    await bench.cycle(2)
    assert current(bench).state is BurnInState.CANCELLED
    assert [request.serial for request in bench.nas.plans] == ["SER001", "SER002"]


async def test_nothing_else_happens_to_what_is_being_cancelled() -> None:
    """A pass that ends meanwhile does not turn it into a success; nor is it steered."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await bench.runner.pause(current(bench).id, "mia")
    bench.nas.fail["stop_surface"] = STUCK
    assert await asked(bench) is BurnInState.CANCELLING
    assert current(bench).pause_reason is None
    assert await bench.runner.pause(current(bench).id, "leo") is None
    assert await bench.runner.resume(current(bench).id, "leo") is None
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    del bench.nas.fail["stop_surface"]
    await bench.cycle()
    assert current(bench).state is BurnInState.CANCELLED


async def test_a_drive_that_is_gone_can_be_cancelled_later() -> None:
    """The cycle stops the worker although it does not see the drive."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.down = AWAY
    await asked(bench)
    bench.nas.down = None
    del bench.nas.drives[DRIVE.identifier]
    await bench.cycle()
    assert current(bench).state is BurnInState.CANCELLED
    assert len(bench.nas.calls_of("stop_surface")) == 1


async def test_what_is_not_under_way_needs_no_nas() -> None:
    """Queued, or standing between two stages."""
    bench = Bench(DRIVE, a_drive(2))
    (queued, _) = await submit(bench, SMART, 1, 2)
    bench.nas.down = AWAY
    assert await asked(bench) is BurnInState.CANCELLED
    assert bench.ledger.events[-1] == "cancelled"
    assert queued.state is BurnInState.QUEUED


async def test_a_wish_that_cannot_be_kept_is_refused() -> None:
    """It would be forgotten with the next restart."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.ledger.broken = True
    with pytest.raises(LedgerError):
        await bench.runner.cancel(current(bench).id, "mia")
    assert current(bench).state is BurnInState.RUNNING
    assert bench.nas.calls_of("stop_surface") == []


async def test_giving_up_needs_no_nas() -> None:
    """It ends as unknown, and says what may still go on."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.down = AWAY
    assert await bench.runner.give_up(current(bench).id, "mia") is None
    await asked(bench)
    bench.nas.calls.clear()
    after = await bench.runner.give_up(current(bench).id, "mia")
    assert after == current(bench) == bench.ledger.kept[current(bench).id]
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "may still be writing to the drive" in said(current(bench))
    assert stage_states(current(bench))["surface_validate"] == "inconclusive"
    assert bench.ledger.events[-1] == "given_up"
    assert bench.nas.calls == []
    assert await bench.runner.give_up(current(bench).id, "mia") is None
    assert await bench.runner.give_up("no such id", "mia") is None


async def test_a_retry_ends_what_was_given_up() -> None:
    """The NAS is back and goes on with the old attempt: only one may write."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    token = bench.nas.plans[0].token
    bench.nas.down = AWAY
    await asked(bench)
    await bench.runner.give_up(current(bench).id, "mia")
    bench.nas.down = None
    await bench.runner.retry(
        current(bench).id,
        bench.nas.now(),
        confirmed=frozenset({DRIVE.serial}),
        actor="mia",
    )
    await bench.cycle()
    assert bench.nas.jobs[token].state is AgentState.STOPPED
    stage = current(bench).stage
    assert stage is not None
    assert (stage.kind, stage.replaces) == (StageKind.SURFACE_VALIDATE, token)
    assert bench.nas.jobs[str(stage.token)].state is AgentState.RUNNING


async def closed_while(bench: Bench, method: str, work: Any) -> Runner:
    """Close the runner while its work waits for the NAS; return the next runner."""
    reached, go_on = asyncio.Event(), asyncio.Event()
    original = getattr(bench.nas, method)

    async def slow(*args: Any) -> Any:
        result = await original(*args)
        reached.set()
        await go_on.wait()
        return result

    setattr(bench.nas, method, slow)
    task = asyncio.create_task(work)
    await reached.wait()
    await bench.runner.close()
    setattr(bench.nas, method, original)
    runner = bench.restarted()
    await runner.load()
    go_on.set()
    with pytest.raises(RunnerClosed):
        await task
    return runner


async def test_a_cancel_in_flight_over_a_reload() -> None:
    """The old runner ends nothing behind the new one's back, which carries it out."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    work = bench.runner.cancel(current(bench).id, "mia")
    await closed_while(bench, "stop_surface", work)
    assert bench.nas.calls_of("clean_surface") == []
    assert current(bench).state is BurnInState.CANCELLING
    await bench.cycle(2)
    assert current(bench).state is BurnInState.CANCELLED
    assert len(bench.nas.plans) == 1


async def test_a_start_in_flight_over_a_reload() -> None:
    """What the new runner does not know must not be in the ledger."""
    bench = Bench(DRIVE)
    runner = await closed_while(bench, "self_test_log", submit(bench, SURFACE))
    assert bench.ledger.kept == {}
    assert not runner.busy
    assert runner.ledger_trouble is None


async def test_a_closed_runner_keeps_nothing() -> None:
    """Neither what people ask for nor how far a pass has got."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await bench.runner.close()
    kept = dict(bench.ledger.kept)
    for wish in (
        bench.runner.pause(current(bench).id, "mia"),
        bench.runner.set_hold(True, "mia"),
    ):
        with pytest.raises(RunnerClosed):
            await wish
    bench.nas.set_job(state=AgentState.PAUSED, reason=Why(code="heat"))
    await bench.cycle(2)
    assert bench.ledger.kept == kept
    assert bench.ledger.held == set()
