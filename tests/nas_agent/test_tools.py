"""The NAS's own programs: missing, silent, too talkative."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import subprocess
import time

import pytest

from custom_components.truenas_burnin.nas_agent import tools
from custom_components.truenas_burnin.nas_agent.detach import detach
from custom_components.truenas_burnin.nas_agent.errors import Code, Refused

from .machine import Machine, Says


def test_words(machine: Machine) -> None:
    """The last line says what went wrong."""
    machine.tool("zpool", Says("first\nlast\n\n", status=1))
    said = tools.run(machine.paths, "zpool", "status", patience=30)
    assert (said.status, said.words) == (1, "last")
    machine.tool("zpool", Says(status=3))
    assert tools.run(machine.paths, "zpool", patience=30).words == "exit status 3"


def test_missing(machine: Machine) -> None:
    """A program that is not there, or is none."""
    assert not tools.has(machine.paths, "no-such-program")
    with pytest.raises(tools.Missing, match="no-such-program"):
        tools.run(machine.paths, "no-such-program", patience=30)
    program = machine.folder / "bin" / "zpool"
    program.write_bytes(b"\x7fELF of another machine")
    assert tools.has(machine.paths, "zpool")
    with pytest.raises(tools.Missing, match="zpool"):
        tools.run(machine.paths, "zpool", patience=30)


def test_hangs(machine: Machine) -> None:
    """It is not waited for longer than agreed, and is ended."""
    machine.tool("smartctl", Says(hangs=True))
    start = time.monotonic()
    with pytest.raises(tools.Hangs) as hangs:
        tools.run(machine.paths, "smartctl", patience=0.5)
    assert time.monotonic() - start < 30
    assert hangs.value.left.wait(timeout=30) != 0


def test_cannot_be_ended(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that waits in the kernel does not even end when it is killed."""
    killed: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(
            subprocess.Popen, "kill", lambda process: killed.append(process.pid)
        )
        machine.tool("smartctl", Says(hangs=True))
        with pytest.raises(tools.Hangs) as hangs:
            tools.run(machine.paths, "smartctl", patience=0.2)
    assert killed == [hangs.value.left.pid]
    assert hangs.value.left.poll() is None
    hangs.value.left.kill()
    hangs.value.left.wait(timeout=30)


def test_detached_by_systemd(machine: Machine) -> None:
    """The service is a unit of its own: it outlives the cron job's sudo."""
    machine.tool("systemd-run")
    machine.paths.systemd.mkdir()
    detach(machine.paths, "serve")
    (call,) = machine.calls("systemd-run")
    words = call.split()
    assert words[:2] == ["--quiet", "--collect"]
    assert words[2].startswith("--unit=truenas-burnin-serve-")
    assert words[3:] == [*machine.paths.program, "serve"]


def test_detached_on_freebsd(machine: Machine) -> None:
    """daemon(8) does it there."""
    machine.tool("daemon")
    detach(machine.freebsd, "work", "a1-surface-1")
    assert machine.calls("daemon") == [
        " ".join(["-f", *machine.paths.program, "work", "a1-surface-1"])
    ]


def test_detached_by_shell(machine: Machine, tmp_path: Path) -> None:
    """Elsewhere a shell starts it and ends."""
    mark = tmp_path / "mark"
    detach(replace(machine.paths, program=("touch",)), str(mark))
    end = time.monotonic() + 30
    while not mark.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_not_detached(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be started is told with its reason."""
    machine.tool("daemon", Says("daemon: no such user\n", status=1))
    with pytest.raises(Refused, match="no such user") as refused:
        detach(machine.freebsd, "serve")
    assert refused.value.code is Code.INTERNAL
    monkeypatch.setattr(
        "custom_components.truenas_burnin.nas_agent.detach._PATIENCE", 0.2
    )
    machine.tool("daemon", Says(hangs=True))
    with pytest.raises(Refused, match="does not end"):
        detach(machine.freebsd, "serve")
    machine.remove_tool("daemon")
    with pytest.raises(Refused, match="daemon is missing"):
        detach(machine.freebsd, "serve")
