"""The middleware's jobs: in memory only, numbered from 1 after every restart."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .callers import CALL, Caller
from .clock import Clock, stamp
from .errors import EBUSY, EINVAL, CallError, ValidationError
from .events import Change, Event, Events
from .profile import Profile

_KEPT = 1000


class State(StrEnum):
    """Where a job stands."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ABORTED = "ABORTED"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What all jobs of a method have in common.

    Jobs with the same `lock` run one after the other. With `queue` a further one
    joins the last that waits already. `internal` jobs belong to nobody.
    """

    abortable: bool = False
    description: str | None = None
    lock: str | None = None
    queue: int | None = None
    logs: bool = False
    internal: bool = False


@dataclass(eq=False, kw_only=True)
class Job:
    """One job; `output` is what a download gets, `log` what it has written so far."""

    id: int
    method: str
    arguments: list[Any]
    kind: Kind
    owner: Caller | None
    started: datetime
    message_ids: list[Any]
    percent: float | None
    changed: Callable[[Job], None]
    words: str | None = ""
    state: State = State.WAITING
    result: Any = None
    error: Exception | None = None
    log: str = ""
    output: bytes | None = None
    finished: datetime | None = None
    task: asyncio.Task[None] | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def active(self) -> bool:
        """Tell whether it has not ended yet."""
        return self.state in (State.WAITING, State.RUNNING)

    def progress(self, percent: float, words: str | None = None) -> None:
        """Say how far it is."""
        if self.state is State.RUNNING and (percent, words) != (
            self.percent,
            self.words,
        ):
            self.percent = percent
            if words is not None:
                self.words = words
            self.changed(self)

    def write(self, text: str) -> None:
        """Put text into its log."""
        self.log += text

    def readable(self, caller: Caller | None) -> str | None:
        """Return why a caller may not see it; None if he may."""
        if caller is None or caller.full_admin:
            return None
        if self.owner is None:
            return (
                "Only users with full administrative privileges can access "
                "internally ran jobs"
            )
        if self.owner.username == caller.username:
            return None
        return "Job is not owned by current session"


type Work = Callable[[Job], Awaitable[Any]]
"""Does what a job is for, returns its result; cancelled when it is aborted."""


class Jobs:
    """All jobs since the middleware started."""

    def __init__(self, clock: Clock, profile: Profile, events: Events) -> None:
        """Begin without jobs."""
        self.rows: dict[int, Job] = {}
        self._clock = clock
        self._profile = profile
        self._events = events
        self._last = 0
        self._locks: dict[str, asyncio.Lock] = {}

    def start(
        self, method: str, arguments: list[Any], work: Work, kind: Kind = Kind()
    ) -> Job:
        """Start a job, or join one that waits to do the same."""
        call = CALL.get()
        if queued := self._queued(kind):
            return self._joined(queued, call.caller, call.message_id)
        self._last += 1
        job = Job(
            id=self._last,
            method=method,
            arguments=arguments,
            kind=kind,
            owner=None if kind.internal else call.caller,
            started=self._clock.now(),
            message_ids=[] if call.message_id is None else [call.message_id],
            percent=None if self._profile.core else 0,
            words=None if self._profile.core else "",
            changed=self._changed,
        )
        self.rows[job.id] = job
        for number in [row.id for row in self.rows.values() if not row.active][:-_KEPT]:
            del self.rows[number]
        self._emit(Change.ADDED, job)
        job.task = asyncio.create_task(self._run(job, work))
        return job

    def _queued(self, kind: Kind) -> Job | None:
        """Return the last job in the queue, if the queue is full."""
        waiting = [
            job
            for job in self.rows.values()
            if job.state is State.WAITING and job.kind.lock == kind.lock
        ]
        if kind.lock is None or kind.queue is None or len(waiting) < kind.queue:
            return None
        return waiting[-1]

    def _joined(self, job: Job, caller: Caller | None, message_id: Any) -> Job:
        stranger = job.owner is None or (
            caller and job.owner.username != caller.username
        )
        if caller is not None and not caller.full_admin and stranger:
            raise CallError(
                "This job is already being performed by another user", EBUSY
            )
        if message_id is not None:
            job.message_ids.append(message_id)
            self._changed(job)
        return job

    async def _run(self, job: Job, work: Work) -> None:
        try:
            if job.kind.lock is None:
                await self._work(job, work)
            else:
                async with self._locks.setdefault(job.kind.lock, asyncio.Lock()):
                    await self._work(job, work)
        except asyncio.CancelledError:
            self._end(job, State.ABORTED)
        except Exception as err:  # noqa: BLE001 - whatever it is, the job has failed
            job.error = err
            self._end(job, State.FAILED)
        else:
            self._end(job, State.SUCCESS)

    async def _work(self, job: Job, work: Work) -> None:
        job.state = State.RUNNING
        self._changed(job)
        job.result = await work(job)

    def _end(self, job: Job, state: State) -> None:
        job.state = state
        job.finished = self._clock.now()
        if state is State.SUCCESS:
            job.percent = 100
        job.over.set()
        self._changed(job)

    async def settled(self, job: Job) -> None:
        """Wait for the end of a job."""
        await job.over.wait()

    def abort(self, number: int) -> None:
        """Cancel a job, abortable or not; whether its work ends is another question."""
        task = self.rows[number].task
        if task is not None:
            task.cancel()

    def forget(self) -> None:
        """Lose everything, as a restarted middleware does."""
        for job in self.rows.values():
            job.changed = _nobody_is_told
            if job.task is not None:
                job.task.cancel()
        self.rows = {}
        self._locks = {}
        self._last = 0

    def _changed(self, job: Job) -> None:
        if job.id in self.rows and self.rows[job.id] is job:
            self._emit(Change.CHANGED, job)

    def _emit(self, change: Change, job: Job) -> None:
        fields = self.encode(job)
        self._events.emit(Event("core.get_jobs", change, job.id, fields, job))

    def visible(self, caller: Caller | None) -> list[dict[str, Any]]:
        """Return the records that a caller may see."""
        jobs = self.rows.values()
        return [self.encode(job) for job in jobs if job.readable(caller) is None]

    def encode(self, job: Job) -> dict[str, Any]:
        """Return the record of core.get_jobs (docs/truenas-api.md §6.1)."""
        percent = job.percent
        if percent is not None and self._profile.whole_percent:
            percent = int(percent)
        logs = f"/var/log/jobs/{job.id}.log"
        if self._profile.core:
            logs = f"/tmp/middlewared/jobs/{job.id}.log"  # noqa: S108 - CORE's own
        shown = job.kind.logs and not job.active
        record = {
            "id": job.id,
            "message_ids": list(job.message_ids),
            "method": job.method,
            "arguments": job.arguments,
            "transient": False,
            "description": job.kind.description,
            "abortable": job.kind.abortable,
            "logs_path": logs if job.kind.logs else None,
            "logs_excerpt": excerpt(job.log) if shown else None,
            "progress": {
                "percent": percent,
                "description": job.words,
                "extra": None,
            },
            "result": job.result if job.state is State.SUCCESS else None,
            "result_encoding_error": None,
            "error": None if job.error is None else str(job.error),
            "exception": None if job.error is None else f"Traceback\n{job.error}",
            "exc_info": None if job.error is None else self._exc_info(job.error),
            "state": job.state.value,
            "time_started": stamp(job.started),
            "time_finished": stamp(job.finished),
            "credentials": None if job.owner is None else job.owner.encode(),
        }
        absent = _LATER - self._profile.job_fields
        return {name: value for name, value in record.items() if name not in absent}

    def _exc_info(self, error: Exception) -> dict[str, Any]:
        flaws = list(error.flaws) if isinstance(error, ValidationError) else None
        info: dict[str, Any] = {
            "type": "VALIDATION" if flaws else type(error).__name__,
            "extra": flaws,
        }
        if not self._profile.core:
            number = error.errno if isinstance(error, CallError) else None
            info["repr"] = repr(error)
            info["errno"] = EINVAL if flaws and len(flaws) == 1 else number
        return info


_LATER = frozenset(
    {
        "message_ids",
        "transient",
        "description",
        "abortable",
        "result_encoding_error",
        "credentials",
    }
)


def _nobody_is_told(job: Job) -> None:
    """Take the place of the listeners of a job that was forgotten."""


def excerpt(output: str) -> str:
    """Return what a job shows of its log: ten lines of either end."""
    lines = output.splitlines(keepends=True)
    if len(lines) <= 20:
        return output
    hidden = len(lines) - 20
    return "".join([*lines[:10], f"... {hidden} more lines ...\n", *lines[-10:]])
