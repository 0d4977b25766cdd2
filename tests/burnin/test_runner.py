"""The runner from the queue to the verdict, with a NAS in memory."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.evidence import SurfaceRun
from custom_components.truenas_burnin.burnin.gate import GateRefused, identify
from custom_components.truenas_burnin.burnin.known import smart_of
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    PauseReason,
    StageKind,
    StageState,
    with_stage,
)
from custom_components.truenas_burnin.burnin.plan import (
    Plan,
    Profile,
    plan_from_stages,
    plan_of,
)
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.burnin.stages import STAGES, Context
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    CallFailed,
    ConnectionFailed,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import SelfTestLog, SelfTestStatus
from custom_components.truenas_burnin.truenas.surface import (
    Activity,
    AgentState,
    Cause,
    ContentItem,
    DriveUser,
    ErrorCounts,
    ErrorKind,
    ErrorRecord,
    JobStatus,
    SurfacePlan,
    Why,
)

from ..said import said
from .fakes import NAS_ID, Bench, StillClock, a_drive, a_report

DRIVE = a_drive()
FULL = plan_of(Profile.FULL)
SURFACE = plan_of(Profile.SURFACE)
SMART = plan_of(Profile.SMART)


async def submit(bench: Bench, plan: Plan = FULL, *numbers: int) -> tuple[BurnIn, ...]:
    """Queue confirmed burn-ins of drives by number, of the first by default."""
    drives = [a_drive(number) for number in numbers or (1,)]
    serials = frozenset(drive.serial for drive in drives)
    return await bench.runner.submit(
        bench.nas.now(), drives, plan, confirmed=serials, actor="mia"
    )


def current(bench: Bench) -> BurnIn:
    """Return the burn-in of the first drive."""
    return bench.runner.burn_ins[DRIVE.identifier]


def stage_states(burn_in: BurnIn) -> dict[str, str]:
    """Return state by kind."""
    return {str(stage.kind): str(stage.state) for stage in burn_in.stages}


async def to_surface(bench: Bench) -> None:
    """Bring a surface burn-in of the first drive to its running pass."""
    await submit(bench, SURFACE)
    await bench.cycle()
    assert len(bench.nas.jobs) == 1


async def test_a_full_burn_in_passes() -> None:
    """Every stage in turn, each effect once, the agent's folder removed."""
    bench = Bench(DRIVE)
    await submit(bench)
    await bench.cycle()
    assert current(bench).stage.kind is StageKind.SHORT_SMART  # type: ignore[union-attr]
    bench.nas.finish_test(DRIVE.serial)
    await bench.cycle()
    assert current(bench).stage.kind is StageKind.LONG_SMART  # type: ignore[union-attr]
    bench.nas.finish_test(DRIVE.serial, hours=13)
    await bench.cycle()
    assert current(bench).stage.kind is StageKind.SURFACE_VALIDATE  # type: ignore[union-attr]
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.PASSED
    assert ended.percent == 100.0
    assert set(stage_states(ended).values()) == {"passed"}
    assert len(bench.nas.calls_of("start_self_test")) == 2
    assert len(bench.nas.calls_of("start_surface")) == 1
    assert bench.nas.jobs == {}
    assert bench.ledger.kept[ended.id] == ended
    assert bench.ledger.events[0] == "queued"
    assert bench.ledger.events[-1] == "passed"
    assert not bench.runner.busy


async def test_intent_is_committed_before_the_act() -> None:
    """When the ledger cannot keep the intent, nothing is done."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    bench.ledger.broken = True
    await bench.cycle(3)
    assert bench.nas.calls_of("start_surface") == []
    assert current(bench).state is BurnInState.QUEUED
    bench.ledger.broken = False
    await bench.cycle()
    assert len(bench.nas.calls_of("start_surface")) == 1


async def test_a_crash_after_the_act_begins_it_once() -> None:
    """The reply is lost and the program dies: the token is taken up again."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    original = bench.nas.start_surface

    async def lose_reply(plan: SurfacePlan) -> JobStatus:
        await original(plan)
        raise OutcomeUnknown("lost")

    bench.nas.start_surface = lose_reply  # type: ignore[method-assign]
    await bench.cycle()
    bench.nas.start_surface = original  # type: ignore[method-assign]
    bench.restarted()
    await bench.runner.load()
    await bench.cycle(2)
    assert len({request.token for request in bench.nas.plans}) == 1
    assert len(bench.nas.jobs) == 1
    assert current(bench).stage.reference is not None  # type: ignore[union-attr]


async def test_a_restart_re_attaches_and_queues_again() -> None:
    """Running burn-ins go on, queued ones stay queued in their order."""
    bench = Bench(DRIVE, a_drive(2), a_drive(3), max_parallel=1)
    await submit(bench, SURFACE, 1, 2, 3)
    await bench.cycle()
    bench.nas.set_job(done=128)
    bench.restarted()
    await bench.runner.load()
    assert bench.runner.busy
    await bench.cycle()
    running = current(bench)
    assert running.stage.percent == pytest.approx(50.0, abs=0.5)  # type: ignore[union-attr]
    assert len(bench.nas.jobs) == 1
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle(2)
    assert bench.nas.plans[-1].serial == "SER002"


async def test_the_cap_holds() -> None:
    """No more at once than the settings allow."""
    bench = Bench(*(a_drive(number) for number in range(1, 6)))
    await submit(bench, SURFACE, 1, 2, 3, 4, 5)
    await bench.cycle(3)
    assert len(bench.nas.jobs) == 2


async def test_the_gate_refuses_all_or_none() -> None:
    """One refused drive of a batch: none is queued, the reasons are recorded."""
    bench = Bench(DRIVE, a_drive(2, pool="tank", unused=False))
    with pytest.raises(GateRefused) as error:
        await bench.runner.submit(
            bench.nas.now(),
            list(bench.nas.drives.values()),
            FULL,
            confirmed=frozenset({"SER001", "SER002"}),
            actor=None,
        )
    assert [*error.value.refusals] == [a_drive(2).identifier]
    assert bench.runner.burn_ins == {}
    assert bench.ledger.records == ["start_refused"]


async def test_a_second_start_is_refused() -> None:
    """A busy drive takes no second burn-in."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    with pytest.raises(GateRefused) as error:
        await submit(bench, SMART)
    assert [item.key for item in error.value.refusals[DRIVE.identifier]] == [
        "burn_in_active"
    ]


async def test_another_drive_answers_at_the_start() -> None:
    """What the page showed is not there any more."""
    bench = Bench(DRIVE)
    bench.nas.fail["self_test_log"] = AgentFailed("smart", Why(code="serial_differs"))
    with pytest.raises(GateRefused) as error:
        await submit(bench)
    (found,) = error.value.refusals.values()
    assert [reason.key for reason in found] == ["another_drive"]
    assert bench.ledger.records == ["start_refused"]


async def test_the_gate_is_asked_again_before_writing() -> None:
    """A pool made on the drive meanwhile stops the burn-in before a byte."""
    bench = Bench(DRIVE)
    await submit(bench)
    await bench.cycle()
    bench.nas.drives[DRIVE.identifier] = a_drive(pool="tank", unused=False)
    bench.nas.finish_test(DRIVE.serial)
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial, hours=13)
    await bench.cycle(2)
    ended = current(bench)
    assert ended.state is BurnInState.INCONCLUSIVE
    assert said(ended) == "ada1 belongs to the pool tank"
    assert bench.nas.plans == []
    assert stage_states(ended)["final_check"] == "skipped"


async def test_a_pool_made_between_intent_and_act_stops_it() -> None:
    """The gate is asked once more when the stage begins."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    bench.nas.fail["start_surface"] = ConnectionFailed("gone")
    await bench.cycle()
    del bench.nas.fail["start_surface"]
    bench.nas.drives[DRIVE.identifier] = a_drive(pool="tank", unused=False)
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert bench.nas.plans == []


async def test_errors_on_the_surface_fail_and_are_named() -> None:
    """FAIL names what broke and where; the rest is skipped."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(
        state=AgentState.FAILED,
        done=77,
        errors=ErrorCounts(write=12, compare=3),
        first_error=ErrorRecord(
            sweep=2,
            kind=ErrorKind.COMPARE,
            byte=2_399_882_911_744,
            length=4096,
            cause=Cause.OTHER_ADDRESS,
            found_byte=4096,
        ),
    )
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.FAILED
    assert said(ended) == (
        "errors at 30 %: 0 read, 12 write, 3 compare; at 2.40 TB (byte "
        "2,399,882,911,744), the drive returned the data of byte 4,096"
    )
    assert ended.failed_stage.kind is StageKind.SURFACE_VALIDATE  # type: ignore[union-attr]
    run = ended.failed_stage.found(SurfaceRun)  # type: ignore[union-attr]
    assert run is not None
    assert run.errors == ErrorCounts(write=12, compare=3)
    assert [item.byte for item in run.bad] == [2_399_882_911_744]
    assert stage_states(ended)["final_check"] == "skipped"


async def test_smart_is_read_after_a_failed_stage() -> None:
    """It is what people send in, and says what grew."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    worse = a_report(DRIVE, counters={"ata_5": 8, "ata_197": 0, "ata_198": 0})
    bench.nas.reports[DRIVE.serial] = worse
    bench.nas.set_job(state=AgentState.FAILED, done=77, errors=ErrorCounts(read=1))
    bench.nas.fail["smart"] = ConnectionFailed("down")
    await bench.cycle()
    assert current(bench).state is BurnInState.RUNNING
    bench.nas.fail.clear()
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.FAILED
    assert smart_of(ended, StageKind.FINAL_CHECK) == worse
    assert [(item.key, item.stage) for item in ended.findings] == [
        ("ata_5", StageKind.FINAL_CHECK)
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"serial": "OTHER"},
        CallFailed("smart", "no answer"),
        AgentFailed("smart", Why(code="drive_hangs")),
    ],
)
async def test_a_last_report_that_is_not_to_be_had(
    change: dict[str, Any] | TrueNASError,
) -> None:
    """The drive failed all the same."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    if isinstance(change, dict):
        bench.nas.reports[DRIVE.serial] = a_report(DRIVE, **change)
    else:
        bench.nas.fail["smart"] = change
    bench.nas.set_job(state=AgentState.FAILED, done=77, errors=ErrorCounts(read=1))
    await bench.cycle()
    assert current(bench).state is BurnInState.FAILED
    assert smart_of(current(bench), StageKind.FINAL_CHECK) is None


async def test_audit_rows_name_the_stage_that_was_under_way() -> None:
    """*Stage passed* is said of the one that passed, with its token as it is."""
    bench = Bench(DRIVE)
    (queued,) = await submit(bench, SURFACE)
    await bench.cycle()
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    rows = zip(bench.ledger.events, bench.ledger.details, strict=True)
    assert [
        (detail["stage"], detail["token"])
        for event, detail in rows
        if event == "stage_passed"
    ] == [
        (stage.kind, f"{queued.id}-{index}-{stage.kind}-1")
        for index, stage in enumerate(queued.stages)
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": DRIVE.size + 512},
        {"size": DRIVE.size - 512},
        {"size": DRIVE.size * 143},
        {"serial": "OTHER"},
        {"lunid": "5000c500ffffffff"},
    ],
)
async def test_another_drive_after_the_surface_pass_is_not_passed(
    change: dict[str, Any],
) -> None:
    """The final check compares all that identity is made of with the plan."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, **change)
    bench.nas.reports["OTHER"] = a_report(DRIVE)
    await bench.cycle()
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle(80)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert current(bench).reasons[0].key == "drive_changed"


async def test_a_last_report_of_another_size() -> None:
    """The drive itself says that it is not what was planned."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, size=DRIVE.size - 512)
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert current(bench).reasons[0].key == "size_differs"


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        (
            {"state": AgentState.REFUSED, "reason": Why(code="serial_differs")},
            BurnInState.INCONCLUSIVE,
            "the drive at ada1 is not the one",
        ),
        (
            {"state": AgentState.REFUSED, "reason": Why(code="in_use")},
            BurnInState.INCONCLUSIVE,
            "ada1 is in use by the NAS",
        ),
        (
            {
                "state": AgentState.REFUSED,
                "reason": Why(
                    code="in_use", users=(DriveUser(kind="pool", name="tank"),)
                ),
            },
            BurnInState.INCONCLUSIVE,
            "ada1 is in use by tank (pool)",
        ),
        (
            {
                "state": AgentState.REFUSED,
                "reason": Why(
                    code="content_differs",
                    found=(
                        ContentItem(place="drive", type="zfs_member", label="tank"),
                    ),
                ),
            },
            BurnInState.INCONCLUSIVE,
            "ada1 holds data that wasn't there when the burn-in was confirmed:"
            " zfs_member tank",
        ),
        (
            {"state": AgentState.REFUSED, "reason": Why(code="no_mood")},
            BurnInState.INCONCLUSIVE,
            "the NAS rejected the request: no_mood",
        ),
        (
            {"state": AgentState.FAILED, "reason": Why(code="drive_hangs")},
            BurnInState.FAILED,
            "ada1 doesn't respond",
        ),
        (
            {"state": AgentState.FAILED, "errors": ErrorCounts(kernel=3)},
            BurnInState.FAILED,
            "errors at 0 %: 0 read, 0 write, 0 compare; the kernel of the NAS counted 3",
        ),
        (
            {
                "state": AgentState.FAILED,
                "activity": Activity.CAPACITY_CHECK,
                "errors": ErrorCounts(compare=9),
                "first_error": ErrorRecord(
                    sweep=0,
                    kind=ErrorKind.COMPARE,
                    byte=0,
                    length=4096,
                    cause=Cause.OTHER_ADDRESS,
                    found_byte=2**30,
                ),
            },
            BurnInState.FAILED,
            "the drive doesn't have the capacity it reports",
        ),
        (
            {
                "state": AgentState.FAILED,
                "reason": Why(code="size_differs"),
                "errors": ErrorCounts(write=3),
            },
            BurnInState.INCONCLUSIVE,
            "the drive at ada1 is not the one",
        ),
        (
            {"state": AgentState.STOPPED},
            BurnInState.INCONCLUSIVE,
            "the surface check was stopped on the NAS",
        ),
        (
            {
                "state": AgentState.FAILED,
                "reason": Why(code="drive_vanished"),
                "done": 128,
            },
            BurnInState.INCONCLUSIVE,
            "the drive disappeared from the NAS",
        ),
        (
            {"state": AgentState.FAILED},
            BurnInState.FAILED,
            "errors at 0 %, count unknown",
        ),
    ],
)
async def test_other_ends_of_a_surface_pass(
    change: dict[str, Any], state: BurnInState, reason: str
) -> None:
    """Each end has its own state and words."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(**change)
    await bench.cycle()
    assert current(bench).state is state
    assert said(current(bench)).startswith(reason)


async def test_an_interrupted_pass_of_a_drive_that_joined_a_pool() -> None:
    """The gate is asked before it goes on, and what it refuses ends the burn-in."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    await bench.cycle()
    bench.nas.set_job(state=AgentState.INTERRUPTED, done=100)
    bench.nas.drives[DRIVE.identifier] = replace(DRIVE, pool="tank", unused=False)
    await bench.cycle(2)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "tank" in said(current(bench))
    assert len(bench.nas.calls_of("start_surface")) == 1


async def test_an_interrupted_pass_is_continued_under_its_token() -> None:
    """After a reboot of the NAS the agent goes on at its checkpoint."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.INTERRUPTED, done=100)
    bench.nas.drives[DRIVE.identifier] = a_drive(name="ada7")
    await bench.cycle()
    assert len(bench.nas.jobs) == 1
    assert bench.nas.plans[-1].device == "ada7"
    await bench.cycle()
    assert current(bench).state is BurnInState.RUNNING


async def test_a_lost_agent_folder_is_begun_again() -> None:
    """The agent knows the token no more: the same plan is handed to it."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await bench.cycle()
    bench.nas.jobs.clear()
    await bench.cycle()
    assert [request.token for request in bench.nas.plans] == [bench.nas.plans[0].token]
    await bench.cycle()
    assert len(bench.nas.plans) == 2
    assert len(bench.nas.jobs) == 1


async def test_a_pass_that_was_cleaned_up_is_not_begun_again() -> None:
    """The ledger is older than the drive: restored, or another one's."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    restored = dict(bench.ledger.kept)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED
    bench.ledger.kept = restored
    await bench.restarted().load()
    await bench.cycle(3)
    assert bench.nas.jobs == {}
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "already been completed and cleaned up" in said(current(bench))


async def test_heat_pauses_and_resumes() -> None:
    """The agent's pause is the burn-in's; percent does not go back."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PAUSED, reason=Why(code="heat"), done=50)
    await bench.cycle(2)
    paused = current(bench)
    assert paused.state is BurnInState.PAUSED
    assert paused.pause_reason is PauseReason.HEAT
    bench.nas.set_job(state=AgentState.RUNNING, reason=None, done=49)
    await bench.cycle()
    running = current(bench)
    assert running.state is BurnInState.RUNNING
    assert running.percent >= paused.percent
    assert bench.ledger.events[-2:] == ["paused", "resumed"]


async def test_an_unreachable_nas_freezes_and_fails_nothing() -> None:
    """Contact lost costs cycles, never the burn-in."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    before = current(bench)
    bench.nas.down = ConnectionFailed("no route")
    await bench.cycle(500, seconds=60)
    assert current(bench) == before
    bench.nas.down = None
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED


@pytest.mark.parametrize("seconds", [200, -3600])
async def test_a_silent_worker_is_asked_for(seconds: float) -> None:
    """A status line that stands still makes the agent look at its workers.

    A clock that is set back must not hide an interrupted one for so long.
    """
    bench = Bench(DRIVE)
    await to_surface(bench)
    await bench.cycle()
    bench.nas.calls.clear()
    await bench.cycle()
    assert bench.nas.calls_of("surface_status") == ["surface_status False"]
    bench.nas.calls.clear()
    await bench.cycle(seconds=seconds)
    assert bench.nas.calls_of("surface_status")[:2] == [
        "surface_status False",
        "surface_status True",
    ]


async def test_cancel_stops_the_pass_first() -> None:
    """The drive is let go before the burn-in is shown as cancelled."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    cancelled = await bench.runner.cancel(current(bench).id, "mia")
    assert cancelled is not None
    assert cancelled.state is BurnInState.CANCELLED
    assert stage_states(cancelled)["surface_validate"] == "cancelled"
    assert bench.nas.calls[-2:] == [
        f"stop_surface {bench.nas.plans[0].token}",
        f"clean_surface {bench.nas.plans[0].token}",
    ]


async def test_cancel_of_a_running_self_test_aborts_it() -> None:
    """The drive is left idle."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    await bench.runner.cancel(current(bench).id, "mia")
    assert bench.nas.calls_of("abort_self_test") == ["abort_self_test SER001"]


async def test_cancel_after_the_self_test_ended_aborts_nothing() -> None:
    """A test that is over is left alone."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial)
    await bench.runner.cancel(current(bench).id, "mia")
    assert bench.nas.calls_of("abort_self_test") == []


async def test_cancel_of_what_is_queued_gone_or_over() -> None:
    """A queued burn-in needs no NAS, an absent drive cannot be told."""
    bench = Bench(DRIVE)
    (queued,) = await submit(bench, SMART)
    assert await bench.runner.cancel("no such id", None) is None
    cancelled = await bench.runner.cancel(queued.id, None)
    assert cancelled is not None
    assert set(stage_states(cancelled).values()) == {"skipped"}
    assert await bench.runner.cancel(queued.id, None) is None
    await submit(bench, SURFACE)
    await bench.cycle()
    del bench.nas.drives[DRIVE.identifier]
    cancelled = await bench.runner.cancel(current(bench).id, None)
    assert cancelled is not None
    assert len(bench.nas.calls_of("stop_surface")) == 1


async def test_cancel_of_a_self_test_on_an_absent_drive() -> None:
    """There is nothing left to abort."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    del bench.nas.drives[DRIVE.identifier]
    assert await bench.runner.cancel(current(bench).id, None) is not None
    assert bench.nas.calls_of("abort_self_test") == []


async def test_a_drive_named_twice_is_burnt_in_once() -> None:
    """A batch with a repeat queues each drive once."""
    bench = Bench(DRIVE)
    assert len(await submit(bench, SMART, 1, 1)) == 1


async def test_a_vanished_drive_is_unknown_after_a_while() -> None:
    """A quarter of an hour without the drive is the end, however many polls."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    del bench.nas.drives[DRIVE.identifier]
    await bench.cycle(75)
    assert current(bench).state is BurnInState.RUNNING
    bench.nas.drives[DRIVE.identifier] = DRIVE
    await bench.cycle()
    del bench.nas.drives[DRIVE.identifier]
    await bench.cycle(75)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "disappeared" in said(current(bench))
    assert len(bench.nas.calls_of("stop_surface")) == 1


@pytest.mark.parametrize(
    ("error", "cycles", "state"),
    [
        (AgentFailed("start", Why(code="serial_busy")), 1, BurnInState.INCONCLUSIVE),
        (AgentFailed("start", Why(code="no_smartctl")), 1, BurnInState.INCONCLUSIVE),
        (AgentFailed("start", Why(code="serial_differs")), 1, BurnInState.INCONCLUSIVE),
        (AgentFailed("start", Why(code="drive_hangs")), 76, BurnInState.INCONCLUSIVE),
        (CallFailed("cronjob.run", "oops"), 76, BurnInState.INCONCLUSIVE),
    ],
)
async def test_a_refused_start(
    error: Exception, cycles: int, state: BurnInState
) -> None:
    """What can never work ends at once, what might work is tried for 15 minutes.

    Neither says anything about the drive.
    """
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    bench.nas.fail["start_surface"] = error  # type: ignore[assignment]
    await bench.cycle(cycles - 1)
    if cycles > 1:
        assert current(bench).state is BurnInState.RUNNING
    await bench.cycle()
    assert current(bench).state is state


async def test_a_stage_that_cannot_be_prepared() -> None:
    """Whatever is asked before a stage is not asked for ever either."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    bench.nas.fail["self_test_log"] = AgentFailed(
        "smart", Why(code="internal", message="no folder")
    )
    await bench.cycle(75)
    assert current(bench).state is BurnInState.RUNNING
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "no folder" in said(current(bench))
    assert bench.nas.plans == []


async def test_precheck_stops_on_a_drive_already_failing() -> None:
    """Days are not wasted on a drive with pending sectors."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters={"ata_197": 8})
    await submit(bench)
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.FAILED
    assert ended.failed_stage.kind is StageKind.PRECHECK  # type: ignore[union-attr]
    assert ended.findings
    assert bench.nas.calls_of("start_self_test") == []


async def test_precheck_compares_sizes() -> None:
    """An adapter that shows a part of the drive is found out, and is to blame."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, size=2_200_000_000_000)
    await submit(bench)
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "2,200,000,000,000 bytes" in said(current(bench))


async def test_precheck_waits_for_a_foreign_self_test() -> None:
    """Somebody's own self-test is not disturbed."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    bench.nas.logs[DRIVE.serial] = SelfTestLog(tests=(), running_percent=40.0)
    await bench.cycle(3)
    assert stage_states(current(bench))["precheck"] == "pending"
    bench.nas.logs[DRIVE.serial] = SelfTestLog(tests=(), running_percent=None)
    await bench.cycle()
    assert stage_states(current(bench))["precheck"] == "passed"


async def test_another_serial_at_the_end_is_unknown() -> None:
    """It is another drive: nothing is compared, and neither of them failed."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    other = a_report(DRIVE, serial="OTHER", counters={"ata_5": 16})
    bench.nas.reports[DRIVE.serial] = other
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.INCONCLUSIVE
    assert (
        said(ended)
        == "the drive reports the serial number OTHER, but reported SER001 before"
    )
    assert ended.findings == ()


async def test_growth_of_a_critical_counter_fails_at_the_end() -> None:
    """The surface was fine but sectors were reallocated meanwhile."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters={"ata_5": 16})
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.FAILED
    assert ended.failed_stage.kind is StageKind.FINAL_CHECK  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (SelfTestStatus.FAILED, BurnInState.FAILED),
        (SelfTestStatus.ABORTED, BurnInState.INCONCLUSIVE),
    ],
)
async def test_a_bad_self_test_ends_the_burn_in(
    status: SelfTestStatus, state: BurnInState
) -> None:
    """The log decides; aborted is not failed."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial, status)
    await bench.cycle()
    assert current(bench).state is state


async def test_a_failed_self_test_says_where() -> None:
    """As the drive's log tells."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial, SelfTestStatus.FAILED)
    log = bench.nas.logs[DRIVE.serial]
    test = replace(log.tests[0], text="read failure", lba_of_first_error="4711")
    bench.nas.logs[DRIVE.serial] = replace(log, tests=(test,))
    await bench.cycle()
    assert said(current(bench)) == (
        "the drive failed its self-test: read failure; first at LBA 4711"
    )


async def test_an_interrupted_self_test_is_started_again_twice() -> None:
    """A reset of the NAS costs a test at most three times."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    for hours in (20, 30, 40):
        bench.nas.finish_test(DRIVE.serial, SelfTestStatus.INTERRUPTED, hours)
        await bench.cycle()
    assert len(bench.nas.calls_of("start_self_test")) == 3
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert "3 times" in said(current(bench))


async def test_a_self_test_without_trace_is_started_again() -> None:
    """The drive forgot it: wait a moment, then begin anew."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    bench.nas.logs[DRIVE.serial] = SelfTestLog(tests=(), running_percent=None)
    await bench.cycle(2)
    assert len(bench.nas.calls_of("start_self_test")) == 1
    await bench.cycle()
    assert len(bench.nas.calls_of("start_self_test")) == 2


async def test_a_started_self_test_is_adopted() -> None:
    """The reply to the start was lost, the drive is testing: start nothing."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    bench.nas.fail["start_self_test"] = OutcomeUnknown("lost")
    await bench.cycle()
    del bench.nas.fail["start_self_test"]
    bench.nas.logs[DRIVE.serial] = SelfTestLog(tests=(), running_percent=10.0)
    await bench.cycle(2)
    assert len(bench.nas.calls_of("start_self_test")) == 1
    assert current(bench).stage.percent == 10.0  # type: ignore[union-attr]


async def test_a_full_log_of_equal_entries_is_understood() -> None:
    """21 equal entries before and after: having seen it run decides."""
    bench = Bench(DRIVE)
    bench.nas.calls.append("start_self_test SER001 short")
    for _ in range(21):
        bench.nas.finish_test(DRIVE.serial)
    bench.nas.calls.clear()
    full = bench.nas.logs[DRIVE.serial]
    await submit(bench, SMART)
    await bench.cycle(2)
    bench.nas.logs[DRIVE.serial] = full
    await bench.cycle()
    assert stage_states(current(bench))["short_smart"] == "passed"


async def test_progress_is_shown_and_not_committed() -> None:
    """A percent is no transition: no row, but everyone hears of it."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    events = len(bench.ledger.events)
    bench.nas.set_job(done=64, sweep=2, updated=2)
    await bench.cycle()
    assert len(bench.ledger.events) == events
    _, shown = bench.listener.heard[-1]
    assert shown.stage.percent == pytest.approx(25.0, abs=0.1)  # type: ignore[union-attr]
    heard = len(bench.listener.heard)
    await bench.cycle(seconds=0)
    assert len(bench.listener.heard) == heard


async def test_an_unexpected_error_costs_its_own_step(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One drive that misbehaves does not stop the others."""
    bench = Bench(DRIVE, a_drive(2))
    await submit(bench, SMART, 1, 2)
    bench.nas.reports.pop(DRIVE.serial)
    await bench.cycle()
    assert "could not be advanced" in caplog.text
    assert bench.nas.calls_of("start_self_test") == ["start_self_test SER002 short"]


async def test_what_cannot_be_cleaned_stays_behind() -> None:
    """Left-overs on the NAS do not spoil the verdict."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    bench.nas.fail["clean_surface"] = ConnectionFailed("gone")
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED


async def test_io_validate_covers_three_zones() -> None:
    """The quick profile writes start, middle and end."""
    bench = Bench(DRIVE)
    await submit(bench, plan_from_stages(["io_validate"]))
    await bench.cycle()
    ranges = bench.nas.plans[0].ranges
    assert len(ranges) == 3
    assert ranges[0].start == 0
    assert ranges[2].end == DRIVE.size


async def test_load_fails_with_the_ledger() -> None:
    """An unreadable ledger never looks like a first run."""
    bench = Bench(DRIVE)

    async def broken(nas_id: str) -> Any:
        raise LedgerError(nas_id)

    bench.ledger.latest = broken  # type: ignore[method-assign]
    with pytest.raises(LedgerError, match=NAS_ID):
        await bench.runner.load()


async def test_the_token_names_burn_in_stage_and_attempt() -> None:
    """Idempotency hangs on it (docs/architecture.md)."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    burn_in = current(bench)
    assert bench.nas.plans[0].token == f"{burn_in.id}-1-surface_validate-1"
    assert burn_in.stage.state is StageState.RUNNING  # type: ignore[union-attr]


async def test_a_ledger_in_trouble_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """Once in the log, and as long as it lasts."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    bench.ledger.broken = True
    await bench.cycle(3)
    assert str(bench.runner.ledger_trouble) == "disk full"
    assert caplog.text.count("Burn-ins stand still: disk full") == 1
    bench.ledger.broken = False
    await bench.cycle()
    assert bench.runner.ledger_trouble is None
    assert bench.runner.holds == frozenset()


async def test_a_foreign_self_test_between_two_of_ours() -> None:
    """It is waited for."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial)
    ours = bench.nas.logs[DRIVE.serial]
    original = bench.nas.self_test_log

    async def busy_at_the_second_look(drive: Any, *, wake: bool = True) -> SelfTestLog:
        log = await original(drive)
        bench.nas.logs[DRIVE.serial] = replace(ours, running_percent=10.0)
        return log

    bench.nas.self_test_log = busy_at_the_second_look  # type: ignore[method-assign]
    await bench.cycle(3)
    assert stage_states(current(bench))["long_smart"] == "pending"
    bench.nas.self_test_log = original  # type: ignore[method-assign]
    bench.nas.logs[DRIVE.serial] = ours
    await bench.cycle()
    assert stage_states(current(bench))["long_smart"] == "running"


async def test_a_start_given_up_is_stopped() -> None:
    """The reply to it was lost: the drive may be written to already."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    original = bench.nas.start_surface

    async def lose_reply(plan: SurfacePlan) -> JobStatus:
        await original(plan)
        raise OutcomeUnknown("lost")

    bench.nas.start_surface = lose_reply  # type: ignore[method-assign]
    await bench.cycle()
    bench.nas.drives[DRIVE.identifier] = a_drive(duplicate_serial=True)
    bench.nas.fail["stop_surface"] = ConnectionFailed("gone")
    await bench.cycle()
    assert current(bench).state is BurnInState.RUNNING
    del bench.nas.fail["stop_surface"]
    await bench.cycle()
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert len(bench.nas.calls_of("stop_surface")) == 2
    assert bench.nas.jobs == {}


async def test_a_stage_that_only_reads_is_polled_by_reading() -> None:
    """It leaves nothing to stop either."""
    bench = Bench(DRIVE)
    await submit(bench, SURFACE)
    stage = replace(current(bench).stages[0], state=StageState.RUNNING, token="t")
    context = Context(
        burn_in=current(bench),
        stage=stage,
        drive=DRIVE,
        fleet=bench.nas.now(),
        nas=bench.nas,
        epoch=bench.ledger.epoch,
        settings=bench.settings,
        now=bench.clock.now(),
    )
    precheck = STAGES[StageKind.PRECHECK]
    bench.nas.calls.clear()
    await precheck.stop(bench.nas, stage, DRIVE)
    assert bench.nas.calls == []
    step = await precheck.poll(context)
    assert step.stage.state is StageState.PASSED


async def test_what_ended_meanwhile_is_not_started() -> None:
    """It was cancelled while its start waited for its turn."""
    bench = Bench(DRIVE)
    (queued,) = await submit(bench, SURFACE)
    await bench.runner.cancel(queued.id, "mia")
    await bench.runner._start(queued.id)
    assert current(bench).state is BurnInState.CANCELLED
    await bench.runner._stepper.advance(queued.id, bench.nas.now(), bench.settings, {})
    assert current(bench).state is BurnInState.CANCELLED


def test_a_stage_out_of_turn_is_refused() -> None:
    """Only the current stage may change."""
    drive = DRIVE
    burn_in = BurnIn(
        id="b",
        nas_id=NAS_ID,
        drive=identify(drive),
        device=drive.name,
        profile="surface",
        stages=SURFACE.stages(drive),
        state=BurnInState.RUNNING,
        operator=None,
        created=StillClock().now(),
        position=0,
    )
    with pytest.raises(ValueError, match="final_check is not the current stage"):
        with_stage(burn_in, burn_in.stages[-1])


async def test_a_drive_that_vanishes_before_its_first_stage() -> None:
    """There is nothing to stop."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    bench.nas.logs[DRIVE.serial] = SelfTestLog(tests=(), running_percent=40.0)
    await bench.cycle()
    del bench.nas.drives[DRIVE.identifier]
    await bench.cycle(16, seconds=60)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert set(stage_states(current(bench)).values()) == {"skipped"}
