"""What bare badblocks and fio say of the same faulty drives, for comparison."""

from pathlib import Path

import pytest

from tests.rig.guest.accelerator import Accelerator
from tests.rig.guest.drives import Drive
from tests.rig.guest.machine import Machine

from .conftest import WORK, keep_table
from .faults import CASES, SIZE

TOOLS = {
    "badblocks": "badblocks -w -b 4096 -e 16 /dev/$D 2>&1 | grep -v '^$'",
    "fio": (
        "fio --name=v --filename=/dev/$D --rw=write --bs=1M --direct=1 --ioengine=psync"
        " --verify=crc32c --verify_interval=4096 --do_verify=1 --output=/dev/null 2>&1 || echo bad"
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_what_it_does_not_see(
    tool: str, image: Path, saved: Path, accelerator: Accelerator
) -> None:
    """A tool says nothing of a sound drive, and misses the faults that constant data cannot show."""
    with Machine(image, WORK, accelerator) as guest:
        guest.resume(saved)
        guest.without_udev()
        disks = guest.plug(*(Drive(case.serial, size=SIZE) for case in CASES))
        names = guest.names()
        for case, disk in zip(CASES, disks, strict=True):
            disk.breaks(case.fault(disk.store))
        jobs = [
            f"(D={names[case.serial]}; {TOOLS[tool]}) >/run/{case.name}.out"
            for case in CASES
        ]
        guest.line.run(" & ".join(jobs) + " & wait", seconds=1800)
        said = {case.name: guest.line.get(f"/run/{case.name}.out") for case in CASES}
    keep_table(
        tool,
        {name: "finds something" if out else "passes" for name, out in said.items()},
    )
    assert not said["sound"]
    if tool == "badblocks":
        assert not said["wraps"]
        assert not said["neighbour"]
