"""Have a NAS overwrite a drive by itself, where the key may not run the agent.

`disk.wipe` writes once and reads nothing back (docs/truenas-api.md §5.1).
"""

from typing import Final

from .decode import optional_whole, records, text
from .dialect import DISK_QUERY
from .errors import CallFailed, InvalidResponse
from .jobs import parse_job
from .models import Drive, NasJob, WipeMode
from .transport import Transport

METHOD: Final = "disk.wipe"


async def start_wipe(transport: Transport, drive: Drive, mode: WipeMode) -> int:
    """Start to overwrite a drive; return the id of the job.

    The drive is looked up right before and right after: names move, and the method
    takes a name. Raise CallFailed if it is not found there as it was; a wipe that began
    by then is aborted. What remains is the moment between the two (docs/guide.md).
    """
    await _expect(transport, drive)
    job = await transport.call(METHOD, drive.name, mode.value)
    if not isinstance(job, int) or isinstance(job, bool):
        raise InvalidResponse(f"{METHOD}: expected a job id")
    try:
        await _expect(transport, drive)
    except CallFailed:
        await transport.call("core.job_abort", job)
        raise
    return job


async def _expect(transport: Transport, drive: Drive) -> None:
    disks = await transport.call("disk.query", *DISK_QUERY)
    names = [
        text(disk, "name")
        for disk in records(disks, "disk.query")
        if text(disk, "identifier") == drive.system_identifier
        and text(disk, "serial", "").strip() == drive.serial
        and optional_whole(disk, "size") == drive.size
    ]
    if names != [drive.name]:
        raise CallFailed(METHOD, f"{drive.serial} is no longer {drive.name}")


async def wipe_jobs(transport: Transport) -> tuple[NasJob, ...]:
    """Return the wipes that the NAS knows of since its middleware started."""
    jobs = await transport.call("core.get_jobs", [["method", "=", METHOD]])
    return tuple(parse_job(entry) for entry in records(jobs, "core.get_jobs"))
