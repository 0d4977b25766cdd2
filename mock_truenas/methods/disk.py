"""disk.*: the drives, their temperatures, and the wipe that verifies nothing."""

from pathlib import Path
import threading
import time
from typing import Any

from ..drive import BACKING_BYTES, MockDrive
from ..errors import CallError
from ..jobs import Job, Jobs
from ..query import apply
from ..smartctl import ATTRIBUTES
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


def methods(world: World, jobs: Jobs) -> dict[str, Any]:
    """Return the methods of this namespace."""
    core = world.profile.core
    cache: dict[str, Any] = {"at": -1e9, "boot": "", "degrees": {}}

    async def query(filters: Any = (), options: Any = None) -> Any:
        options = options or {}
        pools = bool((options.get("extra") or {}).get("pools"))
        rows = [entry(drive, core=core, pools=pools) for drive in world.connected]
        return apply(rows, filters, options)

    async def get_unused(join_partitions: bool = False) -> Any:
        rows = []
        for drive in world.connected:
            if drive.pool is not None or drive.boot:
                continue
            twins = [
                other.name
                for other in world.connected
                if other is not drive and drive.serial and other.serial == drive.serial
            ]
            row = entry(drive, core=core, pools=True)
            rows.append({**row, "duplicate_serial": twins})
        return rows

    async def temperatures(names: Any = (), powermode: str = "NEVER") -> Any:
        fresh = cache["boot"] == world.boot_id
        if not fresh or world.clock.elapsed - cache["at"] >= CACHE_SECONDS:
            cache["at"], cache["boot"] = world.clock.elapsed, world.boot_id
            cache["degrees"] = {
                drive.name: None
                if drive.temperature is None
                else round(drive.temperature)
                for drive in world.connected
                if not names or drive.name in names
            }
        return dict(cache["degrees"])

    async def temperature(name: str, powermode: str = "NEVER") -> int | None:
        drive = world.drive(name=name)
        if drive is None or drive.temperature is None:
            return None
        return round(drive.temperature)

    async def wipe(
        dev: str, mode: str, synccache: bool = True, swap: Any = None
    ) -> int:
        drive = world.drive(name=dev)
        if drive is None:
            raise CallError(f"{dev} not found")
        job = jobs.add("disk.wipe", [dev, mode, synccache, {"configure_swap": True}])
        threading.Thread(
            target=_wipe, args=(world, job, drive, mode), daemon=True
        ).start()
        return job.id

    async def smart_attributes(name: str) -> Any:
        drive = world.drive(name=name)
        if drive is None:
            raise CallError(f"{name} not found")
        return [
            {
                "id": number,
                "name": words,
                "value": 100,
                "worst": 100,
                "thresh": threshold,
                "when_failed": "",
                "flags": {},
                "raw": {
                    "value": drive.attributes.get(number, 0),
                    "string": str(drive.attributes.get(number, 0)),
                },
            }
            for number, words, threshold, _ in ATTRIBUTES
        ]

    return {
        "disk.query": query,
        "disk.get_unused": get_unused,
        "disk.temperatures": temperatures,
        "disk.temperature": temperature,
        "disk.wipe": wipe,
        "disk.smart_attributes": smart_attributes,
    }


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
