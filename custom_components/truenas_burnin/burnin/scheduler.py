"""Which queued burn-ins may start now."""

from collections.abc import Iterable

from .model import BurnIn, BurnInState
from .settings import Settings


def startable(burn_ins: Iterable[BurnIn], settings: Settings) -> tuple[BurnIn, ...]:
    """Return the queued burn-ins that may start, in the order of the queue.

    A paused burn-in keeps its place: it is warm and will go on by itself.
    """
    if settings.hold:
        return ()
    everything = tuple(burn_ins)
    under_way = sum(
        burn_in.state in (BurnInState.RUNNING, BurnInState.PAUSED)
        for burn_in in everything
    )
    queued = sorted(
        (burn_in for burn_in in everything if burn_in.state is BurnInState.QUEUED),
        key=lambda burn_in: (burn_in.position, burn_in.created),
    )
    return tuple(queued[: max(0, settings.max_parallel - under_way)])
