"""May this drive be burnt in now?  One rule per function, all refusals returned.

Some rules concern every burn-in, the others those that overwrite data
(DESIGN.md §7). A rule returns None when it holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..truenas.models import Drive, Fleet
from .model import BurnIn, DriveIdentity, HoldReason

_TEXTS: Final[Mapping[str, str]] = {
    "burn_in_active": "{device} ({serial}) already has a burn-in under way or queued",
    "drive_absent": "the drive with serial {serial} is not connected",
    "drive_changed": (
        "the drive is no longer the one this burn-in was planned for: "
        "expected {serial}, found {found}"
    ),
    "drive_in_exported_pool": (
        "{device} belongs to the exported pool {pool}; its data would be lost"
    ),
    "drive_in_pool": "{device} belongs to the pool {pool}",
    "drive_in_use": "{device} is in use by the NAS",
    "drive_is_boot": "{device} is a boot drive of the NAS",
    "drive_used_by": "{device} is in use by {user}",
    "drive_without_serial": (
        "{device} reports no serial number, so it cannot be told from another drive"
    ),
    "drive_without_size": "{device} reports no size",
    "duplicate_serial": "the serial {serial} is reported by several drives: {devices}",
    "ledger_lost": (
        "the record of earlier burn-ins was lost, so nothing is overwritten until a "
        "person has confirmed the repair under Settings"
    ),
    "nas_on_hold": "burn-ins on this NAS are on hold",
    "no_command_rights": (
        "the API key may not run commands on the NAS, which burn-ins and self-tests "
        "need: use a key of a full administrator"
    ),
    "not_confirmed": (
        "{device} would be overwritten: confirm it by its serial number {serial}"
    ),
    "nothing_to_retry": (
        "there is nothing to retry: only the newest burn-in of a drive that failed, "
        "was cancelled or has an unknown outcome can be run again"
    ),
    "self_test_active": "{device} ({serial}) is running a self-test",
    "self_tests_need_commands": (
        "the API key may not run commands on the NAS, which self-tests need: leave "
        "them out, or use a key of a full administrator"
    ),
}
"""What each refusal says in English, as it stands in translations/en.json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not: a translation key under `exceptions` and its placeholders."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the refusal in English, for the ledger."""
        return _TEXTS[self.key].format(**self.placeholders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the gate looks at for one drive.

    `other` is an unfinished burn-in of the same drive, other than the one the
    gate is asked for. `self_tests` tells whether any are planned,
    `self_test_running` is None where nobody asked the drive.
    """

    plan: DriveIdentity
    fleet: Fleet
    destructive: bool
    confirmed: bool
    other: BurnIn | None = None
    self_test_running: bool | None = None
    self_tests: bool = True
    holds: frozenset[HoldReason] = frozenset()

    @property
    def drive(self) -> Drive | None:
        """Return the drive as it is now, or None if it is not there."""
        return self.fleet.drives.get(self.plan.identifier)


class GateRefused(Exception):
    """The gate refused at least one drive; `refusals` is keyed by identifier."""

    def __init__(self, refusals: Mapping[str, tuple[Refusal, ...]]) -> None:
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


def refusals(case: Case) -> tuple[Refusal, ...]:
    """Return every reason against the burn-in; empty means go."""
    drive = case.drive
    if drive is None:
        return (Refusal(key="drive_absent", placeholders={"serial": case.plan.serial}),)
    found = [rule(case, drive) for rule in _EVERY]
    if case.destructive:
        found += claims(drive)
        found += [rule(case, drive) for rule in _DESTRUCTIVE]
    return tuple(refusal for refusal in found if refusal is not None)


def claims(drive: Drive) -> tuple[Refusal, ...]:
    """Return who is known to have the drive: nobody else may write to it then."""
    found = (rule(drive) for rule in _CLAIMS)
    return tuple(refusal for refusal in found if refusal is not None)


def _has_serial(_case: Case, drive: Drive) -> Refusal | None:
    if drive.serial:
        return None
    return Refusal(key="drive_without_serial", placeholders={"device": drive.name})


def _unchanged(case: Case, drive: Drive) -> Refusal | None:
    if drive.serial == case.plan.serial and drive.size == case.plan.size:
        return None
    return Refusal(
        key="drive_changed",
        placeholders={
            "serial": case.plan.serial,
            "found": f"{drive.serial} ({drive.size} bytes)",
        },
    )


def _idle(case: Case, drive: Drive) -> Refusal | None:
    if case.other is None:
        return None
    return Refusal(
        key="burn_in_active",
        placeholders={"device": drive.name, "serial": drive.serial},
    )


def _no_self_test(case: Case, drive: Drive) -> Refusal | None:
    if not case.self_test_running:
        return None
    return Refusal(
        key="self_test_active",
        placeholders={"device": drive.name, "serial": drive.serial},
    )


def _may_command(case: Case, _drive: Drive) -> Refusal | None:
    system = case.fleet.system
    if system.commands or system.wipe:
        return None
    return Refusal(key="no_command_rights")


def _may_self_test(case: Case, _drive: Drive) -> Refusal | None:
    system = case.fleet.system
    if system.commands or not system.wipe or not case.self_tests:
        return None
    return Refusal(key="self_tests_need_commands")


def _not_on_hold(case: Case, _drive: Drive) -> Refusal | None:
    return Refusal(key="nas_on_hold") if HoldReason.PERSON in case.holds else None


def _ledger_kept(case: Case, _drive: Drive) -> Refusal | None:
    return Refusal(key="ledger_lost") if HoldReason.LEDGER_LOST in case.holds else None


def _serial_unique(case: Case, drive: Drive) -> Refusal | None:
    twins = case.fleet.with_serial(drive.serial)
    if not drive.serial or (len(twins) == 1 and not drive.duplicate_serial):
        return None
    return Refusal(
        key="duplicate_serial",
        placeholders={
            "serial": drive.serial,
            "devices": ", ".join(sorted(twin.name for twin in twins)),
        },
    )


def _not_boot(drive: Drive) -> Refusal | None:
    if not drive.boot:
        return None
    return Refusal(key="drive_is_boot", placeholders={"device": drive.name})


def _not_in_pool(drive: Drive) -> Refusal | None:
    if drive.pool is None or drive.boot:
        return None
    return Refusal(
        key="drive_in_pool", placeholders={"device": drive.name, "pool": drive.pool}
    )


def _not_in_exported_pool(drive: Drive) -> Refusal | None:
    if drive.exported_pool is None:
        return None
    return Refusal(
        key="drive_in_exported_pool",
        placeholders={"device": drive.name, "pool": drive.exported_pool},
    )


def _not_used(drive: Drive) -> Refusal | None:
    if drive.used_by is None:
        return None
    return Refusal(
        key="drive_used_by", placeholders={"device": drive.name, "user": drive.used_by}
    )


def _unused(_case: Case, drive: Drive) -> Refusal | None:
    if drive.unused or claims(drive):
        return None
    return Refusal(key="drive_in_use", placeholders={"device": drive.name})


def _has_size(_case: Case, drive: Drive) -> Refusal | None:
    if drive.size > 0:
        return None
    return Refusal(key="drive_without_size", placeholders={"device": drive.name})


def _confirmed(case: Case, drive: Drive) -> Refusal | None:
    if case.confirmed:
        return None
    return Refusal(
        key="not_confirmed",
        placeholders={"device": drive.name, "serial": drive.serial},
    )


type _Rule = Callable[[Case, Drive], Refusal | None]

_EVERY: tuple[_Rule, ...] = (
    _has_serial,
    _serial_unique,
    _unchanged,
    _idle,
    _no_self_test,
    _may_command,
    _may_self_test,
    _not_on_hold,
)
_DESTRUCTIVE: tuple[_Rule, ...] = (_unused, _has_size, _ledger_kept, _confirmed)
_CLAIMS: tuple[Callable[[Drive], Refusal | None], ...] = (
    _not_boot,
    _not_in_pool,
    _not_in_exported_pool,
    _not_used,
)
