"""A drive that smartctl cannot ask is written and read back; nothing else speaks for it."""

from dataclasses import replace

import pytest

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Severity,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.plan import (
    Profile,
    plan_from_stages,
    plan_of,
)
from custom_components.truenas_burnin.burnin.reason import Reason
from custom_components.truenas_burnin.burnin.triage import Grade, triage_of
from custom_components.truenas_burnin.truenas.models import SelfTestLog
from custom_components.truenas_burnin.truenas.surface import AgentState

from ..said import said_in
from .fakes import Bench, a_report
from .test_runner import DRIVE, current, submit

NO_LOG = SelfTestLog(tests=(), running_percent=None, without_smart=True)
REPORT = a_report(
    DRIVE,
    protocol="",
    model="",
    firmware="",
    passed=None,
    temperature=None,
    power_on_hours=None,
    counters={},
    smart_available=False,
    self_tests=NO_LOG,
    self_test_kinds=frozenset(),
    estimated_minutes={},
)
ENGLISH = (
    "the drive doesn't support SMART, so the verdict depends only on the data that was"
    " written and read back"
)
GERMAN = (
    "das Laufwerk unterstützt kein SMART, das Ergebnis beruht daher nur auf"
    " geschriebenen und zurückgelesenen Daten"
)
READ_ENGLISH = (
    "the drive doesn't support SMART, so only a burn-in that writes to it can test it:"
    " select a profile with a surface check"
)
READ_GERMAN = (
    "das Laufwerk unterstützt kein SMART, daher kann nur ein schreibender Test es"
    " prüfen: wähle ein Profil mit Oberflächenprüfung"
)


def a_bench() -> Bench:
    """Return a bench whose drive has no SMART."""
    bench = Bench(DRIVE)
    bench.nas.reports[DRIVE.serial] = REPORT
    bench.nas.logs[DRIVE.serial] = NO_LOG
    return bench


def told(*reasons: Reason) -> set[tuple[str, str]]:
    """Return reasons in both languages."""
    return {(said_in("en", reason), said_in("de", reason)) for reason in reasons}


@pytest.mark.parametrize("profile", [Profile.FULL, Profile.SURFACE, Profile.QUICK])
async def test_it_is_written_and_passes_with_a_warning(profile: Profile) -> None:
    """Its self-tests are left out, with the reason; no fault of it is hidden by that."""
    bench = a_bench()
    await submit(bench, plan_of(profile))
    await bench.cycle()
    skipped = [s for s in current(bench).stages if s.state is StageState.SKIPPED]
    assert {stage.kind for stage in skipped} == {
        stage.kind
        for stage in current(bench).stages
        if stage.kind in (StageKind.SHORT_SMART, StageKind.LONG_SMART)
    }
    assert all(told(*stage.reasons) == {(ENGLISH, GERMAN)} for stage in skipped)
    (plan,) = bench.nas.plans
    bench.nas.set_job(state=AgentState.PASSED, done=len(plan.ranges))
    await bench.cycle()
    ended = current(bench)
    assert ended.state is BurnInState.PASSED
    assert told(*(item.reason for item in ended.findings)) == {(ENGLISH, GERMAN)}
    assert {item.severity for item in ended.findings} == {Severity.WARN}


@pytest.mark.parametrize(
    "plan", [plan_of(Profile.SMART), plan_from_stages(["short_smart"])]
)
async def test_a_burn_in_that_only_reads_is_refused(plan: object) -> None:
    """A pass would say nothing."""
    bench = a_bench()
    with pytest.raises(GateRefused) as refused:
        await submit(bench, plan)  # type: ignore[arg-type]
    (reasons,) = refused.value.refusals.values()
    assert told(*reasons) == {(READ_ENGLISH, READ_GERMAN)}


async def test_one_that_the_gate_did_not_see_through_ends_in_the_precheck() -> None:
    """The system's own list of self-tests may say nothing of it."""
    bench = a_bench()
    bench.nas.logs[DRIVE.serial] = replace(NO_LOG, without_smart=False)
    await submit(bench, plan_of(Profile.SMART))
    await bench.cycle()
    burn_in: BurnIn = current(bench)
    assert burn_in.state is BurnInState.INCONCLUSIVE
    assert told(*burn_in.reasons) == {(READ_ENGLISH, READ_GERMAN)}


async def test_smart_that_vanishes_is_no_lack_of_smart() -> None:
    """What was there before could have failed the drive."""
    bench = a_bench()
    bench.nas.reports[DRIVE.serial] = a_report(DRIVE)
    await submit(bench, plan_of(Profile.SURFACE))
    await bench.cycle()
    bench.nas.reports[DRIVE.serial] = REPORT
    bench.nas.set_job(state=AgentState.PASSED, done=256)
    await bench.cycle()
    await bench.cycle(100)
    assert current(bench).state is BurnInState.INCONCLUSIVE
    assert [reason.key for reason in current(bench).reasons] == ["smart_incomplete"]


def test_in_the_triage_table() -> None:
    """It is neither good nor bad."""
    row = triage_of(REPORT)
    assert row.grade is Grade.SILENT
    assert told(*row.reasons) == {(ENGLISH, GERMAN)}
