"""Which queued burn-ins may start now."""

from collections.abc import Iterable
from datetime import datetime

from .model import BurnIn, BurnInState
from .settings import Settings


def startable(
    burn_ins: Iterable[BurnIn], settings: Settings, now: datetime
) -> tuple[BurnIn, ...]:
    """Return the queued burn-ins that may start, in the order of the queue.

    A paused burn-in keeps its place: it is warm and will go on by itself.
    """
    everything = tuple(burn_ins)
    under_way = sum(burn_in.state.under_way for burn_in in everything)
    queued = sorted(
        (burn_in for burn_in in everything if burn_in.state is BurnInState.QUEUED),
        key=lambda burn_in: burn_in.position,
    )
    free = max(0, settings.max_parallel - under_way)
    if settings.stagger:
        free = min(free, 1) if _rested(everything, settings, now) else 0
    return tuple(queued[:free])


def _rested(burn_ins: Iterable[BurnIn], settings: Settings, now: datetime) -> bool:
    """Tell whether the last start is long enough ago.

    By the distance either way: a clock that was set back delays one stagger only.
    """
    started = [item.started for item in burn_ins if item.started is not None]
    return all(
        abs((now - when).total_seconds()) >= settings.stagger for when in started
    )
