"""A key that may not run commands: what then is done, and what is said of it."""

from dataclasses import replace
from typing import override

import pytest

from custom_components.truenas_burnin.burnin import stages
from custom_components.truenas_burnin.burnin.evidence import Evidence, WipeRun
from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState, Stage
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.ports import Nas
from custom_components.truenas_burnin.burnin.stages import Context, StageRunner, Step
from custom_components.truenas_burnin.burnin.stages.base import passed
from custom_components.truenas_burnin.truenas.errors import NotAuthorized
from custom_components.truenas_burnin.truenas.models import Drive

from .fakes import SYSTEM, Bench, a_drive
from .test_runner import DRIVE, SURFACE, current, submit

WIPER = replace(SYSTEM, commands=False, wipe=True)


class Wipe(StageRunner):
    """Writes and does not read back."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        return replace(ctx.evidence(WipeRun), device=ctx.drive.name)

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
    monkeypatch.setattr(stages, "WIPE", Wipe())
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
    assert bench.nas.plans == []


async def test_what_was_confirmed_as_verified_is_never_just_wiped() -> None:
    """A key that lost its rights meanwhile waits for them; nothing is given up."""
    bench = Bench(DRIVE, a_drive(2), max_parallel=1)
    await submit(bench, SURFACE, 1, 2)
    bench.nas.system = WIPER
    await bench.cycle(100)
    assert {item.state for item in bench.runner.burn_ins.values()} == {
        BurnInState.QUEUED
    }
    assert bench.nas.wipes == []
    bench.nas.system = SYSTEM
    await bench.cycle(2)
    assert current(bench).stage_under_way is not None
    assert (len(bench.nas.plans), bench.nas.wipes) == (1, [])


async def test_rights_that_go_between_two_stages_are_waited_for() -> None:
    """The stage that needs them begins once they are back."""
    bench = Bench(DRIVE)
    await submit(bench, plan_of(Profile.FULL))
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial)
    bench.nas.finish_test(DRIVE.serial)
    bench.nas.system = WIPER
    await bench.cycle(100)
    assert current(bench).state is BurnInState.RUNNING
    bench.nas.system = SYSTEM
    await bench.cycle()
    assert len(bench.nas.calls_of("start_self_test")) == 2


async def test_a_retry_does_not_change_the_method(bench: Bench) -> None:
    """What had to be verified still has to; a wipe stays one."""
    bench.nas.system = SYSTEM
    (verified,) = await submit(bench, SURFACE)
    await bench.runner.cancel(verified.id, "mia")
    bench.nas.system = WIPER
    with pytest.raises(GateRefused) as caught:
        await bench.runner.retry(
            verified.id,
            bench.nas.now(),
            confirmed=frozenset({DRIVE.serial}),
            actor="mia",
        )
    (refusal,) = caught.value.refusals[DRIVE.identifier]
    assert refusal.key == "no_command_rights"
    (wiping,) = await submit(bench, SURFACE)
    await bench.runner.cancel(wiping.id, "mia")
    bench.nas.system = SYSTEM
    again = await bench.runner.retry(
        wiping.id, bench.nas.now(), confirmed=frozenset({DRIVE.serial}), actor="mia"
    )
    assert not again.verified


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
