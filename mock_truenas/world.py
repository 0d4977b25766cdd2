"""The mocked world: drives, pools, time, faults. Every protocol speaks of this one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
import hashlib
import os
from pathlib import Path
import secrets
from typing import Any
import uuid

from .clock import Clock
from .drive import BACKING_BYTES, MockDrive
from .profile import Profile

PASS_SECONDS = 300.0
"""World seconds that one write or read pass over a whole drive takes."""


@dataclass
class Faults:
    """What goes wrong, as set by /debug/faults."""

    latency: float = 0.0
    status: int = 0
    drop: bool = False
    lose_replies: bool = False
    html: bool = False
    half: bool = False

    def set(self, wanted: dict[str, Any]) -> None:
        """Replace the faults that are named."""
        for name, value in wanted.items():
            if name not in self.__dataclass_fields__:
                raise KeyError(name)
            setattr(self, name, value)


@dataclass
class World:
    """One NAS and everything in it."""

    profile: Profile
    clock: Clock
    root: Path
    key: str
    drives: list[MockDrive]
    host_id: str = ""
    boot_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    faults: Faults = field(default_factory=Faults)
    commands: list[list[str]] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        """Name the drives and make their files."""
        self.host_id = (
            self.host_id or hashlib.sha256(str(self.root).encode()).hexdigest()
        )
        self.name_drives(self.drives)
        self.folder.mkdir(parents=True, exist_ok=True)
        for drive in self.drives:
            self.make_file(drive)

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
        file = drive.file(self.folder)
        if not file.exists():
            file.touch()
            os.truncate(file, BACKING_BYTES)

    def name_drives(self, drives: Iterable[MockDrive]) -> None:
        """Name the drives in this order, as a boot does."""
        for index, drive in enumerate(drives):
            drive.name = self.profile.drive_name(index)

    def at(self, path: str) -> Path:
        """Return where an absolute path of the NAS is; ValueError if nowhere."""
        target = (self.filesystem / path.lstrip("/")).resolve()
        if not path.startswith("/") or not target.is_relative_to(
            self.filesystem.resolve()
        ):
            raise ValueError(path)
        return target

    @property
    def connected(self) -> list[MockDrive]:
        """The drives that are there."""
        return [drive for drive in self.drives if drive.present]

    def drive(self, **wanted: str) -> MockDrive | None:
        """Return the connected drive with this name, serial or identifier."""
        for drive in self.connected:
            if all(getattr(drive, key) == value for key, value in wanted.items()):
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

    def reboot(self) -> None:
        """Interrupt the self-tests and give the drives other names."""
        for drive in self.drives:
            drive.end_test(self.clock.elapsed, "Interrupted (host reset)", 0x20)
        self.name_drives([*self.drives[1:], self.drives[0]])
        self.boot_id = str(uuid.uuid4())

    def state(self) -> dict[str, Any]:
        """Return what a test may want to know."""
        self.settle()
        return {
            "profile": self.profile.name,
            "version": self.profile.version,
            "host_id": self.host_id,
            "boot_id": self.boot_id,
            "elapsed": self.clock.elapsed,
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
