"""How fast a drive was over its surface, range by range."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from ..burnin.evidence import SurfaceRun
from ..burnin.model import BurnIn, Stage, StageKind

_PASSES_PER_PATTERN: Final = 2
"""Each pattern is written and read back."""

_LONGEST_FIRST: Final = (StageKind.SURFACE_VALIDATE, StageKind.IO_VALIDATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One stretch of a surface stage, told at its end.

    `bytes` of the drive and `seconds` of the stage lie behind; `speed` is bytes
    per second written and read within the stretch, `temperature` °C at its end.
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
    behind = [0, *accumulate(item.size for item in run.ranges)]
    passes = _PASSES_PER_PATTERN * len(run.patterns)
    before, began = 0, 0
    for point in run.profile:
        if point.seconds > began and before < point.done < len(behind):
            moved = (behind[point.done] - behind[before]) * passes
            yield Sample(
                bytes=behind[point.done],
                seconds=point.seconds,
                speed=round(moved / (point.seconds - began)),
                temperature=point.temperature,
            )
            before, began = point.done, point.seconds
