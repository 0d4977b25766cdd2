"""Make sure that the service runs: what the cron job does."""

from __future__ import annotations

from . import folder
from .detach import detach
from .pace import Pace
from .paths import Paths
from .single import Single


def ensure(paths: Paths, pace: Pace) -> None:
    """Start the service unless it lives and is this version; raise Refused."""
    folder.check(paths)
    folder.check_space(paths)
    single = Single(paths)
    holder = single.holder()
    if holder is not None and single.is_fit(holder, pace):
        return
    if holder is not None:
        single.make_way(holder, pace)
    detach(paths, "serve")
