"""Start a program, wait for what it announces, end it for certain."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
import shutil
import signal
from typing import Final, Self

_STOP_SECONDS = 30.0

_WITH_ITS_PARENT: Final = ("setpriv", "--pdeathsig", "KILL")
"""Ends the child where its parent was killed and could not (util-linux; Linux only)."""


class Process:
    """A child process in a session of its own, its output in a log file."""

    def __init__(self, child: asyncio.subprocess.Process, log: Path) -> None:
        """Wrap a started child."""
        self._child = child
        self.log = log

    @classmethod
    async def start(
        cls, command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path
    ) -> Self:
        """Start a command, which ends with this process; `log` gets its output."""
        prefix = _WITH_ITS_PARENT if shutil.which(_WITH_ITS_PARENT[0]) else ()
        with log.open("ab") as output:
            child = await asyncio.create_subprocess_exec(
                *prefix,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )
        return cls(child, log)

    @property
    def running(self) -> bool:
        """Tell whether the child lives."""
        return self._child.returncode is None

    async def stop(self) -> None:
        """Ask the child to end; kill it if it does not."""
        if not self.running:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._child.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """Kill the child at once, as a power cut would."""
        if self.running:
            self._child.kill()
        await self._child.wait()

    def tail(self, lines: int = 40) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
