"""Run what a cron job says, for real, with the NAS's own smartctl and badblocks."""

import asyncio
import os
from pathlib import Path
import shlex
import signal
import sys

from .world import World

_SHIM = Path(__file__).with_name("shim.py")
_TOOLS = ("smartctl", "badblocks", "dd")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MARK = "MOCK_TRUENAS_ROOT"


class Commands:
    """The NAS's shell: its own programs first, its own file system."""

    def __init__(self, world: World) -> None:
        """Make the programs."""
        self.url = ""
        self._world = world
        self._folder = world.root / "bin"
        self._folder.mkdir(parents=True, exist_ok=True)
        for tool in _TOOLS:
            self._program(
                tool,
                f"exec {shlex.quote(sys.executable)} -I -S "
                f'{shlex.quote(str(_SHIM))} {tool} "$@"',
            )
        if world.profile.core:
            # FreeBSD has no systemd, and its daemon(8) detaches.
            self._program("systemctl", "exit 1")
            self._program(
                "daemon",
                '[ "$1" = -f ] && shift\nsetsid "$@" </dev/null >/dev/null 2>&1 &',
            )

    def _program(self, name: str, body: str) -> None:
        program = self._folder / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)

    def localized(self, command: str) -> str:
        """Return a command with /root/ meaning the NAS's own."""
        home = self._world.filesystem / "root"
        return command.replace("/root/", f"{shlex.quote(str(home))}/")

    async def run(self, command: str) -> tuple[int, str]:
        """Run a command as root's shell does; return exit status and output."""
        child = await asyncio.create_subprocess_exec(
            "sh",
            "-c",
            self.localized(command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={
                "PATH": f"{self._folder}:{_PATH}",
                "HOME": str(self._world.filesystem / "root"),
                _MARK: str(self._world.root),
                "MOCK_TRUENAS_URL": self.url,
                "MOCK_TRUENAS_SECRET": self._world.secret,
            },
        )
        output, _ = await child.communicate()
        return child.returncode or 0, output.decode(errors="replace")

    def kill_all(self) -> None:
        """Kill every process of this NAS, as a power cut does."""
        while found := _marked(f"{_MARK}={self._world.root}".encode()):
            for process in found:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue


def _marked(mark: bytes) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            zombie = b") Z " in (folder / "stat").read_bytes()
        except OSError:
            continue
        if mark in environment and not zombie:
            found.append(int(folder.name))
    return found
