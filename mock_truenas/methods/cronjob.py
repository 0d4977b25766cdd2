"""cronjob.*: the way to run a command (truenas-api.md §5.2)."""

import asyncio
from typing import Any

from ..commands import Commands
from ..errors import CallError, ValidationError
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


def methods(world: World, jobs: Jobs, commands: Commands) -> dict[str, Any]:
    """Return the methods of this namespace."""
    rows: dict[int, dict[str, Any]] = {}
    locks: dict[int, asyncio.Lock] = {}
    running: set[asyncio.Task[None]] = set()

    async def query(filters: Any = (), options: Any = None) -> Any:
        return apply(list(rows.values()), filters, options)

    async def create(data: dict[str, Any]) -> dict[str, Any]:
        for name in ("command", "user"):
            if not data.get(name):
                raise ValidationError(f"cron_job_create.{name}", "attribute required")
        number = max(rows, default=0) + 1
        rows[number] = {
            **_DEFAULTS,
            **data,
            "schedule": {**_SCHEDULE, **data.get("schedule", {})},
            "command": data["command"].replace("\n", ""),
            "id": number,
        }
        return rows[number]

    async def delete(number: int) -> bool:
        if rows.pop(number, None) is None:
            raise CallError(f"CronJob {number} does not exist", 2)
        return True

    async def start(number: int, skip_disabled: bool = False) -> int:
        if number not in rows:
            raise CallError(f"CronJob {number} does not exist", 2)
        row = rows[number]
        job = jobs.add("cronjob.run", [number, skip_disabled], percent=10)
        if skip_disabled and not row["enabled"]:
            job.end(world.clock.now())
            return job.id
        lock = locks.setdefault(number, asyncio.Lock())
        task = asyncio.create_task(_run(row, job, lock))
        running.add(task)
        task.add_done_callback(running.discard)
        return job.id

    async def _run(row: dict[str, Any], job: Job, lock: asyncio.Lock) -> None:
        async with lock:
            command = row["command"]
            if row["stdout"]:
                command += " > /dev/null"
            if row["stderr"]:
                command += " 2> /dev/null"
            status, output = await commands.run(command)
            lines = output.splitlines()
            if len(lines) > _EXCERPT:
                lines = [*lines[:10], "...", *lines[-10:]]
            job.logs_excerpt = "\n".join(lines) + "\n" if lines else ""
            error = None
            if status:
                error = (
                    f'[EFAULT] CronTask "{row["command"]}" exited with {status} '
                    "(non-zero) exit status."
                )
            job.end(world.clock.now(), error)

    return {
        "cronjob.query": query,
        "cronjob.create": create,
        "cronjob.delete": delete,
        "cronjob.run": start,
    }
