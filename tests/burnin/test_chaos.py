"""Whatever crashes, gets lost or moves: no wrong drive, nothing twice, an end."""

import asyncio
from typing import Any, cast, override

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custom_components.truenas_burnin.burnin.gate import GateRefused
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.burnin.runner import Runner
from custom_components.truenas_burnin.burnin.settings import Settings
from custom_components.truenas_burnin.truenas.errors import (
    ConnectionFailed,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import AgentState

from .chaos import Crashed, Fragile, Fuse, RealisticNas
from .fakes import NAS_ID, Listener, MemoryLedger, StillClock, a_drive

DRIVES = [a_drive(number) for number in (1, 2, 3)]
BYSTANDER = a_drive(9, pool="tank", unused=False)
PROFILES = st.sampled_from(
    [Profile.FULL, Profile.QUICK, Profile.SURFACE, Profile.SMART]
)
COUNTS = st.integers(min_value=0, max_value=25)


class Chaos(RuleBasedStateMachine):
    """Drive the runner through a hostile world."""

    def __init__(self) -> None:
        """Begin with an idle NAS."""
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.nas = RealisticNas()
        self.nas.add(*DRIVES, BYSTANDER)
        self.ledger = MemoryLedger()
        self.clock = StillClock()
        self.fuse = Fuse()
        self.planned: set[str] = set()

    @initialize()
    def boot(self) -> None:
        """Start the program."""
        self.start_program()

    def start_program(self) -> None:
        """Start the program as after a crash."""
        self.fuse = Fuse()
        self.runner = Runner(
            NAS_ID,
            cast("Any", Fragile(self.nas, self.fuse)),
            cast("Any", Fragile(self.ledger, self.fuse)),
            self.clock,
            Listener(),
            Settings(),
        )
        self.loop.run_until_complete(self.runner.load())

    def run(self, work: Any) -> None:
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
            self.run(self.runner.cycle(self.nas.now()))

    @rule(number=st.sampled_from([0, 1, 2]), profile=PROFILES)
    def submit(self, number: int, profile: Profile) -> None:
        """Let a person start a burn-in."""
        drive = self.nas.drives[DRIVES[number].identifier]
        self.planned.add(drive.serial)
        self.run(
            self.runner.submit(
                self.nas.now(),
                [drive],
                plan_of(profile),
                confirmed=frozenset({drive.serial}),
                actor="mia",
            )
        )

    @rule()
    def submit_bystander(self) -> None:
        """Let a person mean the wrong drive."""
        drive = self.nas.drives[BYSTANDER.identifier]
        self.run(
            self.runner.submit(
                self.nas.now(),
                [drive],
                plan_of(Profile.FULL),
                confirmed=frozenset({drive.serial}),
                actor="mia",
            )
        )

    @rule(number=st.sampled_from([0, 1, 2]))
    def cancel(self, number: int) -> None:
        """Let a person cancel."""
        burn_in = self.runner.burn_ins.get(DRIVES[number].identifier)
        if burn_in is not None:
            self.run(self.runner.cancel(burn_in.id, "mia"))

    @rule(times=st.integers(min_value=1, max_value=4))
    def go_on(self, times: int) -> None:
        """Let time pass for everybody."""
        for _ in range(times):
            self.nas.work()
            self.cycle()

    @rule(count=COUNTS)
    def crash(self, count: int) -> None:
        """Kill the program at any boundary of the next cycle."""
        self.fuse.crash_in = count
        self.cycle()
        self.fuse.crash_in = None

    @rule(count=COUNTS)
    def lose_a_reply(self, count: int) -> None:
        """Lose a reply of the next cycle."""
        self.fuse.lose_in = count
        self.cycle()
        self.fuse.lose_in = None

    @rule()
    def reboot(self) -> None:
        """Reboot the NAS: the names move."""
        self.nas.reboot()

    @rule()
    def stale_poll(self) -> None:
        """Act on a poll from before a reboot."""
        seen = self.nas.now()
        self.nas.reboot()
        self.clock.tick(seconds=12)
        self.run(self.runner.cycle(seen))

    @rule(down=st.booleans())
    def reach(self, down: bool) -> None:
        """Lose or regain contact."""
        self.nas.down = ConnectionFailed("down") if down else None

    @rule(broken=st.booleans())
    def fill_disk(self, broken: bool) -> None:
        """Let the ledger be unwritable for a while."""
        self.ledger.broken = broken

    @rule(number=st.sampled_from([0, 1, 2]))
    def wear_out(self, number: int) -> None:
        """Let a drive go bad."""
        self.nas.broken.add(DRIVES[number].serial)

    @invariant()
    def only_planned_drives_are_written(self) -> None:
        """Never the wrong disk."""
        assert set(self.nas.written) <= self.planned
        assert BYSTANDER.serial not in self.nas.written

    @invariant()
    def one_writer_per_drive(self) -> None:
        """Never two at once."""
        writing = [
            job.serial
            for job in self.nas.jobs.values()
            if job.state is AgentState.RUNNING
        ]
        assert len(writing) == len(set(writing))

    @invariant()
    def nothing_begins_twice(self) -> None:
        """One job per token, one self-test at a time."""
        assert len(self.nas.created) == len(set(self.nas.created))
        assert self.nas.faults == []

    @override
    def teardown(self) -> None:
        """Once the faults stop everything comes to an end."""
        self.nas.down = None
        self.ledger.broken = False
        self.fuse.crash_in = self.fuse.lose_in = None
        for _ in range(80):
            self.nas.work()
            self.cycle()
            if not self.runner.busy:
                break
        states = {
            burn_in.id: burn_in.state for burn_in in self.runner.burn_ins.values()
        }
        assert all(state.final for state in states.values()), states
        for burn_in in self.ledger.kept.values():
            assert burn_in.state.final, burn_in
        self.loop.close()


Chaos.TestCase.settings = settings(
    max_examples=600,
    stateful_step_count=80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestChaos = Chaos.TestCase
