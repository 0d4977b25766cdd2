"""A drive that somebody takes into use while it is written to is let go of at once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed
from custom_components.truenas_burnin.truenas.models import JobState
from custom_components.truenas_burnin.truenas.surface import AgentState

from ..said import said
from .fakes import Bench, a_drive
from .test_runner import DRIVE, SURFACE, current, submit, to_surface
from .test_wipe import WriteOnly

TAKEN: list[tuple[dict[str, Any], str]] = [
    ({"pool": "tank", "unused": False}, "ada1 belongs to the pool tank"),
    (
        {"exported_pool": "old", "unused": False},
        "ada1 belongs to the exported pool old; its data would be lost",
    ),
    ({"boot": True, "unused": False}, "ada1 is a boot drive of the NAS"),
    ({"used_by": "VM 3"}, "ada1 is in use by VM 3"),
]


@pytest.mark.parametrize(("change", "reason"), TAKEN)
async def test_the_pass_is_stopped(change: dict[str, Any], reason: str) -> None:
    """In the middle of a range, which would go on for most of an hour."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await bench.cycle()
    token = bench.nas.plans[0].token
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, **change)
    await bench.cycle()
    assert bench.nas.calls_of("stop_surface") == [f"stop_surface {token}"]
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert said(current(bench)) == reason


async def test_a_stop_that_does_not_get_through_is_tried_again() -> None:
    """The burn-in has not ended before the writing has."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, pool="tank", unused=False)
    bench.nas.fail["stop_surface"] = ConnectionFailed("gone")
    await bench.cycle(3)
    assert current(bench).state is BurnInState.RUNNING
    del bench.nas.fail["stop_surface"]
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE


async def test_in_use_without_a_user_is_the_pass_itself() -> None:
    """The NAS says of a drive that is written to that it is in use."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, unused=False)
    await bench.cycle(3)
    assert current(bench).state is BurnInState.RUNNING
    assert bench.nas.calls_of("stop_surface") == []


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"state": AgentState.PASSED, "done": 256}, BurnInState.PASSED),
        ({"state": AgentState.FAILED}, BurnInState.FAILED),
    ],
)
async def test_a_pass_that_had_ended_before_counts(
    changes: dict[str, Any], state: BurnInState
) -> None:
    """Home Assistant was away, and somebody made a pool of the finished drive."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(**changes)
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, pool="tank", unused=False)
    await bench.cycle()
    assert current(bench).state is state


async def test_a_wipe_is_aborted() -> None:
    """Also where the NAS writes by itself."""
    bench = WriteOnly()
    await bench.begun()
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, pool="tank", unused=False)
    await bench.cycle()
    assert [job.state for job in bench.nas.wipes] == [JobState.ABORTED]
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert said(current(bench)) == "ada1 belongs to the pool tank"


async def test_what_a_person_ends_meanwhile_is_ended_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one before it in the queue took its time."""
    drives = (DRIVE, a_drive(2))
    bench = Bench(*drives, max_parallel=1)
    await submit(bench, SURFACE, 1, 2)
    second = bench.runner.burn_ins[drives[1].identifier]
    for drive in drives:
        bench.nas.drives[drive.identifier] = replace(drive, pool="tank", unused=False)
    keep = bench.ledger.commit
    waiting = []

    async def slow(*args: Any, **kwargs: Any) -> None:
        monkeypatch.undo()
        cancel = bench.runner.cancel(second.id, "mia")
        waiting.append(asyncio.ensure_future(cancel))
        await asyncio.sleep(0)  # it waits for its turn at the ledger now
        await keep(*args, **kwargs)

    monkeypatch.setattr(bench.ledger, "commit", slow)
    await bench.cycle()
    (cancelling,) = waiting
    await cancelling
    ended = bench.runner.burn_ins[drives[1].identifier]
    assert ended.state is BurnInState.CANCELLED
    assert "tank" not in said(ended)
