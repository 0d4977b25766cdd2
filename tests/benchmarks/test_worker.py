"""What a worker on the NAS moves, holds and uses of the processor."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.truenas_burnin.nas_agent.jobs import Jobs
from custom_components.truenas_burnin.nas_agent.plan import Range

from ..nas_agent.drives import machine, make_plan

AGENT = Path(__file__).parents[2] / "custom_components/truenas_burnin/nas_agent"
GB = 10**9
SIZE = GB // 4096 * 4096
RANGES = tuple(
    Range(start, min(SIZE // 10 // 4096 * 4096, SIZE - start))
    for start in range(0, SIZE, SIZE // 10 // 4096 * 4096)
)

WORK = """
import importlib.util, json, os, resource, sys
from pathlib import Path

# The agent alone, as it is packed: without the integration around it.
agent, home, disk, token = map(Path, sys.argv[1:])
spec = importlib.util.spec_from_file_location(
    "nas_agent", agent / "__init__.py", submodule_search_locations=[str(agent)]
)
package = importlib.util.module_from_spec(spec)
sys.modules["nas_agent"] = package
spec.loader.exec_module(package)

from nas_agent import claim, paths, worker

class Held(claim.Claimed):
    def still_named(self):
        return True

    def others(self):
        return ()

    def temperature(self):
        return None

def take(plan, where):
    descriptor = os.open(disk, os.O_RDWR)
    return Held(descriptor, plan.drive, 512, False, where)

there = paths.Paths(home=home, dev=home / "dev", sys=home / "sys")
worker.work(str(token), there, take=take)

used = resource.getrusage(resource.RUSAGE_SELF)
moved = dict(line.split(": ") for line in open("/proc/self/io").read().splitlines())
# Not ru_maxrss, in which the process that started this one is still seen.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({
    "moved": int(moved["rchar"]) + int(moved["wchar"]),
    "user": used.ru_utime,
    "system": used.ru_stime,
    "resident": int(status["VmHWM"].split()[0]) * 1024,
}), flush=True)
"""


def worked(folder: Path, passes: int) -> dict[str, Any]:
    """Do a whole job in a process of its own; return what it took, in bytes and seconds.

    The drive is a file: what the kernel copies to and from its cache is in it.
    """
    paths = machine(folder)
    paths.home.mkdir()
    disk = folder / "disk"
    with disk.open("wb") as file:
        file.truncate(SIZE)
    plan = make_plan(SIZE, ranges=RANGES, passes=passes)
    job = Jobs(paths).create(plan)
    words = [sys.executable, "-I", "-c", WORK, AGENT, paths.home, disk, plan.token]
    done = subprocess.run(  # noqa: S603 - our own words
        [str(word) for word in words], check=True, capture_output=True, text=True
    )
    disk.unlink()
    assert job.look()["state"] == "passed"
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.budget
@pytest.mark.parametrize(("passes", "most"), [(1, 2.02), (2, 4.03)])
def test_a_gigabyte(
    tmp_path: Path, tell: Callable[[str], None], passes: int, most: float
) -> None:
    """Every byte is written once and read once for each pass, and little else is."""
    took = worked(tmp_path, passes)
    times = took["moved"] / SIZE
    seconds = (took["user"] + took["system"]) / (took["moved"] / GB)
    tell(
        f"moved {times:.3f} times the capacity; {took['resident'] / 1e6:.0f} MB"
        f" resident; {seconds:.2f} s of processor per GB moved,"
        f" {took['user'] / (took['moved'] / GB):.2f} of it ours, the rest the kernel's"
    )
    assert times <= most
    assert took["resident"] <= 45e6
