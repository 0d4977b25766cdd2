"""What a job has done already, read from its folder, and what it adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Callable

from .ending import Ending
from .engines.findings import Finding, Kind
from .engines.sweeps import Sweep
from .errors import Code, Json
from .jobs import Job, State

MOST_ERRORS = 1000
"""Records of errors that are kept of a job; the counts go on."""


class Records:
    """The records of a job; those of its ranges are its checkpoint."""

    def __init__(self, job: Job, steps: Sequence[tuple[Sweep, int]]) -> None:
        """Read how far the job has come with its steps, which are sweep and range."""
        self._job = job
        self._steps = steps
        self.ranges = _matching(job.ranges(), steps)
        """Those of earlier workers."""
        errors = [one for one in job.errors() if isinstance(one, dict)]
        self.first_error = errors[0] if errors else None
        self._known = {
            (one.get("sweep"), one.get("kind"), one.get("byte")) for one in errors
        }
        self.counts = {
            kind: sum(1 for one in errors if one.get("kind") == kind.value)
            for kind in Kind
        }

    def total(self, key: str) -> float:
        """Return the sum of a number over all ranges that are done."""
        values = (one.get(key) for one in self.ranges)
        return sum(value for value in values if isinstance(value, (int, float)))

    def begin_anew(self) -> None:
        """Forget ranges that do not belong to the plan's steps; raise Ending."""
        if len(self.ranges) != len(self._job.ranges()):
            self.ranges = []
            self._keep(self._job.forget_ranges)

    def forget_from(self, sweep: int) -> None:
        """Forget the ranges of a sweep and of all behind it; raise Ending."""
        before = [one for one, _ in self._steps if one.number < sweep]
        kept = self._job.ranges()[: len(before)]
        self._keep(lambda: self._job.forget_ranges(kept))

    def add_range(self, record: Mapping[str, Json]) -> None:
        """Keep the record of a range, which is then never done again; raise Ending."""
        self._keep(lambda: self._job.add_range(record))

    def add_errors(self, sweep: int, findings: Sequence[Finding]) -> list[Finding]:
        """Keep findings; return those not known from before a restart; raise Ending."""
        fresh = [
            one
            for one in findings
            if (sweep, one.kind.value, one.byte) not in self._known
        ]
        kept = fresh[: max(0, MOST_ERRORS - len(self._known))]
        self._known.update((sweep, one.kind.value, one.byte) for one in kept)
        if kept:
            self._keep(
                lambda: self._job.add_errors([one.as_json(sweep) for one in kept])
            )
        return fresh

    def _keep(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            # No fault of the drive: what is not kept is done again.
            raise Ending(State.INTERRUPTED, Code.NO_SPACE, {}, str(error)) from error


def _matching(
    records: list[Json], steps: Sequence[tuple[Sweep, int]]
) -> list[dict[str, Json]]:
    """Return the records if they are those of the first steps, else none.

    Where one in the middle is damaged, what is on the drive belongs to later steps.
    """
    found = []
    for record, (sweep, index) in zip(records, steps):
        if not isinstance(record, dict):
            return []
        if (record.get("sweep"), record.get("index")) != (sweep.number, index):
            return []
        found.append(record)
    return found if len(found) == len(records) else []
