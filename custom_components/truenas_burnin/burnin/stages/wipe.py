"""What stands in for a surface pass where the key may not run commands on the NAS.

The NAS overwrites the drive by its own `disk.wipe`, which reads nothing back: what
passes so is not verified. A job of the NAS lives in its memory only (docs/truenas-api.md
§6.1): a reboot or a restart of the middleware ends the wipe and forgets it, so it is
begun again.
"""

from collections.abc import Sequence
from dataclasses import replace
import re
from typing import Final, override

from ...truenas.models import Drive, JobState, NasJob
from ..evidence import Evidence, JobMark, WipeRun
from ..gate import claims
from ..model import Stage, StageState, advance
from ..ports import Nas
from ..reason import ReasonKey, because
from .base import Context, StageRunner, Step, check_gate, failed, inconclusive, passed

_MAX_RESTARTS: Final = 5
"""Times a wipe that the NAS forgot is begun again; each costs all that was done."""


_ERRNO: Final = re.compile(r"\[Errno (\d+)\]")
_IN_USE: Final = ("1", "16")
"""EPERM, EBUSY: how FreeBSD and Linux refuse a drive in use (§5.1 there)."""

_GONE: Final = ("2", "6", "19")
"""ENOENT, ENXIO, ENODEV: there is no such device any more."""


class WipeStage(StageRunner):
    """Have the NAS write the drive once, whole or at both ends."""

    @override
    async def prepare(self, ctx: Context) -> Evidence | None:
        """Ask the gate afresh; remember the wipes there are, to tell ours from them."""
        drive = await check_gate(ctx)
        jobs = await ctx.nas.wipe_jobs()
        if any(job.active for job in _of(drive.name, jobs)):
            return None
        return replace(
            ctx.evidence(WipeRun),
            device=drive.name,
            known_jobs=tuple(map(_mark, jobs)),
        )

    @override
    async def begin(self, ctx: Context) -> Step:
        """Start the wipe, or adopt the one that an earlier try has started."""
        drive = await check_gate(ctx)
        if _moved(ctx, drive):
            return self._again(ctx)
        ours = _ours(ctx.stage, await ctx.nas.wipe_jobs())
        if ours is None:
            await ctx.nas.start_wipe(drive, ctx.evidence(WipeRun).mode)
            ours = _ours(ctx.stage, await ctx.nas.wipe_jobs())
        if ours is None:
            return self._again(ctx)
        run = replace(ctx.evidence(WipeRun), job=_mark(ours))
        return Step(stage=replace(ctx.holding(run), reference=str(ours.id)))

    @override
    async def poll(self, ctx: Context) -> Step:
        """Follow our job, and no other that got its number."""
        job = _ours(ctx.stage, await ctx.nas.wipe_jobs())
        if job is None or ctx.fleet.system.boot_id != ctx.stage.boot_id:
            return self._again(ctx)
        match job.state:
            case JobState.WAITING | JobState.RUNNING if taken := claims(ctx.drive):
                await ctx.nas.abort_wipe(job)
                return Step(stage=inconclusive(ctx, *taken))
            case JobState.WAITING | JobState.RUNNING:
                return Step(stage=advance(ctx.stage, job.percent or 0.0))
            case JobState.SUCCESS:
                return Step(stage=passed(ctx))
            case JobState.FAILED:
                return Step(stage=_failed(ctx, job))
            case _:
                return Step(stage=inconclusive(ctx, because(ReasonKey.WIPE_STOPPED)))

    @override
    async def stop(self, nas: Nas, stage: Stage, drive: Drive | None) -> None:
        """Abort our job if the NAS still knows it, also one whose reply was lost."""
        if (await nas.fleet()).system.boot_id != stage.boot_id:
            return
        job = _ours(stage, await nas.wipe_jobs())
        if job is not None and job.active:
            await nas.abort_wipe(job)

    def _again(self, ctx: Context) -> Step:
        """Begin anew, under a token and a boot id of its own."""
        run = ctx.evidence(WipeRun)
        if run.restarts >= _MAX_RESTARTS:
            reason = because(ReasonKey.WIPE_FORGOTTEN, times=run.restarts + 1)
            return Step(stage=inconclusive(ctx, reason))
        pending = replace(
            ctx.stage,
            state=StageState.PENDING,
            reference=None,
            percent=0.0,
            evidence=replace(run.planned, restarts=run.restarts + 1),
        )
        return Step(stage=pending)


def _failed(ctx: Context, job: NasJob) -> Stage:
    """Return the stage as ended by an error, if the drive is to blame failed."""
    errno = _ERRNO.search(job.error or "")
    match errno and errno[1]:
        case number if number in _GONE:
            return inconclusive(ctx, because(ReasonKey.DRIVE_LOST))
        case number if number in _IN_USE:
            in_use = because(ReasonKey.DRIVE_IN_USE, device=ctx.drive.name)
            return inconclusive(ctx, in_use)
        case _:
            return failed(ctx, because(ReasonKey.WRITE_FAILED, text=job.error or "?"))


def _moved(ctx: Context, drive: Drive) -> bool:
    """Tell whether jobs and names are not those of when the stage was prepared."""
    rebooted = ctx.fleet.system.boot_id != ctx.stage.boot_id
    return bool(rebooted or drive.name != ctx.evidence(WipeRun).device)


def _mark(job: NasJob) -> JobMark:
    return JobMark(id=job.id, started=job.started)


def _of(device: str, jobs: Sequence[NasJob]) -> list[NasJob]:
    """Return the jobs that write to a device."""
    names = (device, f"/dev/{device}")
    return [job for job in jobs if job.arguments[:1] and job.arguments[0] in names]


def _ours(stage: Stage, jobs: Sequence[NasJob]) -> NasJob | None:
    """Return the stage's job: the one adopted, or one that was not there before."""
    run = stage.found(WipeRun)
    if run is None:
        return None
    for job in _of(run.device, jobs):
        mark = _mark(job)
        if run.job is None:
            new = mark not in run.known_jobs
            if new and job.arguments[1:2] == (run.mode,):
                return job
        elif mark == run.job:
            return job
    return None
