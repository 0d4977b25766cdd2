"""smart.test.*: self-tests as CORE to 25.04 offer them (truenas-api.md §4)."""

from datetime import timedelta
from typing import Any

from ..clock import stamp
from ..drive import SELF_TEST_SECONDS, LoggedTest, MockDrive
from ..errors import ValidationError
from ..jobs import Job, Jobs
from ..query import apply
from ..smartctl import TEST_NAMES, run
from ..world import World

_TYPES = ("LONG", "SHORT", "CONVEYANCE", "OFFLINE")


def methods(world: World, jobs: Jobs) -> dict[str, Any]:
    """Return the methods of this namespace."""
    schedules: list[dict[str, Any]] = []

    async def create(task: dict[str, Any]) -> dict[str, Any]:
        """Make a recurring task: it starts nothing."""
        for index, name in enumerate(task.get("disks") or []):
            if world.drive(identifier=name) is None:
                raise ValidationError(
                    f"smart_task_create.disks.{index}",
                    "The following disks are invalid: " + str(name),
                )
        made = {
            "id": len(schedules) + 1,
            "schedule": {"hour": "*", "dom": "*", "month": "*", "dow": "*"},
            "desc": "",
            "all_disks": False,
            **task,
        }
        schedules.append(made)
        return made

    async def query(filters: Any = (), options: Any = None) -> Any:
        return apply(schedules, filters, options)

    async def manual_test(wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
        chosen = [_chosen(world, index, item) for index, item in enumerate(wanted)]
        return [_start(world, jobs, drive, kind) for drive, kind in chosen]

    async def results(filters: Any = (), options: Any = None) -> Any:
        elapsed = world.clock.elapsed
        rows = []
        for drive in world.connected:
            drive.settle(elapsed)
            if not drive.log and drive.running is None:
                continue
            rows.append(
                {
                    "tests": [
                        _result(number, test)
                        for number, test in enumerate(_log(drive, elapsed), 1)
                    ],
                    "current_test": None
                    if drive.running is None
                    else {"progress": int(drive.running.percent(elapsed))},
                    "disk": drive.name,
                }
            )
        return apply(rows, filters, options)

    async def disk_choices(full: bool = False) -> dict[str, Any]:
        return {
            drive.identifier: drive.name
            for drive in world.connected
            if not drive.name.startswith("nv")
        }

    return {
        "smart.test.create": create,
        "smart.test.query": query,
        "smart.test.manual_test": manual_test,
        "smart.test.results": results,
        "smart.test.disk_choices": disk_choices,
    }


def _chosen(world: World, index: int, item: Any) -> tuple[MockDrive, str]:
    if not isinstance(item, dict) or item.get("type") not in _TYPES:
        raise ValidationError(f"disks.{index}.type", "Invalid choice")
    drive = world.drive(identifier=str(item.get("identifier")))
    if drive is None:
        raise ValidationError(
            f"disks.{index}.identifier",
            f"{item.get('identifier')} is not valid. "
            "Please provide a valid disk identifier.",
        )
    return drive, item["type"]


def _start(world: World, jobs: Jobs, drive: MockDrive, kind: str) -> dict[str, Any]:
    about = {"disk": drive.name, "identifier": drive.identifier}
    said, status = run(drive, ["-t", kind.lower()], world.clock.elapsed)
    if status:
        # Told in the item, with HTTP 200.
        return {**about, "error": said}
    over = world.clock.now() + timedelta(seconds=SELF_TEST_SECONDS[kind.lower()])
    arguments = [{**about, "type": kind, "mode": "BACKGROUND"}, stamp(over)]

    def look(job: Job) -> None:
        drive.settle(world.clock.elapsed)
        if drive.running is None:
            # Says nothing about the outcome.
            job.end(world.clock.now())
        else:
            job.percent = int(drive.running.percent(world.clock.elapsed))

    job = jobs.add("smart.test.wait", arguments, look=look, percent=0)
    return {**about, "expected_result_time": stamp(over), "job": job.id}


def _log(drive: MockDrive, elapsed: float) -> list[LoggedTest]:
    if drive.running is None:
        return drive.log
    left = 100 - int(drive.running.percent(elapsed))
    words = "Self-test routine in progress"
    hours = drive.power_on_hours(elapsed)
    return [LoggedTest(drive.running.kind, words, 0xF0, hours, left), *drive.log]


def _result(number: int, test: LoggedTest) -> dict[str, Any]:
    status = {0: "SUCCESS", 0xF: "RUNNING"}.get(test.value >> 4, "FAILED")
    return {
        "num": number,
        "description": TEST_NAMES[test.kind],
        # CORE calls an aborted test FAILED; only the words tell.
        "status": "FAILED" if test.value & 0x0F and status == "SUCCESS" else status,
        "status_verbose": test.status,
        "remaining": test.remaining / 100,
        "lifetime": test.hours,
        "lba_of_first_error": None if test.lba is None else str(test.lba),
    }
