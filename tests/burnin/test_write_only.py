"""A key that may not run commands: what then is done, and what is said of it."""

from dataclasses import replace
from typing import override

import pytest

from custom_components.truenas_burnin.burnin import stages
from custom_components.truenas_burnin.burnin.evidence import Evidence, WipeRun
from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
)
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.ports import Nas
from custom_components.truenas_burnin.burnin.stages import Context, StageRunner, Step
from custom_components.truenas_burnin.burnin.stages.base import passed
from custom_components.truenas_burnin.truenas.errors import NotAuthorized
from custom_components.truenas_burnin.truenas.models import Drive, WipeMode

from .fakes import SYSTEM, Bench
from .test_runner import DRIVE, SURFACE, current, submit

WIPER = replace(SYSTEM, commands=False, wipe=True)


class Wipe(StageRunner):
    """Writes and does not read back."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        return WipeRun(mode=WipeMode.FULL, device=ctx.drive.name)

    @override
    async def begin(self, ctx: Context) -> Step:
        return Step(stage=replace(ctx.stage, reference="17"))

    @override
    async def poll(self, ctx: Context) -> Step:
        return Step(stage=passed(ctx))

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Nothing to stop."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a NAS whose key may wipe only."""
    monkeypatch.setitem(stages.WRITE_ONLY, StageKind.SURFACE_VALIDATE, Wipe())
    bench = Bench(DRIVE)
    bench.nas.system = WIPER
    return bench


def keys(burn_in: BurnIn) -> list[str]:
    """Return the keys of the findings."""
    return [finding.key for finding in burn_in.findings]


async def test_a_wipe_passes_and_says_that_it_verified_nothing(bench: Bench) -> None:
    """SMART is read where it can be."""
    await submit(bench, SURFACE)
    await bench.cycle()
    assert not current(bench).verified
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED
    assert keys(current(bench)) == ["not_verified"]
    assert bench.nas.calls_of("start_surface") == []
    assert bench.nas.calls_of("self_test_log") == []


async def test_without_smart(bench: Bench) -> None:
    """It says that too."""
    bench.nas.fail["smart"] = NotAuthorized("no")
    await submit(bench, SURFACE)
    await bench.cycle(2)
    assert current(bench).state is BurnInState.PASSED
    assert keys(current(bench)) == ["not_verified", "no_smart"]


async def test_a_stage_stays_with_how_it_began(bench: Bench) -> None:
    """A better key meanwhile does not start a second writer."""
    await submit(bench, SURFACE)
    await bench.cycle()
    bench.nas.system = SYSTEM
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED
    assert bench.nas.requests == []


async def test_self_tests_are_refused(bench: Bench) -> None:
    """They are left to a key that may command."""
    with pytest.raises(GateRefused) as caught:
        await submit(bench, plan_of(Profile.FULL))
    (refusal,) = caught.value.refusals[DRIVE.identifier]
    assert refusal.key == "self_tests_need_commands"


async def test_a_key_that_may_command_needs_its_smart() -> None:
    """A refusal there is odd, and tried again."""
    bench = Bench(DRIVE)
    bench.nas.fail["smart"] = NotAuthorized("no")
    await submit(bench, SURFACE)
    await bench.cycle(75)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
