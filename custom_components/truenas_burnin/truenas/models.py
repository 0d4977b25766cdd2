"""What a TrueNAS system tells us, as frozen values.

Sizes are bytes, temperatures °C, percents 0-100, times aware UTC datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class DriveType(StrEnum):
    """Kind of medium, as far as the system knows it."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"
    UNKNOWN = "unknown"


class SelfTestKind(StrEnum):
    """Self-tests a drive can run by itself."""

    SHORT = "short"
    LONG = "long"
    CONVEYANCE = "conveyance"


class SelfTestStatus(StrEnum):
    """Outcome of one entry of a drive's self-test log."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """Identity and version of one TrueNAS system.

    `commands` tells whether our key may run the agent, which verifies what it
    writes; `wipe` whether it may at least have the system write to a drive.
    """

    host_id: str
    hostname: str
    version: str
    product: str
    boot_id: str
    commands: bool = True
    wipe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One drive as the latest poll saw it.

    `identifier` stays for as long as the drive is known (identities.py), `called` is
    the system's own where that has changed since; `name` (ada1, sdb) may change at any
    reboot. `pool` names an imported pool or the boot pool, `exported_pool` a
    pool found on the drive that is not imported, `used_by` what else has it in use
    (an iSCSI extent, a virtual machine), `doubt` what leaves open whether anything
    has. `unused` is the word of the strongest call of the system's generation.
    `unreadable` is what of the system's words about the drive could not be read: it
    may be shown, and nothing may be done to it. `unit` is the lunid where others have
    the same serial and only that tells them apart; `paths` are the names that the drive
    has where they are several, each with its pool; `node` is what to open where that is
    not the name, as of CORE's multipath.
    """

    identifier: str
    name: str
    serial: str
    lunid: str | None
    model: str
    size: int
    type: DriveType
    rotation_rate: int | None
    pool: str | None
    exported_pool: str | None
    boot: bool
    unused: bool
    duplicate_serial: bool
    temperature: float | None = None
    used_by: str | None = None
    doubt: str | None = None
    unreadable: str | None = None
    called: str | None = None
    unit: str | None = None
    paths: tuple[str, ...] = ()
    node: str = ""

    @property
    def system_identifier(self) -> str:
        """Return what the system has to be told to mean this drive."""
        return self.called or self.identifier

    @property
    def device(self) -> str:
        """Return the node in /dev to work on."""
        return self.node or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """One entry of a drive's self-test log, newest first in a log."""

    kind: SelfTestKind | None
    status: SelfTestStatus
    text: str
    lifetime_hours: int | None
    lba_of_first_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestLog:
    """A drive's self-test log and the test it runs right now, if any.

    `running_percent` is None when no test runs, and 0.0 when one runs whose
    progress the drive does not tell. Without `readable` there may be entries that
    we were not told of: such a log proves nothing. `failure` are the words of the
    drive's execution status if that says that the newest test failed. A
    drive `without_smart` keeps no log either. `running_kind` is None where no test runs,
    and where the drive does not tell which.
    """

    tests: tuple[SelfTest, ...]
    running_percent: float | None
    readable: bool = True
    failure: str | None = None
    without_smart: bool = False
    running_kind: SelfTestKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartAttribute:
    """One ATA SMART attribute; `raw` is already decoded (see smartctl.py)."""

    id: int
    name: str
    value: int
    worst: int
    threshold: int
    raw: int
    raw_text: str
    failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartReport:
    """What `smartctl -x --json` said of one drive, reduced to what we judge.

    `counters` holds the comparable error counts by the keys of thresholds.py (for
    example `ata_5`, `scsi_grown_defects`, `nvme_media_errors`). `rotation_rate` is per
    minute, 0 for solid state. `asked_as` is the `-d` of smartctl that the drive needs. `hot` tells that the drive warns of heat, `warning` what
    else it warns of that is no failure. `locked` is ATA security's word.
    `self_test_kinds` are those that the drive has; None where it does not tell.
    `smart_available` is False where smartctl says that the drive has no SMART, or knows
    no way to ask it: `protocol` is then empty, and the rest is the kernel's word.
    """

    protocol: str
    serial: str
    model: str
    firmware: str
    size: int | None
    passed: bool | None
    temperature: float | None
    temperature_limit: float | None
    power_on_hours: int | None
    farm_power_on_hours: int | None
    attributes: tuple[SmartAttribute, ...]
    counters: Mapping[str, int]
    self_tests: SelfTestLog
    estimated_minutes: Mapping[SelfTestKind, int] = field(default_factory=dict)
    self_test_kinds: frozenset[SelfTestKind] | None = None
    manufacturer: str = ""
    rotation_rate: int | None = None
    form_factor: str = ""
    asked_as: str = ""
    logical_sector: int | None = None
    protection_type: int = 0
    smart_available: bool | None = None
    smart_enabled: bool | None = None
    locked: bool | None = None
    hot: bool = False
    warning: str = ""

    @property
    def silent(self) -> bool:
        """Tell whether the drive said nothing of its health: it proves nothing."""
        return not self.counters and self.passed is None

    @property
    def without_smart(self) -> bool:
        """Tell whether the drive cannot say anything of its health, now or later."""
        return self.smart_available is False and self.silent


class JobState(StrEnum):
    """State of a job of the TrueNAS middleware."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ABORTED = "ABORTED"


class WipeMode(StrEnum):
    """How much of a drive `disk.wipe` overwrites: 32 MiB at both ends, or all."""

    QUICK = "QUICK"
    FULL = "FULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class NasJob:
    """A middleware job.

    Ids restart at 1 with every middleware restart; `started`, in milliseconds of
    the system's own clock, then tells two jobs of one id apart.
    """

    id: int
    method: str
    state: JobState
    percent: float | None
    error: str | None
    arguments: tuple[Any, ...] = ()
    started: int = 0

    @property
    def active(self) -> bool:
        """Tell whether the job has not ended."""
        return self.state in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Everything one poll saw; `drives` is keyed by drive identifier.

    `scrubbing` tells whether any pool is being scrubbed or resilvered, `ready`
    whether the system has started and had its pools imported by then.
    """

    system: SystemInfo
    drives: Mapping[str, Drive]
    scrubbing: bool = False
    ready: bool = True

    def with_serial(self, serial: str) -> tuple[Drive, ...]:
        """Return the drives that carry this serial."""
        return tuple(drive for drive in self.drives.values() if drive.serial == serial)
