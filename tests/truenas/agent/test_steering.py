"""Who steers a worker: its watcher, persons, and those on FreeBSD."""

import os
from pathlib import Path
import shutil
import signal

import pytest

from custom_components.truenas_burnin.truenas.models import AgentState

from .conftest import BLOCK, RANGES, SIZE, Nas, started, wait_for

BIG = 2**32
"""The first block that badblocks cannot count."""


def test_a_sleeping_drive_is_cool_again(nas: Nas) -> None:
    """It spun down while paused for heat: asking must not end at its sleep."""
    started(nas)
    nas.fact("sda", "temperature", "60")
    nas.until(lambda status: status.state is AgentState.PAUSED)
    nas.fact("sda", "temperature", "25")
    nas.fact("sda", "asleep", "yes")
    nas.until(lambda status: status.state is AgentState.RUNNING)
    nas.switch("wait", None)
    assert nas.ended().state is AgentState.PASSED


def test_a_sleeping_drive_is_let_sleep(nas: Nas) -> None:
    """While it is paused for another reason nobody needs to know."""
    nas.drive()
    nas.fact("sda", "asleep", "yes")
    nas.switch("wait", "")
    nas.start()
    nas.ask("verb pause", "token t1")
    paused = nas.until(lambda status: status.state is AgentState.PAUSED)
    assert paused.temperature is None


def test_a_stop_while_waiting_begins_nothing(nas: Nas) -> None:
    """Paused between two ranges, then cancelled: not another byte."""
    content = started(nas)
    nas.power_cut()
    nas.switch("wait", None)
    before = nas.log("badblocks")
    nas.ask("verb pause", "token t1")
    assert nas.start(ranges=RANGES) == {"ok": True}
    assert nas.ask("verb stop", "token t1")[0] == {"ok": True}
    assert nas.status().state is AgentState.STOPPED
    assert nas.log("badblocks") == before
    assert content.read_bytes() == b"\x5a" * SIZE


def kill_watcher(nas: Nas) -> None:
    """Kill the shell beside the worker."""
    worker = nas.worker()
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    (watcher,) = (
        int(child)
        for child in children
        if b"agent.sh" in Path(f"/proc/{child}/cmdline").read_bytes()
    )
    os.kill(watcher, signal.SIGKILL)


def test_a_killed_watcher_is_replaced(nas: Nas) -> None:
    """With the next range somebody minds the heat again."""
    started(nas)
    kill_watcher(nas)
    nas.switch("wait.16", "")
    nas.switch("wait", None)
    nas.fact("sda", "temperature", "80")
    hot = nas.until(lambda status: status.state is AgentState.PAUSED)
    assert (hot.reason, hot.done) == ("heat", 1)


def test_a_watcher_killed_between_two_ranges(nas: Nas) -> None:
    """Nobody else ends the pause that the worker waits for."""
    started(nas)
    nas.power_cut()
    nas.switch("wait", None)
    nas.ask("verb pause", "token t1")
    assert nas.start(ranges=RANGES) == {"ok": True}
    kill_watcher(nas)
    nas.ask("verb resume", "token t1")
    assert nas.ended().state is AgentState.PASSED


def with_a_tail(nas: Nas) -> dict[str, str]:
    """Connect a drive of one range and blocks that badblocks cannot count."""
    content = nas.drive()
    with content.open("r+b") as file:
        file.truncate((BIG + 8) * 512)
    nas.fact("sda", "size", str((BIG + 8) * 512))
    return {
        "size": str((BIG + 8) * 512),
        "ranges": f"{BLOCK} 0 15;512 {BIG} {BIG + 7}",
    }


def test_stop_of_a_paused_tail(nas: Nas) -> None:
    """The shell that runs dd is stopped: it has to be sent on to end."""
    words = with_a_tail(nas)
    nas.switch("wait.dd", "")
    nas.shadow("dd", (nas.folder / "bin/dd").read_text())
    nas.start(**words)
    wait_for(lambda: bool(nas.log("dd")))
    nas.ask("verb pause", "token t1")
    nas.until(lambda status: status.state is AgentState.PAUSED)
    nas.switch("wait.dd", None)
    assert nas.ask("verb stop", "token t1")[0] == {"ok": True}
    assert nas.status().state is AgentState.STOPPED


def test_no_space_for_a_tail(nas: Nas) -> None:
    """A full disk of the NAS is no bad block of the drive."""
    words = with_a_tail(nas)
    real = shutil.which("tr")
    cut = "case $1$2 in '\\000\\'*) exec head -c 512 ;; esac"
    nas.shadow("tr", f'#!/bin/sh\n{cut}\nexec {real} "$@"\n')
    nas.start(**words)
    wait_for(lambda: nas.processes() == [])
    interrupted = nas.status()
    assert interrupted.state is AgentState.INTERRUPTED
    assert interrupted.done == 1
    (nas.folder / "bin/tr").unlink()
    nas.start(**words)
    assert nas.ended().state is AgentState.PASSED


def test_a_bad_tail(nas: Nas) -> None:
    """What is read back is what counts."""
    words = with_a_tail(nas)
    real = shutil.which("dd")
    (nas.folder / "garbage").write_bytes(b"\x11" * 4096)
    nas.shadow(
        "dd",
        f'#!/bin/sh\ncase $1 in if=*/dev/sda) cat "$NAS/garbage" ;;'
        f' *) exec {real} "$@" ;; esac\n',
    )
    nas.start(**words)
    ended = nas.ended()
    assert (ended.state, ended.compare_errors) == (AgentState.FAILED, 16)


def test_a_pass_on_freebsd(core: Nas) -> None:
    """With lockf and daemon."""
    core.drive()
    assert core.start() == {"ok": True}
    assert core.ended().state is AgentState.PASSED


@pytest.mark.parametrize("killed", ["lockf", "lockf and worker"])
def test_one_writer_without_a_lock(core: Nas, killed: str) -> None:
    """A lockf that is killed lets go of the lock, but its worker writes on."""
    content = started(core)
    worker = core.worker()
    lockf = int(Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[1])
    assert b"lockf" in Path(f"/proc/{lockf}/cmdline").read_bytes()
    os.kill(lockf, signal.SIGKILL)
    if killed == "lockf":
        assert core.status().state is AgentState.RUNNING
        assert core.start("t2", ranges=RANGES)["error"] == "busy"
        core.switch("wait", None)
        assert core.ended().state is AgentState.PASSED
    else:
        os.kill(worker, signal.SIGKILL)
        assert core.status().state is AgentState.INTERRUPTED
        wait_for(lambda: core.processes() == [])
        assert content.read_bytes() == b"\x5a" * SIZE
