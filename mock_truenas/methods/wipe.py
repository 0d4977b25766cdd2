"""disk.wipe: it writes, verifies nothing, and does not ask (docs/truenas-api.md §5.1)."""

import asyncio
from collections.abc import Iterator
import os
from pathlib import Path
from typing import Any

from ..drive import BACKING_BYTES, MockDrive
from ..errors import CallError
from ..jobs import Job, Jobs, Kind
from ..world import World

MIB = 2**20
_STEPS = 64


class Wiping:
    """The method, with the wipes that nothing stops."""

    def __init__(self, world: World, jobs: Jobs) -> None:
        """Begin without wipes."""
        self._world = world
        self._jobs = jobs
        self._running: set[asyncio.Task[None]] = set()

    def methods(self) -> dict[str, Any]:
        """Return it by name."""
        return {"disk.wipe": self.wipe}

    def stop(self) -> None:
        """End all wipes, as the end of the middleware does."""
        for task in self._running:
            task.cancel()

    async def wipe(
        self, dev: str, mode: str, synccache: bool = True, swap: Any = None
    ) -> Job:
        """Start a wipe."""
        core = self._world.profile.core
        arguments: list[Any] = [dev, mode, synccache]
        if core:
            arguments.append(swap or {"configure_swap": True})

        async def work(job: Job) -> None:
            task = asyncio.create_task(self._wipe(job, dev, mode))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            if self._world.profile.wipe_stops:
                await task
            else:
                # The thread goes on, whatever becomes of the job.
                await asyncio.shield(task)

        kind = Kind(
            abortable=not core,
            description=f"{mode.replace('_', ' ').title()} wipe of disk {dev}",
            lock=f"disk.wipe {dev}",
        )
        return self._jobs.start("disk.wipe", arguments, work, kind)

    async def _wipe(self, job: Job, dev: str, mode: str) -> None:
        if not self._world.profile.smart_api:
            # From 25.10 on a path is as good as a name.
            dev = dev.removeprefix("/dev/")
        drive = self._world.drive(name=dev)
        if drive is None:
            raise FileNotFoundError(2, "No such file or directory", f"/dev/{dev}")
        if drive.pool is not None or drive.boot:
            self._refuse(dev)
        fill = self._world.profile.wipe_fill * MIB
        if mode == "FULL_RANDOM":
            fill = os.urandom(MIB)
        for done, (step, share) in enumerate(_steps(mode), 1):
            await asyncio.sleep(
                self._world.pass_seconds * share / self._world.clock.speed
            )
            await asyncio.to_thread(_write, drive, self._world.folder, step, fill)
            drive.writes += int(drive.size // MIB * MIB * share)
            job.progress(round(100.0 * done / _count(mode), 2))

    def _refuse(self, dev: str) -> None:
        if self._world.profile.core:
            raise CallError("Failed to open the device for writing")
        raise OSError(16, "Device or resource busy", f"/dev/{dev}")


def _count(mode: str) -> int:
    return 2 if mode == "QUICK" else _STEPS


def _steps(mode: str) -> Iterator[tuple[int, float]]:
    """Give what is written: which part of the file, what share of the drive."""
    if mode == "QUICK":
        # The first and the last 32 MiB.
        yield from ((0, 0.001), (_STEPS - 1, 0.001))
    else:
        for step in range(_STEPS):
            yield step, 1 / _STEPS


def _write(drive: MockDrive, folder: Path, step: int, fill: bytes) -> None:
    """Write one part of the file behind a drive; raise OSError where it is bad."""
    size = BACKING_BYTES // _STEPS
    if (
        drive.bad_from is not None
        and (step + 1) * size > BACKING_BYTES * drive.bad_from
    ):
        drive.damaged(1)
        raise OSError(5, "Input/output error")
    with drive.file(folder).open("r+b") as medium:
        medium.seek(step * size)
        medium.write((fill * (size // len(fill) + 1))[:size])
