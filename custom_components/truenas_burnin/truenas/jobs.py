"""Wait for a job of the middleware."""

import asyncio
from typing import Any, Final

from .decode import number, optional_text, record, records, text, whole
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
        percent=_percent(entry.get("progress")),
        error=optional_text(entry, "error"),
        arguments=tuple(entry.get("arguments") or ()),
        started=_milliseconds(entry.get("time_started")),
    )


def _percent(progress: Any) -> float | None:
    return None if progress is None else number(record(progress, "job"), "percent")


def _milliseconds(date: Any) -> int:
    return 0 if date is None else whole(record(date, "job"), "$date", 0)


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
