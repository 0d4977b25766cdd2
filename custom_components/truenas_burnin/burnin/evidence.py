"""What each kind of stage finds out: one frozen dataclass per way of doing it.

All of it is kept as it is (ledger/json_codec.py): a new field needs a default.
Sizes are bytes, durations seconds, temperatures °C.
"""

from dataclasses import dataclass

from ..truenas.models import (
    BlockRange,
    RangeResult,
    SelfTestKind,
    SelfTestStatus,
    SmartReport,
    WipeMode,
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
    """How many ranges were done after so many seconds, and how hot it was then."""

    done: int
    seconds: int
    temperature: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How many errors there were in all."""

    read: int
    write: int
    compare: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceRun:
    """A surface pass of the agent: what is written, how far it is, how it went.

    `profile` is what was seen on the way, `results` what the agent kept of each
    range.
    """

    patterns: tuple[int, ...] = ()
    ranges: tuple[BlockRange, ...] = ()
    phase: int | None = None
    phases: int | None = None
    profile: tuple[Checkpoint, ...] = ()
    results: tuple[RangeResult, ...] = ()
    errors: Errors | None = None
    first_bad_byte: int | None = None
    seconds: int | None = None
    hottest: int | None = None

    @property
    def planned(self) -> SurfaceRun:
        """Return it as it was before it began."""
        return SurfaceRun(patterns=self.patterns)


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
