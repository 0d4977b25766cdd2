"""When a burn-in has to stand still though its drive could go on."""

from datetime import time

from ..truenas.models import Fleet
from .model import BurnIn, PauseReason, Stage
from .settings import Settings


def wanted_pause(
    burn_in: BurnIn, stage: Stage, fleet: Fleet, settings: Settings, at: time
) -> PauseReason | None:
    """Return why the stage has to stand still at a local time of day, or None.

    Heat is not ours: the agent on the system watches it.
    """
    if burn_in.pause_reason is PauseReason.PERSON:
        return PauseReason.PERSON
    if not stage.kind.destructive:
        return None
    if settings.quiet_hours is not None and is_quiet(settings.quiet_hours, at):
        return PauseReason.QUIET_HOURS
    if settings.yield_to_scrub and fleet.scrubbing:
        return PauseReason.SCRUB
    return None


def is_quiet(hours: tuple[time, time], at: time) -> bool:
    """Tell whether a time of day lies in hours that may reach over midnight."""
    begin, end = hours
    if begin <= end:
        return begin <= at < end
    return at >= begin or at < end
