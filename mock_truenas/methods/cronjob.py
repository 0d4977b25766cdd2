"""cronjob.*: the way to run a command (truenas-api.md §5.2)."""

import asyncio
from typing import Any

from ..commands import Commands
from ..errors import ENOENT, CallError, ValidationError
from ..jobs import Job, Jobs
from ..query import apply
from ..world import World

_DEFAULTS: dict[str, Any] = {
    "enabled": True,
    "stdout": True,
    "stderr": False,
    "description": "",
}
_SCHEDULE = {"minute": "00", "hour": "*", "dom": "*", "month": "*", "dow": "*"}
_EXCERPT = 20


class CronJobs:
    """The methods of this namespace."""

    def __init__(self, world: World, jobs: Jobs, commands: Commands) -> None:
        """Begin without cron jobs."""
        self._world = world
        self._jobs = jobs
        self._commands = commands
        self._rows: dict[int, dict[str, Any]] = {}
        self._locks: dict[int, asyncio.Lock] = {}
        self._running: set[asyncio.Task[None]] = set()

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "cronjob.query": self.query,
            "cronjob.create": self.create,
            "cronjob.delete": self.delete,
            "cronjob.run": self.start,
        }

    async def query(self, filters: Any = (), options: Any = None) -> Any:
        """Return the cron jobs."""
        return apply(list(self._rows.values()), filters, options)

    async def create(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep a cron job; line breaks are removed."""
        for name in ("command", "user"):
            if not data.get(name):
                raise ValidationError(f"cron_job_create.{name}", "attribute required")
        number = max(self._rows, default=0) + 1
        self._rows[number] = {
            **_DEFAULTS,
            **data,
            "schedule": {**_SCHEDULE, **data.get("schedule", {})},
            "command": data["command"].replace("\n", ""),
            "id": number,
        }
        return self._rows[number]

    async def delete(self, number: int) -> bool:
        """Forget a cron job."""
        self._row(number)
        del self._rows[number]
        return True

    async def start(self, number: int, skip_disabled: bool = False) -> int:
        """Run a cron job now, also a disabled one; one run at a time."""
        row = self._row(number)
        job = self._jobs.add("cronjob.run", [number, skip_disabled], percent=10)
        if skip_disabled and not row["enabled"]:
            job.end(self._world.clock.now())
            return job.id
        lock = self._locks.setdefault(number, asyncio.Lock())
        task = asyncio.create_task(self._run(row, job, lock))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return job.id

    def _row(self, number: int) -> dict[str, Any]:
        if number not in self._rows:
            raise CallError(f"CronJob {number} does not exist", ENOENT)
        return self._rows[number]

    async def _run(self, row: dict[str, Any], job: Job, lock: asyncio.Lock) -> None:
        async with lock:
            command = row["command"]
            # Both mean "hide".
            if row["stdout"]:
                command += " > /dev/null"
            if row["stderr"]:
                command += " 2> /dev/null"
            status, output = await self._commands.run(command)
        job.logs_excerpt = _excerpt(output)
        error = None
        if status:
            error = (
                f'[EFAULT] CronTask "{row["command"]}" exited with {status} '
                "(non-zero) exit status."
            )
        job.end(self._world.clock.now(), error)


def _excerpt(output: str) -> str:
    lines = output.splitlines()
    if len(lines) > _EXCERPT:
        lines = [*lines[:10], "...", *lines[-10:]]
    return "".join(f"{line}\n" for line in lines)
