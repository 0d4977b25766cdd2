"""When a burn-in will be done, from the speed measured so far."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from .model import BurnIn, Stage, StageState

_DEAD_BAND: Final = timedelta(minutes=5)
"""Smaller corrections are not shown: each would be a row in the recorder."""

_MEASURABLE: Final = 1.0
"""Percent of a stage that must be done before its speed says anything."""


def remaining(stage: Stage, now: datetime) -> timedelta:
    """Return how long a stage will still take."""
    left = (100.0 - stage.percent) / 100.0
    if stage.percent < _MEASURABLE or stage.started is None:
        return timedelta(seconds=stage.weight * left)
    return (now - stage.started) / stage.percent * (100.0 - stage.percent)


def with_finish_time(before: BurnIn, after: BurnIn, now: datetime) -> BurnIn:
    """Return `after` with its expected end, moved only beyond the dead band.

    While nothing gets further, as between the steps in which a drive tells of a
    self-test, only an end that is over is moved.
    """
    known = after.finish_time
    moved = _standing(before) != _standing(after)
    if known is not None and known > now and not moved:
        return after
    left = sum(
        (
            remaining(stage, now)
            for stage in after.stages
            if stage.state is StageState.PENDING or stage.state.active
        ),
        timedelta(),
    )
    expected = (now + left).replace(microsecond=0)
    if known is not None and abs(expected - known) < max(_DEAD_BAND, left / 50):
        return after
    return replace(after, finish_time=expected)


def _standing(burn_in: BurnIn) -> list[tuple[StageState, float, float]]:
    return [(stage.state, stage.percent, stage.weight) for stage in burn_in.stages]
