"""Start and cancel a drive's own self-test for a person."""

from collections.abc import Sequence

from ..burnin.audit_event import AuditEvent
from ..burnin.gate import Case, identify, refusals
from ..burnin.plan import SELF_TESTS
from ..burnin.reason import Reason, ReasonKey
from ..truenas.errors import ConnectionFailed, OutcomeUnknown
from ..truenas.models import Drive, Fleet, SelfTestKind, SelfTestLog
from .drive_ref import DriveRef, async_attempt, async_fleets, refused


async def async_start_self_test(
    refs: Sequence[DriveRef], kind: SelfTestKind, actor: str
) -> None:
    """Start a self-test on all drives, or on none if one must not."""

    async def start(ref: DriveRef, drive: Drive, log: SelfTestLog) -> None:
        await _record(ref, drive, AuditEvent.SELF_TEST_REQUESTED, actor, kind=kind)
        watch = ref.data.self_tests
        try:
            await ref.data.coordinator.nas.start_self_test(drive, kind)
        except ConnectionFailed, OutcomeUnknown:
            await watch.async_follow(drive, kind, log, started=False)
            raise
        await watch.async_follow(drive, kind, log, started=True)

    fleets = await async_fleets(refs)
    reasons: list[Reason] = []
    wanted: list[tuple[DriveRef, Drive, SelfTestLog]] = []
    for ref in refs:
        if (drive := ref.drive(fleets)) is None:
            reasons.append(ref.absent)
            continue
        log = await ref.async_self_test_log(drive)
        await ref.data.self_tests.async_notice(drive, log)
        reasons += _reasons_against(ref, drive, fleets[ref.entry.entry_id], log)
        wanted.append((ref, drive, log))
    if reasons:
        raise refused("self_test_refused", reasons)
    await async_attempt(
        "self_test_failed", [(item[0].name, start(*item)) for item in wanted]
    )


def _reasons_against(
    ref: DriveRef, drive: Drive, fleet: Fleet, log: SelfTestLog
) -> tuple[Reason, ...]:
    return refusals(
        Case(
            plan=identify(drive),
            fleet=fleet,
            destructive=False,
            confirmed=False,
            other=ref.active,
            self_test_running=log.running_percent is not None,
            without_smart=log.without_smart,
        )
    )


async def async_cancel_self_test(refs: Sequence[DriveRef], actor: str) -> None:
    """Abort the running self-tests of these drives; refuse all if one has none.

    A self-test that is a stage of a burn-in ends with the burn-in only.
    """

    async def cancel(ref: DriveRef, drive: Drive) -> None:
        await _record(ref, drive, AuditEvent.SELF_TEST_CANCEL_REQUESTED, actor)
        await ref.data.coordinator.nas.abort_self_test(drive)
        await ref.data.self_tests.async_look(drive)

    fleets = await async_fleets(refs)
    reasons: list[Reason] = []
    wanted: list[tuple[DriveRef, Drive]] = []
    for ref in refs:
        if (drive := ref.drive(fleets)) is None:
            reasons.append(ref.absent)
        elif _is_stage(ref):
            reasons.append(ref.because(ReasonKey.SELF_TEST_OF_BURN_IN))
        elif not await ref.async_self_test_runs(drive):
            reasons.append(ref.because(ReasonKey.NO_SELF_TEST))
        else:
            wanted.append((ref, drive))
    if reasons:
        raise refused("self_test_cancel_refused", reasons)
    await async_attempt(
        "self_test_cancel_failed",
        [(ref.name, cancel(ref, drive)) for ref, drive in wanted],
    )


def _is_stage(ref: DriveRef) -> bool:
    stage = ref.active.stage if ref.active is not None else None
    return stage is not None and stage.kind in SELF_TESTS and stage.state.active


async def _record(
    ref: DriveRef, drive: Drive, event: AuditEvent, actor: str, **detail: str
) -> None:
    """Keep who asks for what, before it is done."""
    await ref.data.ledger.record(
        ref.data.coordinator.host_id,
        event,
        actor=actor,
        detail={"device": drive.name, "serial": drive.serial, **detail},
    )
