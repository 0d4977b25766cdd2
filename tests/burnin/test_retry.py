"""Run again what ended badly, from the first stage that did not pass."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.evidence import WipeRun
from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Severity,
    StageState,
)
from custom_components.truenas_burnin.truenas.models import WipeMode
from custom_components.truenas_burnin.truenas.surface import AgentState, ErrorCounts

from .fakes import Bench, a_drive, a_report
from .test_runner import DRIVE, FULL, SURFACE, current, stage_states, submit, to_surface

CONFIRMED = frozenset({DRIVE.serial})


async def retry(bench: Bench, confirmed: frozenset[str] = CONFIRMED) -> BurnIn:
    """Retry the burn-in of the first drive."""
    return await bench.runner.retry(
        current(bench).id, bench.nas.now(), confirmed=confirmed, actor="leo"
    )


async def refused(bench: Bench, confirmed: frozenset[str] = CONFIRMED) -> list[str]:
    """Return why a retry is refused; nothing changes."""
    before = current(bench)
    with pytest.raises(GateRefused) as caught:
        await retry(bench, confirmed)
    assert current(bench) is before
    (found,) = caught.value.refusals.values()
    return [refusal.key for refusal in found]


async def broken_surface(bench: Bench) -> BurnIn:
    """Bring the burn-in of the first drive to a failed surface pass."""
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.FAILED, done=77, errors=ErrorCounts(write=2))
    await bench.cycle()
    assert current(bench).state is BurnInState.FAILED
    return current(bench)


async def test_a_failed_pass_is_done_again_under_another_token() -> None:
    """What had passed is taken over, the pass begins anew; the failed one stays."""
    bench = Bench(DRIVE)
    failed = await broken_surface(bench)
    queued = await retry(bench)
    assert queued.id != failed.id
    assert (queued.retry_of, queued.attempt) == (failed.id, 2)
    assert (queued.state, queued.operator) == (BurnInState.QUEUED, "leo")
    assert bench.ledger.kept[failed.id] == failed
    assert queued.position > failed.position
    assert (queued.reasons, queued.finished, queued.started) == ((), None, None)
    assert stage_states(queued) == {
        "precheck": "passed",
        "surface_validate": "pending",
        "final_check": "pending",
    }
    assert bench.ledger.events[-1] == "retried"
    await bench.cycle()
    first, second = bench.nas.plans
    assert first.token != second.token
    assert (first.ranges, first.method) == (second.ranges, second.method)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    passed = current(bench)
    assert (passed.id, passed.state) == (queued.id, BurnInState.PASSED)
    assert [item.key for item in passed.findings] == ["earlier_failure"]
    assert bench.ledger.kept[failed.id] == failed


async def test_a_failure_is_not_forgotten() -> None:
    """Not by a cancelled retry, a restart or a burn-in that is no retry."""
    bench = Bench(DRIVE)
    await broken_surface(bench)
    again = await retry(bench)
    await bench.runner.cancel(again.id, "mia")
    bench.restarted()
    await bench.runner.load()
    (fresh,) = await submit(bench, SURFACE)
    assert (fresh.retry_of, fresh.attempt, fresh.failed_before) == (None, 1, True)
    await bench.cycle()
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED
    assert [item.key for item in current(bench).findings] == ["earlier_failure"]


async def test_a_cancelled_burn_in_goes_on_where_it_was() -> None:
    """The short test is not done again."""
    bench = Bench(DRIVE)
    await submit(bench)
    await bench.cycle()
    bench.nas.finish_test(DRIVE.serial)
    await bench.cycle()
    await bench.runner.cancel(current(bench).id, "mia")
    await retry(bench)
    await bench.cycle()
    kinds = [call.split()[2] for call in bench.nas.calls_of("start_self_test")]
    assert kinds == ["short", "long", "long"]


async def test_findings_of_repeated_stages_are_found_anew() -> None:
    """Those of the precheck that passed stay, those of the last check go."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters={"ata_5": 4})
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters={"ata_5": 5})
    await bench.cycle()
    failed = current(bench)
    assert [item.severity for item in failed.findings] == [
        Severity.WARN,
        Severity.FAIL,
    ]
    queued = await retry(bench)
    assert queued.findings == failed.findings[:1]
    assert len(bench.ledger.kept[failed.id].findings) == 2


async def test_only_what_ended_badly_is_retried() -> None:
    """Not what is under way, has passed or is not there."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    assert await refused(bench) == ["nothing_to_retry"]
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED
    assert await refused(bench) == ["nothing_to_retry"]
    with pytest.raises(GateRefused):
        await bench.runner.retry(
            "no such id", bench.nas.now(), confirmed=CONFIRMED, actor=None
        )


async def test_the_gate_is_asked() -> None:
    """Confirmation, pool, presence: as if it was started."""
    bench = Bench(DRIVE)
    await broken_surface(bench)
    assert await refused(bench, frozenset()) == ["not_confirmed"]
    await bench.runner.set_hold(True, "mia")
    assert await refused(bench) == ["nas_on_hold"]
    await bench.runner.set_hold(False, "mia")
    bench.nas.drives[DRIVE.identifier] = a_drive(pool="tank", unused=False)
    assert await refused(bench) == ["drive_in_pool"]
    bench.nas.drives[DRIVE.identifier] = a_drive(serial="OTHER")
    bench.nas.logs["OTHER"] = bench.nas.logs[DRIVE.serial]
    assert await refused(bench) == ["drive_changed"]
    del bench.nas.drives[DRIVE.identifier]
    assert await refused(bench) == ["drive_absent"]
    assert set(bench.ledger.records) == {"start_refused"}


async def test_what_writes_no_more_needs_no_confirmation() -> None:
    """The surface passed, only the last check failed."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE, counters={"ata_197": 1})
    await bench.cycle()
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE)
    await retry(bench, frozenset())
    await bench.cycle()
    assert current(bench).state is BurnInState.PASSED


async def test_a_retry_goes_to_the_end_of_the_queue() -> None:
    """Others have waited longer."""
    bench = Bench(DRIVE, a_drive(2), a_drive(3), max_parallel=1)
    await broken_surface(bench)
    await submit(bench, SURFACE, 2, 3)
    await bench.cycle()
    await retry(bench)
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle(2)
    assert bench.nas.plans[-1].serial == "SER003"


async def test_a_retry_outlives_a_restart() -> None:
    """It is queued in the ledger."""
    bench = Bench(DRIVE)
    await broken_surface(bench)
    await retry(bench)
    bench.restarted()
    await bench.runner.load()
    await bench.cycle()
    assert current(bench).state is BurnInState.RUNNING


async def test_a_stage_that_wrote_only_says_so() -> None:
    """A burn-in is verified unless one of its stages is not."""
    bench = Bench(DRIVE)
    (burn_in,) = await submit(bench, FULL)
    assert burn_in.verified
    *others, last = burn_in.stages
    stages = (
        *others,
        replace(last, evidence=WipeRun(mode=WipeMode.FULL, device="ada1")),
    )
    assert not replace(burn_in, stages=stages).verified
    assert all(stage.state is StageState.PENDING for stage in burn_in.stages)
