"""Run what a cron job says, for real, with the NAS's own tools."""

import asyncio
from collections.abc import Callable
import os
from pathlib import Path
import shlex
import signal
import sys

from .programs import guard
from .tools import FREEBSD, LINUX
from .world import World

_GUARD, _PYTHON3, _SHIM, _SUDO = (
    str(Path(__file__).with_name("programs") / f"{name}.py")
    for name in ("guard", "python3", "shim", "sudo")
)
_DRIVE_TOOLS = ("smartctl",)
_SYSTEMD_TOOLS = ("systemd-run", "systemctl")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PYTHON = (sys.executable, "-I", "-S")
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
        self._units: set[asyncio.subprocess.Process] = set()
        self._starting = asyncio.Lock()
        self._guard: asyncio.subprocess.Process | None = None
        self._folder = world.root / "bin"
        self._folder.mkdir(parents=True, exist_ok=True)
        tools: tuple[str, ...] = _DRIVE_TOOLS
        if world.profile.core:
            # FreeBSD has no systemd, and its daemon(8) detaches.
            self._program("systemctl", "exit 1")
            self._program("systemd-run", "exit 127")
            self._program(
                "daemon",
                '[ "$1" = -f ] && shift\nPATH="$PATH:/usr/bin:/bin" setsid "$@" </dev/null >/dev/null 2>&1 &',
            )
        else:
            tools += _SYSTEMD_TOOLS
        known = FREEBSD if world.profile.core else LINUX
        python = shlex.join((sys.executable, "-S", "-E", _PYTHON3))
        self._program("python3", f'exec {python} "$@"')
        for tool in (*tools, *known):
            self._program(
                tool,
                f'exec {shlex.join((*_PYTHON, _SHIM, tool))} "$@"',
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
        self._world.machine.begin()
        words = ["sh", "-c", self.localized(command)]
        if self._world.profile.audits_commands:
            log = str(self._world.audit.sudo_log)
            words = [*_PYTHON, _SUDO, log, *words]
        async with self._starting:
            await self._watch()
            child = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=_LONGEST_LINE,
                env=self._environment(),
            )
        self._attached.add(child)
        try:
            output = await _told(child, tell)
        finally:
            self._attached.discard(child)
        return await child.wait(), output

    async def start_unit(self, unit: str, command: list[str]) -> None:
        """Run a command as a unit of systemd: it hangs on nobody, nothing is logged."""
        async with self._starting:
            await self._watch()
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                env={**self._environment(), UNIT: unit},
            )
        self._units.add(child)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._folder}:{_PATH}",
            "HOME": str(self._world.filesystem / "root"),
            guard.MARK: str(self._world.root),
            # Never this machine's own drives, mounts and holders.
            "TRUENAS_BURNIN_HOST": str(self._world.filesystem),
            "MOCK_TRUENAS_TOOLS": str(self._folder),
            "MOCK_TRUENAS_SPEED": str(self._world.clock.speed),
            "MOCK_TRUENAS_FREEBSD": str(int(self._world.profile.core)),
            "MOCK_TRUENAS_URL": self.url,
            "MOCK_TRUENAS_SECRET": self._world.secret,
        }

    async def _watch(self) -> None:
        """Have everything ended when this process ends, however it does."""
        if self._guard is None:
            self._guard = await asyncio.create_subprocess_exec(
                *_PYTHON,
                _GUARD,
                str(self._world.root),
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
                env={},
            )

    async def stop(self) -> None:
        """End everything, and whoever watches over it."""
        await self.cut_power()
        if self._guard is not None:
            await self._guard.communicate()
            self._guard = None

    def restart(self) -> None:
        """End what ends with the middleware (docs/truenas-api.md §14).

        On SCALE all in its cgroup gets a SIGTERM; on CORE only what hangs on it.
        """
        if self._world.profile.core:
            doomed = [child.pid for child in self._attached]
        else:
            doomed = [
                process
                for process, environment in self._processes().items()
                if UNIT not in environment
            ]
        for process in doomed:
            _kill(process, signal.SIGTERM)

    def kill_all(self) -> None:
        """Kill every process of this NAS."""
        guard.end(str(self._world.root))

    async def cut_power(self) -> None:
        """Kill every process of this NAS, and those that were about to start."""
        async with self._starting:
            await asyncio.to_thread(self.kill_all)

    def _processes(self) -> dict[int, dict[str, str]]:
        root = str(self._world.root)
        return {
            number: words
            for number, words in guard.environments().items()
            if words.get(guard.MARK) == root
        }


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
