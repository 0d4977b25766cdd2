"""What can be written to the audit trail."""

from enum import StrEnum


class AuditEvent(StrEnum):
    """Something that happened, to a burn-in, a drive or a system.

    The panel has a label for each. Rows are never changed: what a member is called
    stays in every ledger that has one, so rename none.
    """

    # A burn-in.
    QUEUED = "queued"
    RETRIED = "retried"
    START_REFUSED = "start_refused"
    STARTED = "started"
    PAUSE_REQUESTED = "pause_requested"
    PAUSED = "paused"
    RESUME_REQUESTED = "resume_requested"
    RESUMED = "resumed"
    STALLED = "stalled"
    MOVING_AGAIN = "moving_again"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"
    NAS_REMOVED = "nas_removed"
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"

    # The stage under way; one that fails ends its burn-in.
    STAGE_STARTED = "stage_started"
    STAGE_RUNNING = "stage_running"
    STAGE_RESTARTED = "stage_restarted"
    STAGE_PASSED = "stage_passed"
    STAGE_SKIPPED = "stage_skipped"

    # A drive.
    DRIVE_INFO = "drive_info"
    SELF_TEST_REQUESTED = "self_test_requested"
    SELF_TEST_CANCEL_REQUESTED = "self_test_cancel_requested"
    SELF_TEST_ENDED = "self_test_ended"

    # A system.
    HELD = "held"
    RELEASED = "released"
