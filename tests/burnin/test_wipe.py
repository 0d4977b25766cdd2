"""Burn-ins with a key that may not run commands: written, not verified."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.stages.wipe import WipeStage
from custom_components.truenas_burnin.truenas.errors import (
    CallFailed,
    ConnectionFailed,
    NotAuthorized,
    OutcomeUnknown,
)
from custom_components.truenas_burnin.truenas.models import JobState, WipeMode

from ..said import said
from .fakes import SYSTEM, Bench, a_drive

DRIVE = a_drive()


class WriteOnly(Bench):
    """A bench whose NAS may be told to wipe, and nothing else."""

    def __init__(self) -> None:
        super().__init__(DRIVE)
        self.nas.system = replace(SYSTEM, commands=False, wipe=True)
        self.nas.fail["smart"] = NotAuthorized("filesystem.get")

    async def submit(self, profile: Profile = Profile.SURFACE) -> None:
        """Queue a confirmed burn-in."""
        await self.runner.submit(
            self.nas.now(),
            [DRIVE],
            plan_of(profile),
            confirmed=frozenset({DRIVE.serial}),
            actor="mia",
        )

    async def begun(self) -> None:
        """Start the burn-in up to its wipe."""
        await self.submit()
        await self.cycle()
        assert self.nas.calls_of("start_wipe") == ["start_wipe SER001 FULL"]

    def reboot(self) -> None:
        """Give the NAS another boot id, other names and no jobs."""
        self.nas.system = replace(self.nas.system, boot_id="boot-2")
        self.nas.wipes.clear()
        self.nas.drives[DRIVE.identifier] = replace(DRIVE, name="ada9")

    @property
    def burn_in(self) -> BurnIn:
        """Return the burn-in."""
        return self.runner.burn_ins[DRIVE.identifier]

    @property
    def wipe(self) -> Stage:
        """Return its surface stage."""
        stages = {stage.kind: stage for stage in self.burn_in.stages}
        return stages[StageKind.SURFACE_VALIDATE]


@pytest.fixture
def bench() -> WriteOnly:
    """Return a bench."""
    return WriteOnly()


async def test_a_whole_burn_in(bench: WriteOnly) -> None:
    """It passes, marked as not verified, without the agent."""
    await bench.begun()
    bench.nas.set_wipe(percent=42.0)
    await bench.cycle()
    assert (bench.wipe.state, bench.wipe.percent) == (StageState.RUNNING, 42.0)
    bench.nas.set_wipe(state=JobState.SUCCESS)
    await bench.cycle()
    assert bench.burn_in.state is BurnInState.PASSED
    assert not bench.burn_in.verified
    keys = [finding.key for finding in bench.burn_in.findings]
    assert keys == ["not_verified", "no_smart"]
    forbidden = {"self_test_log", "start_surface", "clean_surface"}
    assert {call.split()[0] for call in bench.nas.calls}.isdisjoint(forbidden)


async def test_a_key_that_may_do_all_by_now(bench: WriteOnly) -> None:
    """What was confirmed is what is done: written, not verified, and no other way."""
    await bench.submit()
    bench.nas.system = SYSTEM
    del bench.nas.fail["smart"]
    await bench.restarted().load()
    await bench.cycle(2)
    assert bench.nas.calls_of("start_wipe") == ["start_wipe SER001 FULL"]
    bench.nas.set_wipe(state=JobState.SUCCESS)
    await bench.cycle(2)
    assert bench.burn_in.state is BurnInState.PASSED
    assert not bench.burn_in.verified
    assert "not_verified" in [finding.key for finding in bench.burn_in.findings]
    assert bench.nas.calls_of("start_surface") == []


async def test_self_tests_are_refused(bench: WriteOnly) -> None:
    """They need commands; nothing is begun."""
    with pytest.raises(GateRefused):
        await bench.submit(Profile.QUICK)
    assert bench.nas.wipes == []


@pytest.mark.parametrize(
    ("state", "error", "outcome", "reason"),
    [
        (
            JobState.FAILED,
            "[Errno 5] EIO",
            BurnInState.FAILED,
            "couldn't write to the drive",
        ),
        (JobState.FAILED, None, BurnInState.FAILED, "couldn't write to the drive"),
        (
            JobState.FAILED,
            "[Errno 16] busy",
            BurnInState.INCONCLUSIVE,
            "ada1 is in use",
        ),
        (JobState.FAILED, "[Errno 6] gone", BurnInState.INCONCLUSIVE, "disappeared"),
        (JobState.ABORTED, None, BurnInState.INCONCLUSIVE, "stopped on the NAS"),
    ],
)
async def test_a_wipe_that_ends_otherwise(
    bench: WriteOnly,
    state: JobState,
    error: str | None,
    outcome: BurnInState,
    reason: str,
) -> None:
    """A write error is the drive's; a refusal and an abort say nothing about it."""
    await bench.begun()
    bench.nas.set_wipe(state=state, error=error)
    await bench.cycle()
    assert bench.burn_in.state is outcome
    assert reason in said(bench.burn_in)


async def test_a_lost_reply(bench: WriteOnly) -> None:
    """The job is found by what it writes, and not started twice."""
    bench.nas.fail["start_wipe"] = OutcomeUnknown("lost")
    await bench.begun()
    reference = bench.wipe.reference
    assert reference is None
    del bench.nas.fail["start_wipe"]
    await bench.cycle()
    assert bench.wipe.reference == "1"
    assert len(bench.nas.wipes) == 1


async def test_a_crash_between_intent_and_act(bench: WriteOnly) -> None:
    """Whether or not the wipe was begun, it is there once afterwards."""
    bench.nas.fail["start_wipe"] = OutcomeUnknown("lost")
    await bench.begun()
    del bench.nas.fail["start_wipe"]
    bench.restarted()
    await bench.runner.load()
    await bench.cycle()
    assert len(bench.nas.wipes) == 1
    assert bench.wipe.reference == "1"


async def test_a_foreign_wipe_is_not_ours(bench: WriteOnly) -> None:
    """One that was there before is left alone, and waited for if it runs."""
    await bench.nas.start_wipe(DRIVE, WipeMode.FULL)
    await bench.submit()
    await bench.cycle()
    assert bench.wipe.state is StageState.PENDING
    bench.nas.set_wipe(state=JobState.SUCCESS)
    await bench.cycle()
    assert bench.wipe.reference == "2"


async def test_a_middleware_that_forgets(bench: WriteOnly) -> None:
    """The wipe ended with it; its number may be another job's by now."""
    await bench.begun()
    bench.nas.wipes.clear()
    await bench.cycle()
    assert bench.wipe.attempt == 2
    assert bench.nas.calls_of("start_wipe") == ["start_wipe SER001 FULL"] * 2


@pytest.mark.parametrize("device", ["ada1", "ada7"])
async def test_a_job_that_only_has_our_number(bench: WriteOnly, device: str) -> None:
    """After a restart of the middleware job 1 may be any."""
    await bench.begun()
    (job,) = bench.nas.wipes
    other = replace(job, arguments=(device, "FULL"), started=job.started + 1)
    bench.nas.wipes[0] = replace(other, state=JobState.SUCCESS)
    await bench.cycle()
    assert bench.burn_in.state is BurnInState.RUNNING
    assert bench.wipe.reference == "2"
    assert bench.wipe.attempt == 2


async def test_a_reboot_that_renames(bench: WriteOnly) -> None:
    """No job is trusted under another boot id; the drive is found by its serial."""
    await bench.begun()
    foreign = bench.nas.wipes[0]
    bench.reboot()
    bench.nas.wipes.append(foreign)
    await bench.cycle()
    assert bench.wipe.attempt == 2
    assert bench.wipe.boot_id == "boot-2"
    assert bench.nas.wipes[-1].arguments == ("ada9", "FULL")


async def test_a_reboot_before_the_act(bench: WriteOnly) -> None:
    """What was prepared under the old boot is prepared again."""
    bench.nas.fail["start_wipe"] = ConnectionFailed("away")
    await bench.submit()
    await bench.cycle()
    del bench.nas.fail["start_wipe"]
    bench.reboot()
    await bench.cycle()
    assert bench.wipe.boot_id == "boot-2"
    assert bench.nas.wipes[-1].arguments == ("ada9", "FULL")


async def test_a_wipe_that_is_forgotten_for_ever(bench: WriteOnly) -> None:
    """In the end nobody knows."""
    await bench.begun()
    for _ in range(6):
        bench.nas.wipes.clear()
        await bench.cycle()
    assert bench.burn_in.state is BurnInState.INCONCLUSIVE
    assert "6 times" in said(bench.burn_in)


async def test_a_job_that_vanishes_at_once(
    bench: WriteOnly, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The middleware restarted between the start and the look."""

    async def nothing() -> tuple[()]:
        return ()

    monkeypatch.setattr(bench.nas, "wipe_jobs", nothing)
    await bench.submit()
    await bench.cycle(7)
    assert bench.burn_in.state is BurnInState.INCONCLUSIVE


async def test_refusals_of_the_nas(bench: WriteOnly) -> None:
    """A drive that is no longer where it was is not written to."""
    bench.nas.fail["start_wipe"] = CallFailed("disk.wipe", "no longer ada1")
    await bench.submit()
    await bench.cycle(76)
    assert bench.burn_in.state is BurnInState.INCONCLUSIVE
    assert "no longer ada1" in said(bench.burn_in)


async def test_the_gate_is_asked_again(bench: WriteOnly) -> None:
    """A pool made meanwhile stops it."""
    await bench.submit()
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, pool="tank", unused=False)
    await bench.cycle()
    assert bench.burn_in.state is BurnInState.CANCELLED
    assert "tank" in said(bench.burn_in)
    assert bench.nas.wipes == []


@pytest.mark.parametrize("lost", [False, True])
async def test_cancelling(bench: WriteOnly, lost: bool) -> None:
    """The job is aborted, also one whose start was not confirmed."""
    if lost:
        bench.nas.fail["start_wipe"] = OutcomeUnknown("lost")
    await bench.begun()
    await bench.runner.cancel(bench.burn_in.id, "mia")
    assert bench.burn_in.state is BurnInState.CANCELLED
    assert bench.nas.calls_of("abort_wipe") == ["abort_wipe 1"]


async def test_cancelling_what_is_over(bench: WriteOnly) -> None:
    """Nothing foreign is aborted: not after a reboot, not a job that has ended."""
    await bench.begun()
    bench.nas.set_wipe(state=JobState.SUCCESS)
    await bench.runner.cancel(bench.burn_in.id, "mia")
    assert bench.nas.calls_of("abort_wipe") == []


async def test_cancelling_after_a_reboot(bench: WriteOnly) -> None:
    """A job of the same number is not ours."""
    await bench.begun()
    foreign = bench.nas.wipes[0]
    bench.reboot()
    bench.nas.wipes.append(foreign)
    await bench.runner.cancel(bench.burn_in.id, "mia")
    assert bench.nas.calls_of("abort_wipe") == []


async def test_a_stage_that_is_no_wipe_has_no_job() -> None:
    """Whatever the NAS does, it is somebody else's."""
    bench = WriteOnly()
    await bench.submit()
    await bench.cycle(3)
    jobs = await bench.nas.wipe_jobs()
    assert jobs
    fleet = await bench.nas.fleet()
    stage = Stage(kind=StageKind.SURFACE_VALIDATE, boot_id=fleet.system.boot_id)
    await WipeStage().stop(bench.nas, stage, DRIVE)
    assert await bench.nas.wipe_jobs() == jobs
