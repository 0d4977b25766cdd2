"""How fast a drive was over its surface, range by range."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

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
    evidence = stage.evidence
    sizes = [
        (last - first + 1) * block for block, first, last in evidence.get("ranges", ())
    ]
    behind = [0, *accumulate(sizes)]
    passes = _PASSES_PER_PATTERN * len(evidence.get("patterns", ()))
    temperatures = {done: heat for done, _, heat in evidence.get("profile", ())}
    before, began = 0, 0.0
    for done, seconds in _progress(evidence):
        if seconds > began and before < done < len(behind):
            moved = (behind[done] - behind[before]) * passes
            yield Sample(
                bytes=behind[done],
                seconds=seconds,
                speed=round(moved / (seconds - began)),
                temperature=temperatures.get(done),
            )
            before, began = done, seconds


def _progress(evidence: Mapping[str, Any]) -> Iterator[tuple[int, float]]:
    """Yield ranges done and seconds so far: the results, else what was seen live."""
    if results := evidence.get("results"):
        seconds = 0.0
        for result in results:
            seconds += result[4]
            yield result[0] + 1, seconds
    else:
        for done, seconds, _ in evidence.get("profile", ()):
            yield done, seconds
