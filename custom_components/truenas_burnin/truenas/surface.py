"""What the agent is asked to do to a surface, and what it says of it.

As docs/protocol.md has it: bytes, seconds, °C, and unix seconds of the NAS's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Method(StrEnum):
    """How a surface is validated."""

    STAMPED = "stamped"
    PATTERNS = "patterns"


class Activity(StrEnum):
    """What a job is at."""

    CAPACITY_CHECK = "capacity_check"
    WRITE = "write"
    VERIFY = "verify"
    DISCARD = "discard"
    DONE = "done"


class AgentState(StrEnum):
    """State of one job of the agent."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def final(self) -> bool:
        """Tell whether the job has ended for good."""
        return self in _FINAL

    @property
    def live(self) -> bool:
        """Tell whether a worker should be at it, and say so from time to time."""
        return not self.final and self is not AgentState.INTERRUPTED


_FINAL = frozenset(
    {AgentState.PASSED, AgentState.FAILED, AgentState.REFUSED, AgentState.STOPPED}
)


class ErrorKind(StrEnum):
    """What went wrong with a block."""

    READ = "read"
    WRITE = "write"
    COMPARE = "compare"


class Cause(StrEnum):
    """What came back instead of the data."""

    IO_ERROR = "io_error"
    SHORT = "short"
    RETRY_SUCCEEDED = "retry_succeeded"
    OTHER_ADDRESS = "other_address"
    EARLIER_PASS = "earlier_pass"  # noqa: S105 (no secret)
    ZEROS = "zeros"
    BITS_DIFFER = "bits_differ"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes of a drive in one piece."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """Return the first byte behind it."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentItem:
    """Something found on a drive: a file system, a pool's label, a partition table."""

    place: str
    type: str
    label: str | None = None
    uuid: str | None = None
    usage: str = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveUser:
    """Who has a drive or a part of it open."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveContent:
    """What lies on a drive and who uses it; `locked` is None where nobody can tell."""

    content: tuple[ContentItem, ...]
    users: tuple[DriveUser, ...] = ()
    size: int
    logical_sector: int
    locked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """Which ledger speaks, by its 32 hexadecimal digits, and how far it has come."""

    id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfacePlan:
    """What the agent is to write and read back, on which drive, for which ledger.

    `unit` is the lunid where the serial is not the drive's alone, `content` what a
    person saw on the drive and confirmed. `pause_at` and
    `resume_at` are °C.
    """

    token: str
    ledger: Epoch
    device: str
    serial: str
    lunid: str | None
    unit: str | None = None
    size: int
    content: tuple[ContentItem, ...]
    method: Method
    passes: int
    ranges: tuple[ByteRange, ...]
    capacity_check: bool
    discard: bool
    pause_at: int
    resume_at: int
    max_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A code of the agent, what it found, and what a tool said in English.

    `said` are those of its details that are plain words and numbers.
    """

    code: str
    message: str = ""
    users: tuple[DriveUser, ...] = ()
    found: tuple[ContentItem, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCounts:
    """Errors by kind; `kernel` are those that the kernel counted beside ours."""

    read: int = 0
    write: int = 0
    compare: int = 0
    kernel: int = 0

    @property
    def total(self) -> int:
        """Return how many of all kinds."""
        return self.read + self.write + self.compare + self.kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecord:
    """One stretch of a drive that was not as written.

    `found_byte` is the address whose data came back instead.
    """

    sweep: int
    kind: ErrorKind
    byte: int
    length: int
    cause: Cause
    found_byte: int | None = None
    errno: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRecord:
    """How one range went in one sweep; the run of them is the speed profile."""

    sweep: int
    index: int
    start: int
    length: int
    activity: Activity
    seconds: float
    read_errors: int = 0
    write_errors: int = 0
    compare_errors: int = 0
    kernel_errors: int = 0
    temperature: int | None = None
    slowest_ms: float | None = None
    p999_ms: float | None = None

    @property
    def flawless(self) -> bool:
        """Tell whether nothing went wrong, as far as anybody noticed."""
        return not (
            self.read_errors
            or self.write_errors
            or self.compare_errors
            or self.kernel_errors
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """How a job is. `revision` only grows; `range` counts those of this sweep.

    `bytes_done` and `bytes_total` are of all sweeps. `hanging_seconds` is how long the
    worker has waited for the drive's answer, 0 while that is usual.
    """

    token: str
    serial: str
    device: str
    revision: int
    state: AgentState
    reason: Why | None
    method: Method
    activity: Activity
    sweep: int
    sweeps: int
    range: int
    ranges: int
    bytes_done: int
    bytes_total: int
    errors: ErrorCounts
    first_error: ErrorRecord | None
    temperature: int | None
    hottest: int | None
    seconds: int
    hanging_seconds: int
    updated: int
    boot: str

    @property
    def percent(self) -> float:
        """Return how much of all sweeps is done."""
        if self.bytes_total <= 0:
            return 0.0
        return min(100.0, 100.0 * self.bytes_done / self.bytes_total)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecords:
    """A job with everything that is kept of it, in the order of work."""

    status: JobStatus
    ranges: tuple[RangeRecord, ...]
    errors: tuple[ErrorRecord, ...]
