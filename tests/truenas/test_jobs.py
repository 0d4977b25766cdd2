"""Waiting for a job of the middleware."""

from typing import Any, cast

import pytest

from custom_components.truenas_burnin.truenas.errors import (
    CallFailed,
    ConnectionFailed,
    InvalidResponse,
)
from custom_components.truenas_burnin.truenas.jobs import wait_for_job
from custom_components.truenas_burnin.truenas.models import JobState
from custom_components.truenas_burnin.truenas.transport import Transport


class Middleware:
    """Tells of one job, each time it is asked a bit further, the last for ever."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[Any, ...]] = []

    async def call(self, *words: Any) -> Any:
        self.asked.append(words)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def a_job(state: str, **changes: Any) -> list[dict[str, Any]]:
    """Return what core.get_jobs says of job 17."""
    return [{"id": 17, "method": "filesystem.put", "state": state, **changes}]


async def wait(middleware: Middleware, deadline: float = 60.0) -> Any:
    """Wait for job 17."""
    return await wait_for_job(cast("Transport", middleware), 17, deadline)


async def test_a_job_that_takes_its_time(pauses: list[float]) -> None:
    """It is asked for by its id, ever less often, until it has ended well."""
    steps = [a_job("WAITING"), *[a_job("RUNNING")] * 12, a_job("SUCCESS")]
    middleware = Middleware(*steps)
    job = await wait(middleware)
    assert job.state is JobState.SUCCESS
    assert set(map(str, middleware.asked)) == {
        "('core.get_jobs', [['id', '=', 17]])",
    }
    assert len(middleware.asked) == len(steps)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.05, 2.0)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (a_job("FAILED", error="[EFAULT] no space"), "filesystem.put: .*no space"),
        (a_job("FAILED", error=None), "filesystem.put: failed"),
        (a_job("ABORTED"), "filesystem.put: aborted"),
        ([], "core.get_jobs: job 17 is not known"),
    ],
)
async def test_a_job_that_does_not_succeed(reply: Any, reason: str) -> None:
    """What became of it is told; a restarted middleware has forgotten it."""
    with pytest.raises(CallFailed, match=reason):
        await wait(Middleware(reply))


async def test_a_job_that_never_ends() -> None:
    """The wait ends all the same."""
    with pytest.raises(ConnectionFailed, match="job 17 did not end in time"):
        await wait(Middleware(a_job("RUNNING")), deadline=0.0)


async def test_an_odd_reply() -> None:
    """Only our errors come out."""
    with pytest.raises(InvalidResponse):
        await wait(Middleware({"id": 17}))
