"""A hundred burn-ins at once, and what one of them leaves in the recorder."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import sin
from statistics import median
from typing import Final, override

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.truenas_burnin.burnin.model import BurnInState, StageKind
from custom_components.truenas_burnin.truenas.models import (
    Fleet,
    SelfTestKind,
    SelfTestLog,
)
from custom_components.truenas_burnin.truenas.surface import AgentState, JobStatus

from ..burnin.fakes import a_drive, a_test
from ..common import FREE, Board, ScriptedNas
from .meter import loop_time

pytest_plugins = ["tests.components_fixtures"]

MANY: Final = tuple(a_drive(number) for number in range(1, 101))
CYCLES: Final = 9
BUDGET: Final = 0.1
MAX_ROWS: Final = 1_000

SHORT: Final = timedelta(minutes=2)
LONG: Final = timedelta(hours=15)
SURFACE: Final = timedelta(days=6)
POLL: Final = timedelta(minutes=3)


@dataclass
class SteadyNas(ScriptedNas):
    """A NAS whose drives verify a range with every poll."""

    @override
    def _worked(self, job: JobStatus) -> JobStatus:
        step = job.bytes_total // (job.sweeps * job.ranges)
        return replace(
            job, bytes_done=min(job.bytes_done + step, job.bytes_total - step)
        )


@dataclass
class SlowNas(ScriptedNas):
    """A NAS whose drives take as long as real ones, by the frozen clock."""

    begun: dict[str, datetime] = field(default_factory=dict)

    def _share(self, what: str, duration: timedelta) -> float:
        now = dt_util.utcnow()
        return (now - self.begun.setdefault(what, now)) / duration

    @override
    async def fleet(self, *, closely: bool = False) -> Fleet:
        hours = dt_util.utcnow().timestamp() / 3600
        degrees = round(41 + 2 * sin(hours / 4) + 0.6 * sin(hours * 7))
        for identifier, drive in self.drives.items():
            self.drives[identifier] = replace(drive, temperature=float(degrees))
        return await super().fleet(closely=closely)

    @override
    def _further(self, serial: str, log: SelfTestLog) -> SelfTestLog:
        if log.running_percent is None:
            return log
        kind = SelfTestKind(self.calls_of("start_self_test")[-1].split()[2])
        duration = SHORT if kind is SelfTestKind.SHORT else LONG
        share = self._share(f"{serial} {kind}", duration)
        if share < 1.0:
            return replace(log, running_percent=10.0 * int(share * 10))
        tests = (a_test(kind, hours=12 + len(log.tests)), *log.tests)
        return SelfTestLog(tests=tests, running_percent=None)

    @override
    def _worked(self, job: JobStatus) -> JobStatus:
        share = self._share(job.token, SURFACE)
        if share >= 1.0:
            return replace(job, state=AgentState.PASSED, bytes_done=job.bytes_total)
        # The inner tracks are half as fast as the outer ones.
        return replace(
            job,
            bytes_done=int(job.bytes_total * share * (4 - share) / 3),
            seconds=int(share * SURFACE.total_seconds()),
        )


@pytest.fixture
def nas(request: pytest.FixtureRequest) -> ScriptedNas:
    """Return a NAS with a hundred drives, or the one a test asks for."""
    kind, drives = getattr(request, "param", (SteadyNas, MANY))
    found: ScriptedNas = kind()
    found.add(*drives)
    return found


@pytest.mark.budget
async def test_a_hundred_at_once(bare: Board, tell: Callable[[str], None]) -> None:
    """A cycle takes less than 100 ms of the event loop, entities and ledger included."""
    bare.hass.config_entries.async_update_entry(
        bare.entry, options={"max_parallel": 64}
    )
    await bare.set_up()
    runner = bare.data.runner
    runner.settings = replace(runner.settings, max_parallel=100)
    await bare.start(*MANY, profile="surface")
    for _ in range(3):
        await bare.tick()
    stages = {item.stage and item.stage.kind for item in runner.burn_ins.values()}
    assert stages == {StageKind.SURFACE_VALIDATE}
    before = {item.id: item.percent for item in runner.burn_ins.values()}
    taken = []
    for _ in range(CYCLES):
        fleet = await bare.nas.fleet()
        with loop_time() as loop:
            await runner.cycle(fleet)
            await bare.settle()
        taken.append(loop.total)
    tell(f"a cycle of 100 burn-ins takes {median(taken) * 1e3:.0f} ms of the loop")
    assert all(item.percent > before[item.id] for item in runner.burn_ins.values())
    assert median(taken) <= BUDGET


@pytest.mark.budget
@pytest.mark.parametrize("nas", [(SlowNas, (FREE,))], indirect=True)
async def test_recorder_rows_of_a_week(
    board: Board, tell: Callable[[str], None]
) -> None:
    """A burn-in of seven days writes at most 1,000 states of its drive."""
    (burn_in_id,) = await board.start(FREE, profile="full")
    changes = async_capture_events(board.hass, EVENT_STATE_CHANGED)
    began = board.burn_in().created
    while not board.burn_in().state.final:
        await board.tick(after=POLL)
    ended = board.burn_in()
    assert (ended.id, ended.state) == (burn_in_id, BurnInState.PASSED)
    assert ended.finished is not None
    assert timedelta(days=6.5) < ended.finished - began < timedelta(days=7)
    rows = _rows(board, changes)
    tell(f"{sum(rows.values())} rows: {rows}")
    assert sum(rows.values()) <= MAX_ROWS


def _rows(board: Board, changes: list[Event[EventStateChangedData]]) -> dict[str, int]:
    """Return how many states each entity of the drive wrote."""
    registry = er.async_get(board.hass)
    rows: dict[str, int] = {}
    for change in changes:
        entry = registry.async_get(change.data["entity_id"])
        if entry is not None and entry.device_id == board.device_id(FREE):
            name = entry.entity_id.removeprefix(f"{entry.domain}.wd80efax_ser001_")
            rows[f"{entry.domain} {name}"] = rows.get(f"{entry.domain} {name}", 0) + 1
    return rows
