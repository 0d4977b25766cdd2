"""What a change of a burn-in means to the people who follow it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ..burnin.extent import extent_of
from ..burnin.model import BurnIn, BurnInState
from ..reports.reasons import Texts, reasons_text


class Happening(StrEnum):
    """Events of a burn-in that people and automations hear of."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STALLED = "stalled"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INCONCLUSIVE = "inconclusive"

    @property
    def final(self) -> bool:
        """Tell whether it ends the burn-in."""
        return self in _ENDS.values()


_ENDS: Final[Mapping[BurnInState, Happening]] = {
    BurnInState.PASSED: Happening.PASSED,
    BurnInState.FAILED: Happening.FAILED,
    BurnInState.CANCELLED: Happening.CANCELLED,
    BurnInState.INCONCLUSIVE: Happening.INCONCLUSIVE,
}

_MOVES: Final[Mapping[tuple[BurnInState, BurnInState], Happening]] = {
    (BurnInState.QUEUED, BurnInState.RUNNING): Happening.STARTED,
    (BurnInState.RUNNING, BurnInState.PAUSED): Happening.PAUSED,
    (BurnInState.PAUSED, BurnInState.RUNNING): Happening.RESUMED,
}


def happenings(before: BurnIn | None, after: BurnIn) -> tuple[Happening, ...]:
    """Return what happened between two looks at a drive's newest burn-in.

    Another burn-in before counts as none: the new one was queued first.
    """
    if before is not None and before.id != after.id:
        before = None
    was = BurnInState.QUEUED if before is None else before.state
    found: list[Happening] = []
    if after.stalled and not (before is not None and before.stalled):
        found.append(Happening.STALLED)
    if after.state is not was:
        move = _ENDS.get(after.state) or _MOVES.get((was, after.state))
        if move is not None:
            found.append(move)
    return tuple(found)


def details(
    burn_in: BurnIn, title: str, texts: Texts
) -> dict[str, str | int | float | None]:
    """Return what an event tells of its burn-in; `title` is the name of the NAS."""
    stage = burn_in.failed_stage or burn_in.stage
    return {
        "burn_in_id": burn_in.id,
        "attempt": burn_in.attempt,
        "disk": burn_in.device,
        "extent": str(extent_of(burn_in)),
        "model": burn_in.drive.model,
        "nas": title,
        "operator": burn_in.operator,
        "percent": burn_in.percent,
        "profile": str(burn_in.profile),
        "reason": reasons_text(burn_in.reasons, texts),
        "reason_key": burn_in.reasons[0].key if burn_in.reasons else None,
        "serial": burn_in.drive.serial,
        "size": burn_in.drive.size,
        "stage": None if stage is None else str(stage.kind),
    }
