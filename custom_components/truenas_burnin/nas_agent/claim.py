"""Take a drive for one job, so that nobody else does, and only if it is the right one.

First the drive is opened so that nobody else can use it, then it is asked who it is, and
it stays open until the job ends: whatever is unplugged meanwhile, the kernel gives
neither its name nor its number to another drive. On Linux an exclusive open also keeps
pools, file systems and volume managers off; on FreeBSD an open for writing does, unless
kern.geom.debugflags says otherwise.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
import time
from typing import TYPE_CHECKING, Literal

from . import tools
from .drive import content, identity, locked, names, users
from .drive.users import User
from .errors import Code, Json, Refused
from .paths import Paths
from .plan import Drive, Item, Plan
from .smartctl import Answer, Smartctl

if TYPE_CHECKING:
    from typing_extensions import Self

SECTORS = (512, 4096)

_LOOK_AGAIN = 0.5
"""Seconds until somebody who passes by is looked for again."""

_ANYBODY_WRITES = 0x10
"""Bit of kern.geom.debugflags (geom(4)) that lets anybody write to disks in use."""

_TAKEN = frozenset((errno.EBUSY, errno.EPERM))
_PROTECTED = frozenset((errno.EROFS, errno.EACCES))
_GONE = frozenset((errno.ENXIO, errno.ENODEV, errno.ENOMEDIUM, errno.EIO))

_TEMPERATURE_PATIENCE = 60.0


class Claimed:
    """A drive that is this job's alone until the `with` block ends.

    `descriptor` is open for reading and writing, without the kernel's cache.
    """

    def __init__(
        self,
        descriptor: int,
        drive: Drive,
        logical_sector: int,
        solid_state: bool,
        paths: Paths,
    ) -> None:
        """Own the descriptor."""
        self.descriptor = descriptor
        self.device = drive.device
        self.size = drive.size
        self.logical_sector = logical_sector
        self.solid_state = solid_state
        self._serial = drive.serial
        self._paths = paths
        self._smartctl = Smartctl(paths)

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *error: object) -> Literal[False]:
        """Let go of the drive."""
        os.close(self.descriptor)
        return False

    def still_named(self) -> bool:
        """Return whether its name still leads to the opened drive."""
        return _leads_to(self._paths.dev / self.device, self.descriptor)

    def others(self) -> tuple[User, ...]:
        """Return who else has it now, those left out that only ever look at drives."""
        found = users.find(self.device, self._paths)
        return tuple(user for user in found if not user.passes_by)

    def temperature(self) -> int | None:
        """Return the temperature in °C, None if the drive does not tell it in a minute.

        It is not woken for that; one that hangs is not asked again before it answers.
        """
        try:
            answer = self._smartctl.ask(
                self.device,
                self._serial,
                *("-n", "standby", "-A"),
                patience=_TEMPERATURE_PATIENCE,
            )
        except Refused:
            return None
        told = answer.said.get("temperature")
        degrees = told.get("current") if isinstance(told, dict) else None
        return degrees if isinstance(degrees, int) else None

    def discard(self, start: int, length: int) -> None:
        """Tell the drive that nobody needs these bytes; raise OSError."""
        self._paths.kernel.discard(self.descriptor, start, length)


def claim(plan: Plan, paths: Paths, patience: float = 30.0) -> Claimed:
    """Return the planned drive, held; raise Refused, and then nothing was touched.

    A process that only passes by, such as smartctl, is waited for `patience` seconds.
    """
    drive = plan.drive
    refuse_unguarded(paths)
    descriptor = open_drive(drive.device, paths, exclusively=True)
    try:
        answer = introduce(drive.device, drive.serial, paths)
        sector = check_drive(drive, descriptor, answer, paths)
        wait_for_others(drive.device, paths, patience)
        _check_content(plan, content.find(drive.device, paths))
        _check_name(drive.device, descriptor, paths)
        solid = identity.is_solid(drive.device, answer, paths)
    except OSError as error:
        os.close(descriptor)
        raise _vanished(drive.device, error) from error
    except BaseException:
        os.close(descriptor)
        raise
    return Claimed(descriptor, drive, sector, solid, paths)


def open_drive(device: str, paths: Paths, exclusively: bool) -> int:
    """Open a drive; raise Refused. Never makes a file where a node has vanished."""
    node = paths.dev / device
    try:
        if not paths.kernel.is_drive(node.stat()) or not names.is_whole(device, paths):
            raise Refused(Code.NOT_A_DRIVE, {"device": device})
        if not exclusively:
            return os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return paths.kernel.open_exclusively(node)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused(Code.DEVICE_MISSING, {"device": device}) from error
    except OSError as error:
        raise _not_opened(device, error, paths) from error


def introduce(device: str, serial: str, paths: Paths) -> Answer | None:
    """Return what the drive says of itself; None without smartctl. Raise Refused.

    The kernel's own record can be enough; only a drive that hangs is refused here.
    """
    try:
        return Smartctl(paths).ask(device, serial, "-i", "-g", "security")
    except Refused as refused:
        if refused.code is Code.DRIVE_HANGS:
            raise
        return None


def check_drive(
    drive: Drive, descriptor: int, answer: Answer | None, paths: Paths
) -> int:
    """Make sure that an opened drive is the planned one and can be worked on.

    Return its logical sector in bytes; raise Refused, OSError.
    """
    kernel = paths.kernel
    _check_name(drive.device, descriptor, paths)
    identity.check(
        drive.device,
        descriptor,
        drive.serial,
        drive.lunid,
        answer,
        paths,
        unit=drive.unit,
    )
    size = kernel.size(descriptor)
    if size <= 0:
        raise Refused(Code.SIZE_UNKNOWN, {"device": drive.device})
    if size != drive.size:
        raise Refused(Code.SIZE_DIFFERS, {"device": drive.device, "size": size})
    sector = kernel.logical_sector(descriptor)
    if sector not in SECTORS:
        raise Refused(Code.SECTOR_SIZE, {"device": drive.device, "sector": sector})
    if kernel.is_read_only(descriptor):
        raise Refused(Code.WRITE_PROTECTED, {"device": drive.device})
    if locked.is_locked(answer):
        raise Refused(Code.LOCKED, {"device": drive.device})
    return sector


def refuse_unguarded(paths: Paths) -> None:
    """Raise Refused while FreeBSD lets anybody write to disks that are in use."""
    if not paths.kernel.freebsd:
        return
    try:
        said = tools.run(paths, "sysctl", "-n", "kern.geom.debugflags", patience=10)
        flags = int(said.output.strip() or "0", 0)
    except (tools.Missing, tools.Hangs, ValueError) as error:
        raise Refused(Code.DEBUGFLAGS, {}, str(error)) from error
    if flags & _ANYBODY_WRITES:
        raise Refused(Code.DEBUGFLAGS, {"flags": flags})


def wait_for_others(device: str, paths: Paths, patience: float) -> None:
    """Wait until nobody else has the drive; raise Refused for who stays.

    Mounts and holders stay; a process may be on its way out.
    """
    end = time.monotonic() + patience
    while True:
        found = users.find(device, paths)
        stays = any(user.kind != "process" for user in found)
        if not found:
            return
        if stays or time.monotonic() >= end:
            raise _in_use(device, found)
        time.sleep(_LOOK_AGAIN)


def _check_name(device: str, descriptor: int, paths: Paths) -> None:
    if not _leads_to(paths.dev / device, descriptor):
        raise Refused(Code.NAME_MOVED, {"device": device})


def _check_content(plan: Plan, found: list[Item]) -> None:
    """Refuse what nobody confirmed; a job that is taken up again may find less."""
    if not plan.content.issuperset(found):
        listed: list[Json] = [item.as_json() for item in found]
        raise Refused(
            Code.CONTENT_DIFFERS, {"device": plan.drive.device, "found": listed}
        )


def _leads_to(node: Path, descriptor: int) -> bool:
    try:
        return names.node_of(node.stat()) == names.node_of(os.fstat(descriptor))
    except OSError:
        return False


def _not_opened(device: str, error: OSError, paths: Paths) -> Refused:
    if error.errno in _TAKEN:
        found = users.find(device, paths)
        return _in_use(device, found or users.pools(device, paths))
    if error.errno in _PROTECTED:
        return Refused(Code.WRITE_PROTECTED, {"device": device}, str(error))
    if error.errno in _GONE:
        return _vanished(device, error)
    return Refused(Code.INTERNAL, {"device": device}, str(error))


def _vanished(device: str, error: OSError) -> Refused:
    return Refused(Code.DRIVE_VANISHED, {"device": device}, str(error))


def _in_use(device: str, found: tuple[User, ...]) -> Refused:
    by: list[Json] = [user.as_json() for user in found]
    return Refused(Code.IN_USE, {"device": device, "users": by})
