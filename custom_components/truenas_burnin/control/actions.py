"""What a person does to burn-ins and drives, from an entity or an action."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from ..burnin.gate import Case, GateRefused, identify
from ..burnin.model import BurnIn, BurnInState, left_to_do
from ..burnin.plan import Plan, Profile
from ..burnin.reason import Reason, ReasonKey
from ..burnin.runner import Runner, Seen
from ..coordinator import BurnInConfigEntry
from ..runtime.data import BurnInData
from ..runtime.failures import nas_and_ledger_errors
from ..runtime.issues import report_outdated_ledger, report_stuck_cancel
from .drive_ref import (
    DriveRef,
    Fleets,
    async_attempt,
    async_fleets,
    drives_refused,
    refused,
)


async def async_start(
    refs: Sequence[DriveRef],
    plan: Plan,
    confirmed: frozenset[str],
    actor: str,
    seen: Seen | None = None,
) -> tuple[BurnIn, ...]:
    """Queue burn-ins, all or none per NAS; `confirmed` holds serials.

    `seen` is what somebody was shown that lies on the drives, None where nobody was.

    With drives that are absent or of several NAS, all are checked first: a
    refusal anywhere then starts nothing anywhere.
    """
    fleets = await async_fleets(refs)
    groups: dict[str, list[DriveRef]] = {}
    for ref in refs:
        groups.setdefault(ref.entry.entry_id, []).append(ref)
    if len(groups) > 1 or any(ref.drive(fleets) is None for ref in refs):
        reasons = [
            reason
            for ref in refs
            for reason in await async_reasons_against(ref, fleets, plan, confirmed)
        ]
        if reasons:
            raise refused("start_refused", reasons)
    started: list[BurnIn] = []
    for group in groups.values():
        started += await _submit(group, fleets, plan, confirmed, actor, seen)
    return tuple(started)


async def async_reasons_against(
    ref: DriveRef, fleets: Fleets, plan: Plan, confirmed: frozenset[str]
) -> tuple[Reason, ...]:
    """Return all that can be said against a burn-in of one drive."""
    drive = ref.drive(fleets)
    if drive is None:
        return (ref.absent,)
    case = Case(
        plan=identify(drive),
        fleet=fleets[ref.entry.entry_id],
        destructive=plan.destructive,
        confirmed=drive.serial in confirmed,
        other=ref.active,
        self_tests=plan.self_tests,
        holds=ref.data.runner.holds,
    )
    with nas_and_ledger_errors():
        reasons = await ref.data.runner.refusals(case)
    await ref.async_notice_self_test(reasons)
    return reasons


async def _submit(
    refs: Sequence[DriveRef],
    fleets: Fleets,
    plan: Plan,
    confirmed: frozenset[str],
    actor: str,
    seen: Seen | None,
) -> tuple[BurnIn, ...]:
    """Queue the burn-ins of connected drives of one NAS."""
    data = refs[0].data
    fleet = fleets[refs[0].entry.entry_id]
    drives = [fleet.drives[ref.identifier] for ref in refs]
    try:
        with nas_and_ledger_errors():
            burn_ins = await data.runner.submit(
                fleet, drives, plan, confirmed=confirmed, seen=seen, actor=actor
            )
    except GateRefused as err:
        for ref in refs:
            await ref.async_notice_self_test(err.refusals.get(ref.identifier, ()))
        found = [(ref, err.refusals.get(ref.identifier, ())) for ref in refs]
        raise drives_refused("start_refused", found) from err
    finally:
        data.loop.wake()
    for drive in drives:
        data.arming.disarm(drive.identifier)
    return burn_ins


async def async_retry(
    refs: Sequence[DriveRef], confirmed: frozenset[str], actor: str
) -> tuple[BurnIn, ...]:
    """Queue ended burn-ins again; refuse all if one drive has none to retry."""
    reasons = [
        ref.because(ReasonKey.NO_BURN_IN_TO_RETRY)
        for ref in refs
        if ref.retriable is None
    ]
    if reasons:
        raise refused("retry_refused", reasons)
    fleets = await async_fleets(refs)
    ended = [(ref, burn_in) for ref in refs if (burn_in := ref.retriable)]
    reasons = [
        reason
        for ref, burn_in in ended
        for reason in await async_reasons_against(
            ref, fleets, _left(burn_in), confirmed
        )
    ]
    if reasons:
        raise refused("retry_refused", reasons)
    return tuple(
        [await _retry(ref, burn_in, fleets, confirmed, actor) for ref, burn_in in ended]
    )


def _left(burn_in: BurnIn) -> Plan:
    """Return what a retry of an ended burn-in would do."""
    return Plan(Profile.CUSTOM, tuple(stage.kind for stage in left_to_do(burn_in)))


async def _retry(
    ref: DriveRef,
    burn_in: BurnIn,
    fleets: Fleets,
    confirmed: frozenset[str],
    actor: str,
) -> BurnIn:
    fleet = fleets[ref.entry.entry_id]
    try:
        with nas_and_ledger_errors():
            return await ref.data.runner.retry(
                burn_in.id, fleet, confirmed=confirmed, actor=actor
            )
    except GateRefused as err:
        reasons = [reason for found in err.refusals.values() for reason in found]
        raise refused("retry_refused", reasons) from err
    finally:
        ref.data.loop.wake()


async def async_pause(refs: Sequence[DriveRef], actor: str) -> None:
    """Pause burn-ins under way; refuse all if one drive has none."""
    await _steer(
        refs,
        "pause_refused",
        ReasonKey.CANNOT_PAUSE,
        lambda runner, burn_in_id: runner.pause(burn_in_id, actor),
    )


async def async_resume(refs: Sequence[DriveRef], actor: str) -> None:
    """Let paused burn-ins go on; refuse all if one drive has none."""
    await _steer(
        refs,
        "resume_refused",
        ReasonKey.CANNOT_RESUME,
        lambda runner, burn_in_id: runner.resume(burn_in_id, actor),
    )


async def _steer(
    refs: Sequence[DriveRef],
    refused_key: str,
    unmoved_key: ReasonKey,
    act: Callable[[Runner, str], Awaitable[BurnIn | None]],
) -> None:
    """Act on the burn-ins under way; raise what their states do not allow."""
    if idle := [
        ref.because(ReasonKey.NO_ACTIVE_BURN_IN) for ref in refs if not ref.active
    ]:
        raise refused(refused_key, idle)
    unmoved: list[Reason] = []
    for ref in refs:
        burn_in = ref.active
        try:
            with nas_and_ledger_errors():
                moved = burn_in and await act(ref.data.runner, burn_in.id)
        finally:
            ref.data.loop.wake()
        if moved is None:
            unmoved.append(ref.because(unmoved_key))
    if unmoved:
        raise refused(refused_key, unmoved)


async def async_note(ref: DriveRef, changes: Mapping[str, str], actor: str) -> None:
    """Write down what a person has to say about a drive, by fields of DriveInfo."""
    with nas_and_ledger_errors():
        await ref.data.infos.async_change(ref.identifier, changes, actor)


async def async_set_hold(data: BurnInData, actor: str, *, on: bool) -> None:
    """Start no burn-in of a NAS from now on, or start them again."""
    with nas_and_ledger_errors():
        await data.runner.set_hold(on, actor)
    data.loop.wake()
    data.coordinator.announce_nas()


async def async_cancel(refs: Sequence[DriveRef], actor: str) -> None:
    """Cancel the burn-ins of these drives; refuse all if one has none."""
    if idle := [
        ref.because(ReasonKey.NO_ACTIVE_BURN_IN) for ref in refs if not ref.active
    ]:
        raise refused("cancel_refused", idle)
    await _cancel([(ref.data, active) for ref in refs if (active := ref.active)], actor)


async def async_cancel_all(entries: Iterable[BurnInConfigEntry], actor: str) -> None:
    """Cancel everything that is queued or under way; nothing to do is fine."""
    await _cancel([item for entry in entries for item in _active_on(entry)], actor)


async def async_cancel_others(
    entry: BurnInConfigEntry, spared: BurnIn, actor: str
) -> None:
    """Cancel everything else on a NAS; nothing to do is fine."""
    await _cancel(
        [item for item in _active_on(entry) if item[1].id != spared.id], actor
    )


def _active_on(entry: BurnInConfigEntry) -> list[tuple[BurnInData, BurnIn]]:
    data = entry.runtime_data
    return [
        (data, burn_in)
        for burn_in in data.runner.burn_ins.values()
        if not burn_in.state.final
    ]


async def _cancel(active: Sequence[tuple[BurnInData, BurnIn]], actor: str) -> None:
    """Cancel what is queued before what runs: nothing may take a freed place.

    What cannot be stopped now is so as soon as it can, and a person may give it up.
    """
    ordered = sorted(active, key=lambda item: item[1].state is not BurnInState.QUEUED)
    try:
        await async_attempt(
            "cancel_failed",
            [
                (
                    f"{burn_in.device} ({burn_in.drive.serial})",
                    data.runner.cancel(burn_in.id, actor),
                )
                for data, burn_in in ordered
            ],
        )
    finally:
        for data, burn_in in active:
            data.loop.wake()
            found = data.runner.find(burn_in.id)
            if found is not None and found.state is BurnInState.CANCELLING:
                coordinator = data.coordinator
                report_stuck_cancel(coordinator.hass, coordinator.config_entry, found)


async def async_give_up(data: BurnInData, burn_in: BurnIn, actor: str) -> None:
    """End a burn-in that cannot be cancelled, whatever the NAS goes on doing."""
    with nas_and_ledger_errors():
        await data.runner.give_up(burn_in.id, actor)
    data.loop.wake()


async def async_obey(data: BurnInData, actor: str) -> None:
    """Have a NAS obey this record of burn-ins again, as a person decided."""
    with nas_and_ledger_errors():
        await data.runner.obey(actor)
    coordinator = data.coordinator
    report_outdated_ledger(coordinator.hass, coordinator.config_entry, outdated=False)
    data.loop.wake()
