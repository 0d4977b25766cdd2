"""What goes wrong under a worker: none of it is the drive's fault."""

import os
import shutil
import signal

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import BLOCK, RANGES, SIZE, Nas, started, wait_for


def passes_again(nas: Nas) -> None:
    """Take the job up again and see it end well."""
    assert nas.status().state is AgentState.INTERRUPTED
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED
    assert len(nas.ranges()) == 3


@pytest.mark.parametrize("whole", [True, False])
def test_a_removed_folder_ends_the_worker(nas: Nas, whole: bool) -> None:
    """Within a tick, badblocks too: nobody could stop them any more."""
    content = started(nas)
    shutil.rmtree(nas.root / "jobs" if whole else nas.root / "jobs/t1")
    wait_for(lambda: nas.processes() == [])
    nas.switch("wait", None)
    assert content.read_bytes() == b"\x5a" * SIZE
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED


def test_no_space_for_a_checkpoint(nas: Nas) -> None:
    """What cannot be kept does not count; it goes on once there is space."""
    started(nas)
    (nas.root / f"jobs/t1/done.{nas.worker()}").symlink_to("/dev/full")
    nas.switch("wait", None)
    wait_for(lambda: nas.processes() == [])
    assert nas.status().done == 0
    passes_again(nas)


def test_a_killed_worker_leaves_no_writer(nas: Nas) -> None:
    """Its badblocks is ended before anybody else may write."""
    started(nas)
    os.kill(nas.worker(), signal.SIGKILL)
    assert nas.status().state is AgentState.INTERRUPTED
    nas.switch("wait", None)
    wait_for(lambda: nas.processes() == [])
    passes_again(nas)


def test_a_killed_worker_of_a_paused_job(nas: Nas) -> None:
    """A stopped badblocks would hold its drive for ever."""
    started(nas)
    nas.ask("verb pause", "token t1")
    nas.until(lambda status: status.state is AgentState.PAUSED)
    os.kill(nas.worker(), signal.SIGKILL)
    assert nas.start("t2", ranges=RANGES) == {"ok": True}
    nas.switch("wait", None)
    assert nas.ended("t2").state is AgentState.PASSED
    assert nas.status().state is AgentState.INTERRUPTED


def test_a_terminated_worker_can_go_on(nas: Nas) -> None:
    """As at a shutdown: badblocks ends with it, the job stays."""
    started(nas)
    os.kill(nas.worker(), signal.SIGTERM)
    wait_for(lambda: nas.processes() == [])
    nas.switch("wait", None)
    passes_again(nas)


@pytest.mark.parametrize("tool", ["badblocks", "smartctl"])
def test_a_tool_that_is_gone(nas: Nas, tool: str) -> None:
    """The shell says so by 127: the next range is not begun, the drive is fine."""
    started(nas)
    nas.replace(tool, "#!/bin/sh\nexit 127\n")
    nas.switch("wait", None)
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.STOPPED, f"no_{tool}")
    assert ended.done == 1


def test_an_output_cut_off(nas: Nas) -> None:
    """Without badblocks' last words nothing is known."""
    nas.drive()
    nas.replace("badblocks", "#!/bin/sh\necho 'Testing with pattern 0xaa: 12' >&2\n")
    nas.start(ranges=RANGES)
    ended = nas.ended()
    assert ended.state is AgentState.STOPPED
    assert ended.reason.startswith("no_result")
    assert ended.done == 0


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("proc/mounts", "/dev/sdaa / ext4 rw 0 0\n/dev/sda2 /mnt/x ext4 rw 0 0\n"),
        ("proc/swaps", "Filename Type\n/dev/sda partition 1 0 -2\n"),
        ("sys/block/sda/holders/dm-0", ""),
        ("sys/block/sda/sda1/holders/md127", ""),
    ],
)
def test_a_drive_in_use_is_not_written(nas: Nas, file: str, content: str) -> None:
    """Not at the start, and not at the next range."""
    drive = started(nas)
    path = nas.folder / file
    path.parent.mkdir(parents=True)
    path.write_text(content)
    nas.switch("wait", None)
    ended = nas.ended()
    assert (ended.state, ended.reason) == (AgentState.REFUSED, "in_use")
    assert drive.read_bytes()[16 * BLOCK :] == b"\x5a" * (SIZE - 16 * BLOCK)
    assert nas.start("t2", ranges=RANGES)["error"] == "in_use"


def test_a_neighbour_in_use_is_another_drive(nas: Nas) -> None:
    """Sda is not sdaa, and not sdb."""
    nas.drive()
    path = nas.folder / "proc/mounts"
    path.parent.mkdir()
    path.write_text("/dev/sdaa1 / ext4 rw 0 0\n/dev/sdb /mnt ext4 rw 0 0\n")
    (nas.folder / "sys/block/sdb/holders/dm-0").mkdir(parents=True)
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ended().state is AgentState.PASSED


def test_the_hottest_moment_of_each_range(nas: Nas) -> None:
    """Null where the drive does not tell."""
    nas.drive()
    nas.fact("sda", "temperature", "41")
    nas.switch("wait", "")
    nas.start(ranges=RANGES)
    nas.until(lambda status: status.temperature == 41)
    nas.fact("sda", "temperature", "null")
    nas.until(lambda status: status.temperature is None)
    nas.switch("wait", None)
    assert nas.ended().state is AgentState.PASSED
    assert [row.temperature for row in nas.ranges()] == [41, None, None]


def test_a_pause_says_why(nas: Nas) -> None:
    """And keeps it over a power cut."""
    started(nas)
    assert nas.ask("verb pause", "token t1", "reason quiet_hours")[0] == {"ok": True}
    paused = nas.until(lambda status: status.state is AgentState.PAUSED)
    assert paused.reason == "quiet_hours"
    nas.power_cut()
    nas.switch("wait", None)
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.status().reason == "quiet_hours"
    nas.ask("verb resume", "token t1")
    assert nas.ended().state is AgentState.PASSED
