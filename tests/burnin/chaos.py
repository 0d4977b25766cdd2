"""A NAS and a program between which everything goes wrong.

The fuse crashes the program at the boundary of any call, before or after it has
had its effect, loses replies and delays them, so that calls overtake each other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, override

from custom_components.truenas_burnin.burnin.model import PauseReason
from custom_components.truenas_burnin.truenas.errors import AgentFailed, OutcomeUnknown
from custom_components.truenas_burnin.truenas.models import (
    Drive,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)
from custom_components.truenas_burnin.truenas.surface import (
    AgentState,
    ErrorCounts,
    JobStatus,
    SurfacePlan,
    Why,
)

from .fakes import FakeNas, a_status, a_test

ALIVE = (AgentState.RUNNING, AgentState.PAUSED)


class Crashed(BaseException):
    """The program is dead; nothing catches it."""


@dataclass
class Fuse:
    """Count down to a crash, or to a lost reply, at the boundary of any call.

    `crash_at` and `lose_at` name the method after whose effect that happens.
    `delays` are turns of the event loop that the next calls wait, over and over.
    """

    crash_in: int | None = None
    crash_at: str | None = None
    lose_in: int | None = None
    lose_at: str | None = None
    delays: tuple[int, ...] = (0,)
    calls: int = 0
    dead: bool = False

    def spark(self) -> None:
        """Pass one boundary of the program with the world."""
        if self.dead:
            raise Crashed
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                self.dead = True
                raise Crashed

    def strike(self, name: str) -> None:
        """Pass the moment after the effect of a call."""
        if self.crash_at == name:
            self.crash_in = 0
        self.spark()

    def loses(self, name: str) -> bool:
        """Tell whether this reply gets lost."""
        if self.lose_at == name:
            self.lose_at = None
            return True
        if self.lose_in is None:
            return False
        self.lose_in -= 1
        if self.lose_in >= 0:
            return False
        self.lose_in = None
        return True

    def mend(self) -> None:
        """Put in a new one."""
        self.crash_in = self.lose_in = self.crash_at = self.lose_at = None

    async def delay(self) -> None:
        """Let others overtake."""
        self.calls += 1
        for _ in range(self.delays[self.calls % len(self.delays)]):
            await asyncio.sleep(0)


class Fragile:
    """Anything of the world, reached through a fuse."""

    def __init__(self, real: object, fuse: Fuse) -> None:
        """Wrap the real thing."""
        self._real = real
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        """Return a method of the real thing, with a boundary around it."""
        real: Callable[..., Awaitable[Any]] = getattr(self._real, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.spark()
            await self._fuse.delay()
            self._fuse.spark()
            result = await real(*args, **kwargs)
            await self._fuse.delay()
            self._fuse.strike(name)
            if isinstance(self._real, FakeNas) and self._fuse.loses(name):
                raise OutcomeUnknown(f"{name}: lost")
            return result

        return call


@dataclass
class RealisticNas(FakeNas):
    """A NAS whose agent does as the real one does, and that keeps a book.

    `told` is what the status file says: the worker's last words, until somebody
    asks. `faults` are things that must never be asked of it. `book` holds each
    self-test that ended, by serial and hours. The list of ranges of a drive in `cut`
    is lost, the log of one in `blind` unreadable.
    """

    told: dict[str, JobStatus] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    hot: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    created: list[str] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)
    written: dict[str, set[str]] = field(default_factory=dict)
    book: dict[tuple[str, int], tuple[SelfTestKind, SelfTestStatus]] = field(
        default_factory=dict
    )
    cut: set[str] = field(default_factory=set)
    blind: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def at(self, name: str) -> Drive | None:
        """Return the drive that has this name now."""
        return next((d for d in self.drives.values() if d.name == name), None)

    def alive(self) -> list[JobStatus]:
        """Return the jobs that have a worker."""
        return [job for job in self.jobs.values() if job.state in ALIVE]

    @override
    async def start_surface(self, plan: SurfacePlan) -> JobStatus:
        self._called("start_surface", plan.token)
        self._admit(plan.ledger)
        if plan.token in self.spent:
            raise AgentFailed("start", Why(code="already_done"))
        drive = self.at(plan.device)
        if drive is None or drive.serial != plan.serial:
            raise AgentFailed("start", Why(code="serial_differs"))
        known = self.jobs.get(plan.token)
        if known is not None and known.state is not AgentState.INTERRUPTED:
            return known
        if any(job.serial == plan.serial for job in self.alive()):
            raise AgentFailed("start", Why(code="serial_busy"))
        if drive.pool is not None:
            self.faults.append(f"{plan.token} begun on {drive.name} of {drive.pool}")
        if known is None:
            self.plans.append(plan)
            self.created.append(plan.token)
            known = a_status(plan)
        self._put(replace(known, state=AgentState.RUNNING, device=plan.device))
        return self.jobs[plan.token]

    def _put(self, job: JobStatus) -> None:
        self.jobs[job.token] = self.told[job.token] = job

    @override
    async def surface_status(self, *, ask: bool) -> Mapping[str, JobStatus]:
        self._called("surface_status", ask)
        if ask:
            self.told = dict(self.jobs)
        return dict(self.told)

    @override
    async def pause_surface(self, token: str, reason: PauseReason) -> None:
        self._called("pause_surface", token, reason)
        self._known(token)
        self.held[token] = reason

    @override
    async def resume_surface(self, token: str) -> None:
        self._called("resume_surface", token)
        self._known(token)
        self.held.pop(token, None)

    def _known(self, token: str) -> None:
        if token not in self.jobs:
            raise AgentFailed("pause", Why(code="unknown_token"))

    @override
    async def stop_surface(self, token: str) -> None:
        await super().stop_surface(token)
        if token in self.jobs:
            self._put(self.jobs[token])

    @override
    async def clean_surface(self, token: str) -> None:
        if any(job.token == token for job in self.alive()):
            raise AgentFailed("clean", Why(code="serial_busy"))
        await super().clean_surface(token)
        self.told.pop(token, None)
        self.held.pop(token, None)

    @override
    async def self_test_log(self, drive: Drive, *, wake: bool = True) -> SelfTestLog:
        log = await super().self_test_log(drive, wake=wake)
        if drive.serial not in self.blind:
            return log
        return SelfTestLog(tests=(), running_percent=None, readable=False)

    @override
    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        if self.logs[drive.serial].running_percent is not None:
            self.faults.append(f"a second self-test on {drive.serial}")
        await super().start_self_test(drive, kind)

    def work(self) -> None:
        """Let every worker and every self-test get on."""
        for job in self.alive():
            self._put(self._worked(job))
        for serial, log in tuple(self.logs.items()):
            self.logs[serial] = self._tested(serial, log)

    def _worked(self, job: JobStatus) -> JobStatus:
        job = replace(job, updated=job.updated + 1)
        reason = self.held.get(job.token) or ("heat" if job.serial in self.hot else "")
        if reason:
            return replace(job, state=AgentState.PAUSED, reason=Why(code=reason))
        drive = self.at(job.device)
        if drive is None:
            why = Why(code="drive_vanished")
            return replace(job, state=AgentState.FAILED, reason=why)
        if drive.serial != job.serial:
            why = Why(code="serial_differs")
            return replace(job, state=AgentState.REFUSED, reason=why)
        self.written.setdefault(drive.serial, set()).add(job.token)
        if job.serial in self.cut:
            self.cut.discard(job.serial)
            return replace(job, state=AgentState.PASSED, reason=None)
        done = min(job.bytes_total, job.bytes_done + job.bytes_total // 3 + 1)
        if job.serial in self.broken:
            errors = ErrorCounts(write=3)
            return replace(job, state=AgentState.FAILED, bytes_done=done, errors=errors)
        if done < job.bytes_total:
            return replace(job, state=AgentState.RUNNING, reason=None, bytes_done=done)
        self.finished.add(job.token)
        return replace(job, state=AgentState.PASSED, reason=None, bytes_done=done)

    def _tested(self, serial: str, log: SelfTestLog) -> SelfTestLog:
        if log.running_percent is None:
            return log
        if log.running_percent < 50:
            return replace(log, running_percent=60.0)
        self.end_test(serial, SelfTestStatus.PASSED)
        return self.logs[serial]

    def end_test(
        self, serial: str, status: SelfTestStatus, kind: SelfTestKind | None = None
    ) -> None:
        """Write an entry: of the running test, or of another kind that nobody saw."""
        if kind is None:
            words = [call.split() for call in self.calls_of("start_self_test")]
            kind = next(
                SelfTestKind(word[2]) for word in words[::-1] if word[1] == serial
            )
        tests = self.logs[serial].tests
        hours = 12 + len(tests)
        self.book[serial, hours] = kind, status
        self.logs[serial] = SelfTestLog(
            tests=(a_test(kind, status, hours), *tests), running_percent=None
        )

    def kill_workers(self) -> None:
        """End every worker without a word."""
        for job in self.alive():
            self.jobs[job.token] = replace(job, state=AgentState.INTERRUPTED)

    def lose_folder(self) -> None:
        """Remove the agent's folder: its workers end with it."""
        for token in self.jobs:
            self.created.remove(token)
        self.jobs.clear()
        self.told.clear()
        self.held.clear()

    def reboot(self) -> None:
        """Interrupt everything and give the drives each other's names."""
        self.kill_workers()
        for serial, log in tuple(self.logs.items()):
            if log.running_percent is not None:
                self.end_test(serial, SelfTestStatus.INTERRUPTED)
        drives = list(self.drives.values())
        names = [drive.name for drive in drives]
        for drive, name in zip(drives, [*names[1:], *names[:1]], strict=True):
            self.drives[drive.identifier] = replace(drive, name=name)
        self.system = replace(self.system, boot_id=f"{self.system.boot_id}+")
