"""What is known of the jobs and self-tests of a NAS, from whatever the agent says.

Lines come repeated and out of order (docs/protocol.md): a job's status counts if its
revision is higher, a self-test's if its line is later in the run of the service.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import logging
from time import monotonic
from typing import Final

from ..decode import number, record, text, whole
from ..errors import InvalidResponse
from ..surface import JobStatus
from .reading import Json, job_status, json_object

_LOGGER = logging.getLogger(__name__)

_LONGEST: Final = 64 * 1024
"""Characters of a line that never ends; the longest that the agent writes has 8 KiB."""


@dataclass(frozen=True, slots=True)
class _SelfTest:
    run: str
    seq: int
    smartctl: Json


class Heard:
    """The newest that was said of each job and of each watched self-test."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Know nothing.

        `changed` is called when something is in another state, `replied` with each
        reply; it tells whether somebody waited for that. `moved` is called when the
        feed goes on in another file.
        """
        self.changed: Callable[[], None] = lambda: None
        self.replied: Callable[[str, Json], bool] = lambda _id, _reply: False
        self.moved: Callable[[], None] = lambda: None
        self.boot: str | None = None
        self._clock = clock
        self._jobs: dict[str, JobStatus] = {}
        self._tests: dict[str, _SelfTest] = {}
        self._run = ""
        self._at = float("-inf")
        self._rest = ""
        self._last = float("-inf")

    @property
    def silent_for(self) -> float:
        """Return seconds since anything was heard."""
        return self._clock() - self._last

    @property
    def jobs(self) -> dict[str, JobStatus]:
        """Return the status of every job by token."""
        return dict(self._jobs)

    def self_test(self, serial: str) -> Json | None:
        """Return what smartctl said of a watched self-test, None if none is."""
        found = self._tests.get(serial)
        return None if found is None or found.run != self._run else found.smartctl

    def forget_job(self, token: str) -> None:
        """Know a job no more that was removed."""
        self._jobs.pop(token, None)

    def forget_self_test(self, serial: str) -> None:
        """Know a self-test no more: another one begins."""
        self._tests.pop(serial, None)

    def take_text(self, chunk: str | None) -> None:
        """Take text that is not cut at the ends of lines; None begins anew."""
        if chunk is None:
            self._rest = ""
            return
        *lines, rest = (self._rest + chunk).split("\n")
        self._rest = rest if len(rest) <= _LONGEST else ""
        for line in lines:
            if line:
                self._take_line(line)

    def _take_line(self, text_of_line: str) -> None:
        try:
            self._take(json_object(text_of_line))
        except InvalidResponse as err:
            _LOGGER.debug(
                "Skipping an invalid line of the agent: %s: %.200s", err, text_of_line
            )

    def _take(self, said: Json) -> None:
        run, seq = text(said, "run"), whole(said, "seq")
        self._notice(run, said)
        if "job" in said:
            self.take_job(record(said["job"], "job"))
        elif "reply" in said:
            reply = record(said["reply"], "reply")
            if self.replied(text(reply, "id"), reply):
                self._follow(run, said)
        elif "self_test" in said:
            self._take_self_test(run, seq, record(said["self_test"], "self_test"))
        elif "service" in said and run == self._run:
            service = record(said["service"], "service")
            if text(service, "state", "") == "moved":
                self.moved()

    def take_status(self, said: Json) -> None:
        """Take the status file, or the reply to `status`: all that there is now."""
        self._follow(text(said, "run"), said)
        jobs = record(said.get("jobs") or {}, "jobs")
        for token in self._jobs.keys() - jobs.keys():
            del self._jobs[token]
        for status in _each(jobs):
            self._forget_other_boot(status)
            self.take_job(status)
        tests = record(said.get("self_tests") or {}, "self_tests")
        self._tests = {
            serial: _SelfTest(self._run, 0, record(test.get("smartctl"), "smartctl"))
            for serial, test in zip(tests, _each(tests), strict=True)
        }

    def take_job(self, said: Json) -> JobStatus:
        """Take the status of a job; return what is known of it then."""
        status = job_status(said)
        before = self._jobs.get(status.token)
        if before is not None and status.revision <= before.revision:
            return before
        self._jobs[status.token] = status
        if before is None or before.state is not status.state:
            self.changed()
        return status

    def _forget_other_boot(self, said: Json) -> None:
        """Know a job no more as it was before a reboot.

        A boot environment that was rolled back brings lower revisions back.
        """
        status = job_status(said)
        before = self._jobs.get(status.token)
        if before is not None and status.boot == self.boot != before.boot:
            self.forget_job(status.token)

    def _take_self_test(self, run: str, seq: int, said: Json) -> None:
        serial = text(said, "serial")
        before = self._tests.get(serial)
        if before is not None and before.run == run and seq <= before.seq:
            return
        if run == self._run:
            smartctl = record(said.get("smartctl"), "smartctl")
            self._tests[serial] = _SelfTest(run, seq, smartctl)
            self.changed()

    def _notice(self, run: str, said: Json) -> None:
        """Learn which service speaks now: of two, the one whose clock is later."""
        at = _at(said)
        if at < self._at:
            return
        self._follow(run, said)

    def _follow(self, run: str, said: Json) -> None:
        """Believe a service, whatever its clock says: it answers us."""
        self._run, self._at = run, _at(said)
        self._last = self._clock()
        self.boot = text(said, "boot", "") or self.boot


def _at(said: Json) -> float:
    if (value := number(said, "at")) is None:
        raise InvalidResponse("at: expected a number")
    return value


def _each(said: Json) -> Iterator[Json]:
    for key, value in said.items():
        yield record(value, key)
