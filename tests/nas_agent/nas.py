"""A made-up NAS with the real service on it, in processes of its own."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import TypeVar
import uuid

from custom_components.truenas_burnin.nas_agent.errors import Json

from .machine import Machine

_Result = TypeVar("_Result")

LAUNCHER = Path(__file__).with_name("launcher.py")
PACE = {
    "poll": 0.02,
    "look": 0.05,
    "progress": 0.2,
    "minute": 0.3,
    "idle": 60.0,
    "keep": 60.0,
    "partial": 0.5,
    "start": 20.0,
    "stop": 10.0,
    "replace": 10.0,
}


def until(
    look: Callable[[], _Result], what: str = "it", seconds: float = 30
) -> _Result:
    """Return what is there once it is."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.02)


class Nas(Machine):
    """The machine, its cron job, and who uploads requests."""

    def __init__(self, folder: Path) -> None:
        """Set it up; the service does not run yet."""
        super().__init__(folder)
        self.version = "aaaaaaaaaaaa"
        self._services: set[int] = set()
        self.pace()

    def pace(self, **changed: float) -> None:
        """Set how often the service does what."""
        (self.folder / "pace.json").write_text(json.dumps({**PACE, **changed}))

    @property
    def version(self) -> str:
        """Return which version the cron job runs."""
        return (self.folder / "version").read_text()

    @version.setter
    def version(self, version: str) -> None:
        (self.folder / "version").write_text(version)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the agent to its end."""
        return subprocess.run(  # noqa: S603
            [sys.executable, str(LAUNCHER), str(self.folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def ensure(self) -> int:
        """Run the cron job; return its exit status once the service takes requests."""
        status = self.run("ensure").returncode
        if not status:
            until(self._is_served, "the service")
        return status

    def _is_served(self) -> bool:
        pid = self.pid
        if not pid or not self.is_alive(pid):
            return False
        self._services.add(pid)
        started = [said for said in self.said("service") if said["state"] == "started"]
        return len(started) == len(self._services)

    @property
    def pid(self) -> int:
        """Return the process of the service, 0 if there never was one."""
        try:
            return int(json.loads((self.paths.locks / "service").read_text())["pid"])
        except (OSError, ValueError):
            return 0

    def is_alive(self, pid: int) -> bool:
        """Return whether a process runs."""
        try:
            return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False

    def pids(self) -> list[int]:
        """Return all processes of this NAS's agent, the workers too."""
        return [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdecimal()
            and str(self.folder).encode() in _command(process)
            and self.is_alive(int(process.name))
        ]

    def end(self) -> None:
        """End everything: a service that can, in its own way, which is measured."""
        service = self.pid
        try:
            if service in self.pids():
                os.kill(service, signal.SIGTERM)
            until(lambda: service not in self.pids(), "the service's end", 3)
        except (AssertionError, ProcessLookupError):
            pass  # It was stopped, or waits for a drive that hangs.
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        until(lambda: not self.pids(), "the end")

    # --- requests

    @property
    def boot_id(self) -> str:
        """Return the boot id as the agent reports it."""
        path = self.folder / "proc/sys/kernel/random/boot_id"
        return path.read_text().strip()

    def upload(
        self, verb: str, arguments: dict[str, Json] | None = None, **changed: Json
    ) -> str:
        """Upload a request; return its id."""
        identifier = uuid.uuid4().hex
        request: dict[str, Json] = {
            "id": identifier,
            "verb": verb,
            "boot": self.boot_id,
            "arguments": arguments or {},
            **changed,
        }
        path = self.paths.requests / f"{identifier}.json"
        path.write_text(json.dumps(request))
        return identifier

    def reply(self, identifier: str) -> dict[str, Json]:
        """Wait for the reply to a request."""
        path = self.paths.replies / f"{identifier}.json"
        until(path.exists, f"the reply {identifier}")
        said: dict[str, Json] = json.loads(path.read_text())
        assert said["id"] == identifier
        return said

    def ask(
        self, verb: str, arguments: dict[str, Json] | None = None, **changed: Json
    ) -> dict[str, Json]:
        """Ask and wait; return the result, or the reply that refuses."""
        said = self.reply(self.upload(verb, arguments, **changed))
        result = said.get("result", said)
        assert isinstance(result, dict)
        return result

    def lines(self) -> list[dict[str, Json]]:
        """Return the lines of the feed."""
        try:
            text = self.paths.feed.read_text()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.splitlines() if line]

    def said(self, kind: str) -> list[dict[str, Json]]:
        """Return what the feed said of one kind."""
        return [
            value for line in self.lines() if isinstance(value := line.get(kind), dict)
        ]


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
