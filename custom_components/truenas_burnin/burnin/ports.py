"""What the runner needs from the world around it, as protocols."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Protocol

from ..truenas.models import (
    Drive,
    Fleet,
    NasJob,
    SelfTestKind,
    SelfTestLog,
    SmartReport,
    WipeMode,
)
from ..truenas.surface import DriveContent, Epoch, JobRecords, JobStatus, SurfacePlan
from .audit_event import AuditEvent
from .model import BurnIn, HoldReason, PauseReason


class Nas(Protocol):
    """The effects a burn-in has on one system; all raise TrueNASError."""

    async def fleet(self, *, closely: bool = False) -> Fleet:
        """Return a complete, fresh look at the system and its drives.

        With `closely` the labels on all drives are read too, which may wake them.
        """

    async def smart(self, drive: Drive, *, wake: bool = True) -> SmartReport:
        """Return the drive's SMART report, read by serial-checked command.

        Without `wake` raise DriveAsleep for a drive that sleeps.
        """

    async def self_test_log(self, drive: Drive) -> SelfTestLog:
        """Return the drive's self-test log and the running test."""

    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a self-test; refuse if one is running."""

    async def abort_self_test(self, drive: Drive) -> None:
        """Abort the running self-test, whoever started it."""

    async def start_wipe(self, drive: Drive, mode: WipeMode) -> int:
        """Have the system overwrite a drive without reading back; return the job."""

    async def wipe_jobs(self) -> tuple[NasJob, ...]:
        """Return the wipes that the system has not forgotten."""

    async def abort_wipe(self, job: NasJob) -> None:
        """End a wipe that was just seen under way."""

    async def content(self, drive: Drive) -> DriveContent:
        """Return what lies on a drive and who uses it, read by serial-checked command."""

    async def epoch(self) -> Epoch | None:
        """Return which ledger the system obeys, None before the first start."""

    async def obey(self, epoch: Epoch) -> None:
        """Have the system obey this ledger from now on."""

    async def start_surface(self, plan: SurfacePlan) -> JobStatus:
        """Start or continue a surface job; idempotent by its token."""

    async def surface_status(self, *, ask: bool) -> Mapping[str, JobStatus]:
        """Return the status of every surface job by token.

        With `ask` the agent looks at its workers first (it can then tell an
        interrupted job from a running one); else its last words are read.
        """

    async def pause_surface(self, token: str, reason: PauseReason) -> None:
        """Have a surface job stand still until it is resumed; idempotent."""

    async def resume_surface(self, token: str) -> None:
        """Let a surface job go on unless its drive is too hot; idempotent."""

    async def limit_surface(self, token: str, pause_at: int, resume_at: int) -> None:
        """Have a surface job go by other temperatures, in °C; idempotent."""

    async def surface_records(self, token: str) -> JobRecords:
        """Return everything that is kept of a surface job."""

    async def stop_surface(self, token: str) -> None:
        """End a surface job; idempotent, an unknown token is fine."""

    async def clean_surface(self, token: str) -> None:
        """Remove what a finished surface job left on the system."""


class Ledger(Protocol):
    """The durable memory; every method raises LedgerError when it cannot keep."""

    async def commit(
        self,
        burn_in: BurnIn,
        event: AuditEvent,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] | None = None,
        raises_epoch: bool = False,
    ) -> None:
        """Store the burn-in and an audit row, in one transaction.

        With `raises_epoch` the ledger counts itself one further in it.
        """

    async def epoch(self) -> Epoch:
        """Return which ledger this is, and how far it is."""

    async def keep(self, burn_in: BurnIn) -> None:
        """Store how far a burn-in has got, without an audit row."""

    async def record(
        self,
        nas_id: str,
        event: AuditEvent,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Store an audit row that belongs to no burn-in."""

    async def next_position(self, nas_id: str) -> int:
        """Return the place at the end of the queue of a system."""

    async def unfinished(self, nas_id: str) -> tuple[BurnIn, ...]:
        """Return the burn-ins of a system that have not ended, oldest first."""

    async def latest(self, nas_id: str) -> Mapping[str, BurnIn]:
        """Return the newest burn-in of each drive, by drive identifier."""

    async def holds(self, nas_id: str) -> frozenset[HoldReason]:
        """Return why a system starts no burn-ins; empty if it may."""

    async def set_hold(
        self,
        nas_id: str,
        on: bool,
        actor: str | None,
        reason: HoldReason = HoldReason.PERSON,
    ) -> None:
        """Put a system on hold, for a person if not for another reason; or take it back."""


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def time_of_day(self) -> time:
        """Return the time of day where the person lives."""


class Publisher(Protocol):
    """Who wants to hear of transitions."""

    def publish(self, before: BurnIn | None, after: BurnIn) -> None:
        """Tell of a committed change; must not raise."""


class LedgerError(Exception):
    """The ledger could not be read or written."""


class RunnerClosed(LedgerError):
    """Another runner may look after the system by now: nothing is kept any more."""
