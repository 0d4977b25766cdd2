"""How the surface of a drive was validated, as papers say it."""

from typing import Final

from ..burnin.evidence import SurfaceRun, WipeRun
from ..burnin.model import BurnIn
from ..truenas.surface import Method

_STAMPED: Final = {1: "stamped", 2: "stamped_twice"}


def method_of(burn_in: BurnIn) -> str | None:
    """Return the key of the method: `method_` and it are a text under `common`.

    None where nothing of the drive is written.
    """
    for stage in burn_in.stages:
        if stage.found(WipeRun) is not None:
            return "write_only"
        run = stage.found(SurfaceRun)
        if run is not None:
            return (
                "patterns"
                if run.method is Method.PATTERNS
                else "stamped_discarded"
                if run.discard
                else _STAMPED.get(run.passes, "stamped_twice")
            )
    return None
