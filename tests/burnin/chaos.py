"""A NAS and a ledger that crash the program, lose replies and rename drives."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, override

from custom_components.truenas_burnin.truenas.errors import AgentFailed, OutcomeUnknown
from custom_components.truenas_burnin.truenas.models import (
    AgentState,
    Drive,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SurfaceRequest,
)

from .fakes import FakeNas, a_status, a_test


class Crashed(BaseException):
    """The program is dead; nothing catches it."""


@dataclass
class Fuse:
    """Count down to a crash, or to a lost reply, at the boundary of any call."""

    crash_in: int | None = None
    lose_in: int | None = None
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

    def loses(self) -> bool:
        """Tell whether this reply gets lost."""
        if self.lose_in is None:
            return False
        self.lose_in -= 1
        if self.lose_in >= 0:
            return False
        self.lose_in = None
        return True


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
            result = await real(*args, **kwargs)
            self._fuse.spark()
            if isinstance(self._real, FakeNas) and self._fuse.loses():
                raise OutcomeUnknown(f"{name}: lost")
            return result

        return call


@dataclass
class RealisticNas(FakeNas):
    """A NAS whose agent re-checks serials, and that keeps a book of what happens."""

    created: list[str] = field(default_factory=list)
    written: dict[str, int] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def at(self, name: str) -> Drive | None:
        """Return the drive that has this name now."""
        return next((d for d in self.drives.values() if d.name == name), None)

    @override
    async def start_surface(self, request: SurfaceRequest) -> None:
        self._called("start_surface", request.token)
        drive = self.at(request.device)
        if drive is None or drive.serial != request.serial:
            raise AgentFailed("start", "serial_changed", "another drive")
        known = self.jobs.get(request.token)
        if known is None:
            for job in self.jobs.values():
                if job.serial == request.serial and job.state is AgentState.RUNNING:
                    raise AgentFailed("start", "busy", job.token)
            self.requests.append(request)
            self.created.append(request.token)
            self.jobs[request.token] = a_status(request)
        elif known.state is AgentState.INTERRUPTED:
            self.jobs[request.token] = replace(
                known, state=AgentState.RUNNING, device=request.device
            )

    @override
    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        if self.logs[drive.serial].running_percent is not None:
            self.faults.append(f"a second self-test on {drive.serial}")
        await super().start_self_test(drive, kind)

    def work(self) -> None:
        """Let every worker and every self-test get on."""
        for token, job in self.jobs.items():
            if job.state is AgentState.RUNNING:
                self.jobs[token] = self._worked(token)
        for serial, log in self.logs.items():
            self.logs[serial] = self._tested(serial, log)

    def _worked(self, token: str) -> Any:
        job = self.jobs[token]
        drive = self.at(job.device)
        if drive is None or drive.serial != job.serial:
            return replace(job, state=AgentState.REFUSED, reason="serial_changed")
        self.written[job.serial] = self.written.get(job.serial, 0) + 1
        done = min(job.ranges, job.done + max(1, job.ranges // 3))
        if job.serial in self.broken:
            return replace(job, state=AgentState.FAILED, done=done, write_errors=3)
        state = AgentState.PASSED if done == job.ranges else AgentState.RUNNING
        return replace(job, state=state, done=done)

    def _tested(self, serial: str, log: SelfTestLog) -> SelfTestLog:
        if log.running_percent is None:
            return log
        if log.running_percent < 50:
            return replace(log, running_percent=60.0)
        words = [call.split() for call in self.calls_of("start_self_test")]
        kinds = [SelfTestKind(word[2]) for word in words if word[1] == serial]
        test = a_test(kinds[-1], hours=12 + len(log.tests))
        return SelfTestLog(tests=(test, *log.tests), running_percent=None)

    def reboot(self) -> None:
        """Interrupt everything and give the drives each other's names."""
        for token, job in self.jobs.items():
            if job.state is AgentState.RUNNING:
                self.jobs[token] = replace(job, state=AgentState.INTERRUPTED)
        for serial, log in self.logs.items():
            if log.running_percent is not None:
                test = a_test(
                    SelfTestKind.SHORT,
                    SelfTestStatus.INTERRUPTED,
                    hours=12 + len(log.tests),
                )
                self.logs[serial] = SelfTestLog(
                    tests=(test, *log.tests), running_percent=None
                )
        drives = list(self.drives.values())
        names = [drive.name for drive in drives]
        for drive, name in zip(drives, [*names[1:], names[0]], strict=True):
            self.drives[drive.identifier] = replace(drive, name=name)
        self.system = replace(self.system, boot_id=f"{self.system.boot_id}+")
