"""smart.test.*: self-tests as CORE to 25.04 offer them (docs/truenas-api.md §4)."""

import asyncio
from datetime import timedelta
from typing import Any

from ..clock import stamp
from ..drive import SELF_TEST_SECONDS, LoggedTest, MockDrive, RunningTest
from ..errors import CallError, ValidationError
from ..jobs import Job, Jobs, Kind
from ..query import apply
from ..rows import query_row
from ..smartctl import ata, scsi
from ..smartctl.program import run
from ..world import World

_POLL_SECONDS = 10.0
_LONGER_SHARE = 0.01
"""The middleware looks at a test every ten seconds, or after 1 % of its time."""


class SelfTests:
    """The methods of this namespace."""

    def __init__(self, world: World, jobs: Jobs) -> None:
        """Begin without schedules."""
        self._world = world
        self._jobs = jobs
        self._schedules: list[dict[str, Any]] = []

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "smart.test.create": self.create,
            "smart.test.query": self.query,
            "smart.test.query_for_disk": self.query_for_disk,
            "smart.test.manual_test": self.manual_test,
            "smart.test.results": self.results,
            "smart.test.disk_choices": self.disk_choices,
            "smart.test.abort": self.abort,
        }

    async def create(self, task: dict[str, Any]) -> dict[str, Any]:
        """Make a recurring task: it starts nothing."""
        for index, name in enumerate(task.get("disks") or []):
            if self._world.drive(identifier=name) is None:
                words = "Invalid disk"
                if self._world.profile.core:
                    words = f"The following disks are invalid: {name}"
                raise ValidationError((f"smart_test_create.disks.{index}", words, 22))
        made = {
            "id": len(self._schedules) + 1,
            "desc": "",
            "all_disks": False,
            **task,
            "schedule": {
                **dict.fromkeys(("hour", "dom", "month", "dow"), "*"),
                **task.get("schedule", {}),
            },
        }
        self._schedules.append(made)
        return made

    async def query(self, filters: Any = (), options: Any = None) -> Any:
        """Return the recurring tasks."""
        return apply(self._schedules, filters, options)

    async def query_for_disk(self, name: str) -> list[dict[str, Any]]:
        """Return the recurring tasks of one drive."""
        drive = self._world.drive(name=name)
        return [
            task
            for task in self._schedules
            if task["all_disks"]
            or (drive is not None and drive.identifier in task.get("disks", []))
        ]

    async def disk_choices(self, full: bool = False) -> dict[str, Any]:
        """Return the drives that can be tested."""
        profile = self._world.profile
        return {
            drive.identifier: query_row(drive, profile, pools=False)
            if full
            else drive.name
            for drive in self._world.connected
        }

    async def manual_test(self, disks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Start self-tests; what did not start is told in its item."""
        if not disks:
            raise ValidationError(("disks", "Please specify at least one disk.", 22))
        chosen = [(self._chosen(index, item), item) for index, item in enumerate(disks)]
        return [self._start(drive, item) for drive, item in chosen]

    def _chosen(self, index: int, item: dict[str, Any]) -> MockDrive:
        drive = self._world.drive(identifier=item["identifier"])
        if drive is None:
            words = "is not valid. Please provide a valid disk identifier."
            flaw = f"disks.{index}.identifier", f"{item['identifier']} {words}", 22
            raise ValidationError(flaw)
        return drive

    def _start(self, drive: MockDrive, item: dict[str, Any]) -> dict[str, Any]:
        kind = item["type"].lower()
        about: dict[str, Any] = {"disk": drive.name, "identifier": drive.identifier}
        if not self._world.profile.core:
            about["error"] = None
        said, status = run(drive, ["-t", kind], self._world.clock.elapsed)
        if status or "begun" not in said:
            return {**about, "error": said or "The self-test did not begin"}
        seconds = SELF_TEST_SECONDS[kind]
        if drive.sas and kind == "short":
            # It says nothing of a time.
            seconds = 60.0
        over = self._world.clock.now() + timedelta(seconds=seconds)
        job = self._follow(drive, item, over, seconds)
        return {**about, "expected_result_time": stamp(over), "job": job.id}

    def _follow(
        self, drive: MockDrive, item: dict[str, Any], over: Any, seconds: float
    ) -> Job:
        """Start the job that ends when no test runs any more, whatever came of it."""
        test = drive.running
        name = drive.name

        async def work(job: Job) -> None:
            try:
                await self._wait(job, drive, test, seconds)
            except asyncio.CancelledError:
                if self._world.profile.job_fields:
                    await self.abort(name)
                raise

        about = {"disk": name, "identifier": drive.identifier}
        arguments = [
            {**about, "mode": item.get("mode", "BACKGROUND"), "type": item["type"]},
            stamp(over),
        ]
        abortable = bool(self._world.profile.job_fields)
        kind = Kind(internal=True, abortable=abortable)
        return self._jobs.start("smart.test.wait", arguments, work, kind)

    async def _wait(
        self, job: Job, drive: MockDrive, test: RunningTest | None, seconds: float
    ) -> None:
        pause = max(_POLL_SECONDS, _LONGER_SHARE * seconds)
        while True:
            await self._world.clock.sleep(pause)
            elapsed = self._world.clock.elapsed
            drive.settle(elapsed)
            current = self._current(drive, elapsed)
            if drive.running is not test or current is None:
                return
            job.progress(current["progress"])

    async def results(self, filters: Any = (), options: Any = None) -> Any:
        """Return the logs of the drives."""
        options = dict(options or {})
        extra = options.get("extra") or {}
        elapsed = self._world.clock.elapsed
        rows = []
        for drive in self._world.connected:
            drive.settle(elapsed)
            tests = self._tests(drive, elapsed)
            if self._world.profile.core and not tests:
                continue
            row: dict[str, Any] = {}
            if not self._world.profile.core:
                row = query_row(drive, self._world.profile, pools=False)
            row |= {
                "tests": apply(tests, extra.get("tests_filter") or ()),
                "current_test": self._current(drive, elapsed),
                "disk": drive.name,
            }
            rows.append(row)
        return apply(rows, filters, options)

    async def abort(self, name: str) -> None:
        """End the running self-test of a drive."""
        drive = self._world.drive(name=name)
        if drive is None:
            raise CallError(f"{name} not found")
        run(drive, ["-X"], self._world.clock.elapsed)
        self._world.clock.skip(0)

    def _tests(self, drive: MockDrive, elapsed: float) -> list[dict[str, Any]]:
        speaks = scsi if drive.sas else ata
        hours = drive.power_on_hours(elapsed)
        log = [] if drive.without_smart else speaks.log_entries(drive, elapsed)
        first = self._world.profile.first_test
        return [
            self._result(drive, number, test, hours)
            for number, test in enumerate(log, first)
        ]

    def _result(
        self, drive: MockDrive, number: int, test: LoggedTest, hours: int
    ) -> dict[str, Any]:
        newest = self._world.profile.stale_current_test
        names = scsi.TEST_NAMES if drive.sas else ata.TEST_NAMES
        lba: Any = test.lba
        if lba is not None and not newest:
            lba = str(lba)
        row: dict[str, Any] = {
            "num": number,
            "description": names[test.kind],
            "status": self._status(test),
            "status_verbose": test.status,
            "lifetime": test.hours,
            "lba_of_first_error": lba,
        }
        if drive.sas:
            row["segment_number"] = None if test.lba is None else 1
            if test.value >> 4 == 0xF and not newest:
                row["lifetime"] = None
        else:
            row["remaining"] = test.remaining / 100
        if newest:
            row["power_on_hours_ago"] = hours - test.hours
        return row

    def _status(self, test: LoggedTest) -> str:
        high = test.value >> 4
        if high in (1, 2):
            return self._world.profile.aborted_test
        return {0x0: "SUCCESS", 0xF: "RUNNING"}.get(high, "FAILED")

    def _current(self, drive: MockDrive, elapsed: float) -> dict[str, int] | None:
        """Return what is said to run now, by each generation's own mistake."""
        profile = self._world.profile
        if profile.stale_current_test:
            # What the newest entry had left, also if it ended long ago; of SAS, nothing.
            if drive.sas:
                return None
            log = ata.log_entries(drive, elapsed)
            stale = log[0].remaining if log else 0
            return {"progress": 100 - stale} if stale else None
        if drive.running is None:
            return None
        if drive.sas and not profile.core:
            return {"progress": 0}
        return {"progress": int(drive.running.percent(elapsed))}
