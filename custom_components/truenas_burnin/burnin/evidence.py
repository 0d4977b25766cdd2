"""What each kind of stage finds out: one frozen dataclass per way of doing it.

All of it is kept as it is (ledger/json_codec.py): a new field needs a default.
Sizes are bytes, durations seconds, temperatures °C.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..truenas.models import SelfTestKind, SelfTestStatus, SmartReport, WipeMode
from ..truenas.surface import (
    Activity,
    ByteRange,
    ContentItem,
    ErrorCounts,
    ErrorRecord,
    Method,
    RangeRecord,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartRecord:
    """What the precheck and the final check read; None where it was not read."""

    report: SmartReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What tells one entry of a self-test log from another."""

    kind: SelfTestKind | None
    status: SelfTestStatus
    hours: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestRun:
    """A self-test of the drive; `result` is what the drive says of it.

    `log_before` is the drive's log when the test was wanted.
    """

    log_before: tuple[LogEntry, ...] = ()
    restarts: int = 0
    looks_without_trace: int = 0
    seen_running: bool = False
    result: str | None = None
    lifetime_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How many ranges and bytes of all sweeps were done after so many seconds."""

    ranges: int
    done: int
    seconds: float
    temperature: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLimits:
    """Where a worker pauses and where it goes on, in °C."""

    pause_at: int
    resume_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceRun:
    """A surface pass of the agent: what was confirmed, how far it is, how it went.

    `confirmed` is what a person saw on the drive before, `limits` what the worker was
    told last. `profile` is what was seen on the way, until the end brings `records`, what
    the agent kept of each range in each sweep, and `bad` the first of the places that are not as written.
    """

    method: Method = Method.STAMPED
    passes: int = 1
    discard: bool = False
    confirmed: tuple[ContentItem, ...] = ()
    ranges: tuple[ByteRange, ...] = ()
    limits: HeatLimits | None = None
    activity: Activity | None = None
    sweep: int = 0
    profile: tuple[Checkpoint, ...] = ()
    records: tuple[RangeRecord, ...] = ()
    bad: tuple[ErrorRecord, ...] = ()
    errors: ErrorCounts | None = None
    seconds: int | None = None
    hottest: int | None = None

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Return how it went on: as seen so far, or by the records, without gaps."""
        return self.profile or tuple(_checkpoints(self.records))

    @property
    def sweeps(self) -> int:
        """Return how often the ranges are written or read."""
        return sweeps_of(self.method, self.passes)

    @property
    def planned(self) -> SurfaceRun:
        """Return it as it was before it began."""
        return SurfaceRun(
            method=self.method,
            passes=self.passes,
            discard=self.discard,
            confirmed=self.confirmed,
        )


def _checkpoints(records: Iterable[RangeRecord]) -> Iterator[Checkpoint]:
    done, seconds = 0, 0.0
    for count, item in enumerate(records, start=1):
        done += item.length
        seconds += item.seconds
        yield Checkpoint(
            ranges=count, done=done, seconds=seconds, temperature=item.temperature
        )


def sweeps_of(method: Method, passes: int) -> int:
    """Return how often a method goes over its ranges: each write is read back."""
    return 2 * (len(PATTERNS) if method is Method.PATTERNS else passes)


PATTERNS: Final = (0xAA, 0x55, 0xFF, 0x00)
"""What `badblocks -w` (e2fsprogs) writes, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMark:
    """What tells a job of the NAS from all others, also of an earlier middleware."""

    id: int
    started: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeRun:
    """A wipe by the NAS itself, which reads nothing back: it verifies nothing.

    `known_jobs` were there before ours, `job`.
    """

    mode: WipeMode
    device: str = ""
    restarts: int = 0
    known_jobs: tuple[JobMark, ...] = ()
    job: JobMark | None = None

    @property
    def planned(self) -> WipeRun:
        """Return it as it was before it began."""
        return WipeRun(mode=self.mode)


type Evidence = SmartRecord | SelfTestRun | SurfaceRun | WipeRun
