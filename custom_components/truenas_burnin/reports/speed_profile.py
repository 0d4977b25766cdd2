"""How fast a drive was over its surface, range by range."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..burnin.evidence import SurfaceRun
from ..burnin.model import BurnIn, Stage, StageKind

_LONGEST_FIRST: Final = (StageKind.SURFACE_VALIDATE, StageKind.IO_VALIDATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One stretch of a surface stage, told at its end.

    `bytes` were written or read in `seconds` of the stage; `speed` is bytes per second
    within the stretch, `temperature` °C at its end.
    """

    bytes: int
    seconds: float
    speed: float
    temperature: float | None


def speed_profile(burn_in: BurnIn) -> tuple[Sample, ...]:
    """Return the samples of the longest surface stage that has any."""
    for kind in _LONGEST_FIRST:
        for stage in burn_in.stages:
            if stage.kind is kind and (samples := tuple(_samples(stage))):
                return samples
    return ()


def _samples(stage: Stage) -> Iterator[Sample]:
    """Yield a sample per range; ranges done in no measurable time join the next."""
    run = stage.found(SurfaceRun) or SurfaceRun()
    before, began = 0, 0.0
    for point in run.checkpoints:
        if point.seconds > began and point.done > before:
            yield Sample(
                bytes=point.done,
                seconds=point.seconds,
                speed=round((point.done - before) / (point.seconds - began)),
                temperature=point.temperature,
            )
            before, began = point.done, point.seconds
