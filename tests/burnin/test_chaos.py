"""Whatever crashes, gets lost or moves: no wrong drive, nothing twice, an end."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from pathlib import Path
import shutil
from tempfile import mkdtemp
from typing import Any, ClassVar, cast, override

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from custom_components.truenas_burnin.burnin.evidence import SelfTestRun
from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    PauseReason,
    Stage,
    StageKind,
)
from custom_components.truenas_burnin.burnin.plan import SELF_TESTS, Profile, plan_of
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.truenas.errors import (
    CallFailed,
    ConnectionFailed,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import (
    Drive,
    Fleet,
    SelfTestKind,
    SelfTestStatus,
)
from custom_components.truenas_burnin.truenas.surface import AgentState

from .chaos import Crashed, Fragile, Fuse, RealisticNas
from .fakes import NAS_ID, Listener, StillClock, a_drive

STEPS = 20_000
"""Generated steps that one run takes at least (issue of the engine)."""

TARGETS = [a_drive(number) for number in (1, 2, 3)]
POOLED = a_drive(8, pool="tank", unused=False)
FREE = a_drive(9)
"""Nobody means this one, though nothing would speak against it."""

NUMBERS = st.sampled_from(range(len(TARGETS)))
PROFILES = st.sampled_from(
    [Profile.FULL, Profile.QUICK, Profile.SURFACE, Profile.SMART]
)
EFFECTS = st.sampled_from(
    [
        "start_surface",
        "start_self_test",
        "stop_surface",
        "pause_surface",
        "clean_surface",
        "commit",
    ]
)
COUNTS = st.integers(min_value=0, max_value=40)
NIGHT = (time(22), time(6))


class _Disk:
    """Whether the ledger can write."""

    full = False

    @classmethod
    @contextmanager
    def readable(cls) -> Iterator[None]:
        """Let the test itself use the ledger, whatever the program can do."""
        full, cls.full = cls.full, False
        try:
            yield
        finally:
            cls.full = full


async def run_now(work: Callable[..., Any], *args: Any) -> Any:
    """Call a blocking function at once: it blocks nobody here."""
    if _Disk.full:
        raise LedgerError("disk full")
    return work(*args)


class Chaos(RuleBasedStateMachine):
    """Drive the runner, with its real ledger, through a hostile world."""

    steps: ClassVar[int] = 0
    outcomes: ClassVar[set[BurnInState]] = set()

    def __init__(self) -> None:
        """Begin with an idle NAS."""
        super().__init__()
        _Disk.full = False
        self.folder = Path(mkdtemp(prefix="chaos-"))
        self.loop = asyncio.new_event_loop()
        self.nas = RealisticNas()
        self.nas.add(*TARGETS, POOLED, FREE)
        self.clock = StillClock()
        self.settings = Settings()
        self.scrubbing = False
        self.given_up: set[str] = set()
        self.ended: dict[str, BurnIn] = {}
        self.voided: dict[str, frozenset[str]] = {}
        self.ledger = self.run_for_sure(self.open_ledger())
        self.fuse = Fuse()

    def run_for_sure[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run something that must not fail."""
        return self.loop.run_until_complete(work)

    async def open_ledger(self) -> SqliteLedger:
        """Open the ledger; a power cut is not what we test here."""
        ledger = await SqliteLedger.open(self.folder / "ledger.db", run_now)
        assert ledger._engine is not None
        with ledger._engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            connection.exec_driver_sql("BEGIN")
        return ledger

    @initialize(profiles=st.lists(PROFILES, min_size=3, max_size=3))
    def boot(self, profiles: list[Profile]) -> None:
        """Start the program, and burn-ins before anything can go wrong."""
        self.start_program()
        for drive, profile in zip(TARGETS, profiles, strict=True):
            self.start(drive, profile)

    def start_program(self) -> None:
        """Start the program as after a crash: only the ledger remembers."""
        self.fuse = Fuse(delays=self.fuse.delays)
        with _Disk.readable():
            self.runner = Runner(
                NAS_ID,
                cast("Any", Fragile(self.nas, self.fuse)),
                cast("Any", Fragile(self.ledger, self.fuse)),
                self.clock,
                Listener(),
                self.settings,
            )
            self.run_for_sure(self.runner.load())

    def attempt(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something; a program that died meanwhile is started again."""
        try:
            self.loop.run_until_complete(work)
        except Crashed, TrueNASError, LedgerError, GateRefused:
            pass
        if self.fuse.dead:
            self.start_program()

    def cycle(self) -> None:
        """Run one cycle on what a poll would see."""
        self.clock.tick(seconds=12)
        if self.nas.down is None:
            fleet = replace(self.nas.now(), scrubbing=self.scrubbing)
            before = self.runner
            self.attempt(self.runner.cycle(fleet))
            if self.runner is before and not _Disk.full:
                self.see(fleet)

    def see(self, fleet: Fleet) -> None:
        """Note whose confirmation has ended by what a whole cycle has seen.

        What was begun by then is not begun again.
        """
        for number, target in enumerate(TARGETS):
            drive = fleet.drives.get(target.identifier)
            burn_in = self.newest(number)
            if drive is not None and drive.pool is not None and burn_in is not None:
                self.voided.setdefault(burn_in.id, frozenset(self.nas.created))

    def connected(self, number: int) -> Drive | None:
        """Return a target as the NAS has it now, whatever it calls it."""
        serial = TARGETS[number].serial
        return next((d for d in self.nas.drives.values() if d.serial == serial), None)

    def newest(self, number: int) -> BurnIn | None:
        """Return the newest burn-in of a target."""
        return self.runner.burn_ins.get(TARGETS[number].identifier)

    def count(self) -> None:
        """Count a generated step."""
        type(self).steps += 1

    @rule(number=NUMBERS, profile=PROFILES)
    def submit(self, number: int, profile: Profile) -> None:
        """Let a person start a burn-in."""
        self.count()
        self.start(self.now(number), profile)

    @rule()
    def submit_pooled(self) -> None:
        """Let a person mean the wrong drive."""
        self.count()
        self.start(self.nas.drives[POOLED.identifier], Profile.FULL)

    def now(self, number: int) -> Drive | None:
        """Return a target as a poll shows it now."""
        return self.nas.now().drives.get(TARGETS[number].identifier)

    def start(self, drive: Drive | None, profile: Profile) -> None:
        """Start a confirmed burn-in."""
        if drive is not None:
            self.attempt(
                self.runner.submit(
                    self.nas.now(),
                    [drive],
                    plan_of(profile),
                    confirmed=frozenset({drive.serial}),
                    actor="mia",
                )
            )

    @rule(
        number=NUMBERS,
        what=st.sampled_from(["cancel", "give_up", "pause", "resume", "retry"]),
    )
    def ask(self, number: int, what: str) -> None:
        """Let a person do something about a burn-in."""
        self.count()
        burn_in = self.newest(number)
        if burn_in is None:
            return
        match what:
            case "cancel":
                self.attempt(self.runner.cancel(burn_in.id, "mia"))
            case "give_up":
                self.attempt(self.runner.give_up(burn_in.id, "mia"))
                if self.kept(burn_in.id).state is BurnInState.INCONCLUSIVE:
                    self.given_up |= {job.token for job in self.nas.alive()} & {
                        stage.token for stage in burn_in.stages if stage.token
                    }
            case "pause":
                self.attempt(self.runner.pause(burn_in.id, "mia"))
            case "resume":
                self.attempt(self.runner.resume(burn_in.id, "mia"))
            case _:
                self.attempt(
                    self.runner.retry(
                        burn_in.id,
                        self.nas.now(),
                        confirmed=frozenset({burn_in.drive.serial}),
                        actor="leo",
                    )
                )

    @rule(count=COUNTS, number=NUMBERS, what=st.sampled_from(["cancel", "retry"]))
    def crash_while_asked(self, count: int, number: int, what: str) -> None:
        """Kill the program while it does what a person wants."""
        self.fuse.crash_in = count
        self.ask(number, what)
        self.fuse.mend()

    @rule(times=st.integers(min_value=1, max_value=4))
    def go_on(self, times: int) -> None:
        """Let time pass for everybody."""
        self.count()
        for _ in range(times):
            self.nas.work()
            self.cycle()

    @rule(count=COUNTS)
    def crash(self, count: int) -> None:
        """Kill the program at any boundary of the next cycle."""
        self.count()
        self.fuse.crash_in = count
        self.cycle()
        self.fuse.mend()

    @rule(count=COUNTS)
    def lose_a_reply(self, count: int) -> None:
        """Lose a reply of the next cycle."""
        self.count()
        self.fuse.lose_in = count
        self.cycle()
        self.fuse.mend()

    @rule(delays=st.lists(st.integers(0, 5), min_size=1, max_size=6).map(tuple))
    def jitter(self, delays: tuple[int, ...]) -> None:
        """Have calls overtake each other from now on."""
        self.count()
        self.fuse.delays = delays

    @rule()
    def reboot(self) -> None:
        """Reboot the NAS: the names move."""
        self.count()
        self.nas.reboot()

    @rule()
    def stale_poll(self) -> None:
        """Act on a poll from before a reboot."""
        self.count()
        seen = self.nas.now()
        self.nas.reboot()
        self.clock.tick(seconds=12)
        self.attempt(self.runner.cycle(seen))

    @rule(how=st.sampled_from(["kill_workers", "lose_folder"]))
    def harm_the_agent(self, how: str) -> None:
        """Kill its workers, or remove its folder."""
        self.count()
        getattr(self.nas, how)()

    @rule(down=st.booleans())
    def reach(self, down: bool) -> None:
        """Lose or regain contact."""
        self.count()
        self.nas.down = ConnectionFailed("down") if down else None

    @rule(full=st.booleans())
    def fill_disk(self, full: bool) -> None:
        """Let the ledger be unwritable for a while."""
        self.count()
        _Disk.full = full

    @rule(number=NUMBERS)
    def wear_out(self, number: int) -> None:
        """Let a drive go bad."""
        self.count()
        self.nas.broken.add(TARGETS[number].serial)

    @rule(number=NUMBERS)
    def replace_drive(self, number: int) -> None:
        """Pull a drive; another one takes its bay and its name. Or bring it back."""
        self.count()
        drive = TARGETS[number]
        stranger = a_drive(20 + number)
        if (pulled := self.connected(number)) is not None:
            del self.nas.drives[pulled.identifier]
            self.nas.add(replace(stranger, name=pulled.name))
        else:
            taken = self.nas.drives.pop(stranger.identifier)
            self.nas.drives[drive.identifier] = replace(drive, name=taken.name)

    @rule(number=NUMBERS, pool=st.sampled_from(["tank", None]))
    def use_in_pool(self, number: int, pool: str | None) -> None:
        """Put a drive into a pool that is idle, or take it out."""
        self.count()
        drive = self.connected(number)
        if drive is not None and drive.serial not in self.writers():
            self.nas.drives[drive.identifier] = replace(
                drive, pool=pool, unused=pool is None
            )

    @rule(offline=st.booleans())
    def pool_offline(self, offline: bool) -> None:
        """Let a pool be offline that may have any drive, or come back."""
        self.count()
        doubt = "pool attic, OFFLINE" if offline else None
        for key, drive in self.nas.drives.items():
            self.nas.drives[key] = replace(drive, doubt=doubt)

    @rule(number=NUMBERS, unit=st.booleans())
    def call_anew(self, number: int, unit: bool) -> None:
        """Let the NAS learn, or forget, the logical unit of a drive: its name changes."""
        self.count()
        drive, target = self.connected(number), TARGETS[number]
        if drive is None:
            return
        del self.nas.drives[drive.identifier]
        called = target.identifier if unit else f"{{serial}}{drive.serial}"
        self.nas.drives[called] = replace(
            drive, identifier=called, lunid=target.lunid if unit else None
        )

    @rule(number=NUMBERS)
    def take_while_written(self, number: int) -> None:
        """Make a pool of a drive in the middle of a range: the next cycle lets go."""
        self.count()
        drive = self.connected(number)
        ours = {
            job.serial for job in self.nas.alive() if job.token not in self.given_up
        }
        if drive is None or drive.serial not in ours:
            return
        self.nas.drives[drive.identifier] = replace(drive, pool="tank", unused=False)
        reachable = self.nas.down is None
        self.cycle()
        assert not reachable or drive.serial not in self.writers()

    @rule(
        number=NUMBERS,
        ours=st.sampled_from(["failed", "interrupted", "passed"]),
        kind=st.sampled_from(SelfTestKind),
    )
    def test_unseen(self, number: int, ours: str, kind: SelfTestKind) -> None:
        """Let the running self-test end, and somebody else's run and pass."""
        self.count()
        serial = TARGETS[number].serial
        if self.nas.logs[serial].running_percent is not None:
            self.nas.end_test(serial, SelfTestStatus(ours))
        self.nas.end_test(serial, SelfTestStatus.PASSED, kind)

    @rule(number=NUMBERS, blind=st.booleans())
    def blind_log(self, number: int, blind: bool) -> None:
        """Let a drive's self-test log be unreadable for a while."""
        self.count()
        serial = TARGETS[number].serial
        self.nas.blind.add(serial) if blind else self.nas.blind.discard(serial)

    @rule(number=NUMBERS)
    def cut_ranges(self, number: int) -> None:
        """Let the NAS lose the list of ranges: it calls what it did all there is."""
        self.count()
        self.nas.cut.add(TARGETS[number].serial)

    @rule()
    def back_up(self) -> None:
        """Make a backup of Home Assistant."""
        self.count()
        self.mark_copies(copied=True)
        self.exchange_ledger("ledger.db", "backup.db")
        self.mark_copies(copied=False)

    def mark_copies(self, *, copied: bool) -> None:
        """Mark the ledger, whether or not the program can write."""
        with _Disk.readable():
            self.run_for_sure(self.ledger.mark_copies(copied=copied))

    @rule()
    def restore(self) -> None:
        """Restore it, days later: what was under way then may long be over."""
        self.count()
        if (self.folder / "backup.db").exists() and not self.nas.alive():
            self.exchange_ledger("backup.db", "ledger.db", restored=True)

    @rule()
    def obey(self) -> None:
        """Let a person say that this record counts."""
        self.count()
        self.attempt(self.runner.obey("mia"))

    def forget_the_future(self) -> None:
        """Know only of the ended burn-ins that a restored ledger has."""
        with _Disk.readable():
            kept = self.run_for_sure(self.ledger.history(NAS_ID, limit=999, offset=0))
        known = {burn_in.id for burn_in in kept if burn_in.state.final}
        self.ended = {key: self.ended[key] for key in known & self.ended.keys()}

    def exchange_ledger(
        self, source: str, target: str, *, restored: bool = False
    ) -> None:
        """Copy the file of the ledger while nobody uses it.

        What waits in one that is restored to overwrite a drive is confirmed no more.
        """
        with _Disk.readable():
            self.run_for_sure(self.ledger.close())
            shutil.copy(self.folder / source, self.folder / target)
            self.ledger = self.run_for_sure(self.open_ledger())
            if restored:
                self.forget_the_future()
                self.run_for_sure(self.ledger.take_over_copy())
                for burn_in in self.run_for_sure(self.ledger.unfinished(NAS_ID)):
                    if burn_in.state is BurnInState.QUEUED and burn_in.destructive:
                        self.voided.setdefault(burn_in.id, frozenset(self.nas.created))
        self.start_program()

    @rule(refuses=st.booleans())
    def refuse_starts(self, refuses: bool) -> None:
        """Let the system refuse to begin anything for a while."""
        self.count()
        self.nas.fail.pop("start_surface", None)
        if refuses:
            self.nas.fail["start_surface"] = CallFailed("cronjob.run", "busy")

    @rule(number=NUMBERS, twice=st.booleans())
    def see_twice(self, number: int, twice: bool) -> None:
        """Let the system see a serial on two drives, or on one again."""
        self.count()
        drive = self.connected(number)
        if drive is not None:
            self.nas.drives[drive.identifier] = replace(drive, duplicate_serial=twice)

    @rule(method=EFFECTS, crash=st.booleans(), number=NUMBERS, twice=st.booleans())
    def lose_an_effect(
        self, method: str, crash: bool, number: int, twice: bool
    ) -> None:
        """Crash, or lose a reply, right after an effect; the gate may refuse then."""
        self.fuse.crash_at, self.fuse.lose_at = (
            (method, None) if crash else (None, method)
        )
        self.go_on(2)
        self.fuse.mend()
        self.see_twice(number, twice)

    @rule(number=NUMBERS, hot=st.booleans())
    def heat(self, number: int, hot: bool) -> None:
        """Let a drive become hot or cool down."""
        self.count()
        serial = TARGETS[number].serial
        self.nas.hot.add(serial) if hot else self.nas.hot.discard(serial)

    @rule(hold=st.booleans())
    def hold(self, hold: bool) -> None:
        """Let a person put the NAS on hold or take that back."""
        self.count()
        self.attempt(self.runner.set_hold(hold, "mia"))

    @rule(
        quiet=st.booleans(),
        scrub=st.booleans(),
        stagger=st.sampled_from([0, 60]),
        hours=st.integers(-24, 24) | st.sampled_from([-9000, 9000]),
    )
    def live(self, quiet: bool, scrub: bool, stagger: int, hours: int) -> None:
        """Let hours pass or the clock be set, and a person change the settings."""
        self.count()
        self.clock.tick(hours=hours)
        self.scrubbing = scrub
        self.settings = Settings(
            quiet_hours=NIGHT if quiet else None,
            yield_to_scrub=True,
            stagger=stagger,
        )
        self.runner.settings = self.settings

    def writers(self) -> list[str]:
        """Return the serial of every drive that has a worker."""
        return [job.serial for job in self.nas.alive()]

    def kept(self, burn_in_id: str) -> BurnIn:
        """Return what the ledger has of a burn-in."""
        full, _Disk.full = _Disk.full, False
        found = self.run_for_sure(self.ledger.get(burn_in_id))
        _Disk.full = full
        assert found is not None, burn_in_id
        return found

    @invariant()
    def only_planned_drives_are_written(self) -> None:
        """Never the wrong disk: each write is of a burn-in of exactly that serial."""
        for serial, tokens in self.nas.written.items():
            for token in tokens:
                assert self.kept(token.partition("-")[0]).drive.serial == serial
        self.nas.written.clear()

    @invariant()
    def whatever_writes_is_under_way(self) -> None:
        """At most one writer per drive, and the ledger knows it by its token."""
        writers = self.writers()
        assert len(writers) == len(set(writers))
        for job in self.nas.alive():
            if job.token in self.given_up:
                continue
            burn_in = self.kept(job.token.partition("-")[0])
            assert burn_in.stage is not None
            assert burn_in.stage.token == job.token

    @invariant()
    def nothing_is_begun_without_a_living_confirmation(self) -> None:
        """Never write for the same confirmation what was seen in a pool since."""
        for token in self.nas.created:
            begun = self.voided.get(token.partition("-")[0])
            assert begun is None or token in begun, token

    @invariant()
    def what_has_ended_stays(self) -> None:
        """No ended burn-in disappears or changes, whatever is run again."""
        for burn_in in self.runner.burn_ins.values():
            if burn_in.state.final and burn_in.id not in self.ended:
                self.ended[burn_in.id] = self.kept(burn_in.id)
        for burn_in_id, burn_in in list(self.ended.items())[-3:]:
            assert self.kept(burn_in_id) == burn_in

    @invariant()
    def nothing_begins_twice(self) -> None:
        """One job per token, one self-test at a time, none on a drive of a pool."""
        assert len(self.nas.created) == len(set(self.nas.created))
        assert self.nas.faults == []

    @invariant()
    def no_false_success(self) -> None:
        """Never pass what was not verified to its end, on the NAS."""
        for burn_in in self.runner.burn_ins.values():
            if burn_in.state is BurnInState.PASSED:
                for stage in burn_in.stages:
                    if stage.kind in (
                        StageKind.SURFACE_VALIDATE,
                        StageKind.IO_VALIDATE,
                    ):
                        assert stage.token in self.nas.finished
                    elif stage.kind in SELF_TESTS:
                        self.passed_by_its_own(burn_in.drive.serial, stage)

    def passed_by_its_own(self, serial: str, stage: Stage) -> None:
        """Check that a test of that kind passed since, and none failed before it."""
        kind = SELF_TESTS[stage.kind]
        run = stage.found(SelfTestRun)
        assert run is not None
        before = max((entry.hours or 0 for entry in run.log_before), default=0)
        passed = run.lifetime_hours or 0
        since = [
            self.nas.book[serial, at]
            for at in range(before + 1, passed + 1)
            if at >= 12
        ]
        assert since[-1] == (kind, SelfTestStatus.PASSED)
        assert (kind, SelfTestStatus.FAILED) not in since

    def calm_down(self) -> None:
        """End all faults and everything that has somebody wait."""
        self.nas.down = None
        _Disk.full = False
        self.nas.hot.clear()
        self.nas.fail.clear()
        self.nas.blind.clear()
        self.scrubbing = False
        self.settings = Settings()
        self.fuse.mend()
        self.runner.settings = self.settings
        self.run_for_sure(self.runner.set_hold(False, "mia"))
        self.run_for_sure(self.runner.obey("mia"))
        for key, drive in self.nas.drives.items():
            self.nas.drives[key] = replace(drive, doubt=None)
        for burn_in in tuple(self.runner.burn_ins.values()):
            if burn_in.pause_reason is PauseReason.PERSON:
                self.run_for_sure(self.runner.resume(burn_in.id, "mia"))

    @override
    def teardown(self) -> None:
        """Once the faults stop everything comes to an end, and the trail is whole."""
        try:
            self.calm_down()
            for _ in range(400):
                self.nas.work()
                self.cycle()
                if not self.runner.busy:
                    break
            assert not self.runner.busy, dict(self.runner.burn_ins)
            self.no_false_success()
            self.outcomes.update(item.state for item in self.runner.burn_ins.values())
            assert self.run_for_sure(self.ledger.unfinished(NAS_ID)) == ()
            running = {
                job.token for job in self.nas.alive() if job.state is AgentState.RUNNING
            }
            assert running <= self.given_up
            assert self.run_for_sure(self.ledger.verify_audit()) is None
            for burn_in_id, burn_in in self.ended.items():
                assert self.kept(burn_in_id) == burn_in
            self.run_for_sure(self.ledger.close())
        finally:
            self.loop.close()
            shutil.rmtree(self.folder)


def test_chaos() -> None:
    """Twenty thousand steps, and counted."""
    Chaos.steps = 0
    Chaos.outcomes.clear()
    run_state_machine_as_test(
        Chaos,
        settings=settings(
            max_examples=360,
            stateful_step_count=75,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Chaos.steps >= STEPS
    assert Chaos.outcomes == {state for state in BurnInState if state.final}
