"""The mocked world: drives, pools, time, faults. Every protocol speaks of this one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
import errno
import fcntl
import os
from pathlib import Path
import secrets
from typing import Any, override
import uuid

from .drive import BACKING_BYTES, MockDrive
from .events import Change, Event
from .host import Host
from .machine import Machine
from .pools import Scan
from .rows import database_row
from .storage import LocalStorage


@dataclass(kw_only=True)
class World(Host):
    """A NAS whose drives are pretended, and everything in it."""

    drives: list[MockDrive]
    storage: LocalStorage = field(init=False)
    scans: dict[str, Scan] = field(default_factory=dict)
    commands: list[list[str]] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    pass_seconds: float = 300.0
    """World seconds that one write or read pass over a whole drive takes."""
    machine: Machine = field(init=False)
    debugflags: int = 0
    """CORE's kern.geom.debugflags."""

    @override
    def __post_init__(self) -> None:
        """Name the drives and make their files."""
        super().__post_init__()
        self.storage = LocalStorage(self.filesystem)
        self.machine = Machine(self)
        self.name_drives(self.drives)
        self.folder.mkdir(parents=True, exist_ok=True)
        for drive in self.drives:
            self.make_file(drive)

    @override
    def __setattr__(self, name: str, value: Any) -> None:
        """Tell the programs on the NAS at once how fast its drives are."""
        object.__setattr__(self, name, value)
        if name == "pass_seconds" and "machine" in self.__dict__:
            self.machine.changed()

    @property
    def folder(self) -> Path:
        """Where the files behind the drives are."""
        return self.root / "drives"

    @property
    def filesystem(self) -> Path:
        """Where the NAS's own files are."""
        return self.root / "filesystem"

    def make_file(self, drive: MockDrive) -> None:
        """Make the sparse file behind a drive, if it is not there yet."""
        drive.watch = None
        others = {
            other.file(self.folder) for other in self.drives if other is not drive
        }
        while drive.file(self.folder) in others:
            drive.twin += 1
        file = drive.file(self.folder)
        if not file.exists():
            file.touch()
            try:
                os.truncate(file, max(BACKING_BYTES, drive.size))
            except OSError:
                # Larger than this machine's file system lets a file be.
                os.truncate(file, BACKING_BYTES)
        drive.watch = self.machine.changed
        self.machine.changed()

    def join_pool(self, drive: MockDrive, pool: str) -> None:
        """Put a drive into a pool; OSError (EBUSY) while a program holds it for itself."""
        with drive.file(self.folder).open("rb") as node:
            try:
                fcntl.flock(node, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY)) from None
            drive.pool = pool

    def partitions(self, drive: MockDrive) -> list[str]:
        """Return the names of a drive's partitions; one that ZFS has had has some."""
        if not (drive.pool or drive.exported_pool):
            return []
        if self.profile.core:
            return [f"{drive.name}p{number}" for number in (1, 2)]
        return [f"{drive.name}p1" if drive.nvme else f"{drive.name}1"]

    def name_drives(self, drives: Iterable[MockDrive]) -> None:
        """Name the drives in this order, as a boot does."""
        seen: Counter[bool] = Counter()
        for drive in drives:
            driver = drive.sas and self.profile.core
            drive.name = self.profile.drive_name(seen[driver], sas=drive.sas)
            seen[driver] += 1

    def at(self, path: str) -> Path:
        """Return where an absolute path of the NAS is; ValueError if nowhere."""
        return self.storage.at(path)

    @property
    def connected(self) -> list[MockDrive]:
        """The drives that are there."""
        return [drive for drive in self.drives if drive.present]

    @property
    def pools(self) -> list[str]:
        """The names of the imported pools, without the one that was booted from."""
        return sorted({d.pool for d in self.connected if d.pool and not d.boot})

    def drive(self, **wanted: str) -> MockDrive | None:
        """Return the connected drive with this name, serial or identifier."""
        for drive in self.connected:
            if all(getattr(drive, key) == value for key, value in wanted.items()):
                return drive
        return None

    def device(self, path: str) -> MockDrive | None:
        """Return the connected drive behind a path of /dev, also one by its id."""
        name = path.removeprefix("/dev/")
        by_id = name.removeprefix("disk/by-id/")
        for drive in self.connected:
            links = {
                f"ata-{drive.model.replace(' ', '_')}_{drive.serial}",
                f"scsi-S{drive.model.replace(' ', '_')}_{drive.serial}",
                f"wwn-0x{drive.lunid}",
            }
            if name == drive.name or (by_id != name and by_id in links):
                return drive
        return None

    def settle(self) -> None:
        """Bring everything up to the present."""
        for drive in self.drives:
            drive.settle(self.clock.elapsed)

    def complete_tests(self) -> None:
        """End every running self-test as if its time was over."""
        for drive in self.drives:
            if drive.running is not None:
                drive.running.began = -1e9
        self.settle()
        self.clock.skip(0)

    def reboot(self) -> None:
        """Interrupt the self-tests and give the drives other names."""
        for drive in self.drives:
            drive.end_test(self.clock.elapsed, "Interrupted (host reset)", 0x20)
        self.name_drives([*self.drives[1:], self.drives[0]])
        self.boot_id = str(uuid.uuid4())
        self.machine.changed()

    def drive_changed(self, drive: MockDrive, change: Change) -> None:
        """Tell those who listen to disk.query; they get the database's own columns."""
        row = None if change is Change.REMOVED else database_row(drive)
        self.events.emit(Event("disk.query", change, drive.identifier, row))

    def state(self) -> dict[str, Any]:
        """Return what a test may want to know."""
        self.settle()
        return {
            "profile": self.profile.name,
            "version": self.profile.version,
            "host_id": self.host_id,
            "boot_id": self.boot_id,
            "elapsed": self.clock.elapsed,
            "key_alive": self.key.alive,
            "rest_calls": self.rest_calls,
            "drives": [
                {
                    "name": drive.name,
                    "serial": drive.serial,
                    "identifier": drive.identifier,
                    "model": drive.model,
                    "size": drive.size,
                    "pool": drive.pool,
                    "boot": drive.boot,
                    "present": drive.present,
                    "temperature": drive.temperature,
                    "writes": drive.writes,
                    "self_test": None if drive.running is None else drive.running.kind,
                    "file": str(drive.file(self.folder)),
                }
                for drive in self.drives
            ],
        }
