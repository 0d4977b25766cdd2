"""Run what a cron job says, for real, with the NAS's own smartctl and badblocks."""

import asyncio
from collections.abc import Callable, Mapping
import os
from pathlib import Path
import shlex
import signal
import sys

from .world import World

_SHIM = Path(__file__).with_name("shim.py")
_DRIVE_TOOLS = ("smartctl", "badblocks", "dd")
_SYSTEMD_TOOLS = ("systemd-run", "systemctl")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ROOT = "MOCK_TRUENAS_ROOT"
_LONGEST_LINE = 16 * 2**20
UNIT = "MOCK_TRUENAS_UNIT"
"""In the environment of what systemd-run has started: not in middlewared's cgroup."""


class Commands:
    """The NAS's shell: its own programs first, its own file system."""

    def __init__(self, world: World) -> None:
        """Make the programs."""
        self.url = ""
        self._world = world
        self._attached: set[asyncio.subprocess.Process] = set()
        self._folder = world.root / "bin"
        self._folder.mkdir(parents=True, exist_ok=True)
        tools: tuple[str, ...] = _DRIVE_TOOLS
        if world.profile.core:
            # FreeBSD has no systemd, and its daemon(8) detaches.
            self._program("systemctl", "exit 1")
            self._program("systemd-run", "exit 127")
            self._program(
                "daemon",
                '[ "$1" = -f ] && shift\nsetsid "$@" </dev/null >/dev/null 2>&1 &',
            )
        else:
            tools += _SYSTEMD_TOOLS
        for tool in tools:
            self._program(
                tool,
                f"exec {shlex.quote(sys.executable)} -I -S "
                f'{shlex.quote(str(_SHIM))} {tool} "$@"',
            )

    def _program(self, name: str, body: str) -> None:
        program = self._folder / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)

    def localized(self, command: str) -> str:
        """Return a command with /root/ meaning the NAS's own."""
        home = self._world.filesystem / "root"
        return command.replace("/root/", f"{shlex.quote(str(home))}/")

    async def run(
        self, command: str, tell: Callable[[str], None] | None = None
    ) -> tuple[int, str]:
        """Run a command as root's shell does; return exit status and output.

        Each line is told when it comes.
        """
        self._world.make_nodes()
        child = await asyncio.create_subprocess_exec(
            "sh",
            "-c",
            self.localized(command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST_LINE,
            env={
                "PATH": f"{self._folder}:{_PATH}",
                "HOME": str(self._world.filesystem / "root"),
                _ROOT: str(self._world.root),
                # Never this machine's own drives, mounts and holders.
                "TRUENAS_BURNIN_HOST": str(self._world.filesystem),
                "MOCK_TRUENAS_URL": self.url,
                "MOCK_TRUENAS_SECRET": self._world.secret,
            },
        )
        self._attached.add(child)
        try:
            output = await _told(child, tell)
        finally:
            self._attached.discard(child)
        return await child.wait(), output

    def restart(self) -> None:
        """End what ends with the middleware (truenas-api.md §14).

        On SCALE all in its cgroup gets a SIGTERM; on CORE only what hangs on it.
        """
        if self._world.profile.core:
            doomed = [child.pid for child in self._attached]
        else:
            doomed = [
                process
                for process, environment in self._processes()
                if UNIT not in environment
            ]
        for process in doomed:
            _kill(process, signal.SIGTERM)

    def kill_all(self) -> None:
        """Kill every process of this NAS, as a power cut does."""
        while found := self._processes():
            for process, _ in found:
                _kill(process, signal.SIGKILL)

    def _processes(self) -> list[tuple[int, Mapping[str, str]]]:
        root = str(self._world.root)
        return [item for item in _environments() if item[1].get(_ROOT) == root]


async def _told(
    child: asyncio.subprocess.Process, tell: Callable[[str], None] | None
) -> str:
    lines = []
    assert child.stdout is not None  # noqa: S101 - it was asked for
    async for line in child.stdout:
        lines.append(line.decode(errors="replace"))
        if tell is not None:
            tell(lines[-1])
    return "".join(lines)


def _kill(process: int, number: signal.Signals) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def _environments() -> list[tuple[int, Mapping[str, str]]]:
    """Return the processes that are no zombies, with their environments."""
    found: list[tuple[int, Mapping[str, str]]] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "environ").read_bytes().decode(errors="replace")
            zombie = b") Z " in (folder / "stat").read_bytes()
        except OSError:
            continue
        if not zombie:
            pairs = (word.partition("=") for word in words.split("\0"))
            found.append((int(folder.name), {key: value for key, _, value in pairs}))
    return found
