"""Between the check of a drive and its last block: no other drive, no other owner."""

from pathlib import Path

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import BLOCK, RANGES, SIZE, SMARTCTL, Nas, started, wait_for


def held(process: int) -> list[str]:
    """Return what a process has open."""
    return [str(item.readlink()) for item in Path(f"/proc/{process}/fd").iterdir()]


def test_the_drive_is_held_open(nas: Nas) -> None:
    """From before the serial number is read: the kernel keeps its name meanwhile.

    So long as a drive is open, no other one that is plugged in gets its name.
    """
    nas.replace(
        "smartctl",
        SMARTCTL.replace(
            "#!/bin/sh\n",
            '#!/bin/sh\ncase $* in -i*) readlink /proc/self/fd/6 >>"$NAS/held" ;; esac\n',
        ),
    )
    content = started(nas)
    assert str(content) in held(nas.worker())
    writer = int((nas.root / "jobs/t1/pid").read_text())
    assert str(content) in held(writer)
    nas.switch("wait", None)
    assert nas.ended().state is AgentState.PASSED
    assert (nas.folder / "held").read_text() == f"{content}\n" * 3


def partition(nas: Nas, name: str = "sda1", size: int = 2048) -> None:
    """Let the kernel find a partition on the drive."""
    folder = nas.folder / f"sys/block/sda/{name}"
    folder.mkdir(parents=True, exist_ok=True)
    for file, number in (("partition", 1), ("start", 2048), ("size", size)):
        (folder / file).write_text(f"{number}\n")


def refused(nas: Nas, content: Path, first: int = 0) -> None:
    """Wait for the end, and see that not a byte was written from a block on."""
    wait_for(lambda: nas.processes() == [])
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.REFUSED, "in_use")
    assert content.read_bytes()[first * BLOCK :] == b"\x5a" * (SIZE - first * BLOCK)


def test_a_partition_in_the_middle_of_a_range(nas: Nas) -> None:
    """A pool is being made: the writer is ended, not waited for."""
    content = started(nas)
    partition(nas)
    refused(nas, content)


def test_a_holder_in_the_middle_of_a_range(nas: Nas) -> None:
    """Something has taken the drive as a whole."""
    content = started(nas)
    (nas.folder / "sys/block/sda/holders/dm-0").mkdir(parents=True)
    refused(nas, content)


def test_a_partition_while_paused(nas: Nas) -> None:
    """A stopped writer would go on one day."""
    content = started(nas)
    nas.ask("verb pause", "token t1")
    nas.until(lambda status: status.state is AgentState.PAUSED)
    partition(nas)
    refused(nas, content)


@pytest.mark.parametrize("name", ["sda1", "sda2"])
def test_another_partition_than_before(nas: Nas, name: str) -> None:
    """Under a known name too, if it is in another place."""
    partition(nas)
    content = started(nas)
    partition(nas, name, size=4096)
    refused(nas, content)


def test_a_partition_between_two_ranges(nas: Nas) -> None:
    """It came before the range did, but not before the pass."""
    content = started(nas)
    nas.replace(
        "sleep", "#!/bin/sh\nexec tail -f /dev/null\n"
    )  # no beat of the watcher
    nas.until(lambda status: status.state is AgentState.RUNNING)
    nas.switch("wait.16", "")
    nas.switch("wait", None)
    wait_for(lambda: len(nas.log("badblocks")) == 2)
    partition(nas)
    nas.switch("wait.16", None)
    (nas.folder / "bin/sleep").unlink()
    refused(nas, content, 32)


def test_partitions_of_a_used_drive(nas: Nas) -> None:
    """Those that were there are what a burn-in erases."""
    partition(nas)
    partition(nas, "sda2")
    content = nas.drive()
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    assert content.read_bytes() == bytes(SIZE)
