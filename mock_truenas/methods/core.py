"""core.*: jobs, subscriptions, downloads."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..callers import CALL, Caller
from ..downloads import Downloads
from ..errors import EACCES, EPERM, CallError, ValidationError, not_found
from ..host import Host
from ..jobs import Job, Jobs, Kind
from ..query import apply

type Invoke = Callable[[str, list[Any], Caller | None], Awaitable[Any]]
"""Calls another method: its name, its parameters, on whose behalf."""


class Core:
    """The methods of this namespace."""

    def __init__(
        self, host: Host, jobs: Jobs, downloads: Downloads, invoke: Invoke
    ) -> None:
        """Act on these."""
        self._host = host
        self._jobs = jobs
        self._downloads = downloads
        self._invoke = invoke

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "core.get_jobs": self.get_jobs,
            "core.job_abort": self.job_abort,
            "core.job_wait": self.job_wait,
            "core.job_download_logs": self.job_download_logs,
            "core.download": self.download,
            "core.bulk": self.bulk,
            "core.ping": self.ping,
            "core.set_options": self.set_options,
            "core.subscribe": self.subscribe,
            "core.unsubscribe": self.unsubscribe,
        }

    async def ping(self) -> str:
        """Answer."""
        return "pong"

    async def get_jobs(self, filters: Any = (), options: Any = None) -> Any:
        """Return the jobs that the caller may see."""
        return apply(self._jobs.visible(CALL.get().caller), filters, options)

    def _job(self, number: int) -> Job:
        job = self._jobs.rows.get(number)
        if job is None and self._host.profile.job_not_found:
            raise not_found(f"Job with id {number} does not exist")
        if job is None:
            raise KeyError(number)
        if reason := job.readable(CALL.get().caller):
            raise CallError(reason, EPERM)
        return job

    async def job_abort(self, number: int) -> None:
        """Abort a job; whether it is abortable is not asked (docs/truenas-api.md §6.2)."""
        self._jobs.abort(self._job(number).id)

    async def job_wait(self, number: int) -> Job:
        """Start a job that ends as another does."""
        waited = self._job(number)

        async def work(job: Job) -> Any:
            await self._jobs.settled(waited)
            if waited.error is not None:
                raise CallError(str(waited.error))
            return waited.result

        return self._jobs.start("core.job_wait", [number], work)

    async def job_download_logs(
        self, number: int, filename: str, buffered: bool = False
    ) -> str:
        """Return where the whole output of a job can be fetched once."""
        job = self._job(number)
        if not job.kind.logs:
            raise CallError("This job has no logs")
        # Reading the log file is a job of its own.
        text = job.log.encode()

        async def work(reading: Job) -> None:
            reading.output = text

        path = self._jobs.encode(job)["logs_path"]
        reading = self._jobs.start("filesystem.get", [path], work)
        return self._downloads.offer(reading, filename, buffered=buffered)

    async def download(
        self, method: str, args: list[Any], filename: str, buffered: bool = False
    ) -> list[Any]:
        """Start a job whose output can be fetched once by HTTP."""
        job = await self._invoke(method, args, CALL.get().caller)
        if not isinstance(job, Job):
            raise CallError(f"{method} is not a job")
        return [job.id, self._downloads.offer(job, filename, buffered=buffered)]

    async def bulk(
        self, method: str, params: list[list[Any]], description: str | None = None
    ) -> Job:
        """Call a method several times in a job that always succeeds."""
        caller = CALL.get().caller

        async def one(arguments: list[Any]) -> dict[str, Any]:
            job_id = None
            try:
                result = await self._invoke(method, arguments, caller)
                if isinstance(result, Job):
                    job_id = result.id
                    await self._jobs.settled(result)
                    if result.error is not None:
                        raise result.error
                    result = result.result
            except (CallError, ValidationError, OSError) as err:
                return {"job_id": job_id, "error": str(err), "result": None}
            return {"job_id": job_id, "error": None, "result": result}

        async def work(job: Job) -> list[Any]:
            return [await one(arguments) for arguments in params]

        kind = Kind(lock=f"bulk:{method}")
        return self._jobs.start("core.bulk", [method, params, description], work, kind)

    async def set_options(self, options: dict[str, Any]) -> dict[str, Any] | None:
        """Change what this connection wants; return all of it, but for 25.04."""
        if "message_ids" not in self._host.profile.job_fields:
            return None
        kept: dict[str, Any] = CALL.get().connection.options
        kept.update(options)
        return dict(kept)

    async def subscribe(self, event: str) -> str:
        """Begin to tell this connection of events; return the subscription."""
        call = CALL.get()
        if not self._may_subscribe(call.caller, event):
            raise CallError("Not authorized", EACCES)
        subscription: str = await call.connection.subscribe(event)
        return subscription

    def _may_subscribe(self, caller: Caller | None, event: str) -> bool:
        needed = EVENT_ROLES.get(event.partition(":")[0])
        if caller is None:
            return False
        return needed == () or caller.may(needed or ())

    async def unsubscribe(self, subscription: str) -> None:
        """End a subscription, also one that is not known."""
        await CALL.get().connection.unsubscribe(subscription)


EVENT_ROLES: dict[str, tuple[str, ...]] = {
    "core.get_jobs": (),
    "disk.query": ("DISK_READ",),
    "alert.list": ("ALERT_LIST_READ",),
    "pool.query": ("POOL_READ",),
}
"""Whom events are for; those that are not here are for FULL_ADMIN."""
