"""Does one job from the claim of its drive to the verdict; needs nobody."""

from __future__ import annotations

from collections.abc import Sequence
import errno
import os
import time
from typing import Callable

from . import claim, records
from .boot import boot_id
from .claim import Claimed
from .ending import Ending
from .engines import capacity, sweep as sweeping
from .engines.buffers import Buffer
from .engines.findings import Finding, Kind
from .engines.medium import Medium
from .engines.surface import Surface
from .engines.sweeps import Activity, Sweep, sweeps_of
from .errors import Code, Json, Refused
from .guard import Guard
from .interference import Interference
from .jobs import Job, Jobs, State
from .kernel_log import KernelLog
from .paths import Paths
from .plan import BLOCK, Plan, Range
from .progress import Progress
from .rollback import is_ahead
from .scsi_trace import ScsiTrace

UNPLUGGED_AFTER = 10.0
"""Seconds within which the name of an unplugged drive goes away, after its first error."""

IDLE_AFTER = 5.0
"""Seconds that requests under way get to end before the drive is let go of."""

_GONE = frozenset((errno.ENODEV, errno.ENXIO))
_PROTECTED = frozenset((errno.EROFS, errno.EPERM, errno.EACCES))

_MAY_COME_BACK = frozenset(
    (
        Code.DEVICE_MISSING,
        Code.NAME_MOVED,
        Code.SERIAL_DIFFERS,
        Code.SERIAL_BUSY,
        Code.SIZE_UNKNOWN,
        Code.DRIVE_HANGS,
        Code.NO_SPACE,
        Code.INTERNAL,
    )
)
"""Refusals that do not end a job which has begun: its drive may be elsewhere today."""


def work(
    token: str,
    paths: Paths,
    *,
    take: Callable[[Plan, Paths], Claimed] = claim.claim,
    medium: Callable[[int], Medium] = Medium,
    leave: Callable[[], None] = lambda: os._exit(0),
) -> None:
    """Work at a job until it has ended, or as far as it goes; raise Refused.

    Raises only where no such job is, or where another worker lives. `leave` ends the
    process when a request hangs that nobody can take back.
    """
    jobs = Jobs(paths)
    job = jobs.get(token)
    with job.held():
        if job.state().is_final:
            return
        plan = job.plan()
        progress = Progress()
        guard = Guard(job, plan, progress, boot_id(paths), leave)
        worker = Worker(job, plan, progress, guard, paths)
        try:
            guard.start()
            guard.finish(worker.run(jobs, take, medium))
        finally:
            guard.close()


class Worker:
    """One worker. It is the `Watch` of the engines."""

    def __init__(
        self, job: Job, plan: Plan, progress: Progress, guard: Guard, paths: Paths
    ) -> None:
        """Find out how far the job has come."""
        self._plan = plan
        self._progress = progress
        self._guard = guard
        self._paths = paths
        self._steps = [
            (one, index) for one in sweeps_of(plan) for index in range(len(plan.ranges))
        ]
        self._records = records.Records(job, self._steps)
        self._drive: _Drive
        self._moved_badly = 0
        self._sweep = 0
        status = job.status()
        self._rebooted = status.get("boot") not in ("", boot_id(paths))
        self._restore(status)

    def _restore(self, status: dict[str, Json]) -> None:
        done = self._records
        self._progress.counts.update(done.counts)
        self._progress.first_error = done.first_error
        self._progress.kernel_errors = int(done.total("kernel_errors"))
        self._progress.earlier_seconds = done.total("seconds")
        self._progress.bytes_before = int(done.total("length"))
        if self._steps[len(done.ranges) :]:
            sweep, index = self._steps[len(done.ranges)]
            self._progress.sweep, self._progress.range = sweep.number, index
            self._progress.activity = sweep.activity
        hottest = status.get("hottest")
        self._progress.hottest = hottest if isinstance(hottest, int) else None

    def run(
        self,
        jobs: Jobs,
        take: Callable[[Plan, Paths], Claimed],
        medium: Callable[[int], Medium],
    ) -> Ending:
        """Claim the drive and work; return how it ended. Raises nothing."""
        try:
            self._records.begin_anew()
            with (
                jobs.drive(self._plan.drive),
                take(self._plan, self._paths) as claimed,
            ):
                self._drive = _Drive(claimed, medium(claimed.descriptor), self._paths)
                try:
                    self._guard.take_drive(self._drive)
                    self._work()
                finally:
                    self._drive.close()
        except Ending as ending:
            return ending
        except Refused as refused:
            return self._refused(refused)
        except OSError as error:
            return _from_kernel(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours accuses no drive
            return Ending(State.INTERRUPTED, Code.INTERNAL, {}, repr(error))
        return Ending(State.PASSED)

    def _refused(self, refused: Refused) -> Ending:
        begun = bool(self._records.ranges)
        again = begun and refused.code in _MAY_COME_BACK
        state = State.INTERRUPTED if again else State.REFUSED
        return Ending(state, refused.code, refused.details, refused.message)

    # --- the work

    def _work(self) -> None:
        self._progress.began = time.monotonic()
        self._progress.state = State.RUNNING
        self._guard.tick()  # whoever started the job waits for that
        if self.wants_break():
            self.take_break()
        self._judge()
        done = len(self._records.ranges)
        # Its blocks lie in every range: once one is written it would spoil the others.
        if self._plan.capacity_check and not done:
            self._check_capacity()
        filled: Sweep | None = None
        for step, index in self._steps[done:]:
            writing = step.activity is Activity.WRITE
            if step is not filled:
                sweeping.fill(self._drive.surface, step.data, writing=writing)
                filled = step
            self._do_range(step, index)
        self._discard()
        self._need_name()
        self._progress.activity = Activity.DONE

    def _check_capacity(self) -> None:
        self._begin(Activity.CAPACITY_CHECK, 0, 0)
        capacity.check(self._drive.surface, self._drive.size, self._plan.token, self)
        self._hidden_errors()
        self._drive.interference.check()
        self._progress.bytes_here = 0
        self._judge()

    def _do_range(self, step: Sweep, index: int) -> None:
        progress = self._progress
        whole = self._plan.ranges[index]
        self._begin(step.activity, step.number, index)
        self._need_name()
        before = progress.seconds()
        counts = progress.counts.copy()
        writing = step.activity is Activity.WRITE
        work = sweeping.RangeWork(self._drive.surface, step.data, self, writing=writing)
        work.run(whole)
        self._drive.interference.check()
        kernel_errors = self._hidden_errors()
        found = progress.counts - counts
        self._records.add_range(
            {
                "sweep": step.number,
                "index": index,
                "start": whole.start,
                "length": whole.length,
                "activity": step.activity.value,
                "seconds": round(progress.seconds() - before, 3),
                **{f"{kind.value}_errors": found[kind] for kind in Kind},
                "kernel_errors": kernel_errors,
                "temperature": progress.temperature,
                "slowest_ms": work.latency.slowest_ms,
                "p999_ms": work.latency.p999_ms,
            }
        )
        progress.bytes_here = 0
        progress.bytes_before += whole.length
        progress.range = index + 1
        self._judge()

    def _begin(self, activity: Activity, sweep: int, index: int) -> None:
        self._moved_badly = 0
        self._progress.activity = activity
        self._progress.sweep = max(1, sweep)
        self._progress.range = index
        self._sweep = sweep

    def _hidden_errors(self) -> int:
        """Return what the kernel knows of and no request of ours told."""
        told = max(self._drive.log.drain(), self._drive.trace.drain())
        hidden = 0 if self._moved_badly else told
        self._progress.kernel_errors += hidden
        return hidden

    def _judge(self) -> None:
        """End with the first range in which there were errors: no drive gets better."""
        if self._progress.errors():
            raise Ending(State.FAILED, Code.ERRORS_FOUND)

    def _discard(self) -> None:
        """Tell solid state that it is empty; one that cannot has no fault by that."""
        if not self._plan.discard:
            return
        self._progress.activity = Activity.DISCARD
        try:
            for one in self._plan.ranges:
                if self.wants_break():
                    self.take_break()
                self._drive.discard(one)
        except OSError:
            self._progress.discarded = False
        else:
            self._progress.discarded = True

    def _need_name(self) -> None:
        if not self._drive.claimed.still_named():
            raise Ending(State.INTERRUPTED, Code.DRIVE_VANISHED)

    # --- what the engines tell (`Watch`)

    def wants_break(self) -> bool:
        """Return whether somebody or the heat wants the work to stand still."""
        return self._guard.wants_break()

    def take_break(self) -> None:
        """Stand still; raise Ending."""
        self._guard.take_break()

    def advanced(self, done: int) -> None:
        """Take how much of the range is done."""
        self._progress.bytes_here = done

    def most_findings(self) -> int:
        """Return how many more are counted before the job ends."""
        return max(1, self._plan.max_errors - self._progress.errors())

    def found(self, findings: Sequence[Finding]) -> None:
        """Find out whose fault it is, and keep it if the drive's; raise Ending."""
        if any(one.kind is not Kind.COMPARE for one in findings):
            self._need_name_for_a_while()
        if any(one.kind is Kind.COMPARE for one in findings):
            self._drive.interference.judge(findings)
            self._need_newest_records(findings)
        fresh = self._records.add_errors(self._sweep, findings)
        self._progress.add(fresh, self._sweep)
        if self._progress.errors() >= self._plan.max_errors:
            raise Ending(State.FAILED, Code.TOO_MANY_ERRORS)

    def _need_newest_records(self, findings: Sequence[Finding]) -> None:
        """Begin the pass again if the drive is further than its records; raise Ending."""
        medium = self._drive.surface.medium
        if self._rebooted and is_ahead(medium, self._plan, self._sweep, findings):
            self._records.forget_from(self._sweep - 1)
            raise Ending(State.INTERRUPTED, Code.RECORDS_OLDER)

    def _need_name_for_a_while(self) -> None:
        """Raise Ending if the drive goes away: it was unplugged then."""
        self._need_name()
        if not self._moved_badly:
            end = time.monotonic() + UNPLUGGED_AFTER
            while time.monotonic() < end:
                time.sleep(0.2)
                self._need_name()
        self._moved_badly += 1


class _Drive:
    """A claimed drive with everything that is needed to work on it."""

    def __init__(self, claimed: Claimed, medium: Medium, paths: Paths) -> None:
        self.claimed = claimed
        self.size = claimed.size
        self.surface = Surface(medium, solid_state=claimed.solid_state)
        self.interference = Interference(
            medium, claimed.others, paths.sys, claimed.device
        )
        self.log = KernelLog(paths.dev / "kmsg", paths.sys, claimed.device)
        self.trace = ScsiTrace(paths.sys, claimed.device)

    def temperature(self) -> int | None:
        """Return the temperature in °C, None if the drive sleeps or does not tell."""
        return self.claimed.temperature()

    def hanging(self) -> float:
        """Return the seconds for which a request has gone without an answer."""
        return self.surface.lanes.hanging()

    def wake(self) -> None:
        """Have a sleeping drive spin up; raise OSError."""
        self.surface.medium.read(Buffer(BLOCK).view, 0)

    def discard(self, one: Range) -> None:
        """Discard a range in a thread, since it may take long; raise OSError."""
        self.surface.lanes.begin(
            lambda: self.claimed.discard(one.start, one.length)
        ).wait()

    def close(self) -> None:
        """Begin nothing more, and let what is under way end if it does."""
        self.surface.lanes.close(IDLE_AFTER)
        self.log.close()
        self.trace.close()


def _from_kernel(error: OSError) -> Ending:
    """Return what an error means for which the kernel does not blame the drive."""
    if error.errno in _GONE:
        return Ending(State.INTERRUPTED, Code.DRIVE_VANISHED, {}, str(error))
    if error.errno in _PROTECTED:
        return Ending(State.REFUSED, Code.WRITE_PROTECTED, {}, str(error))
    return Ending(State.INTERRUPTED, Code.INTERNAL, {}, str(error))
