"""core.*: jobs."""

from typing import Any

from ..jobs import Jobs
from ..query import apply


def methods(jobs: Jobs) -> dict[str, Any]:
    """Return the methods of this namespace."""

    async def get_jobs(filters: Any = (), options: Any = None) -> Any:
        return apply(jobs.encoded(), filters, options)

    async def job_abort(number: int) -> None:
        # `abortable` is not checked; an unknown id is a KeyError (truenas-api.md §6.2).
        jobs.abort(number)

    async def ping() -> str:
        return "pong"

    return {
        "core.get_jobs": get_jobs,
        "core.job_abort": job_abort,
        "core.ping": ping,
    }
