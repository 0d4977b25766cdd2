"""Find a drive that is much slower than others of its model.

Its errors and its SMART record may look fine (nwipe 0.42 shows such a drive).
"""

from collections.abc import Iterable
from statistics import median

from ..truenas.surface import Method
from .evidence import SurfaceRun
from .model import BurnIn, Finding, Stage, StageState
from .reason import ReasonKey, because
from .thresholds import SLOW


def slow_sibling(
    burn_in: BurnIn, stage: Stage, others: Iterable[BurnIn]
) -> tuple[Finding, ...]:
    """Return a finding if a passed surface stage took much longer than its like.

    Its like: the same stage, passed by drives of the same model and size.
    """
    mine = _pace(stage)
    theirs = [
        pace
        for other in others
        if other.id != burn_in.id
        and (other.drive.model, other.drive.size)
        == (burn_in.drive.model, burn_in.drive.size)
        for candidate in other.stages
        if candidate.kind is stage.kind
        and candidate.state is StageState.PASSED
        and _method(candidate) == _method(stage)
        and (pace := _pace(candidate)) is not None
    ]
    if mine is None or len(theirs) < SLOW.siblings:
        return ()
    usual = median(theirs)
    if mine <= usual * (100 + SLOW.margin) / 100:
        return ()
    reason = because(
        ReasonKey.SLOW_SIBLING,
        seconds=mine,
        others=len(theirs),
        usual=f"{usual:.0f}",
    )
    return (
        Finding(
            key="slow_sibling",
            severity=SLOW.severity,
            reason=reason,
            before=round(usual),
            after=mine,
        ),
    )


def _method(stage: Stage) -> tuple[Method, int] | None:
    run = stage.found(SurfaceRun)
    return None if run is None else (run.method, run.passes)


def _pace(stage: Stage) -> int | None:
    """Return the seconds its ranges took, pauses left out; None if too few."""
    run = stage.found(SurfaceRun)
    seconds = 0 if run is None else round(sum(item.seconds for item in run.records))
    return seconds if seconds >= SLOW.seconds else None
