"""How far a job is, as its worker's threads see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
import time

from .engines.findings import Finding, Kind
from .engines.sweeps import Activity
from .errors import Json
from .jobs import State

HANGS = 10.0
"""Seconds below which a request does not count as hanging."""


@dataclass
class Progress:
    """Numbers of a job, changed by the main thread and told by the guard's."""

    state: State = State.STARTING
    reason: dict[str, Json] | None = None
    activity: Activity = Activity.WRITE
    sweep: int = 1
    range: int = 0
    bytes_before: int = 0
    """Of sweeps and ranges that are done."""
    bytes_here: int = 0
    """Of the range in work."""
    kernel_errors: int = 0
    temperature: int | None = None
    hottest: int | None = None
    first_error: dict[str, Json] | None = None
    counts: Counter[Kind] = field(default_factory=Counter)
    earlier_seconds: float = 0.0
    """What earlier workers of the job worked."""
    began: float | None = None
    paused: float = 0.0
    """Seconds of all pauses that are over."""
    pausing_since: float | None = None
    discarded: bool | None = None

    def seconds(self) -> float:
        """Return the time worked, pauses left out."""
        if self.began is None:
            return self.earlier_seconds
        now = time.monotonic() if self.pausing_since is None else self.pausing_since
        return self.earlier_seconds + now - self.began - self.paused

    def pause(self, reason: dict[str, Json]) -> None:
        """Stand still."""
        if self.pausing_since is None:
            self.pausing_since = time.monotonic()
        self.reason = reason
        self.state = State.PAUSED

    def resume(self) -> None:
        """Go on."""
        if self.pausing_since is not None:
            self.paused += time.monotonic() - self.pausing_since
            self.pausing_since = None
        self.reason = None
        self.state = State.RUNNING

    def errors(self) -> int:
        """Return how many errors of every kind there were."""
        return sum(self.counts.values()) + self.kernel_errors

    def heat(self, degrees: int | None) -> None:
        """Take a temperature."""
        self.temperature = degrees
        if degrees is not None:
            self.hottest = max(degrees, self.hottest or degrees)

    def add(self, findings: Sequence[Finding], sweep: int) -> None:
        """Count findings."""
        if findings and self.first_error is None:
            self.first_error = findings[0].as_json(sweep)
        self.counts.update(one.kind for one in findings)

    def steps(self) -> tuple[object, ...]:
        """Return what is told at once when it changes."""
        return (
            self.state,
            str(self.reason),
            self.activity,
            self.sweep,
            self.range,
            self.errors(),
        )

    def changes(self, hanging: float) -> dict[str, Json]:
        """Return what a job status says that `initial_status` does not know."""
        return {
            "state": self.state.value,
            "reason": self.reason,
            "activity": self.activity.value,
            "sweep": self.sweep,
            "range": self.range,
            "bytes_done": self.bytes_before + self.bytes_here,
            "errors": {
                **{kind.value: self.counts[kind] for kind in Kind},
                "kernel": self.kernel_errors,
            },
            "first_error": self.first_error,
            "temperature": self.temperature,
            "hottest": self.hottest,
            "seconds": int(self.seconds()),
            "hanging_seconds": int(hanging) if hanging >= HANGS else 0,
            "discarded": self.discarded,
            "updated": int(time.time()),
        }
