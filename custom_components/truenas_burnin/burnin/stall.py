"""Tell a stage that has stopped getting on; it is told of, never ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .model import StageState
from .patience import PATIENCE, Waiting
from .plan import SELF_TESTS
from .stages import Step

_STEPS: Final = 3
"""Percents of the expected time that a stage without a finer mark may take."""

_OVERTIME: Final = 5
"""A self-test of so many times the drive's own estimate hangs (openSeaChest)."""


@dataclass(slots=True)
class _Watched:
    mark: object
    still: Waiting


class StallWatch:
    """How long the stage under way of each burn-in has not got on."""

    def __init__(self) -> None:
        """Begin without having seen anything."""
        self._watched: dict[str, _Watched] = {}

    def stalled(self, burn_in_id: str, step: Step, now: datetime) -> bool:
        """Tell whether the stage of this step has stalled."""
        stage = step.stage
        if stage.kind in SELF_TESTS:
            estimate = timedelta(seconds=stage.weight)
            return stage.started is not None and (
                now - stage.started > _OVERTIME * estimate
            )
        mark = (stage.token, step.mark or stage.percent)
        known = self._watched.get(burn_in_id)
        if known is None or known.mark != mark or stage.state is StageState.PAUSED:
            self._watched[burn_in_id] = _Watched(mark, Waiting(now))
            return False
        return known.still.look(now) > self._patience(step)

    def _patience(self, step: Step) -> timedelta:
        if step.mark is not None:
            return PATIENCE
        return max(PATIENCE, timedelta(seconds=step.stage.weight * _STEPS / 100))
