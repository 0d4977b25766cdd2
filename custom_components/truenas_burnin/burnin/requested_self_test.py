"""A self-test that a person had started by itself, followed to its end."""

from dataclasses import dataclass, replace
from datetime import datetime

from ..truenas.models import SelfTestKind, SelfTestLog, SmartReport
from .known import KnownSelfTest, SelfTestState, self_test_of
from .model import BurnIn
from .self_test_log import GRACE_LOOKS, Signature, entry_of, signature


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedSelfTest:
    """One drive's newest self-test of a kind that was not a stage of a burn-in.

    It is followed until it has `finished`. Until the drive was asked, its state is
    unknown; `log_before` is the signature of the drive's log before it was started. One
    that was only seen to run has a `guessed` kind where the drive does not tell it.
    """

    identifier: str
    serial: str
    kind: SelfTestKind
    started: datetime
    log_before: Signature
    state: SelfTestState = SelfTestState.UNKNOWN
    finished: datetime | None = None
    percent: float | None = None
    seen_running: bool = False
    looks_without_trace: int = 0
    guessed: bool = False

    @property
    def running(self) -> bool:
        """Tell whether it was running when the drive was last asked."""
        return self.state is SelfTestState.RUNNING


def noticed(
    identifier: str, serial: str, log: SelfTestLog, now: datetime
) -> RequestedSelfTest:
    """Return a test that somebody started on the system, as its drive's log shows it.

    A short one is over in two minutes: one of which nobody knows better is a long one.
    """
    return RequestedSelfTest(
        identifier=identifier,
        serial=serial,
        kind=log.running_kind or SelfTestKind.LONG,
        started=now,
        log_before=signature(log),
        state=SelfTestState.RUNNING,
        percent=log.running_percent,
        seen_running=True,
        guessed=log.running_kind is None,
    )


def looked_at(
    test: RequestedSelfTest, log: SelfTestLog, now: datetime
) -> RequestedSelfTest:
    """Return the test as its drive's log shows it."""
    if log.running_percent is not None:
        return replace(
            test,
            state=SelfTestState.RUNNING,
            percent=log.running_percent,
            seen_running=True,
            looks_without_trace=0,
        )
    entry = entry_of(log, test.log_before, test.kind, seen_running=test.seen_running)
    if entry is not None:
        found = replace(test, guessed=False)
        return ended(found, SelfTestState(entry.status), now)
    looks = test.looks_without_trace + 1
    if looks >= GRACE_LOOKS:
        return ended(test, SelfTestState.INCONCLUSIVE, now)
    return replace(
        test, state=SelfTestState.UNKNOWN, percent=None, looks_without_trace=looks
    )


def ended(
    test: RequestedSelfTest, state: SelfTestState, now: datetime
) -> RequestedSelfTest:
    """Return the test as one that is followed no more."""
    return replace(test, state=state, percent=None, finished=now)


def newest_self_test(
    burn_in: BurnIn | None,
    requested: RequestedSelfTest | None,
    kind: SelfTestKind,
    report: SmartReport | None = None,
) -> KnownSelfTest:
    """Return what is known of a drive's newest self-test of a kind.

    A burn-in that is newer than the requested test knows better, if it knows any.
    `report` is the drive's newest, by default that of the burn-in.
    """
    known = self_test_of(burn_in, kind, report)
    if requested is None or (
        burn_in is not None
        and burn_in.created > requested.started
        and known.state is not SelfTestState.NOT_RUN
    ):
        return known
    return KnownSelfTest(
        state=requested.state, percent=requested.percent, at=requested.finished
    )
