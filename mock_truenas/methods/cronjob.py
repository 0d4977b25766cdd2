"""cronjob.*: the way to run a command (docs/truenas-api.md §5.2)."""

import asyncio
from typing import Any

from ..errors import EINVAL, CallError, not_found
from ..jobs import Job, Jobs, Kind
from ..query import apply
from ..shell import Shell

_DEFAULTS: dict[str, Any] = {
    "enabled": True,
    "stdout": True,
    "stderr": False,
    "description": "",
}
_SCHEDULE = {"minute": "00", "hour": "*", "dom": "*", "month": "*", "dow": "*"}


class CronJobs:
    """The methods of this namespace."""

    def __init__(self, jobs: Jobs, shell: Shell) -> None:
        """Begin without cron jobs."""
        self._jobs = jobs
        self._shell = shell
        self._rows: dict[int, dict[str, Any]] = {}
        self._running: set[asyncio.Task[tuple[int, str]]] = set()

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "cronjob.query": self.query,
            "cronjob.get_instance": self.get_instance,
            "cronjob.create": self.create,
            "cronjob.update": self.update,
            "cronjob.delete": self.delete,
            "cronjob.run": self.start,
        }

    async def query(self, filters: Any = (), options: Any = None) -> Any:
        """Return the cron jobs."""
        return apply(list(self._rows.values()), filters, options)

    async def get_instance(self, number: int, options: Any = None) -> Any:
        """Return one of them."""
        return self._row(number)

    async def create(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep a cron job."""
        number = max(self._rows, default=0) + 1
        self._rows[number] = self._made({**_DEFAULTS, **data}, number)
        return self._rows[number]

    async def update(self, number: int, data: dict[str, Any]) -> dict[str, Any]:
        """Change a cron job."""
        self._rows[number] = self._made({**self._row(number), **data}, number)
        return self._rows[number]

    def _made(self, data: dict[str, Any], number: int) -> dict[str, Any]:
        schedule = {**_SCHEDULE, **data.get("schedule", {})}
        return {**data, "schedule": schedule, "id": number}

    async def delete(self, number: int) -> bool:
        """Forget a cron job."""
        self._row(number)
        del self._rows[number]
        return True

    def _row(self, number: int) -> dict[str, Any]:
        if number not in self._rows:
            raise not_found(f"CronJob {number} does not exist")
        return self._rows[number]

    async def start(self, number: int, skip_disabled: bool = False) -> Job:
        """Run a cron job now, also a disabled one.

        Runs of the same cron job follow each other; a third joins the second.
        """

        async def work(job: Job) -> None:
            await self._run(job, self._row(number), skip_disabled=skip_disabled)

        kind = Kind(lock=f"cron_job_run_{number}", queue=1, logs=True)
        return self._jobs.start("cronjob.run", [number, skip_disabled], work, kind)

    async def _run(self, job: Job, row: dict[str, Any], *, skip_disabled: bool) -> None:
        if skip_disabled and not row["enabled"]:
            raise CallError("Cron job is disabled", EINVAL)
        command = self._command(row)
        job.progress(10, "Executing Cron Task")
        # An abort does not reach the child.
        child = asyncio.create_task(self._shell.run(command, job.write))
        self._running.add(child)
        child.add_done_callback(self._running.discard)
        status, output = await asyncio.shield(child)
        job.progress(85, "Executed Cron Task")
        if output:
            words = "Email for root user not configured. Skipping sending mail."
            job.progress(95, words)
            job.write(f"Executed CronTask - {command}: {output}")
        if status:
            raise CallError(
                f'CronTask "{command}" exited with {status} (non-zero) exit status.'
            )
        job.progress(100, "Execution of Cron Task complete.")

    def _command(self, row: dict[str, Any]) -> str:
        """Return what is run; `stdout` and `stderr` mean "hide"."""
        words = [row["command"].replace("\n", "")]
        if row["stdout"]:
            words.append("> /dev/null")
        if row["stderr"]:
            words.append("2> /dev/null")
        return " ".join(words)
