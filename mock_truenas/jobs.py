"""The middleware's jobs: in memory only, numbered from 1 after every restart."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .clock import Clock, stamp

ACTIVE = ("WAITING", "RUNNING")


@dataclass
class Job:
    """One job. `look` brings a running job that nobody drives up to the present."""

    id: int
    method: str
    arguments: list[Any]
    started: datetime
    state: str = "RUNNING"
    percent: float | None = None
    result: Any = None
    error: str | None = None
    logs_excerpt: str | None = None
    finished: datetime | None = None
    look: Callable[[Job], None] | None = None
    on_abort: Callable[[Job], None] | None = None

    def end(self, now: datetime, error: str | None = None) -> None:
        """End the job, unless it was aborted meanwhile."""
        if self.state not in ACTIVE:
            return
        self.state = "FAILED" if error else "SUCCESS"
        self.error = error
        self.finished = now
        if error is None:
            self.percent = 100

    def encode(self) -> dict[str, Any]:
        """Return the record of core.get_jobs on CORE."""
        return {
            "id": self.id,
            "method": self.method,
            "arguments": self.arguments,
            "logs_path": None,
            "logs_excerpt": self.logs_excerpt,
            "progress": {"percent": self.percent, "description": None, "extra": None},
            "result": self.result if self.state == "SUCCESS" else None,
            "error": self.error,
            "exception": self.error and f"Traceback\n{self.error}",
            "exc_info": {"type": "CallError", "extra": None} if self.error else None,
            "state": self.state,
            "time_started": stamp(self.started),
            "time_finished": stamp(self.finished),
        }


@dataclass
class Jobs:
    """All jobs since the middleware started."""

    clock: Clock
    rows: dict[int, Job] = field(default_factory=dict)
    _last: int = 0

    def add(self, method: str, arguments: list[Any], **more: Any) -> Job:
        """Start a job."""
        self._last += 1
        job = Job(self._last, method, arguments, self.clock.now(), **more)
        self.rows[job.id] = job
        for number in list(self.rows)[:-1000]:
            del self.rows[number]
        return job

    def encoded(self) -> list[dict[str, Any]]:
        """Return all records as they are now."""
        for job in self.rows.values():
            if job.look is not None and job.state in ACTIVE:
                job.look(job)
        return [job.encode() for job in self.rows.values()]

    def abort(self, number: int) -> None:
        """Mark a job as aborted; whether its work ends is another question."""
        job = self.rows[number]
        if job.state in ACTIVE:
            job.state = "ABORTED"
            job.finished = self.clock.now()
            if job.on_abort is not None:
                job.on_abort(job)

    def forget(self) -> None:
        """Lose everything, as a restarted middleware does."""
        self.rows.clear()
        self._last = 0
