"""disk.*: the drives, their temperatures, and the wipe that verifies nothing."""

from pathlib import Path
import threading
import time
from typing import Any

from ..drive import BACKING_BYTES, MockDrive
from ..errors import CallError
from ..jobs import Job, Jobs
from ..query import apply
from ..smartctl import attributes
from ..world import PASS_SECONDS, World

CACHE_SECONDS = 300.0
"""CORE asks the drives at most so often, whatever names are asked for."""

_WIPE_STEPS = 64


def entry(drive: MockDrive, *, core: bool, pools: bool) -> dict[str, Any]:
    """Return one row of disk.query (truenas-api.md §2.1)."""
    row: dict[str, Any] = {
        "identifier": drive.identifier,
        "name": drive.name,
        "subsystem": "ada" if core else "scsi",
        "number": int("".join(filter(str.isdigit, drive.name)) or 0) if core else 2064,
        "serial": drive.serial,
        "lunid": drive.lunid,
        "size": drive.size,
        "multipath_name": "",
        "multipath_member": "",
        "description": "",
        "transfermode": "Auto",
        "hddstandby": "ALWAYS ON",
        "hddstandby_force": False,
        "advpowermgmt": "DISABLED",
        "acousticlevel": "DISABLED",
        "togglesmart": True,
        "smartoptions": "",
        "expiretime": None,
        "critical": None,
        "difference": None,
        "informational": None,
        "model": drive.model,
        "rotationrate": drive.rotation_rate,
        "type": "HDD" if drive.rotation_rate else "SSD",
        "zfs_guid": str(10**18) if drive.pool else None,
        "bus": "AHCICH" if core else "ATA",
        "devname": drive.name,
        "enclosure": None,
        # Null for every drive unless it was asked for: also for those in a pool.
        "pool": drive.pool if pools else None,
    }
    return row


class Disks:
    """The methods of this namespace."""

    def __init__(self, world: World, jobs: Jobs) -> None:
        """Begin with no temperature read."""
        self._world = world
        self._jobs = jobs
        self._read_at = -1e9
        self._read_boot = ""
        self._degrees: dict[str, int | None] = {}

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "disk.query": self.query,
            "disk.get_unused": self.get_unused,
            "disk.temperatures": self.temperatures,
            "disk.temperature": self.temperature,
            "disk.wipe": self.wipe,
            "disk.smart_attributes": self.smart_attributes,
        }

    async def query(self, filters: Any = (), options: Any = None) -> Any:
        """Return the drives, their pools only if asked."""
        options = options or {}
        pools = bool((options.get("extra") or {}).get("pools"))
        core = self._world.profile.core
        rows = [entry(drive, core=core, pools=pools) for drive in self._world.connected]
        return apply(rows, filters, options)

    async def get_unused(self, join_partitions: bool = False) -> Any:
        """Return the drives in no imported pool, and their twins by serial."""
        core = self._world.profile.core
        return [
            {
                **entry(drive, core=core, pools=True),
                "duplicate_serial": self._twins(drive),
            }
            for drive in self._world.connected
            if drive.pool is None and not drive.boot
        ]

    def _twins(self, drive: MockDrive) -> list[str]:
        return [
            other.name
            for other in self._world.connected
            if other is not drive and drive.serial and other.serial == drive.serial
        ]

    async def temperatures(self, names: Any = (), powermode: str = "NEVER") -> Any:
        """Return what was read last; read again only when that is old."""
        world = self._world
        fresh = self._read_boot == world.boot_id
        if not fresh or world.clock.elapsed - self._read_at >= CACHE_SECONDS:
            self._read_at, self._read_boot = world.clock.elapsed, world.boot_id
            self._degrees = {
                drive.name: _whole(drive.temperature)
                for drive in world.connected
                if not names or drive.name in names
            }
        return dict(self._degrees)

    async def temperature(self, name: str, powermode: str = "NEVER") -> int | None:
        """Return the temperature of one drive, read now."""
        drive = self._world.drive(name=name)
        return None if drive is None else _whole(drive.temperature)

    async def wipe(
        self, dev: str, mode: str, synccache: bool = True, swap: Any = None
    ) -> int:
        """Start a wipe; nothing asks whether the drive is in use."""
        drive = self._world.drive(name=dev)
        if drive is None:
            raise CallError(f"{dev} not found")
        arguments = [dev, mode, synccache, {"configure_swap": True}]
        job = self._jobs.add("disk.wipe", arguments)
        threading.Thread(
            target=_wipe, args=(self._world, job, drive, mode), daemon=True
        ).start()
        return job.id

    async def smart_attributes(self, name: str) -> Any:
        """Return the ATA attributes of a drive."""
        drive = self._world.drive(name=name)
        if drive is None:
            raise CallError(f"{name} not found")
        return attributes(drive, self._world.clock.elapsed)


def _whole(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees)


def _wipe(world: World, job: Job, drive: MockDrive, mode: str) -> None:
    """Write NULs, read nothing back; on CORE the thread outlives an abort."""
    file: Path = drive.file(world.folder)
    step = BACKING_BYTES // _WIPE_STEPS
    steps = range(_WIPE_STEPS) if mode != "QUICK" else (0, _WIPE_STEPS - 1)
    with file.open("r+b") as medium:
        for done, index in enumerate(steps, 1):
            time.sleep(PASS_SECONDS / world.clock.speed / _WIPE_STEPS)
            medium.seek(index * step)
            medium.write(bytes(step))
            medium.flush()
            drive.writes += drive.size // _WIPE_STEPS
            if job.state == "RUNNING":
                job.percent = 100.0 * done / len(steps)
    job.end(world.clock.now())
