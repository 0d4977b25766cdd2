"""A speed curve as points within a box."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..speed_profile import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points from the top left of a box; `top` is the speed at its upper edge."""

    points: tuple[tuple[float, float], ...]
    top: float


def curve(samples: Sequence[Sample], width: float, height: float) -> Curve:
    """Return the speed over the surface, from its first byte to the last sample.

    A line needs two points: one sample is drawn as a level.
    """
    top = max(sample.speed for sample in samples) * 1.1
    end = samples[-1].bytes
    points = [
        (width * sample.bytes / end, height * (1 - sample.speed / top))
        for sample in samples
    ]
    return Curve(points=((0.0, points[0][1]), *points), top=top)
