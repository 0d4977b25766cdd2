"""A NAS, a ledger, a clock and a listener that live in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate

from custom_components.truenas_burnin.burnin.evidence import sweeps_of
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    HoldReason,
    PauseReason,
)
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    DriveAsleep,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.identities import Identities
from custom_components.truenas_burnin.truenas.models import (
    Drive,
    DriveType,
    Fleet,
    JobState,
    NasJob,
    SelfTest,
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
    SmartReport,
    SystemInfo,
    WipeMode,
)
from custom_components.truenas_burnin.truenas.surface import (
    Activity,
    AgentState,
    ContentItem,
    DriveContent,
    Epoch,
    ErrorCounts,
    JobRecords,
    JobStatus,
    RangeRecord,
    SurfacePlan,
    Why,
)

NAS_ID = "nas-1"
SYSTEM = SystemInfo(
    host_id=NAS_ID,
    hostname="nas",
    version="TrueNAS-13.0-U6.8",
    product="CORE",
    boot_id="boot-1",
)
NO_TESTS = SelfTestLog(tests=(), running_percent=None)


def a_drive(number: int = 1, **changes: object) -> Drive:
    """Return an unused 8 TB hard drive."""
    serial = f"SER{number:03d}"
    drive = Drive(
        identifier=f"{{serial_lunid}}{serial}_5000c500{number:08x}",
        name=f"ada{number}",
        serial=serial,
        lunid=f"5000c500{number:08x}",
        model="WD80EFAX",
        size=8_001_563_222_016,
        type=DriveType.HDD,
        rotation_rate=5400,
        pool=None,
        exported_pool=None,
        boot=False,
        unused=True,
        duplicate_serial=False,
        temperature=35.0,
    )
    return replace(drive, **changes)  # type: ignore[arg-type]


def a_fleet(*drives: Drive) -> Fleet:
    """Return a fleet of these drives."""
    return Fleet(system=SYSTEM, drives={drive.identifier: drive for drive in drives})


def a_report(drive: Drive, **changes: object) -> SmartReport:
    """Return the SMART report of a healthy drive."""
    report = SmartReport(
        protocol="ATA",
        serial=drive.serial,
        model=drive.model,
        firmware="82.00A82",
        size=drive.size,
        passed=True,
        temperature=35.0,
        temperature_limit=None,
        power_on_hours=12,
        farm_power_on_hours=None,
        attributes=(),
        counters={"ata_5": 0, "ata_197": 0, "ata_198": 0},
        self_tests=NO_TESTS,
        estimated_minutes={SelfTestKind.SHORT: 2, SelfTestKind.LONG: 600},
    )
    return replace(report, **changes)  # type: ignore[arg-type]


def a_test(
    kind: SelfTestKind = SelfTestKind.SHORT,
    status: SelfTestStatus = SelfTestStatus.PASSED,
    hours: int = 12,
) -> SelfTest:
    """Return an entry of a self-test log."""
    return SelfTest(
        kind=kind, status=status, text=f"test {status}", lifetime_hours=hours
    )


def a_status(plan: SurfacePlan, **changes: object) -> JobStatus:
    """Return the status of a surface job that has just begun."""
    sweeps = sweeps_of(plan.method, plan.passes)
    status = JobStatus(
        token=plan.token,
        serial=plan.serial,
        device=plan.device,
        revision=1,
        state=AgentState.RUNNING,
        reason=None,
        method=plan.method,
        activity=Activity.WRITE,
        sweep=1,
        sweeps=sweeps,
        range=0,
        ranges=len(plan.ranges),
        bytes_done=0,
        bytes_total=sweeps * sum(item.length for item in plan.ranges),
        errors=ErrorCounts(),
        first_error=None,
        temperature=36,
        hottest=36,
        seconds=0,
        hanging_seconds=0,
        updated=1,
        boot="boot-1",
    )
    return replace(status, **changes)  # type: ignore[arg-type]


def records_of(plan: SurfacePlan, count: int | None = None) -> tuple[RangeRecord, ...]:
    """Return that all ranges, or the first of them, went well in every sweep."""
    records = tuple(
        RangeRecord(
            sweep=sweep,
            index=index,
            start=item.start,
            length=item.length,
            activity=Activity.WRITE if sweep % 2 else Activity.VERIFY,
            seconds=10.0,
            temperature=30 + index % 10,
            slowest_ms=40.0,
            p999_ms=30.0,
        )
        for sweep in range(1, sweeps_of(plan.method, plan.passes) + 1)
        for index, item in enumerate(plan.ranges)
    )
    return records[:count]


@dataclass
class FakeNas:
    """A NAS whose drives do what a test says; `down` fails every call."""

    drives: dict[str, Drive] = field(default_factory=dict)
    reports: dict[str, SmartReport] = field(default_factory=dict)
    logs: dict[str, SelfTestLog] = field(default_factory=dict)
    jobs: dict[str, JobStatus] = field(default_factory=dict)
    contents: dict[str, DriveContent] = field(default_factory=dict)
    odd_logs: dict[str, TrueNASError] = field(default_factory=dict)
    obeyed: Epoch | None = None
    spent: set[str] = field(default_factory=set)
    plans: list[SurfacePlan] = field(default_factory=list)
    wipes: list[NasJob] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    down: TrueNASError | None = None
    fail: dict[str, TrueNASError] = field(default_factory=dict)
    system: SystemInfo = SYSTEM
    identities: Identities = field(default_factory=Identities)

    def add(self, *drives: Drive) -> None:
        """Connect drives."""
        for drive in drives:
            self.drives[drive.identifier] = drive
            self.reports[drive.serial] = a_report(drive)
            self.logs[drive.serial] = NO_TESTS

    def now(self) -> Fleet:
        """Return the fleet without a call."""
        return Fleet(system=self.system, drives=self.identities.follow(self.drives))

    def finish_test(
        self,
        serial: str,
        status: SelfTestStatus = SelfTestStatus.PASSED,
        hours: int = 12,
    ) -> None:
        """End the running self-test with an entry of its kind."""
        running = self.calls_of("start_self_test")[-1]
        kind = SelfTestKind(running.split()[-1])
        tests = (a_test(kind, status, hours), *self.logs[serial].tests)
        self.logs[serial] = SelfTestLog(tests=tests, running_percent=None)

    def set_job(
        self, index: int = -1, *, done: int | None = None, **changes: object
    ) -> None:
        """Change the status of a surface job, the newest by default.

        `done` ranges lie behind in every sweep.
        """
        token = list(self.jobs)[index]
        job = self.jobs[token]
        if done is not None:
            plan = next(item for item in self.plans if item.token == token)
            behind = sum(item.length for item in plan.ranges[:done])
            changes["bytes_done"] = job.sweeps * behind
        self.jobs[token] = replace(job, **changes)  # type: ignore[arg-type]

    def calls_of(self, method: str) -> list[str]:
        """Return the calls of one method."""
        return [call for call in self.calls if call.split()[0] == method]

    def _called(self, method: str, *words: object) -> None:
        self.calls.append(" ".join((method, *map(str, words))))
        if self.down is not None:
            raise self.down
        if method in self.fail:
            raise self.fail[method]

    async def fleet(self, *, closely: bool = False) -> Fleet:
        """Return a fresh look."""
        self._called("fleet", *["closely"] * closely)
        return self.now()

    async def smart(self, drive: Drive, *, wake: bool = True) -> SmartReport:
        """Return the drive's report; one without temperature may be asleep."""
        if not wake and drive.temperature is None:
            raise DriveAsleep(drive.name)
        self._called("smart", drive.serial)
        return self.reports[drive.serial]

    async def self_test_log(self, drive: Drive, *, wake: bool = True) -> SelfTestLog:
        """Return the drive's log; one without temperature may be asleep."""
        if not wake and drive.temperature is None:
            raise DriveAsleep(drive.name)
        self._called("self_test_log", drive.serial)
        if drive.serial in self.odd_logs:
            raise self.odd_logs[drive.serial]
        return self.logs[drive.serial]

    async def start_self_test(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a test at 0 %."""
        self._called("start_self_test", drive.serial, kind)
        self.logs[drive.serial] = replace(self.logs[drive.serial], running_percent=0.0)

    async def abort_self_test(self, drive: Drive) -> None:
        """Abort the running test."""
        self._called("abort_self_test", drive.serial)
        self.logs[drive.serial] = replace(self.logs[drive.serial], running_percent=None)

    async def start_wipe(self, drive: Drive, mode: WipeMode) -> int:
        """Start to overwrite a drive at 0 %; an unknown outcome is a lost reply."""
        lost = isinstance(self.fail.get("start_wipe"), OutcomeUnknown)
        if not lost:
            self._called("start_wipe", drive.serial, mode)
        number = len(self.wipes) + 1
        job = NasJob(
            id=number,
            method="disk.wipe",
            state=JobState.RUNNING,
            percent=0.0,
            error=None,
            arguments=(drive.name, mode.value),
            started=1_767_225_600_000 + number,
        )
        self.wipes.append(job)
        if lost:
            self._called("start_wipe", drive.serial, mode)
        return number

    async def wipe_jobs(self) -> tuple[NasJob, ...]:
        """Return the wipes."""
        self._called("wipe_jobs")
        return tuple(self.wipes)

    async def abort_wipe(self, job: NasJob) -> None:
        """Abort a wipe."""
        self._called("abort_wipe", job.id)
        self.set_wipe(job.id, state=JobState.ABORTED)

    def set_wipe(self, number: int = 0, **changes: object) -> None:
        """Change a wipe, the newest by default."""
        self.wipes[number - 1] = replace(self.wipes[number - 1], **changes)  # type: ignore[arg-type]

    async def content(self, drive: Drive) -> DriveContent:
        """Return what lies on a drive: nothing, unless a test says so."""
        self._called("content", drive.serial)
        nothing = DriveContent(content=(), size=drive.size, logical_sector=512)
        return self.contents.get(drive.serial, nothing)

    def put_on(self, drive: Drive, *content: ContentItem) -> None:
        """Put a file system or the like on a drive."""
        self.contents[drive.serial] = DriveContent(
            content=content, size=drive.size, logical_sector=512
        )

    async def epoch(self) -> Epoch | None:
        """Return the highest epoch that was shown."""
        self._called("epoch")
        return self.obeyed

    async def obey(self, epoch: Epoch) -> None:
        """Take another one."""
        self._called("obey", epoch.number)
        self.obeyed = epoch

    def _admit(self, epoch: Epoch) -> None:
        if self.obeyed is not None and self.obeyed.id != epoch.id:
            raise AgentFailed("start", Why(code="ledger_other"))
        if self.obeyed is not None and epoch.number < self.obeyed.number:
            raise AgentFailed("start", Why(code="ledger_older"))
        self.obeyed = epoch

    async def start_surface(self, plan: SurfacePlan) -> JobStatus:
        """Start a job, once per token; never again what was cleaned up."""
        self._called("start_surface", plan.token)
        self._admit(plan.ledger)
        if plan.token in self.spent:
            raise AgentFailed("start", Why(code="already_done"))
        self.plans.append(plan)
        known = self.jobs.get(plan.token)
        if known is None:
            self.jobs[plan.token] = a_status(plan)
        elif known.state is AgentState.INTERRUPTED:
            self.jobs[plan.token] = replace(known, state=AgentState.RUNNING)
        return self.jobs[plan.token]

    async def surface_status(self, *, ask: bool) -> Mapping[str, JobStatus]:
        """Return the jobs."""
        self._called("surface_status", ask)
        return dict(self.jobs)

    async def pause_surface(self, token: str, reason: PauseReason) -> None:
        """Hold a job that runs or is too hot."""
        self._called("pause_surface", token, reason)
        job = self.jobs[token]
        if not job.state.final:
            why = Why(code=reason.value)
            self.jobs[token] = replace(job, state=AgentState.PAUSED, reason=why)

    async def resume_surface(self, token: str) -> None:
        """Let a job go on."""
        self._called("resume_surface", token)
        job = self.jobs[token]
        if job.state is AgentState.PAUSED:
            self.jobs[token] = replace(job, state=AgentState.RUNNING, reason=None)

    async def limit_surface(self, token: str, pause_at: int, resume_at: int) -> None:
        """Take other temperatures."""
        self._called("limit_surface", token, pause_at, resume_at)

    async def surface_records(self, token: str) -> JobRecords:
        """Return the ranges that are done as without errors."""
        self._called("surface_records", token)
        plan = next(item for item in self.plans if item.token == token)
        status, everything = self.jobs[token], records_of(plan)
        ends = accumulate(item.length for item in everything)
        done = sum(end <= status.bytes_done for end in ends)
        return JobRecords(
            status=status,
            ranges=everything[:done],
            errors=() if status.first_error is None else (status.first_error,),
        )

    async def stop_surface(self, token: str) -> None:
        """Stop a job that has not ended."""
        self._called("stop_surface", token)
        job = self.jobs.get(token)
        if job is not None and not job.state.final:
            self.jobs[token] = replace(job, state=AgentState.STOPPED)

    async def clean_surface(self, token: str) -> None:
        """Forget a job, but not that it has been done."""
        self._called("clean_surface", token)
        self.spent.add(token)
        self.jobs.pop(token, None)


@dataclass
class MemoryLedger:
    """A ledger that keeps values in a dict, and every event in a list."""

    kept: dict[str, BurnIn] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    details: list[dict[str, object]] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    outdated: set[str] = field(default_factory=set)
    at: Epoch = field(default_factory=lambda: Epoch(id="a" * 32, number=0))
    broken: bool = False

    async def epoch(self) -> Epoch:
        """Return how far the ledger is."""
        return self.at

    async def keep(self, burn_in: BurnIn) -> None:
        """Keep the burn-in without an event."""
        if self.broken:
            raise LedgerError("disk full")
        self.kept[burn_in.id] = burn_in

    async def holds(self, nas_id: str) -> frozenset[HoldReason]:
        """Return the holds."""
        person = {HoldReason.PERSON} if nas_id in self.held else set()
        outdated = {HoldReason.LEDGER_OUTDATED} if nas_id in self.outdated else set()
        return frozenset(person | outdated)

    async def set_hold(
        self,
        nas_id: str,
        on: bool,
        actor: str | None,
        reason: HoldReason = HoldReason.PERSON,
    ) -> None:
        """Keep a hold."""
        if self.broken:
            raise LedgerError("disk full")
        held = self.held if reason is HoldReason.PERSON else self.outdated
        if on:
            held.add(nas_id)
        else:
            held.discard(nas_id)

    async def commit(
        self,
        burn_in: BurnIn,
        event: str,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] | None = None,
        raises_epoch: bool = False,
    ) -> None:
        """Keep the burn-in."""
        if self.broken:
            raise LedgerError("disk full")
        if raises_epoch:
            self.at = replace(self.at, number=self.at.number + 1)
        known = self.kept.get(burn_in.id)
        assert known is None or not known.state.final, "an ended one is never changed"
        self.kept[burn_in.id] = burn_in
        self.events.append(event)
        self.details.append(dict(detail or {}))

    async def record(
        self,
        nas_id: str,
        event: str,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Keep an event without burn-in."""
        self.records.append(event)

    async def next_position(self, nas_id: str) -> int:
        """Return the end of the queue."""
        return max((item.position for item in self.kept.values()), default=-1) + 1

    async def unfinished(self, nas_id: str) -> tuple[BurnIn, ...]:
        """Return what has not ended."""
        return tuple(item for item in self.kept.values() if not item.state.final)

    async def latest(self, nas_id: str) -> Mapping[str, BurnIn]:
        """Return the newest of each drive, whatever the clock said."""
        return {item.drive.identifier: item for item in self.kept.values()}


@dataclass
class StillClock:
    """A clock that moves when told to."""

    at: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the time."""
        return self.at

    def time_of_day(self) -> time:
        """Return the time of day, which is that of UTC."""
        return self.at.time()

    def tick(self, **duration: float) -> None:
        """Move on."""
        self.at += timedelta(**duration)


@dataclass
class Listener:
    """A publisher that remembers."""

    heard: list[tuple[BurnIn | None, BurnIn]] = field(default_factory=list)

    def publish(self, before: BurnIn | None, after: BurnIn) -> None:
        """Remember a change."""
        self.heard.append((before, after))


class Bench:
    """A runner with everything around it in memory."""

    def __init__(self, *drives: Drive, **settings: object) -> None:
        """Connect the drives."""
        self.nas = FakeNas()
        self.nas.add(*drives)
        self.ledger = MemoryLedger()
        self.clock = StillClock()
        self.listener = Listener()
        self.settings = Settings(**settings)  # type: ignore[arg-type]
        self.runner = self.restarted()

    def restarted(self) -> Runner:
        """Return a new runner on the same NAS and ledger, as after a crash."""
        self.runner = Runner(
            NAS_ID, self.nas, self.ledger, self.clock, self.listener, self.settings
        )
        return self.runner

    async def cycle(self, times: int = 1, seconds: float = 12) -> None:
        """Run cycles, `seconds` apart."""
        for _ in range(times):
            self.clock.tick(seconds=seconds)
            await self.runner.cycle(self.nas.now())
