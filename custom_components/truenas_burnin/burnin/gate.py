"""May this drive be burnt in now?  One rule per function, all refusals returned.

Some rules concern every burn-in, the others those that overwrite data
(docs/safety.md). A rule returns None when it holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..truenas.models import Drive, Fleet, SystemInfo
from .model import BurnIn, DriveIdentity, HoldReason
from .reason import Reason, ReasonKey, because

_LONGEST_SERIAL: Final = 128
"""Characters; the agent takes no longer one (nas_agent/words.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the gate looks at for one drive.

    `other` is an unfinished burn-in of the same drive, other than the one the
    gate is asked for. `self_tests` tells whether any are planned, `needs_commands`
    whether what is planned was confirmed as something that only the agent does,
    `self_test_running` is None where nobody asked the drive, `without_smart` tells that
    it can say nothing of itself.
    """

    plan: DriveIdentity
    fleet: Fleet
    destructive: bool
    confirmed: bool
    other: BurnIn | None = None
    self_test_running: bool | None = None
    without_smart: bool = False
    self_tests: bool = True
    needs_commands: bool = False
    holds: frozenset[HoldReason] = frozenset()

    @property
    def drive(self) -> Drive | None:
        """Return the drive as it is now, or None if it is not there."""
        return self.fleet.drives.get(self.plan.identifier)


class GateRefused(Exception):
    """The gate refused at least one drive; `refusals` is keyed by identifier."""

    def __init__(self, refusals: Mapping[str, tuple[Reason, ...]]) -> None:
        """Keep the refusals of every refused drive."""
        super().__init__("; ".join(refusals))
        self.refusals = refusals


def identify(drive: Drive) -> DriveIdentity:
    """Return what makes this drive this drive."""
    return DriveIdentity(
        identifier=drive.identifier,
        serial=drive.serial,
        lunid=drive.lunid,
        model=drive.model,
        size=drive.size,
    )


def refusals(case: Case) -> tuple[Reason, ...]:
    """Return every reason against the burn-in; empty means go."""
    drive = case.drive
    if drive is None:
        return (because(ReasonKey.DRIVE_ABSENT, serial=case.plan.serial),)
    found = [rule(case, drive) for rule in _EVERY]
    if case.destructive:
        found += claims(drive)
        found += [rule(case, drive) for rule in _DESTRUCTIVE]
    return tuple(reason for reason in found if reason is not None)


def claims(drive: Drive) -> tuple[Reason, ...]:
    """Return who is known to have the drive: nobody else may write to it then."""
    found = (rule(drive) for rule in _CLAIMS)
    return tuple(reason for reason in found if reason is not None)


def standing(drive: Drive, system: SystemInfo) -> tuple[Reason, ...]:
    """Return what forbids to overwrite a drive whoever confirms it and however.

    By the last poll, and by what the drive says of itself alone: the gate asks again.
    """
    alone = Fleet(system=system, drives={drive.identifier: drive})
    case = Case(plan=identify(drive), fleet=alone, destructive=True, confirmed=True)
    found = (*claims(drive), *(rule(case, drive) for rule in _STANDING))
    return tuple(reason for reason in found if reason is not None)


VOIDING: Final = frozenset(
    {
        ReasonKey.ANOTHER_DRIVE,
        ReasonKey.CONTENT_DIFFERS,
        ReasonKey.DRIVE_ABSENT,
        ReasonKey.DRIVE_CHANGED,
        ReasonKey.DRIVE_IN_EXPORTED_POOL,
        ReasonKey.DRIVE_IN_POOL,
        ReasonKey.DRIVE_IN_USE,
        ReasonKey.DRIVE_IS_BOOT,
        ReasonKey.DRIVE_LOST,
        ReasonKey.DRIVE_USED_BY,
        ReasonKey.DUPLICATE_SERIAL,
        ReasonKey.INTERFERENCE,
        ReasonKey.SERIAL_DIFFERS,
        ReasonKey.SIZE_DIFFERS,
    }
)
"""Reasons after which a drive may be another one, or hold something else."""


def seen_against(plan: DriveIdentity, fleet: Fleet) -> tuple[Reason, ...]:
    """Return what ends a confirmation to overwrite a drive, now that it is seen.

    It does not come back when that is no more to be seen: the drive may hold something
    else by then. A drive that is not there is waited for.
    """
    drive = fleet.drives.get(plan.identifier)
    if drive is None or drive.unreadable:
        return ()
    case = Case(plan=plan, fleet=fleet, destructive=True, confirmed=True)
    rules = [_unchanged, _serial_unique, *([_unused] if fleet.ready else [])]
    found = (*claims(drive), *(rule(case, drive) for rule in rules))
    return tuple(reason for reason in found if reason is not None)


def _readable(_case: Case, drive: Drive) -> Reason | None:
    if drive.unreadable is None:
        return None
    return because(ReasonKey.DRIVE_UNREADABLE, device=drive.name, text=drive.unreadable)


def _has_serial(_case: Case, drive: Drive) -> Reason | None:
    if drive.serial or drive.unreadable:
        return None
    return because(ReasonKey.DRIVE_WITHOUT_SERIAL, device=drive.name)


def _serial_sayable(_case: Case, drive: Drive) -> Reason | None:
    serial = drive.serial
    if serial.isprintable() and len(serial) <= _LONGEST_SERIAL:
        return None
    return because(ReasonKey.SERIAL_UNUSABLE, device=drive.name)


def _unchanged(case: Case, drive: Drive) -> Reason | None:
    return None if drive.unreadable else changed(case.plan, drive)


def changed(plan: DriveIdentity, drive: Drive) -> Reason | None:
    """Return how a drive is another one than that of a plan, None if it is not.

    A lunid may appear and vanish; two of them are those of two drives.
    """
    lunids = {lunid for lunid in (plan.lunid, drive.lunid) if lunid}
    if (drive.serial, drive.size) == (plan.serial, plan.size) and len(lunids) < 2:
        return None
    return because(
        ReasonKey.DRIVE_CHANGED,
        serial=plan.serial,
        found=drive.serial,
        size=drive.size,
    )


def _idle(case: Case, drive: Drive) -> Reason | None:
    if case.other is None:
        return None
    return because(
        ReasonKey.BURN_IN_ACTIVE,
        device=drive.name,
        serial=drive.serial,
    )


def _no_self_test(case: Case, drive: Drive) -> Reason | None:
    if not case.self_test_running:
        return None
    return because(
        ReasonKey.SELF_TEST_ACTIVE,
        device=drive.name,
        serial=drive.serial,
    )


def _can_say_anything(case: Case, _drive: Drive) -> Reason | None:
    if case.destructive or not case.without_smart:
        return None
    return because(ReasonKey.NOTHING_TO_LEARN)


def _may_command(case: Case, _drive: Drive) -> Reason | None:
    system = case.fleet.system
    if system.commands or (system.wipe and not case.needs_commands):
        return None
    return because(ReasonKey.NO_COMMAND_RIGHTS)


def _may_self_test(case: Case, _drive: Drive) -> Reason | None:
    system = case.fleet.system
    if system.commands or not system.wipe or not case.self_tests:
        return None
    return because(ReasonKey.SELF_TESTS_NEED_COMMANDS)


def _not_on_hold(case: Case, _drive: Drive) -> Reason | None:
    return because(ReasonKey.NAS_ON_HOLD) if HoldReason.PERSON in case.holds else None


def _ledger_kept(case: Case, _drive: Drive) -> Reason | None:
    return (
        because(ReasonKey.LEDGER_LOST) if HoldReason.LEDGER_LOST in case.holds else None
    )


def _ready(case: Case, _drive: Drive) -> Reason | None:
    return None if case.fleet.ready else because(ReasonKey.NAS_NOT_READY)


def _ledger_counts(case: Case, _drive: Drive) -> Reason | None:
    if HoldReason.LEDGER_OUTDATED in case.holds:
        return because(ReasonKey.CONFIRMATION_OUTDATED)
    return None


def _serial_unique(case: Case, drive: Drive) -> Reason | None:
    twins = case.fleet.with_serial(drive.serial)
    alone = len(twins) == 1 and not drive.duplicate_serial
    if not drive.serial or alone or (drive.unit and not drive.paths):
        return None
    names = drive.paths or [path for twin in twins for path in _names(twin)]
    return because(
        _kinship(drive, twins), serial=drive.serial, devices=", ".join(sorted(names))
    )


def _kinship(drive: Drive, twins: Sequence[Drive]) -> ReasonKey:
    """Return what drives of one serial number are to each other."""
    units = {twin.lunid for twin in twins}
    several = len(twins) > 1 or len(drive.paths) > 1
    same = drive.lunid and several and (drive.paths or len(units) == 1)
    return ReasonKey.TWO_PATHS if same else ReasonKey.DUPLICATE_SERIAL


def _names(drive: Drive) -> Sequence[str]:
    pool = drive.pool or drive.exported_pool
    return drive.paths or (drive.name if pool is None else f"{drive.name} ({pool})",)


def _not_boot(drive: Drive) -> Reason | None:
    if not drive.boot:
        return None
    return because(ReasonKey.DRIVE_IS_BOOT, device=drive.name)


def _not_in_pool(drive: Drive) -> Reason | None:
    if drive.pool is None or drive.boot:
        return None
    return because(ReasonKey.DRIVE_IN_POOL, device=drive.name, pool=drive.pool)


def _not_in_exported_pool(drive: Drive) -> Reason | None:
    if drive.exported_pool is None:
        return None
    return because(
        ReasonKey.DRIVE_IN_EXPORTED_POOL,
        device=drive.name,
        pool=drive.exported_pool,
    )


def _not_used(drive: Drive) -> Reason | None:
    if drive.used_by is None:
        return None
    return because(ReasonKey.DRIVE_USED_BY, device=drive.name, user=drive.used_by)


def _undoubted(_case: Case, drive: Drive) -> Reason | None:
    if drive.doubt is None:
        return None
    return because(ReasonKey.DRIVE_IN_DOUBT, device=drive.name, text=drive.doubt)


def _unused(_case: Case, drive: Drive) -> Reason | None:
    if drive.unused or drive.unreadable or claims(drive):
        return None
    return because(ReasonKey.DRIVE_IN_USE, device=drive.name)


def _has_size(_case: Case, drive: Drive) -> Reason | None:
    if drive.size > 0 or drive.unreadable:
        return None
    return because(ReasonKey.DRIVE_WITHOUT_SIZE, device=drive.name)


def _confirmed(case: Case, drive: Drive) -> Reason | None:
    if case.confirmed:
        return None
    return because(
        ReasonKey.NOT_CONFIRMED,
        device=drive.name,
        serial=drive.serial,
    )


type _Rule = Callable[[Case, Drive], Reason | None]

_EVERY: tuple[_Rule, ...] = (
    _readable,
    _has_serial,
    _serial_sayable,
    _serial_unique,
    _unchanged,
    _idle,
    _no_self_test,
    _can_say_anything,
    _may_command,
    _may_self_test,
    _not_on_hold,
)
_DESTRUCTIVE: tuple[_Rule, ...] = (
    _unused,
    _undoubted,
    _has_size,
    _ready,
    _ledger_kept,
    _ledger_counts,
    _confirmed,
)
_STANDING: tuple[_Rule, ...] = (
    _readable,
    _has_serial,
    _serial_sayable,
    _serial_unique,
    _unused,
    _undoubted,
    _has_size,
)
_CLAIMS: tuple[Callable[[Drive], Reason | None], ...] = (
    _not_boot,
    _not_in_pool,
    _not_in_exported_pool,
    _not_used,
)
