"""One service at a time, and nobody else is ended for it."""

from __future__ import annotations

from dataclasses import replace
import fcntl
import os
import subprocess
import time

from custom_components.truenas_burnin.nas_agent import folder, words
from custom_components.truenas_burnin.nas_agent.pace import Pace
from custom_components.truenas_burnin.nas_agent.single import Holder, Single

from .machine import Machine

QUICK = Pace(replace=0.2)


def test_taken_once(machine: Machine) -> None:
    """The second one does not get it, and sees who has it."""
    folder.check(machine.paths)
    first, second = Single(machine.paths), Single(machine.paths)
    assert first.take(0)
    assert not second.take(0)
    holder = second.holder()
    assert holder is not None
    assert (holder.pid, holder.version) == (os.getpid(), machine.paths.version)
    assert second.is_fit(holder, Pace())
    assert not second.is_fit(replace(holder, beat=time.monotonic() - 1000), Pace())
    assert not second.is_fit(replace(holder, version="other"), Pace())
    first.release()
    assert second.holder() is None
    assert second.take(0)
    second.release()


def test_stranger_with_the_same_number(machine: Machine) -> None:
    """A process that merely has the number of a dead service is left alone."""
    folder.check(machine.paths)
    stranger = subprocess.Popen(["sleep", "60"])  # noqa: S607
    lock = machine.paths.locks / "service"
    lock.write_text(words.encode({"pid": stranger.pid, "version": "x", "beat": 0}))
    with lock.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        single = Single(machine.paths)
        holder = single.holder()
        assert holder == Holder(stranger.pid, "x", 0.0)
        single.make_way(holder, QUICK)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_dead_service_leaves_no_number(machine: Machine) -> None:
    """Whoever gets the lock removes what stood there."""
    folder.check(machine.paths)
    lock = machine.paths.locks / "service"
    lock.write_text(words.encode({"pid": 1234, "version": "x", "beat": 0}))
    assert Single(machine.paths).holder() is None
    assert lock.read_text() == ""
