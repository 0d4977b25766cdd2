"""Find one test's own entry in the self-test log of its drive.

The NAS and people start self-tests too, so only entries of its kind count that were
not there before.
"""

from collections.abc import Sequence
from typing import Final

from ..truenas.models import SelfTest, SelfTestKind, SelfTestLog, SelfTestStatus
from .evidence import LogEntry

type Signature = tuple[LogEntry, ...]
"""What tells a log from the same log with one more entry."""

GRACE_LOOKS: Final = 3
"""Some drives list a finished test only a moment after it left the running state."""

_FULL: Final = 19
"""Entries of a log that drops its oldest for a new one: 19, 20 or 21 by protocol."""

_HOURS_WRAP: Final = 2**16
_HOURS_UNKNOWN: Final = (None, _HOURS_WRAP - 1)
"""ATA counts the hours of an entry in 16 bits; SCSI stops at their highest value."""


def signature(log: SelfTestLog) -> Signature:
    """Return the signature of a log."""
    return tuple(
        LogEntry(kind=test.kind, status=test.status, hours=test.lifetime_hours)
        for test in log.tests
    )


def entry_of(
    log: SelfTestLog,
    before: Signature,
    kind: SelfTestKind,
    *,
    seen_running: bool,
    hours: int | None = None,
) -> SelfTest | None:
    """Return the entry that decides on a test which no longer runs, None without one.

    `before` is the log when the test was wanted, `hours` the drive's power-on hours
    by then, if known. Of several of the kind a failed one decides, else the newest.
    A failure that only the execution status tells counts if the test was seen
    running: the status is of the newest test, which may be an older one.
    """
    new = _new(log, before, seen_running=seen_running, hours=hours)
    ours = [test for test in new if test.kind is kind]
    failed = (test for test in ours if test.status is SelfTestStatus.FAILED)
    if ours:
        return next(failed, ours[0])
    if seen_running and log.failure is not None:
        return SelfTest(
            kind=kind,
            status=SelfTestStatus.FAILED,
            text=log.failure,
            lifetime_hours=None,
        )
    return None


def _new(
    log: SelfTestLog, before: Signature, *, seen_running: bool, hours: int | None
) -> Sequence[SelfTest]:
    """Return the entries that were not there before, newest first."""
    now = signature(log)
    count = next(
        count
        for count in range(len(now) + 1)
        if now[count:] == before[: len(now) - count]
    )
    if count == 0 and seen_running and _alike(now):
        # One was pushed out for it.
        return log.tests[:1]
    if count < len(now):
        return log.tests[:count]
    # Nothing is left of the log as it was: only the hours can tell.
    return [test for test in log.tests if _is_since(hours, test)]


def _alike(now: Signature) -> bool:
    """Tell whether a new entry of a full log would not show."""
    return len(now) >= _FULL and all(entry == now[0] for entry in now)


def _is_since(hours: int | None, test: SelfTest) -> bool:
    """Tell whether a test may have ended at so many power-on hours, or later."""
    if hours is None or test.lifetime_hours in _HOURS_UNKNOWN:
        return True
    # Both are rounded: the entry may say an hour less.
    since = test.lifetime_hours + 1 - hours
    wrapped = hours >= _HOURS_WRAP and since % _HOURS_WRAP < _HOURS_WRAP // 2
    return since >= 0 or wrapped
