"""What becomes of a self-test that somebody asked for, by its drive's log alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.truenas_burnin.burnin.gate import identify
from custom_components.truenas_burnin.burnin.known import KnownSelfTest, SelfTestState
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.burnin.requested_self_test import (
    RequestedSelfTest,
    looked_at,
    newest_self_test,
)
from custom_components.truenas_burnin.burnin.self_test_log import signature
from custom_components.truenas_burnin.truenas.models import (
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)

from .fakes import NAS_ID, a_drive, a_test

THEN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = THEN + timedelta(minutes=2)
DRIVE = a_drive()


def a_log(*tests: SelfTestStatus, percent: float | None = None) -> SelfTestLog:
    """Return a log of short tests, newest first, and the running one's percent."""
    entries = [
        a_test(status=status, hours=len(tests) - age)
        for age, status in enumerate(tests)
    ]
    return SelfTestLog(tests=tuple(entries), running_percent=percent)


OLD = a_log(SelfTestStatus.PASSED)
ASKED = RequestedSelfTest(
    identifier=DRIVE.identifier,
    serial=DRIVE.serial,
    kind=SelfTestKind.SHORT,
    started=THEN,
    log_before=signature(OLD),
)


def test_it_runs() -> None:
    """As far as its drive says."""
    running = looked_at(ASKED, a_log(SelfTestStatus.PASSED, percent=40.0), NOW)
    assert (running.state, running.percent) == (SelfTestState.RUNNING, 40.0)
    assert running.running
    assert running.finished is None


@pytest.mark.parametrize(
    "status", [status for status in SelfTestStatus if status != "running"]
)
def test_it_ends_as_the_log_says(status: SelfTestStatus) -> None:
    """Whether or not anybody saw it running."""
    log = a_log(status, SelfTestStatus.PASSED)
    for test in (ASKED, replace(ASKED, seen_running=True, percent=90.0)):
        over = looked_at(test, log, NOW)
        assert (over.state, over.finished) == (SelfTestState(status), NOW)
        assert over.percent is None
        assert not over.running


def test_a_full_log_whose_entries_look_alike() -> None:
    """The newest of its kind is the one that was seen running."""
    full = SelfTestLog(tests=21 * (a_test(),), running_percent=None)
    test = replace(ASKED, seen_running=True, log_before=signature(full))
    over = looked_at(test, full, NOW)
    assert (over.state, over.finished) == (SelfTestState.PASSED, NOW)


def test_one_that_leaves_no_trace() -> None:
    """It is not known what became of it; three looks later nobody asks any more."""
    test = looked_at(ASKED, a_log(SelfTestStatus.PASSED, percent=10.0), NOW)
    test = replace(test, kind=SelfTestKind.LONG)
    for _ in range(2):
        test = looked_at(test, OLD, NOW)
        assert (test.state, test.percent) == (SelfTestState.UNKNOWN, None)
        assert test.finished is None
    again = looked_at(test, a_log(SelfTestStatus.PASSED, percent=20.0), NOW)
    assert (again.running, again.looks_without_trace) == (True, 0)
    test = looked_at(test, OLD, NOW)
    assert (test.state, test.finished) == (SelfTestState.INCONCLUSIVE, NOW)


@given(
    st.lists(
        st.builds(
            a_log,
            st.sampled_from([s for s in SelfTestStatus if s != "running"]),
            percent=st.none() | st.floats(0, 100),
        ),
        min_size=3,
    )
)
def test_it_always_ends(logs: list[SelfTestLog]) -> None:
    """Once its drive no longer runs a test, three looks are enough."""
    test = ASKED
    for log in (*logs, *[replace(logs[-1], running_percent=None)] * 3):
        if test.finished is None:
            test = looked_at(test, log, NOW)
        assert test.running is (test.finished is None and test.percent is not None)
    assert test.finished is not None


def a_burn_in(created: datetime, state: StageState | None) -> BurnIn:
    """Return a burn-in whose short self-test is in a state; None: it has none."""
    stages = (
        ()
        if state is None
        else (Stage(kind=StageKind.SHORT_SMART, weight=1.0, state=state, percent=30.0),)
    )
    return BurnIn(
        id="b1",
        nas_id=NAS_ID,
        drive=identify(DRIVE),
        device=DRIVE.name,
        profile="smart",
        stages=stages,
        state=BurnInState.RUNNING,
        operator=None,
        created=created,
        position=1,
    )


BEFORE, AFTER = THEN - timedelta(days=1), THEN + timedelta(days=1)
RUNNING = replace(ASKED, state=SelfTestState.RUNNING, percent=50.0)
OVER = replace(ASKED, state=SelfTestState.FAILED, finished=NOW)


@pytest.mark.parametrize(
    ("burn_in", "asked", "known"),
    [
        (None, None, KnownSelfTest(state=SelfTestState.NOT_RUN)),
        (None, RUNNING, KnownSelfTest(state=SelfTestState.RUNNING, percent=50.0)),
        (None, OVER, KnownSelfTest(state=SelfTestState.FAILED, at=NOW)),
        (
            a_burn_in(BEFORE, StageState.PASSED),
            OVER,
            KnownSelfTest(state=SelfTestState.FAILED, at=NOW),
        ),
        (
            a_burn_in(AFTER, StageState.RUNNING),
            OVER,
            KnownSelfTest(state=SelfTestState.RUNNING, percent=30.0),
        ),
        (
            a_burn_in(AFTER, None),
            OVER,
            KnownSelfTest(state=SelfTestState.FAILED, at=NOW),
        ),
    ],
)
def test_the_newest_that_is_known(
    burn_in: BurnIn | None, asked: RequestedSelfTest | None, known: KnownSelfTest
) -> None:
    """That of a later burn-in, as soon as the burn-in knows one."""
    assert newest_self_test(burn_in, asked, SelfTestKind.SHORT) == known
