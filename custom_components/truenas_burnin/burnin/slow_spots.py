"""Find places where a drive that passed took very long to answer.

It read them only after trying again for itself, which no error tells.
"""

from statistics import median

from .evidence import SurfaceRun
from .model import Finding
from .reason import ReasonKey, because
from .surface_words import place_text
from .thresholds import SLOW_SPOTS


def slow_spots(run: SurfaceRun) -> tuple[Finding, ...]:
    """Return a finding if some ranges had a request much slower than is usual."""
    told = {
        item: item.slowest_ms for item in run.records if item.slowest_ms is not None
    }
    if not told:
        return ()
    least = max(SLOW_SPOTS.milliseconds, SLOW_SPOTS.times * median(told.values()))
    slow = [item for item, milliseconds in told.items() if milliseconds > least]
    if not slow:
        return ()
    worst = max(slow, key=lambda item: told[item])
    reason = because(
        ReasonKey.SLOW_SPOTS,
        count=len(slow),
        milliseconds=f"{told[worst]:.0f}",
        place=place_text(worst.start),
        byte=f"{worst.start:,}",
    )
    return (Finding(key="slow_spots", severity=SLOW_SPOTS.severity, reason=reason),)
