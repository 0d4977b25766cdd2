"""Wait for a job of the middleware."""

import asyncio
from typing import Any, Final

from .decode import optional_text, records, text, whole
from .errors import CallFailed, ConnectionFailed, InvalidResponse
from .models import JobState, NasJob
from .transport import Transport

_FIRST_LOOK: Final = 0.05
_LAST_LOOK: Final = 2.0
"""Seconds between two looks: short for files, longer the longer it takes."""


def parse_job(entry: dict[str, Any]) -> NasJob:
    """Return one record of core.get_jobs."""
    state = text(entry, "state")
    if state not in JobState:
        raise InvalidResponse(f"core.get_jobs: unknown state {state!r}")
    return NasJob(
        id=whole(entry, "id"),
        method=text(entry, "method"),
        state=JobState(state),
        percent=None,
        error=optional_text(entry, "error"),
    )


async def wait_for_job(transport: Transport, job_id: int, deadline: float) -> NasJob:
    """Return the job once it has succeeded; `deadline` in seconds from now.

    Raise CallFailed if it failed or was forgotten by a restarted middleware,
    ConnectionFailed if it is not done in time.
    """
    pause = _FIRST_LOOK
    try:
        async with asyncio.timeout(deadline):
            while True:
                reply = await transport.call("core.get_jobs", [["id", "=", job_id]])
                jobs = [parse_job(entry) for entry in records(reply, "core.get_jobs")]
                if not jobs:
                    raise CallFailed("core.get_jobs", f"job {job_id} is not known")
                if jobs[0].state is JobState.SUCCESS:
                    return jobs[0]
                if jobs[0].state in (JobState.FAILED, JobState.ABORTED):
                    reason = jobs[0].error or jobs[0].state.lower()
                    raise CallFailed(jobs[0].method, reason)
                await asyncio.sleep(pause)
                pause = min(_LAST_LOOK, pause * 1.5)
    except TimeoutError:
        raise ConnectionFailed(f"job {job_id} did not end in time") from None
