"""One service at a time, and nobody else is ended for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from custom_components.truenas_burnin.nas_agent import folder, words
from custom_components.truenas_burnin.nas_agent.errors import Refused
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


@pytest.fixture
def service(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """Return a service that holds the lock and heeds nothing but its end."""
    folder.check(machine.paths)
    script = (
        "import fcntl, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "file = open(sys.argv[1], 'r+')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "time.sleep(300)\n"
    )
    lock = machine.paths.locks / "service"
    lock.touch()
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", script, str(lock), "serve"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_way_is_made(machine: Machine, service: subprocess.Popen[bytes]) -> None:
    """A service that heeds no request to end is ended."""
    single = Single(machine.paths)
    single.make_way(Holder(service.pid, "x", 0.0), QUICK)
    assert service.wait(timeout=30) == -signal.SIGKILL
    assert single.take(0)
    single.release()


def test_ended_meanwhile(
    machine: Machine, service: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be ended loses the lock; nobody waits for it."""

    def gone(pid: int, _: int) -> None:
        raise ProcessLookupError(pid)

    single = Single(machine.paths)
    with monkeypatch.context() as patched:
        patched.setattr(os, "kill", gone)
        single.make_way(Holder(service.pid, "x", 0.0), QUICK)
    assert service.poll() is None
    assert single.take(0)
    single.release()


def test_damaged_lock(machine: Machine, service: subprocess.Popen[bytes]) -> None:
    """A service that has just begun has not said who it is."""
    single = Single(machine.paths)
    holder = single.holder()
    assert holder is not None
    assert (holder.pid, holder.version) == (0, "")
    assert single.is_fit(holder, Pace())


def test_without_ps(machine: Machine, service: subprocess.Popen[bytes]) -> None:
    """Whoever cannot be looked at is not ended."""
    machine.remove_tool("blkid")
    Single(machine.paths).make_way(Holder(service.pid, "x", 0.0), QUICK)
    assert service.poll() is None


def test_beat_without_the_lock(machine: Machine) -> None:
    """Who is not the service gives no sign of its life."""
    folder.check(machine.paths)
    single = Single(machine.paths)
    single.beat()
    single.release()
    assert not (machine.paths.locks / "service").exists()


def test_sign_of_life_on_a_full_disk(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on without one."""
    folder.check(machine.paths)
    single = Single(machine.paths)
    assert single.take(0)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        single.beat()
    single.release()


def test_no_lock(machine: Machine) -> None:
    """A folder that is gone is told."""
    with pytest.raises(Refused):
        Single(machine.paths).take(0)
