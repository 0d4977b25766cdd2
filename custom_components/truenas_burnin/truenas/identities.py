"""Which drive is which, whatever the system calls it now.

TrueNAS names a drive by its serial number, and by its logical unit too once it knows
one: a drive that gains or loses that is called something else from one poll to the
next. Here alone it is decided that two names are of one drive; who follows a drive
knows it by the name of the first poll that saw it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .models import Drive
from .serials import same_serial


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDrive:
    """A drive that was seen, under the `identifier` that it keeps.

    `called` is what the system called it last. A `lunid` that was once seen stays.
    """

    identifier: str
    called: str
    serial: str
    lunid: str | None
    size: int


class Identities:
    """The drives of one system, those that are gone too."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, KnownDrive] = {}
        self._unkept: dict[str, KnownDrive] = {}

    def remember(self, known: Iterable[KnownDrive]) -> None:
        """Take up what was known before a restart."""
        self._known |= {drive.identifier: drive for drive in known}

    @property
    def unkept(self) -> tuple[KnownDrive, ...]:
        """Return what was learned and nobody has said to be kept."""
        return tuple(self._unkept.values())

    def kept(self, drives: Iterable[KnownDrive]) -> None:
        """Take note that these are kept as they are here."""
        for drive in drives:
            if self._unkept.get(drive.identifier) == drive:
                del self._unkept[drive.identifier]

    def follow(self, drives: Mapping[str, Drive]) -> dict[str, Drive]:
        """Return the drives of a complete poll by the identifiers that they keep."""
        owners = {known.called: known for known in self._known.values()}
        called = {name: owners[name] for name in drives if name in owners}
        gone = [known for known in self._known.values() if known.called not in drives]
        for name, drive in drives.items():
            if name not in owners and (before := _same(drive, drives.values(), gone)):
                called[name] = before
        taken = {known.identifier for known in called.values()}
        followed: dict[str, Drive] = {}
        for name, drive in drives.items():
            known = called.get(name)
            identifier = _free(name, taken) if known is None else known.identifier
            taken.add(identifier)
            self._learn(identifier, drive, known)
            followed[identifier] = (
                drive
                if identifier == name
                else replace(drive, identifier=identifier, called=name)
            )
        return followed

    def _learn(self, identifier: str, drive: Drive, before: KnownDrive | None) -> None:
        """Note what tells a drive from others, unless it tells nothing itself."""
        if not drive.serial or not drive.size or drive.unreadable:
            return
        lunid = drive.lunid
        if lunid is None and before is not None and before.serial == drive.serial:
            lunid = before.lunid
        known = KnownDrive(
            identifier=identifier,
            called=drive.identifier,
            serial=drive.serial,
            lunid=lunid,
            size=drive.size,
        )
        if known != self._known.get(identifier):
            self._known[identifier] = self._unkept[identifier] = known


def _same(
    drive: Drive, present: Iterable[Drive], gone: Iterable[KnownDrive]
) -> KnownDrive | None:
    """Return the drive that this one was called before; None if that is not sure.

    Two logical units of one serial number are two drives.
    """
    if not drive.size or drive.unreadable:
        return None
    twins = [one for one in present if same_serial(one.serial, drive.serial)]
    found = [
        known
        for known in gone
        if same_serial(known.serial, drive.serial)
        and known.size == drive.size
        and len({lunid for lunid in (known.lunid, drive.lunid) if lunid}) < 2
    ]
    return found[0] if len(found) == len(twins) == 1 else None


def _free(name: str, taken: set[str]) -> str:
    """Return the name, marked where another drive is known by it."""
    while name in taken:
        name += "'"
    return name
