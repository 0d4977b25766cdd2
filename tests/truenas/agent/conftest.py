"""A folder that is a NAS to the agent: its shell, its drives, its smartctl."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.models import AgentStatus, RangeResult
from custom_components.truenas_burnin.truenas.shell_agent import (
    load_script,
    parse_ranges,
    parse_statuses,
)

BLOCK = 4096
SIZE = 64 * BLOCK
RANGES = f"{BLOCK} 0 15;{BLOCK} 16 31;{BLOCK} 32 63"
SERIAL = "ZL2ABC12"
BUSYBOX = Path(__file__).parents[3] / ".cache/busybox/usr/bin/busybox"

SMARTCTL = """\
#!/bin/sh
for device; do :; done
drive=$NAS/drives/${device##*/}
echo "$*" >>"$NAS/smartctl.log"
[ "$1" != -V ] || exit 0
[ -e "$drive.serial" ] || { echo '{"smartctl":{"exit_status":2}}'; exit 2; }
case $* in
  "-t "* | "-X "*) cat "$drive.says" 2>/dev/null; exit "$(cat "$drive.status" 2>/dev/null || echo 0)" ;;
esac
while [ -e "$drive.hangs" ]; do sleep 0.1; done
case $*$(cat "$drive.asleep" 2>/dev/null) in
  *"-n standby"*yes) echo '{"smartctl":{"exit_status":2}}'; exit 2 ;;
esac
printf '{"serial_number":"%s","user_capacity":{"blocks":1,"bytes":%s},"temperature":{"current":%s}}\\n' \
  "$(cat "$drive.serial")" "$(cat "$drive.size")" "$(cat "$drive.temperature")"
"""
"""Speaks for the drives in the folder; each file is one fact."""

TOOL = """\
#!/usr/bin/env python3
import os, sys, time, signal
name, real = {name!r}, {real!r}
drives = os.environ["NAS"] + "/drives/"
limit = drives + "limit"
arguments = sys.argv[1:]
with open(drives + name + ".log", "a") as log:
    log.write(" ".join(arguments) + "\\n")
holds = ["wait", "wait." + arguments[-1]] if name == "badblocks" else ["wait.dd"]
while any(os.path.exists(drives + hold) for hold in holds):
    time.sleep(0.02)
if name == "badblocks" and os.path.exists(limit):
    import resource
    size = int(open(limit).read())
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
os.execv(real, [real, *arguments])
"""
"""The real program on the files that are the drives.

`wait` holds badblocks, `wait.FIRST` that of one range, `wait.dd` holds dd; `limit` ends
what can be written (SIGXFSZ ignored: a write beyond is an error of the medium).
"""

LOCKF = """\
#!/usr/bin/env python3
import fcntl, getopt, os, signal, subprocess, sys
options, (path, *command) = getopt.getopt(sys.argv[1:], "kst:")
lock = os.open(path, os.O_CREAT | os.O_RDWR)
try:
    fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if ("-t", "0") in options else 0))
except BlockingIOError:
    sys.exit(75)
child = subprocess.Popen(command, close_fds=True)
signal.signal(signal.SIGTERM, lambda number, frame: child.terminate())
sys.exit(child.wait())
"""
"""FreeBSD's lockf(1) as far as the agent needs it: its child has not the lock."""

COMMON = (
    "awk basename cat chmod cmp cp cut date dirname env find grep head id mkdir mv nohup od"
    " ps rm sed sleep sort sync tail touch tr true uname wc"
)
"""What the agent needs beside smartctl, badblocks, dd, a lock and a way to detach."""


@dataclass
class Nas:
    """One such folder."""

    folder: Path
    path: str
    workers: list[int] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """The agent's own folder."""
        return self.folder / "root"

    def drive(self, name: str = "sda", serial: str = SERIAL, size: int = SIZE) -> Path:
        """Connect a drive of 0x5a bytes."""
        content = self.folder / "drives" / name
        content.write_bytes(b"\x5a" * size)
        self.fact(name, "serial", serial)
        self.fact(name, "size", str(size))
        self.fact(name, "temperature", "35")
        return content

    def fact(self, name: str, fact: str, value: str) -> None:
        """Set what smartctl says of a drive."""
        (self.folder / "drives" / f"{name}.{fact}").write_text(value)

    def switch(self, name: str, content: str | None) -> None:
        """Set or clear `wait` and `limit`."""
        file = self.folder / "drives" / name
        if content is None:
            file.unlink()
        else:
            file.write_text(content)

    def edit(self, old: str, new: str) -> None:
        """Change a constant of the agent."""
        agent = self.root / "agent.sh"
        content = agent.read_text()
        assert content.count(old) == 1
        agent.write_text(content.replace(old, new))

    def replace(self, tool: str, content: str) -> None:
        """Put another program in the place of a tool."""
        script(self.folder / "bin" / tool, content)

    def shadow(self, tool: str, content: str) -> None:
        """Put a program in the place of one that busybox may have within itself."""
        if "busybox" in (self.folder / "bin/sh").read_text():
            pytest.skip(f"this shell is its own {tool}")
        self.replace(tool, content)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the agent as cron does."""
        return subprocess.run(  # noqa: S603
            [f"{self.folder}/bin/sh", str(self.root / "agent.sh"), *arguments],
            env={
                "PATH": self.path,
                "NAS": str(self.folder),
                "TRUENAS_BURNIN_HOST": str(self.folder),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def upload(self, content: str) -> Path:
        """Put a request into the spool, old enough to be whole."""
        spool = self.root / "spool"
        spool.mkdir(exist_ok=True)
        request = spool / "1.req"
        request.write_text(content)
        an_hour_ago = time.time() - 3600
        os.utime(request, (an_hour_ago, an_hour_ago))
        return request

    def send(self, content: str) -> tuple[dict[str, Any], str]:
        """Send a request; return header and payload of the reply."""
        spool = self.upload(content).parent
        done = self.run("spool")
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
        assert not (spool / "1.req").exists()
        lines = (spool / "1.rep").read_text().split("\n")
        assert lines[-2:] == ["end", ""]
        return json.loads(lines[0]), "\n".join(lines[1:-2])

    def ask(self, *lines: str) -> tuple[dict[str, Any], str]:
        """Send a complete request."""
        return self.send("\n".join([*lines, "end", ""]))

    def start(self, token: str = "t1", **changes: str) -> dict[str, Any]:
        """Start a job of two ranges that cover a drive, with two patterns."""
        words = {
            "serial": SERIAL,
            "device": "sda",
            "size": str(SIZE),
            "pause_at": "55",
            "resume_at": "48",
            "tick": "0.1",
            "patterns": "aa 00",
        } | changes
        words["tick"] = "1" if words["tick"] == "0.1" else words["tick"]
        ranges = words.pop("ranges", f"{BLOCK} 0 31;{BLOCK} 32 63").split(";")
        header, _ = self.ask(
            "verb start",
            f"token {token}",
            *(f"{key} {value}" for key, value in words.items()),
            "heat_every 1",
            *(f"range {item}" for item in ranges if item),
        )
        return header

    def status(self, token: str = "t1") -> AgentStatus:
        """Return what the agent says when asked."""
        header, payload = self.ask("verb status")
        assert header == {"ok": True}
        return parse_statuses(payload)[token]

    def told(self, token: str = "t1") -> AgentStatus | None:
        """Return what the agent last said unasked."""
        file = self.root / "status"
        return parse_statuses(file.read_text() if file.exists() else "").get(token)

    def ranges(self, token: str = "t1") -> tuple[RangeResult, ...]:
        """Return the rows of a job."""
        _, payload = self.ask("verb status", f"token {token}")
        return parse_ranges(payload.partition("ranges\n")[2])

    def worker(self, token: str = "t1") -> int:
        """Return the process of the worker of a job."""
        return int((self.root / f"jobs/{token}/worker").read_text())

    def writing(self) -> bool:
        """Tell whether badblocks has been called."""
        return bool(self.log("badblocks"))

    def until(
        self, look: Callable[[AgentStatus], bool], token: str = "t1"
    ) -> AgentStatus:
        """Wait for a status line the worker writes by itself."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = self.told(token)
            if status is not None and look(status):
                return status
            time.sleep(0.02)
        raise TimeoutError(f"last status: {self.told(token)}")

    def ended(self, token: str = "t1") -> AgentStatus:
        """Wait for the end of a job."""
        return self.until(lambda status: status.state.final, token)

    def log(self, name: str) -> list[str]:
        """Return how a tool was called."""
        file = self.folder / "drives" / f"{name}.log"
        return file.read_text().splitlines() if file.exists() else []

    def processes(self) -> list[int]:
        """Return every process of this NAS."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes()
            except OSError:
                continue
            if f"NAS={self.folder}\0".encode() in environment:
                found.append(int(process.name))
        return found

    def power_cut(self) -> None:
        """Kill everything at once, and wait for its end."""
        while found := self.processes():
            for process in found:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)


def shells() -> list[Any]:
    """Return the shells to run under; those a machine lacks are skipped."""
    dash = shutil.which("dash")
    busybox = shutil.which("busybox") or (str(BUSYBOX) if BUSYBOX.exists() else None)
    return [
        pytest.param(
            command,
            id=name,
            marks=pytest.mark.skipif(command is None, reason=f"no {name}"),
        )
        for name, command in (
            ("dash", dash and f'exec {dash} "$@"'),
            ("busybox", busybox and f'exec {busybox} sh "$@"'),
        )
    ]


def script(path: Path, content: str) -> None:
    """Write an executable."""
    path.write_text(content)
    path.chmod(0o755)


def wait_for(look: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline, "it never was"
        time.sleep(0.02)


def started(nas: Nas, ranges: str = RANGES) -> Path:
    """Start a job whose badblocks waits; return the content of its drive."""
    content = nas.drive()
    nas.switch("wait", "")
    assert nas.start(ranges=ranges) == {"ok": True}
    wait_for(nas.writing)
    return content


@pytest.fixture(params=shells())
def nas(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nas]:
    """Return a NAS with the agent installed, under one of the shells."""
    programs = tmp_path / "bin"
    for folder in (programs, tmp_path / "drives", tmp_path / "root"):
        folder.mkdir()
    (tmp_path / "dev").symlink_to("drives")
    (tmp_path / "root").chmod(0o755)  # as filesystem.put makes it
    search = f"{programs}:{os.environ['PATH']}:/usr/sbin:/sbin"
    script(programs / "sh", f"#!/bin/sh\n{request.param}\n")
    script(programs / "smartctl", SMARTCTL)
    script(programs / "systemctl", "#!/bin/sh\nexit 1\n")
    for name in ("badblocks", "dd"):
        real = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        assert real is not None, f"{name} is needed"
        script(programs / name, TOOL.format(name=name, real=real))
    script(tmp_path / "root/agent.sh", load_script().content.decode())
    found = Nas(tmp_path, search)
    yield found
    found.power_cut()


@pytest.fixture
def core(nas: Nas) -> Nas:
    """Return a NAS as FreeBSD is: daemon and lockf, no flock, no setsid, no systemd."""
    programs = nas.folder / "bin"
    (programs / "systemctl").unlink()
    for name in COMMON.split():
        real = shutil.which(name)
        assert real is not None, f"{name} is needed"
        (programs / name).symlink_to(real)
    script(programs / "python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    script(programs / "lockf", LOCKF)
    setsid = shutil.which("setsid")
    daemon = f'[ "$1" = -f ] && shift\n{setsid} "$@" </dev/null >/dev/null 2>&1 &'
    script(programs / "daemon", f"#!/bin/sh\n{daemon}\n")
    nas.path = str(programs)
    return nas
