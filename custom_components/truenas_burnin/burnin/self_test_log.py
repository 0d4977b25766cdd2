"""Find one test's own entry in the self-test log of its drive."""

from collections.abc import Sequence

from ..truenas.models import SelfTest, SelfTestKind, SelfTestLog

type Signature = Sequence[Sequence[object]]
"""What tells a log from the same log with one more entry; as JSON."""

GRACE_LOOKS = 3
"""Some drives list a finished test only a moment after it left the running state."""


def signature(log: SelfTestLog) -> list[list[object]]:
    """Return the signature of a log."""
    return [[test.kind, test.status, test.lifetime_hours] for test in log.tests]


def has_news(log: SelfTestLog, before: Signature) -> bool:
    """Tell whether the log has changed since it was `before`."""
    return signature(log) != before


def entry_of(
    log: SelfTestLog, before: Signature, kind: SelfTestKind, *, seen_running: bool
) -> SelfTest | None:
    """Return the entry of a test that no longer runs, None if there is none yet.

    A full log (21 entries) whose entries all look alike shows no news; the newest
    is then that of a test which was seen running.
    """
    if not log.tests:
        return None
    newest = log.tests[0]
    ours = has_news(log, before) or (seen_running and newest.kind is kind)
    return newest if ours else None
