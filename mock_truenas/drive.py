"""One mocked drive: identity, medium, SMART record and self-tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, override

BACKING_BYTES = 32 * 2**20
"""Of the sparse file behind a drive, what wipes take for the whole."""

_SEEN = frozenset(
    {
        "bad_from",
        "boot",
        "exported_pool",
        "hangs",
        "lunid",
        "mounted",
        "name",
        "opened_by",
        "pool",
        "present",
        "read_only",
        "sector",
        "serial",
        "size",
    }
)

SELF_TEST_SECONDS = {"short": 90.0, "long": 480.0, "conveyance": 120.0}
"""Duration of a self-test at speed 1."""


class SelfTestLog(StrEnum):
    """Whether smartctl can tell of earlier self-tests."""

    KEPT = "kept"
    NONE = "none"
    UNREADABLE = "unreadable"


@dataclass
class LoggedTest:
    """One entry of the self-test log, in smartctl's words."""

    kind: str
    status: str
    value: int
    hours: int
    remaining: int = 0
    lba: int | None = None


@dataclass
class RunningTest:
    """A self-test under way; `began` in world seconds."""

    kind: str
    began: float

    def percent(self, elapsed: float) -> float:
        """Return how much is done."""
        share = (elapsed - self.began) / SELF_TEST_SECONDS[self.kind]
        return min(100.0, max(0.0, 100.0 * share))


@dataclass
class MockDrive:
    """A drive as the world knows it; sizes in bytes, temperatures in °C.

    `extent` and `vm` mean that an iSCSI extent or a virtual machine uses it, `mounted`
    is where it is mounted, `opened_by` a program that has it open, `filesystem` the label
    of one that lies on it. One that `hangs` answers no request. `twin` tells drives of
    the same serial apart. `standby` ends, and counts in `wakes`, when somebody asks for
    more than its name. `lacking` are self-tests that it does not have; `needs_type` is
    the `-d` without which smartctl gets nowhere. Of one `without_smart` it knows no way to
    ask, as of virtio disks and of USB bridges that are new to it.
    `attributes` are counts of errors by the number of the ATA attribute, also of a
    SAS drive.
    """

    name: str
    serial: str
    lunid: str | None
    model: str
    family: str
    firmware: str
    size: int
    rotation_rate: int
    pool: str | None = None
    boot: bool = False
    exported_pool: str | None = None
    bad_from: float | None = None
    hours: int = 3
    temperature: float | None = 34.0
    present: bool = True
    writes: int = 0
    sas: bool = False
    nvme: bool = False
    extent: bool = False
    vm: bool = False
    hangs: bool = False
    read_only: bool = False
    sector: int = 512
    mounted: str | None = None
    opened_by: str | None = None
    filesystem: str | None = None
    twin: int = 0
    standby: bool = False
    wakes: int = 0
    locked: bool = False
    lacking: frozenset[str] = frozenset()
    extended_log: bool = False
    self_test_log: SelfTestLog = field(default=SelfTestLog.KEPT)
    needs_type: str | None = None
    without_smart: bool = False
    attributes: dict[int, int] = field(default_factory=dict)
    log: list[LoggedTest] = field(default_factory=list)
    running: RunningTest | None = None
    failing_test: bool = False
    watch: Callable[[MockDrive], None] | None = field(
        default=None, repr=False, compare=False
    )

    @override
    def __setattr__(self, name: str, value: Any) -> None:
        """Tell who watches of what programs on the NAS can see."""
        object.__setattr__(self, name, value)
        if name in _SEEN and self.__dict__.get("watch") is not None:
            self.watch(self)  # type: ignore[misc]

    @property
    def identifier(self) -> str:
        """The stable id, in the middleware's brace form."""
        if not self.serial:
            return f"{{devicename}}{self.name}"
        if self.lunid:
            return f"{{serial_lunid}}{self.serial}_{self.lunid}"
        return f"{{serial}}{self.serial}"

    @property
    def rotates(self) -> bool:
        """Tell whether it is a hard drive."""
        return self.rotation_rate > 0

    @property
    def number(self) -> int:
        """Linux' device number of its name: sda 2048, sdb 2064."""
        index = 0
        for letter in self.name.removeprefix("sd"):
            index = index * 26 + ord(letter) - ord("a") + 1
        return 2048 + 16 * (index - 1)

    @property
    def bus(self) -> str:
        """Udev's ID_BUS."""
        return "SCSI" if self.sas else "ATA"

    @property
    def subsystem(self) -> str:
        """What Linux' driver belongs to; so far all are SCSI disks."""
        return "scsi"

    @property
    def driver(self) -> str:
        """Linux' driver."""
        return "sd"

    @property
    def vendor(self) -> str:
        """As SCSI has it."""
        return "HGST" if self.sas else "ATA"

    def file(self, folder: Path) -> Path:
        """Return the sparse file behind the drive."""
        name = (self.serial or self.name).encode().hex()
        return folder / (f"{name}-{self.twin}" if self.twin else name)

    def head(self, folder: Path) -> bytes:
        """Return what is at its beginning, where wipes write: the rest may be huge."""
        with self.file(folder).open("rb") as medium:
            return medium.read(BACKING_BYTES)

    def wake(self) -> None:
        """Spin up for whoever asks for more than its name."""
        if self.standby:
            self.standby = False
            self.wakes += 1

    def lacks_test(self, kind: str) -> bool:
        """Tell whether it has no such self-test though its protocol knows it."""
        return kind in self.lacking

    def power_on_hours(self, elapsed: float) -> int:
        """Return the hours it has run."""
        return self.hours + int(elapsed // 3600)

    def settle(self, elapsed: float) -> None:
        """End the self-test whose time is over."""
        test = self.running
        if test is None or test.percent(elapsed) < 100.0:
            return
        self.running = None
        hours = self.power_on_hours(elapsed)
        if self.failing_test:
            entry = LoggedTest(
                test.kind, "Completed: read failure", 0x79, hours, 90, 123456
            )
        else:
            entry = LoggedTest(test.kind, "Completed without error", 0, hours)
        self._record(entry)

    def start_test(self, kind: str, elapsed: float) -> bool:
        """Start a self-test; False if one is running."""
        self.settle(elapsed)
        if self.running is not None:
            return False
        self.running = RunningTest(kind, elapsed)
        return True

    def end_test(self, elapsed: float, status: str, value: int) -> None:
        """End the running self-test early, in smartctl's words and status value."""
        self.settle(elapsed)
        if self.running is None:
            return
        left = 10 * (10 - int(self.running.percent(elapsed) // 10))
        kind, self.running = self.running.kind, None
        hours = self.power_on_hours(elapsed)
        self._record(LoggedTest(kind, status, value | left // 10, hours, left))

    def _record(self, entry: LoggedTest) -> None:
        self.log = [entry, *self.log][:21]

    def damaged(self, errors: int) -> None:
        """Let failed sectors show in the SMART record."""
        for attribute, share in ((5, 8), (197, 1), (198, 1)):
            count = self.attributes.get(attribute, 0) + max(1, errors // share)
            self.attributes[attribute] = min(count, 65_000)
