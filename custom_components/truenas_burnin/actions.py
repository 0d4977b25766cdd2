"""Start and cancel burn-ins for a person, from a button or an action."""

from collections.abc import Iterable, Sequence

from homeassistant.exceptions import HomeAssistantError

from .burnin.gate import Case, GateRefused, Refusal, identify, refusals
from .burnin.model import BurnIn, BurnInState
from .burnin.plan import Plan
from .burnin.ports import LedgerError
from .const import DOMAIN
from .coordinator import BurnInConfigEntry
from .data import BurnInData
from .drive_ref import DriveRef, Fleets, async_attempt, async_fleets, refused
from .failures import translated
from .truenas.errors import TrueNASError


async def async_start(
    refs: Sequence[DriveRef], plan: Plan, confirmed: frozenset[str], actor: str
) -> tuple[BurnIn, ...]:
    """Queue burn-ins, all or none per NAS; `confirmed` holds serials.

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
            for reason in await _reasons_against(ref, fleets, plan, confirmed)
        ]
        if reasons:
            raise refused("start_refused", reasons)
    started: list[BurnIn] = []
    for group in groups.values():
        started += await _submit(group, fleets, plan, confirmed, actor)
    return tuple(started)


async def _reasons_against(
    ref: DriveRef, fleets: Fleets, plan: Plan, confirmed: frozenset[str]
) -> tuple[Refusal, ...]:
    """Return all that can be said against a burn-in of one drive."""
    drive = ref.drive(fleets)
    if drive is None:
        return (ref.refusal("drive_absent"),)
    return refusals(
        Case(
            plan=identify(drive),
            fleet=fleets[ref.entry.entry_id],
            destructive=plan.destructive,
            confirmed=drive.serial in confirmed,
            other=ref.active,
            self_test_running=await ref.async_self_test_runs(drive),
            self_tests=plan.self_tests,
            holds=ref.data.runner.holds,
        )
    )


async def _submit(
    refs: Sequence[DriveRef],
    fleets: Fleets,
    plan: Plan,
    confirmed: frozenset[str],
    actor: str,
) -> tuple[BurnIn, ...]:
    """Queue the burn-ins of connected drives of one NAS."""
    data = refs[0].data
    fleet = fleets[refs[0].entry.entry_id]
    drives = [fleet.drives[ref.identifier] for ref in refs]
    try:
        burn_ins = await data.runner.submit(
            fleet, drives, plan, confirmed=confirmed, actor=actor
        )
    except GateRefused as err:
        reasons = [reason for found in err.refusals.values() for reason in found]
        raise refused("start_refused", reasons) from err
    except TrueNASError as err:
        raise translated(HomeAssistantError, err) from err
    except LedgerError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="ledger_unwritable",
            translation_placeholders={"reason": str(err)},
        ) from err
    finally:
        data.loop.wake()
    for drive in drives:
        data.arming.disarm(drive.identifier)
    return burn_ins


async def async_cancel(refs: Sequence[DriveRef], actor: str) -> None:
    """Cancel the burn-ins of these drives; refuse all if one has none."""
    if idle := [ref.refusal("no_active_burn_in") for ref in refs if not ref.active]:
        raise refused("cancel_refused", idle)
    await _cancel([(ref.data, active) for ref in refs if (active := ref.active)], actor)


async def async_cancel_all(entries: Iterable[BurnInConfigEntry], actor: str) -> None:
    """Cancel everything that is queued or under way; nothing to do is fine."""
    active = [
        (entry.runtime_data, burn_in)
        for entry in entries
        for burn_in in entry.runtime_data.runner.burn_ins.values()
        if not burn_in.state.final
    ]
    await _cancel(active, actor)


async def _cancel(active: Sequence[tuple[BurnInData, BurnIn]], actor: str) -> None:
    """Cancel what is queued before what runs: nothing may take a freed place."""
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
        for data, _ in active:
            data.loop.wake()
