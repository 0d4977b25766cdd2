"""Put the agent on a NAS, and have it make sure that its service runs.

A disabled cron job with a fixed command does that. It needs the API key alone on every
generation, and nothing is mailed: the command has no output.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from ..decode import record, records, text, whole
from ..errors import CallFailed, InvalidResponse, OutcomeUnknown
from ..jobs import wait_for_job
from ..packing import Packed
from ..transport import Token, Transport
from .paths import ROOT

_DESCRIPTION: Final = "TrueNAS Burn-in agent; disabled on purpose, do not edit"
_NEVER: Final = {"minute": "0", "hour": "0", "dom": "1", "month": "1", "dow": "1"}
_JOB_SECONDS: Final = 60.0
_MODE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Program:
    """The packed agent, and what it is called on the NAS.

    Its name has its hash: what runs there is never overwritten by another.
    """

    packed: Packed

    @property
    def path(self) -> str:
        """Return where it is put."""
        return f"{ROOT}/{self.packed.name}"

    @property
    def command(self) -> str:
        """Return the command of the cron job."""
        return f"python3 {self.path} ensure >/dev/null 2>&1"


class Installation:
    """The agent's file and cron job on one NAS."""

    def __init__(
        self, transport: Transport, program: Program, token: Token | None
    ) -> None:
        """Keep what to put there; `token` is how an upload says who sends it."""
        self._transport = transport
        self._program = program
        self._token = token
        self._lock = asyncio.Lock()
        self._cron_id: int | None = None
        self._placed = False

    async def write(self, path: str, content: bytes, mode: int | None = None) -> None:
        """Write a file on the NAS; raise TrueNASError.

        The NAS sets a mode after it has written, and fails if the file is gone by then.
        """
        job = await self._transport.upload(path, content, mode, self._token)
        await wait_for_job(self._transport, job, _JOB_SECONDS)

    async def present(self) -> bool:
        """Tell whether the file on the NAS is what it should be."""
        found = await self._transport.download(self._program.path)
        self._placed = found == self._program.packed.content
        return self._placed

    async def ensure_service(self) -> None:
        """Make sure that the service runs; raise TrueNASError.

        Where the cron job or the file is gone, both are put in place again.
        """
        async with self._lock:
            try:
                if not self._placed:
                    await self._put_file()
                await self._run(await self._cron_job())
            except CallFailed:
                self._cron_id = None
                await self._put_file()
                await self._run(await self._cron_job())

    async def put(self) -> None:
        """Put the file in place unless it is there; raise TrueNASError."""
        async with self._lock:
            await self._put_file()

    async def _put_file(self) -> None:
        if not await self.present():
            await self.write(self._program.path, self._program.packed.content, _MODE)
            self._placed = True

    async def _run(self, cron_id: int) -> None:
        try:
            job = await self._transport.call("cronjob.run", cron_id, False)
        except OutcomeUnknown:
            return  # It may have run: the service tells.
        await wait_for_job(self._transport, _job_id(job), _JOB_SECONDS)

    async def _cron_job(self) -> int:
        if self._cron_id is None:
            self._cron_id = await self._found_or_created()
        return self._cron_id

    async def _found_or_created(self) -> int:
        reply = await self._transport.call("cronjob.query")
        for entry in records(reply, "cronjob.query"):
            if text(entry, "command", "") == self._program.command:
                return whole(entry, "id")
        wanted = {
            "command": self._program.command,
            "user": "root",
            "enabled": False,
            "stdout": False,
            "stderr": False,
            "description": _DESCRIPTION,
            "schedule": _NEVER,
        }
        created = await self._transport.call("cronjob.create", wanted)
        return whole(record(created, "cronjob.create"), "id")

    async def remove(self) -> None:
        """Delete our cron jobs on the NAS, of this agent and of older ones."""
        async with self._lock:
            reply = await self._transport.call("cronjob.query")
            for entry in records(reply, "cronjob.query"):
                if text(entry, "description", "") == _DESCRIPTION:
                    await self._transport.call("cronjob.delete", whole(entry, "id"))
            self._cron_id = None


def _job_id(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidResponse("cronjob.run: expected a job id")
    return value
