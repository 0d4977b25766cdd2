"""A NAS whose drives' content is known, and the programs that burn in on it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
import hashlib
import json
import os
from pathlib import Path
import shutil
from typing import Any, Final, Self, override

import aiohttp

from custom_components.truenas_burnin.burnin.model import BurnIn
from custom_components.truenas_burnin.truenas.agent.reading import job_status
from custom_components.truenas_burnin.truenas.models import Drive
from custom_components.truenas_burnin.truenas.surface import JobStatus
from mock_truenas.drive import MockDrive
from mock_truenas.server import MockTrueNAS
from scripts.live.wait import until

from .program import Program

BLOCK: Final = 4096
SIZE: Final = 7 * BLOCK
"""What the drives claim: seven ranges of a block each, so a whole pass takes seconds."""

SPEED: Final = 6000.0
_PATIENCE: Final = 180.0
_MARK: Final = b"Z" * 4096
_MARK_EVERY: Final = 256 * 1024


@dataclass
class WatchedDrive(MockDrive):
    """A drive that can stand still as soon as a range of it is written."""

    midway: bool = False

    @override
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "writes" and value and self.midway:
            self.midway, self.hangs = False, True


def a_mock_drive(number: int, **changes: Any) -> WatchedDrive:
    """Return a free hard drive."""
    facts: dict[str, Any] = {
        "name": "",
        "serial": f"SER{number:04d}",
        "lunid": f"5000c500{number:08x}",
        "model": "ST12000NM0008-2H3101",
        "family": "Seagate Exos X14",
        "firmware": "SN02",
        "size": SIZE,
        "rotation_rate": 7200,
    }
    return WatchedDrive(**facts | changes)


@dataclass(frozen=True)
class Medium:
    """All that a write to a file leaves behind."""

    digest: str
    allocated: int
    modified: int

    @classmethod
    def of(cls, file: Path) -> Self:
        """Look at a file."""
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        about = file.stat()
        return cls(digest, about.st_blocks, about.st_mtime_ns)


class Bench:
    """One NAS with a target, two bystanders, and whoever uses it."""

    def __init__(
        self, folder: Path, profile: str, speed: float, drives: list[MockDrive]
    ) -> None:
        """Make the NAS; `open_bench` starts it."""
        self.folder = folder
        self.nas = MockTrueNAS(profile, folder / "nas", speed=speed, drives=drives)
        self.world = self.nas.world
        self.target, self.bystander, *_ = drives
        self._media: list[tuple[MockDrive, Path, Medium]] = []
        self._fair: list[MockDrive] = []
        self._programs = AsyncExitStack()
        self._others: list[Bench] = []
        for drive in drives:
            self._fill(drive)

    def _fill(self, drive: MockDrive) -> None:
        """Give a drive data to lose, and remember it; twins by serial share it."""
        self.world.make_file(drive)
        file = drive.file(self.world.folder)
        if any(file == known for _, known, _ in self._media):
            return
        with file.open("r+b") as content:
            for place in range(0, file.stat().st_size, _MARK_EVERY):
                content.seek(place)
                content.write(_MARK)
            # Blocks are allocated when they reach the disk, which would seem a write.
            content.flush()
            os.fsync(content.fileno())
        self._media.append((drive, file, Medium.of(file)))

    def connect(self, drive: MockDrive, name: str | None = None) -> MockDrive:
        """Plug a drive in, under the first free name or a certain one."""
        used = {other.name for other in self.world.connected} | self.held_names()
        names = (self.world.profile.drive_name(index) for index in range(100))
        drive.name = name or next(free for free in names if free not in used)
        self.world.drives.append(drive)
        self._fill(drive)
        return drive

    def held_names(self) -> set[str]:
        """Return the names that the kernel gives to no drive: somebody has them open."""
        devices = self.world.filesystem / "dev"
        found = set()
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                file = link.readlink()
            except OSError:
                continue
            if file.parent == devices:
                found.add(file.name.removesuffix(" (deleted)"))
        return found

    def swap_in_the_bay(self) -> MockDrive:
        """Pull the target and put another drive into its bay, under its name."""
        self.target.present = False
        return self.connect(a_mock_drive(8), self.target.name)

    def swap_under_the_writer(self) -> MockDrive:
        """Do so while it may be held open: then the new one gets another name."""
        self.target.present = False
        kept = self.target.name in self.held_names()
        return self.connect(a_mock_drive(8), None if kept else self.target.name)

    def exchange_names(self) -> None:
        """Give target and bystander each other's names."""
        names = self.target.name, self.bystander.name
        self.bystander.name, self.target.name = names

    async def midway(self, program: Program, drive: MockDrive | None = None) -> BurnIn:
        """Start a pass; return once its first range is written.

        The drive stands still from then until `go_on`, and the program looks away.
        """
        drive = drive or self.target
        self.stop_midway(drive)
        burn_in = await program.submit(drive)
        await program.writing(burn_in.id)
        await self.until_midway(drive)
        return burn_in

    def stop_midway(self, drive: MockDrive) -> None:
        """Have a drive stand still once a range of it is written."""
        assert isinstance(drive, WatchedDrive)
        drive.midway = True

    async def until_midway(self, drive: MockDrive) -> None:
        """Wait until it does."""

        async def hangs() -> bool:
            return drive.hangs

        await until(hangs, _PATIENCE, "the first range")

    def go_on(self) -> None:
        """Let the drives go on that stand still."""
        for drive in self.world.drives:
            drive.hangs = False

    def agent_says(self) -> dict[str, JobStatus]:
        """Return the agent's last words of each job, without asking it."""
        files = (self.agent_folder / "jobs").glob("[!.]*/status.json")
        said = (job_status(json.loads(file.read_text())) for file in files)
        return {status.token: status for status in said}

    async def until_still(self) -> None:
        """Wait until the agent writes to no drive any more."""

        async def still() -> bool:
            return not any(item.state.live for item in self.agent_says().values())

        await until(still, _PATIENCE, "the agent to end")

    async def debug(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Use a debug endpoint of the NAS."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.nas.debug_url}/debug/{path}", json=body) as response,
        ):
            response.raise_for_status()
            return await response.json()

    async def shell(self, command: str) -> str:
        """Return what a command says on the NAS, as its administrator would see."""
        reply = await self.debug("agent", {"command": command})
        return str(reply["output"])

    @property
    def agent_folder(self) -> Path:
        """Where the agent lives on the NAS."""
        return self.world.filesystem / "root/.truenas-burnin"

    def jobs(self) -> list[str]:
        """Return the tokens of the agent's jobs."""
        return sorted(item.name for item in (self.agent_folder / "jobs").glob("*"))

    def replace(self, tool: str, script: str) -> None:
        """Have the NAS run another program in a tool's place."""
        program = self.world.root / "bin" / tool
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    async def program(self, name: str = "a", **settings: Any) -> Program:
        """Start a program with a ledger of its own that uses the NAS."""
        program = Program(self.folder / f"{name}.db", self.nas, settings)
        return await self._programs.enter_async_context(program)

    async def second_nas(self) -> Bench:
        """Return another NAS with equal drives."""
        opened = open_bench(self.folder / "second", self.world.profile.name)
        self._others.append(await self._programs.enter_async_context(opened))
        return self._others[-1]

    async def drive(self, program: Program, mock: MockDrive) -> Drive:
        """Return a drive as the NAS tells of it now."""
        fleet = await program.client.fleet()
        return fleet.drives[mock.identifier]

    def fair_game(self, *drives: MockDrive) -> None:
        """Take drives out of those that must not be written to."""
        self._fair += drives or (self.target,)

    def touched(self) -> list[str]:
        """Return the serials of drives that lost as much as a byte."""
        found = [
            drive.serial
            for drive, file, before in self._media
            if not any(drive is fair for fair in self._fair)
            and (drive.writes or Medium.of(file) != before)
        ]
        return found + [serial for other in self._others for serial in other.touched()]

    async def close(self) -> None:
        """End the programs, then the NAS."""
        await self._programs.aclose()
        await self.nas.stop()
        shutil.rmtree(self.folder / "nas")


@asynccontextmanager
async def open_bench(
    folder: Path,
    profile: str = "core-13.0",
    *more: MockDrive,
    speed: float = SPEED,
) -> AsyncIterator[Bench]:
    """Start a NAS with drives 1 to 3 and those given; end everything afterwards."""
    folder.mkdir(exist_ok=True)
    drives = [a_mock_drive(1), a_mock_drive(2), a_mock_drive(3), *more]
    bench = Bench(folder, profile, speed, drives)
    await bench.nas.start()
    try:
        yield bench
    finally:
        await bench.close()
