"""A worker is killed as a process, and another one takes its job up."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from custom_components.truenas_burnin.nas_agent.jobs import Job, Jobs
from custom_components.truenas_burnin.nas_agent.plan import BLOCK, Plan, Range

from .drives import MIB, machine, make_plan

AGENT = Path(__file__).parents[2] / "custom_components/truenas_burnin/nas_agent"

LAUNCHER = """
import importlib.util, os, sys, time
from pathlib import Path

# The agent alone, as it is packed: without the integration around it.
agent, home, disk, stands_at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
spec = importlib.util.spec_from_file_location(
    "nas_agent", agent / "__init__.py", submodule_search_locations=[str(agent)]
)
package = importlib.util.module_from_spec(spec)
sys.modules["nas_agent"] = package
spec.loader.exec_module(package)

from nas_agent import claim, paths, worker
from nas_agent.engines.medium import Medium

calls = 0

class Stands(Medium):
    def stand(self):
        global calls
        calls += 1
        if calls == stands_at:
            Path(home, "stands").touch()
            time.sleep(3600)

    def read(self, view, byte):
        self.stand()
        return super().read(view, byte)

    def write(self, view, byte):
        self.stand()
        return super().write(view, byte)

class Held(claim.Claimed):
    def still_named(self):
        return True

    def others(self):
        return ()

    def temperature(self):
        return None

def take(plan, where):
    descriptor = os.open(disk, os.O_RDWR)
    return Held(descriptor, plan.drive, 512, True, where)

there = paths.Paths(home=Path(home), dev=Path(home, "dev"), sys=Path(home, "sys"))
worker.work("burn-1-surface-1", there, take=take, medium=Stands)
"""

SIZE = 9 * MIB + 512
RANGES = (Range(0, 5 * MIB), Range(5 * MIB, 4 * MIB), Range(9 * MIB, 512))


@pytest.fixture
def plan() -> Plan:
    """Return a plan of twelve requests and two sweeps."""
    return make_plan(SIZE, ranges=RANGES, capacity_check=False)


def start(home: Path, stands_at: int) -> subprocess.Popen[bytes]:
    """Start a worker that stands still at one of its requests; 0 is at none."""
    words = [sys.executable, "-I", "-c", LAUNCHER, AGENT, home, home / "disk"]
    return subprocess.Popen([*map(str, words), str(stands_at)])  # noqa: S603 - ours


def until(there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for something that a worker does."""
    end = time.monotonic() + 60
    while not there():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.01)


def test_killed_workers(tmp_path: Path, plan: Plan) -> None:
    """Each leaves a job that can be taken up; the last one finishes it."""
    paths = machine(tmp_path)
    home = paths.home
    home.mkdir()
    (home / "disk").write_bytes(bytes(SIZE))
    job: Job = Jobs(paths).create(plan)
    for stands_at in (1, 4, 2, 3):
        worker = start(home, stands_at)
        try:
            until((home / "stands").exists, worker)
            assert job.is_alive()
            assert job.look()["state"] == "running"
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        (home / "stands").unlink()
        assert not job.is_alive()
        assert job.look()["state"] == "interrupted"
    with start(home, 0) as worker:
        assert worker.wait(60) == 0
    assert job.look()["state"] == "passed"
    assert len(job.ranges()) == 6
    assert (home / "disk").stat().st_size == SIZE
    assert (home / "disk").read_bytes().count(bytes(BLOCK)) == 0


def test_stop_of_a_worker_whose_drive_hangs(tmp_path: Path, plan: Plan) -> None:
    """The process ends, or is the kernel's; the job is stopped at once."""
    paths = machine(tmp_path)
    home = paths.home
    home.mkdir()
    (home / "disk").write_bytes(bytes(SIZE))
    job = Jobs(paths).create(plan)
    with start(home, 3) as worker:
        until((home / "stands").exists, worker)
        job.wish_stop()
        assert worker.wait(60) == 0
    assert job.look()["state"] == "stopped"
    assert not job.is_alive()
